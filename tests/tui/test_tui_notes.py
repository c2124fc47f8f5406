"""What a scenario may have meant otherwise stands in the message line when the screen opens."""

from bpdebug.run import Run
from bpdebug.tui import start
from tests.scenario.scenarios import loaded
from tests.scenario.test_scenario_notes import SQUARE
from tests.tui.apps import screen_lines


def shown(app):
    """What stands on the screen, without frames and spaces."""
    return "".join("".join(line.strip("│ ").split()) for line in screen_lines(app))


async def test_a_note_is_said_once_at_the_start(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(start, "run_app", opened.append)
    problem = loaded(tmp_path, SQUARE)
    start.launch(Run(problem), fresh=True)
    (app,) = opened
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        # The sentence with its place and its remedy, which takes several lines of the screen.
        assert "".join(problem.notes[0].sentence.split()) in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "square" not in shown(app)


async def test_notes_that_are_too_long_for_a_line_stand_in_a_box(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(start, "run_app", opened.append)
    first, second = "the mask of dropout is the one that was drawn", "\\u001b[31m" + "long " * 30
    problem = loaded(tmp_path, f'notes = ["{first}", "{second}"]\n{SQUARE}')
    start.launch(Run(problem), fresh=True)
    (app,) = opened
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        lines = [line.strip("│ ") for line in screen_lines(app)]
        assert first in lines  # a line of its own
        assert any(line.startswith("network.layers #1.weights: W1 is square") for line in lines)
        assert "\x1b" not in "".join(lines)
