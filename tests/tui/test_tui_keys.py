"""Keys: counts, keys held down, what the footer shows, help for a pane, the mouse."""

import pytest
from rich.style import Style
from textual.widgets import Input

from bpdebug.debugger import COMMANDS, key_text
from bpdebug.debugger.commands.motion import parse_count
from bpdebug.debugger.commands.table import GROUPS
from bpdebug.errors import BpdebugError
from bpdebug.tui.dialogs.prompt import Prompt
from bpdebug.tui.draw.line import ROLES
from bpdebug.tui.draw.program import GUTTER
from bpdebug.tui.keys.bindings import SCREEN_KEYS
from bpdebug.tui.keys.count import COUNTED, Count
from bpdebug.tui.keys.hints import draw_footer
from bpdebug.tui.overlays.help import help_text
from bpdebug.tui.panes.pane_spec import BY_ID, PANES
from bpdebug.tui.panes.program_pane import chooses
from bpdebug.wording import Script
from tests.tui.apps import app_on, footer, screen_lines, shown, told

MEDIUM = (120, 36)
LOOK = Script()


def last_line(app):
    return shown(app, "footer")


async def test_digits_focus_a_pane_and_count_nothing():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        for digit, pane in [("1", "graph"), ("2", "program"), ("5", "parameters")]:
            before = app.debugger.instant.position
            await pilot.press(digit, "s")
            assert app.focused.id == pane
            assert app.debugger.instant.position == before + 1
        await pilot.press("7")
        assert "A count begins with +" in footer(app)


async def test_a_count_has_a_sign_of_its_own_is_shown_and_goes_away():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("+", "1", "2")
        assert app.focused.id == "multiplication"
        assert last_line(app).startswith(" count 12 – a key that moves repeats it")
        await pilot.press("s")
        assert app.debugger.moment.position == 17
        assert "count" not in last_line(app)
        await pilot.press("+", "1", "0", "S")
        assert app.debugger.moment.position == 7
        for drop in ("escape", "down", "H", "z", "§", "b"):
            await pilot.press("+", "4", drop)
            assert "count" not in last_line(app), drop
            before = app.debugger.instant.position
            await pilot.press("s")
            assert app.debugger.instant.position == before + 1, drop
        await pilot.press("+", "4")
        await pilot.click("#graph")
        assert "count" not in last_line(app)
        await pilot.press("+", *"9" * 30, "s")
        assert "count is a whole number from 1 to" in footer(app)


def test_a_count_ends_with_the_key_that_it_is_for_and_with_any_other():
    count = Count()
    for digits, ident, taken in [("12", "step", "12"), ("", "next", ""), ("3", "find", "")]:
        count.begin()
        for digit in digits:
            count.add(digit)
        assert (count.take(ident), count.text) == (taken, "")
    count.begin()
    for _ in range(100):
        count.add("9")
    with pytest.raises(BpdebugError, match="a count is a whole number"):
        parse_count(count.take("step"))


def test_the_footer_says_how_a_count_goes_on_and_how_it_ends():
    moment = app_on().debugger.moment
    for count, says in [
        ("+", " count – type its digits, escape drops it"),
        ("+12", " count 12 – a key that moves repeats it, escape drops it"),
    ]:
        line, spots = draw_footer(moment, LOOK, 60, pane="", count=count, message="x", ok=True)
        assert ("".join(text for text, _ in line.spans), spots) == (says, [])


async def test_counts_are_for_the_commands_that_say_so():
    steps = {"step", "next", "finish", "continue"}
    assert steps | {f"r{name}" for name in steps} | {"back", "forward"} <= COUNTED
    assert not {"goto", "break", "find", "help"} & COUNTED


@pytest.mark.usefixtures("as_textual_waits")
async def test_keys_that_wait_are_all_done_and_the_panes_drawn_less_often(monkeypatch):
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        drawn = []
        screen = app.screen
        monkeypatch.setattr(
            type(screen.footer), "show", lambda self, moment, roles: drawn.append(moment.position)
        )
        for _ in range(20):
            app.simulate_key("s")
        await pilot.pause()
        await pilot.pause()
        assert app.debugger.moment.position == 25
        assert drawn[-1] == 25
        assert len(drawn) < 10


async def test_a_key_on_a_pane_that_waits_behind_motions_meets_the_pane_as_it_is_then():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("2")
        for key in ("n", "n", "n", "down", "b"):
            app.simulate_key(key)
        await pilot.pause()
        assert [point.text for point in app.debugger.breakpoints] == ["z2 -> W2"]


async def test_the_footer_shows_the_keys_that_matter():
    app = app_on()
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert "s term" in last_line(app)
        assert "run here" not in last_line(app)
        await pilot.press("1")
        assert "enter inspect  t run here" in last_line(app)
        await pilot.press("less_than_sign", "escape")
        assert "n op" in last_line(app)
        assert "back" not in last_line(app)
        await pilot.press("greater_than_sign", "escape")
        assert "< to the start" in last_line(app)
        assert "n " not in last_line(app).split("back")[0]


