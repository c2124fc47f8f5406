"""What opens over the panes, and the screen where it has few signs or strong colours.

After a change that is meant, look at the report of `pytest --snapshot-update` before keeping it.
"""

import pytest
from textual.widgets import Input

from bpdebug.tui.panes.parameter_pane import ParameterPane
from bpdebug.tui.theme.palettes import CONTRAST
from bpdebug.tui.work.background import ProgressBox
from tests.tui.snapshots import SIZES, app_at, at_rest

PRODUCT = ["goto W2", "step 2"]
STOPS = ["watch norm(grad(b1))", "watch L", "break W2", "break z1 if L > 1", "disable 2", *PRODUCT]
BOXES = {
    "help": ("two_layer", [], ["1", "question_mark"], "80x24"),
    "condition": ("two_layer", PRODUCT, ["B", *"norm(grad(W9)) < 1"], "80x24"),
    "export": ("two_layer", PRODUCT, ["x"], "80x24"),
    "curves": ("xor", [], ["L", "down", *["right"] * 9], "120x36"),
    "two_runs": ("xor", ["with learning_rate=0.1"], ["L", "space", "down", "space"], "80x24"),
    "verdict": ("mistakes/forgotten_slope", [], ["a"], "80x24"),
    "diagnosis": ("dead_relu", [], ["d"], "80x24"),
    "stops": ("two_layer", STOPS, ["6", "down"], "80x24"),
}


@pytest.fixture(autouse=True)
def _the_same_everywhere(monkeypatch, tmp_path):
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(ParameterPane, "IDLE", 3600.0)
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("box", BOXES)
def test_a_box(snap_compare, box):
    scenario, lines, keys, size = BOXES[box]

    async def press(pilot):
        await at_rest(pilot)
        for key in keys:
            await pilot.press(key)
            # What is worked out beside the screen must stand before the next key.
            while isinstance(pilot.app.screen, ProgressBox):
                await pilot.pause(0.02)
        await pilot.pause()

    app = app_at(scenario, lines)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=press)


def test_strong_colours(snap_compare):
    app = app_at("two_layer", PRODUCT, theme=CONTRAST.name)
    assert snap_compare(app, terminal_size=SIZES["120x36"], run_before=at_rest)


def test_ascii_alone(snap_compare):
    app = app_at("two_layer", PRODUCT, unicode=False)
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=at_rest)
