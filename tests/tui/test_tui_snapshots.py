"""What the screen looks like, in the states that matter and at the sizes it is laid out for.

After a change that is meant, look at the report of `pytest --snapshot-update` before keeping it.
"""

import pytest

from bpdebug.tui.panes.parameter_pane import ParameterPane
from tests.tui.grouped import FILE as GROUPS
from tests.tui.snapshots import SIZES, app_at, at_rest

NAN = """title = "A NaN is born"
[inputs]
x = [1.0, 2.0]
[parameters]
W = [[0.5, 0.25], [1.0, -0.75]]
[graph]
z = "W @ x"
h = "log(z)"
L = "sum(h ** 2)"
"""
STOPS = [
    "watch norm(delta(2))",
    "watch grad(b1)",
    "break W2",
    "break b1 if norm(grad(b1)) > 1",
    "break b2",
    "disable 3",
    "mark a",
    "continue",
    "step 20",
]
STATES = {
    "start": ("two_layer", []),
    "product": ("two_layer", ["goto W2", "step 2"]),
    "softmax": ("published/dlfs_simplenet_softmax_ce_a", ["goto z", "step"]),
    "accumulation": ("published/olah_fanout", ["goto $"]),
    "update": ("two_layer", ["continue", "next 3"]),
    "stops": ("iris", STOPS),
    "wrong": ("mistakes/forgotten_slope", ["goto z1"]),
    "passed_group": (GROUPS, ["goto block2", "next"]),
    "in_group": (GROUPS, ["unfold block2", "goto block2.ln", "next", "step"]),
}
PICTURES = [(state, size) for state in ("start", "product") for size in SIZES]
PICTURES += [("softmax", "120x36"), ("accumulation", "80x24"), ("update", "120x36")]
PICTURES += [("stops", "200x60"), ("wrong", "80x24"), ("wrong", "120x36")]
PICTURES += [("passed_group", "120x36"), ("in_group", "80x24"), ("in_group", "200x60")]


@pytest.fixture(autouse=True)
def _the_same_everywhere(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(ParameterPane, "IDLE", 3600.0)


@pytest.mark.parametrize(("state", "size"), PICTURES)
def test_the_screen(snap_compare, state, size):
    scenario, lines = STATES[state]
    assert snap_compare(app_at(scenario, lines), terminal_size=SIZES[size], run_before=at_rest)


def test_the_screen_where_a_nan_is_born(snap_compare, tmp_path):
    path = tmp_path / "nan.toml"
    path.write_text(NAN)
    app = app_at(path, ["goto W"])
    assert snap_compare(app, terminal_size=SIZES["120x36"], run_before=at_rest)