async def test_a_click_on_a_key_of_the_footer_presses_it():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.pause()
        await pilot.click("#footer", offset=(last_line(app).index("term"), 0))
        assert app.debugger.moment.position == 6
        assert app.focused.id == "multiplication"
        await pilot.click("#footer", offset=(last_line(app).index("help"), 0))
        assert "Help" in "\n".join(screen_lines(app))


async def test_the_wheel_scrolls_a_pane_and_time_stands():
    app = app_on("published/gomez_lstm_2step")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        program = app.screen.program
        at = program.scroll_offset.y
        await pilot._post_mouse_events(
            [__import__("textual.events").events.MouseScrollDown], "#program"
        )
        await pilot.pause(0.3)
        assert program.scroll_offset.y > at
        assert app.debugger.moment.position == app.debugger.timeline.forward


async def test_a_click_that_focuses_sets_no_breakpoint_and_one_in_the_gutter_does():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.click("#program", offset=(3, 5))
        assert app.focused.id == "program"
        assert not app.debugger.breakpoints
        assert app.screen.program.location() == "L -> y_hat"
        await pilot.pause(0.6)  # a click soon after the first would be a double click
        await pilot.click("#program", offset=(3, 5))
        assert [point.text for point in app.debugger.breakpoints] == ["L -> y_hat"]


@pytest.mark.parametrize(
    ("chain", "column", "focusing", "heading", "acts"),
    [
        (1, 2, True, False, False),
        (1, 20, True, True, False),
        (1, 2, False, False, True),
        (1, GUTTER, False, False, False),
        (1, 20, False, True, True),
        (2, 20, False, False, True),
        (2, 2, False, False, False),
        (2, 20, False, True, False),
        (3, 20, False, False, False),
    ],
)
def test_which_clicks_on_the_program_do_what_enter_does(chain, column, focusing, heading, acts):
    assert chooses(chain, column, focusing=focusing, heading=heading) == acts


@pytest.mark.parametrize("pane", PANES)
def test_help_begins_with_the_pane_and_has_every_key(pane):
    roles = {role: Style() for role in ROLES}
    text = help_text(pane, roles, Script()).plain
    assert text.startswith("\n".join((BY_ID[pane].name, BY_ID[pane].shows)))
    for command in COMMANDS:
        for key in command.keys:
            assert f"{key_text(key)} " in text, key
        assert command.keys or command.name in text.split("Type :")[1]
    for _, _, _, summary in SCREEN_KEYS:
        assert summary in text
    assert help_text(pane, roles, Script(unicode=False)).plain.isascii()
    assert [text.index(heading) for heading, _ in GROUPS] == sorted(
        text.index(heading) for heading, _ in GROUPS
    )


async def test_go_to_says_where_it_would_land_while_it_is_typed():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("g")
        field = app.screen.query_one(Input)
        for typed, says in [
            ("12", "tick 12: ∂L/∂W₂[0,1] += δ₂[0] · h₁[1] = 0.138499 × 0.596884"),
            ("+10", "tick 15: ∂L/∂b₂[0] += δ₂[0] · 1"),
            ("$", "iteration 2, tick 32: b₂ ← b₂ − α·∂L/∂b₂"),
            ("0", "tick 0: start of recorded time"),
            ("iteration 2", "iteration 2, tick 5: L = "),
            ("y_hat", "tick 7: ∂L/∂ŷ"),
            ("z9", "unknown name 'z9'"),
            ("'m", "there is no mark 'm'"),
        ]:
            field.value = typed
            await pilot.pause()
            assert told(app).startswith(says), typed
            assert app.screen.query_one("#message").has_class("-wrong") == says.startswith(
                ("there", "unknown")
            )
        assert app.debugger.moment.position == 5


async def test_b_on_a_conditional_breakpoint_edits_it_and_e_edits_in_the_pane():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("colon", *"break z1 if iteration == 1", "enter", "c")
        hits = app.debugger.breakpoints[0].hits
        assert hits == 1
        graph = app.screen.graph
        await pilot.press("1")
        graph.show_node(app.debugger.node("z1"))
        await pilot.press("B")
        field = app.screen.query_one(Input)
        assert field.value == "z1 if iteration == 1"
        field.value = "z1 if iteration == 2"
        await pilot.press("enter")
        (point,) = app.debugger.breakpoints
        assert (point.number, point.text, point.hits) == (1, "z1 if iteration == 2", hits)
        await pilot.press("w", *"L", "enter", "6", "home", "e", *" * 2", "enter")
        assert app.debugger.watches == [(1, "L * 2")]
        await pilot.press("6", "end", "e")
        assert app.screen.query_one(Input).value == "z1 if iteration == 2"
        await pilot.press("escape", "3", "e", *"w1 L", "enter")
        assert app.debugger.watches == [(1, "L")]


