"""Somebody's numbers on the screen: marks, theirs beside ours, the verdict, and the wrong lines."""

import json
from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.dialogs.prompt import Prompt
from bpdebug.tui.draw.grid import cell_line
from bpdebug.tui.draw.header import draw_header
from bpdebug.tui.overlays.text_box import TextBox
from bpdebug.tui.overlays.verdict import VerdictBox
from bpdebug.tui.work.background import ProgressBox
from bpdebug.wording import Script
from tests.tui.apps import SIZES, app_on, footer, screen_lines, shown

MEDIUM = (120, 36)
OWN = "mistakes/forgotten_slope"
"""A scenario with a [backward], whose z1 is wrong by itself."""


def planted(tmp_path, scenario="two_layer", **wrong):
    """A file of right gradients, some of them multiplied, and the debugger that it is for."""
    debugger = Debugger(Run(load(find(scenario))))
    recorded, graph = debugger.moment.recorded, debugger.moment.graph
    numbers = {}
    for name in ("W1", "b1", "z1", "W2", "b2", "z2"):
        values = recorded.gradients[graph.names[name]] * wrong.get(name, 1)
        numbers[f"grad({name})"] = values.tolist()
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(numbers))
    return path


async def finished(pilot):
    while isinstance(pilot.app.screen, ProgressBox):
        await pilot.pause(0.02)
    await pilot.pause()


async def compared(pilot, path):
    """Type `against FILE`, and wait for the verdict."""
    await pilot.press("colon", *f"against {path}", "enter")
    await finished(pilot)


def box_text(app):
    box = app.screen.query_one(VerticalScroll).content_region
    return "\n".join(
        row[box.x : box.right].rstrip() for row in screen_lines(app)[box.y : box.bottom]
    )


async def test_the_verdict_opens_leads_to_the_wrong_line_and_opens_again(tmp_path):
    app = app_on()
    path = planted(tmp_path, W2=2)
    async with app.run_test(size=MEDIUM) as pilot:
        await compared(pilot, path)
        assert isinstance(app.screen, VerdictBox)
        assert "1 of 6 arrays differs" in box_text(app)
        assert "(constant-factor), at W2" in box_text(app)
        await pilot.press("enter")
        assert not isinstance(app.screen, TextBox)
        moment = app.debugger.moment
        assert moment.graph.nodes[moment.node].label == "W2"
        assert footer(app).startswith("wrong line 1 of 1: a factor too many")
        assert ") next wrong" in shown(app, "footer")
        for key in ("a", "escape", "a", "q", "a", "a"):
            await pilot.press(key)
            await finished(pilot)
        assert not isinstance(app.screen, TextBox)
        await pilot.press("a", "y")
        assert app.clipboard.startswith("1 of 6 arrays differs")


async def test_the_key_asks_for_a_file_where_nothing_is_compared_and_completes_its_name(
    tmp_path, monkeypatch
):
    planted(tmp_path)
    monkeypatch.chdir(tmp_path)
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("a")
        assert isinstance(app.screen, Prompt)
        await pilot.press("m", "tab", "enter")
        await finished(pilot)
        assert isinstance(app.screen, VerdictBox)
        assert "all 6 arrays agree" in box_text(app)
        await pilot.press("enter")
        assert app.debugger.instant.position == 5
        assert "all 6 agree" in screen_lines(app)[0]
        assert "a verdict" in shown(app, "footer")
        assert ") next wrong" not in shown(app, "footer")
        await pilot.press("right_parenthesis")
        await finished(pilot)
        assert footer(app) == "no line is wrong"


@pytest.mark.parametrize("line", ["against nowhere.json", "against off", "against a b"])
async def test_what_cannot_be_compared_is_said_and_nothing_is_lost(line, tmp_path):
    app = app_on()
    path = planted(tmp_path, W2=2)
    async with app.run_test(size=MEDIUM) as pilot:
        await compared(pilot, path)
        before = app.debugger.comparison
        await pilot.press("escape", "colon", *line, "enter")
        await finished(pilot)
        assert not isinstance(app.screen, TextBox)
        assert footer(app)
        assert (app.debugger.comparison is before) is (line != "against off")


async def test_the_wrong_lines_are_reached_in_turn(tmp_path):
    app = app_on()
    path = planted(tmp_path, W2=2, b1=3)
    async with app.run_test(size=MEDIUM) as pilot:
        await compared(pilot, path)
        await pilot.press("escape")
        reached = []
        for key in ("right_parenthesis",) * 3 + ("left_parenthesis",):
            await pilot.press(key)
            await finished(pilot)
            moment = app.debugger.moment
            reached.append(moment.graph.nodes[moment.node].label)
        assert reached == ["W2", "b1", "W2", "b1"]
        assert "wrong line 2 of 2" in footer(app)