@pytest.mark.parametrize(
    ("typed", "node"), [("W₂", "W2"), ("z₂→W₂", "z2 -> W2"), ("  z2  ->   W2 ", "z2 -> W2")]
)
async def test_b_finds_the_breakpoint_at_its_cursor_however_that_was_typed(typed, node):
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        app.debugger.add_breakpoint(f"{typed} if iteration == 2")
        app.debugger.add_breakpoint(typed)
        app.debugger.add_breakpoint("W2[0, 0]")
        if "->" in node:
            await pilot.press("2", "home")
            while app.screen.program.location() != node:
                await pilot.press("down")
        else:
            await pilot.press("1")
            app.screen.graph.show_node(app.debugger.node(node))
        await pilot.press("B")
        assert app.screen.query_one(Input).value == " ".join(f"{typed} if iteration == 2".split())
        await pilot.press("escape", "b")
        assert [point.number for point in app.debugger.breakpoints] == [1, 3]
        await pilot.press("b")
        assert [point.number for point in app.debugger.breakpoints] == [1, 3, 4]
        await pilot.press("b")
        assert [point.number for point in app.debugger.breakpoints] == [1, 3]


@pytest.mark.parametrize(
    ("line", "tabs", "becomes"),
    [
        ("go", 1, "goto"),
        ("print nor", 1, "print norm"),
        ("goto y_", 1, "goto y_hat"),
        ("goto 'h", 1, "goto 'here"),
        ("delete ", 2, "delete 2"),
        ("delete 2 ", 1, "delete 2 1"),
        ("unwatch ", 1, "unwatch 1"),
        ("edit w", 1, "edit w1"),
        ("export t.md --d", 1, "export t.md --detail"),
        ("export t.md --detail ", 4, "export t.md --detail term"),
        ("help rco", 1, "help rcontinue"),
        ("nonsense W", 1, "nonsense W"),
    ],
)
async def test_the_command_line_completes_by_kind(line, tabs, becomes):
    app = app_on()
    for command in ("break W2", "break z1", "watch L", "mark here"):
        app.debugger.execute(command)
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("colon")
        field = app.screen.query_one(Input)
        field.value = line
        field.cursor_position = len(line)
        await pilot.press(*["tab"] * tabs)
        assert field.value == becomes


async def test_a_wrong_line_says_why_and_can_be_brought_back():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("colon", *"brake W2", "enter")
        assert not isinstance(app.screen, Prompt)
        assert "unknown command 'brake'" in footer(app)
        await pilot.press("colon", "up")
        assert app.screen.query_one(Input).value == "brake W2"


def trace_of(app):
    """All that a key can change, so that one that does nothing is found out."""
    screen, debugger = app.screen, app.debugger
    if screen is not app.screen_stack[0]:
        return "a box or a prompt"
    return (
        debugger.instant,
        tuple(debugger.breakpoints),
        debugger.watches,
        screen.footer.message,
        screen.focused,
        screen.area.choice,
        screen.count.text,
        [pane.scroll_offset for pane in screen.panes.values()],
        [getattr(pane, "cursor", 0) for pane in screen.panes.values()],
    )


@pytest.mark.thorough
@pytest.mark.parametrize("pane", ["graph", "multiplication", "stops"])
async def test_no_key_does_nothing_whatever_pane_has_the_focus(pane):
    app = app_on()
    app.debugger.export_with(lambda request: "wrote it")
    keys = [key for command in COMMANDS for key in command.keys]
    keys += [row[1] for row in SCREEN_KEYS if row[1] not in ("escape", "ctrl+p")] + [*"7890"]
    async with app.run_test(size=MEDIUM) as pilot:
        bottom = app.screen
        for key in keys:
            if key in ("q", "ctrl+q"):
                continue
            for line in ("delete", "unwatch", "break W1", "watch L", "goto 9", "goto 12", "mark a"):
                app.debugger.execute(line)
            app.debugger.last_search = "b1"
            if key == "alt+right":
                app.debugger.execute("back")
            focused = pane if key != str(PANES.index(pane) + 1) else "parameters"
            bottom.action_focus_pane(focused)
            bottom.set_focus(bottom.panes[focused])
            bottom.footer.show_message("")  # two keys may say the same
            before = trace_of(app)
            app.simulate_key(key)
            await pilot.pause()
            assert trace_of(app) != before, key
            while app.screen is not bottom:
                app.pop_screen()
                await pilot.pause()
            bottom.drop_count()
            if bottom.area.choice.zoomed:
                bottom.action_zoom()