@pytest.mark.parametrize("size", [(60, 15), *SIZES])
@pytest.mark.parametrize("unicode", [True, False])
async def test_marks_and_both_numbers_at_every_size(size, unicode):
    app = app_on(OWN, unicode=unicode)
    app.debugger.execute("goto z1")
    own, follows = ("✗", "○") if unicode else ("x", "o")
    async with app.run_test(size=size) as pilot:
        heart = shown(app, "multiplication")
        assert "0.643838, right 0.266297" in heart
        assert f"{own} yours " in heart
        assert f"{own} yours: " in heart
        assert f"z{'₁' if unicode else '1'} {own} " in shown(app, "graph")
        await pilot.press("2")
        program = shown(app, "program").splitlines()
        assert any(f"{own} 9 " in line for line in program)
        assert any(f"{follows}10 " in line for line in program)
        assert all(line.isascii() for line in screen_lines(app)) or unicode


async def test_without_a_comparison_nothing_of_it_is_shown():
    app = app_on()
    async with app.run_test(size=(200, 60)):
        text = "\n".join(screen_lines(app))
        assert not any(word in text for word in ("theirs", "yours", "✗", "verdict", "differ"))


async def test_the_result_has_theirs_beside_it_with_a_sign_at_each_difference(tmp_path):
    app = app_on()
    path = planted(tmp_path, W2=2)
    app.debugger.compare_with(path)
    app.debugger.execute("goto W2")
    async with app.run_test(size=(200, 60)):
        text = shown(app, "multiplication")
        assert "theirs (2×2)" in text
        assert "✗[0.164334]" in text
        assert "✗−0.045" in text
        assert text.count("✗") == 6  # the formula, the cell in words, four cells
        assert "∂L/∂W₂[0,0] = 0.164334, right 0.082167" in text


async def test_their_new_values_stand_beside_ours(tmp_path):
    path = tmp_path / "new.json"
    path.write_text('{"new(W2)": [[0.75, 0.40866619], [0.51130127, 0.56137012]]}')
    app = app_on()
    app.debugger.compare_with(path)
    app.debugger.execute("goto $")
    app.debugger.execute("rnext")
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("left_parenthesis")
        await finished(pilot)
        text = shown(app, "parameters")
        assert "W₂ ✗ (2×2)" in text
        assert "[0.35892] ✗0.75" in text
        assert text.count("✗") == 2
        assert "✗ theirs 0.75, right 0.358916" in shown(app, "multiplication")


async def test_a_verdict_can_be_open_at_the_start(tmp_path):
    debugger = Debugger(Run(load(find("two_layer"))))
    debugger.compare_with(planted(tmp_path, b2=3))
    app = BpdebugApp(debugger, verdict=True)
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, VerdictBox)
        await pilot.press("enter")
        assert app.debugger.moment.graph.nodes[app.debugger.moment.node].label == "b2"


def test_the_header_says_how_much_differs_where_there_is_room(tmp_path):
    debugger = Debugger(Run(load(find("two_layer"))))
    debugger.compare_with(planted(tmp_path, b2=3))
    for room, says in [
        (160, "against mine.json: 1 of 6 differs"),
        (95, "  1 of 6 differs "),
        (80, ""),
    ]:
        line = draw_header(debugger.moment, Script(), room)
        assert line.width == room
        assert says in line.plain
    assert "differ" not in line.plain


def test_a_sign_stands_before_a_number_and_before_a_lit_ones_bracket():
    assert cell_line("  1.5", "text", lit=False, sign="✗").plain == "  ✗1.5 "
    assert cell_line("  1.5", "text", lit=True, sign="✗").plain == " ✗[1.5]"
    assert cell_line("1.5", "text", lit=True).plain == "[1.5]"


@pytest.mark.parametrize("name", ["W1", "z2"])
def test_theirs_of_another_shape_is_told_in_words(name, tmp_path):
    path = tmp_path / "shape.json"
    path.write_text(json.dumps({f"grad({name})": [[1.0, 2.0, 3.0]] * 4}))
    app = app_on()
    app.debugger.compare_with(Path(path))
    app.debugger.execute(f"goto {name}")
    from bpdebug.tui.draw.multiplication import draw_multiplication

    text = "\n".join(
        line.plain for line in draw_multiplication(app.debugger.moment, Script(), 60, 30)
    )
    assert "theirs has the shape 4×3, and should have " in text
