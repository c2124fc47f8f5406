"""Curves, diagnosis and long work on the screen: what is shown, where enter goes, cancelling."""

import asyncio
import re
import threading
from unittest.mock import patch

import pytest
from textual import events

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.overlays.curve_label import curve_label
from bpdebug.tui.overlays.curves import CurvesScreen
from bpdebug.tui.overlays.diagnosis import DiagnosisScreen
from bpdebug.tui.overlays.text_box import TextBox
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.tui.work.background import ProgressBox
from bpdebug.wording import Script
from tests.debugger.module_paths import SCENARIO as MODULE_PATHS
from tests.debugger.test_debugger_typing import loads
from tests.tui.drawing import plain_screen


def app_on(name, iterations=None):
    debugger = Debugger(Run(load(find(name), iterations=iterations)))
    return BpdebugApp(debugger), debugger


async def test_a_curve_is_drawn_and_enter_goes_to_its_iteration():
    app, debugger = app_on("xor", 60)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("L")
        await pilot.pause()
        shown = app.screen
        assert isinstance(shown, CurvesScreen)
        assert shown.at == 1
        text = plain_screen(app)
        assert "‖δ₁‖" in text
        assert text.count("0.717252") == 1  # exact, in the list
        assert "0.717" in text  # the first loss, on the scale
        await pilot.press("right", "right", "down")
        assert shown.at == 3
        assert shown.chosen == "norm(delta(1))"
        await pilot.press("end", "enter")
        assert isinstance(app.screen, DebuggerScreen)
        assert debugger.instant.iteration == 60


async def test_the_lowest_and_the_highest_are_found_and_the_scale_changes():
    app, debugger = app_on("too_large_step")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await pilot.pause()
        shown = app.screen
        await pilot.press("M")
        assert shown.at == 20
        await pilot.press("m")
        assert shown.at == 1
        assert "linear scale" in plain_screen(app)
        await pilot.press("g")
        assert "log scale" in plain_screen(app)
        await pilot.press("escape")
        assert debugger.instant.iteration == 1


async def test_a_watch_that_is_one_number_has_a_curve_too():
    app, debugger = app_on("xor", 5)
    debugger.execute("watch norm(W1)")
    debugger.execute("watch W1")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("L")
        await pilot.pause()
        assert app.screen.names[-1] == "norm(W1)"
        assert "W1" not in app.screen.names


def test_names_are_those_of_a_textbook_and_a_watch_stays_as_typed():
    assert curve_label("norm(change(W1)) / norm(value(W1))", Script()) == "‖ΔW₁‖ / ‖W₁‖"
    assert curve_label("norm(grad(W1))", Script(6, unicode=False)) == "norm(grad(W1))"
    assert curve_label("[red]\x1b", Script()) == "[red]␛"


async def test_a_finding_is_listed_and_enter_goes_to_its_tick():
    app, debugger = app_on("nan_birth")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, DiagnosisScreen)
        assert "NaN or infinity" in plain_screen(app)
        await pilot.press("enter")
        assert isinstance(app.screen, DebuggerScreen)
        assert debugger.instant == (1, 19)


async def test_where_nothing_is_wrong_a_sentence_says_so():
    app, _ = app_on("two_layer")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert "no findings" in plain_screen(app)


@pytest.fixture
def held():
    """A motion that waits until it is let go, or cancelled, and tells how far it is."""
    gate = threading.Event()

    def slowly(debugger, argument):
        done = 0
        while not gate.wait(0.01):
            done += 1
            debugger.run.progress(done, 1000)
        return "arrived"

    with patch("bpdebug.debugger.commands.motion.Debugger.last", lambda self: slowly(self, "")):
        yield gate


async def test_long_work_shows_its_progress_and_escape_leaves_everything_as_it_was(held):
    app, debugger = app_on("two_layer")
    before = debugger.instant
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(">")
        assert isinstance(app.screen, ProgressBox)
        await pilot.press("s")  # keys are inert meanwhile
        assert debugger.instant == before
        await pilot.pause(0.9)
        text = plain_screen(app)
        assert "of 1,000" in text
        assert "esc cancels" in text
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert isinstance(app.screen, DebuggerScreen)
        assert "cancelled" in plain_screen(app).lower()
        assert debugger.instant == before
        await pilot.press("s")
        assert debugger.instant != before


async def test_work_that_ends_by_itself_shows_its_answer(held):
    app, _ = app_on("two_layer")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(">")
        held.set()
        await pilot.pause(0.2)
        assert isinstance(app.screen, DebuggerScreen)
        assert "end of recorded time" in plain_screen(app)


async def test_the_loss_has_a_pane_on_tall_screens_and_a_click_goes_to_its_iteration():
    app, debugger = app_on("too_large_step")
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        pane = app.screen.loss
        assert "known up to iteration 1" in plain_screen(app)
        debugger.execute("goto $")
        app.screen.refresh_moment()
        await pilot.pause()
        text = plain_screen(app)
        assert "L over time" in text
        assert "421" in text  # the last loss, on the scale
        await pilot.click(pane, offset=(pane.size.width - 2, 5))
        await pilot.pause()
        assert debugger.instant.iteration >= 19
    async with BpdebugApp(debugger).run_test(size=(120, 36)) as pilot:
        assert "over time" not in plain_screen(pilot.app)


async def test_keys_before_the_box_is_seen_are_pressed_when_the_work_is_done(held):
    app, debugger = app_on("two_layer")
    before = debugger.instant
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(">", "s", "s")
        assert debugger.instant == before
        held.set()
        await pilot.pause(0.3)
        assert debugger.instant == (before.iteration, before.position + 2)


async def test_the_screen_asks_the_debugger_nothing_while_it_works(held):
    app, _ = app_on("two_layer")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("3", ">")  # a count is painted a moment later
        asked = []
        with patch.object(Debugger, "moment", property(lambda self: asked.append(self))):
            app.screen_stack[0].refresh_moment()
            app.theme = "bpdebug-light"
            await pilot.resize_terminal(100, 30)
            await pilot.press("ctrl+p")
            await pilot.pause(0.1)
            assert isinstance(app.screen, ProgressBox)
        assert asked == []
        held.set()
        await pilot.pause(0.3)
        assert isinstance(app.screen, DebuggerScreen)


async def test_a_box_that_lies_below_another_goes_when_it_is_seen_again(held):
    app, _ = app_on("two_layer")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(">")
        over = TextBox("over it", "text")
        app.push_screen(over)
        await pilot.pause()
        held.set()
        await pilot.pause(0.2)
        assert app.screen is over
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert isinstance(app.screen, DebuggerScreen)


async def walk_into_a_failure(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(">")
        await pilot.pause(0.1)


async def test_what_a_job_raises_ends_the_app_with_its_failure():
    app, _ = app_on("two_layer")
    with (
        patch("bpdebug.debugger.commands.motion.Debugger.last", lambda self: 1 / 0),
        pytest.raises(ZeroDivisionError),
    ):
        await walk_into_a_failure(app)


async def test_a_typed_place_far_away_is_named_without_going_there(monkeypatch):
    app, debugger = app_on("published/mazur_10000")
    monkeypatch.setattr("bpdebug.debugger.text.preview.KEY_BUDGET", 500)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("g")
        await pilot.press(*"iteration", "space", *"9000")
        assert "iteration 9000, tick 5" in plain_screen(app)
        assert debugger.run.losses.last < 100


async def test_what_is_typed_before_the_line_is_there_or_after_it_is_sent_is_not_lost():
    app, debugger = app_on("two_layer")
    async with app.run_test(size=(120, 36)) as pilot:
        for sign in ":goto 12\rss:goto 20\rs":
            name = {":": "colon", " ": "space", "\r": "enter"}.get(sign, sign)
            app.post_message(events.Key(name, sign))
        for _ in range(500):  # however busy the machine is
            await pilot.pause(0.02)
            if debugger.instant == (1, 21) and isinstance(app.screen, DebuggerScreen):
                break
        assert debugger.instant == (1, 21)
        assert isinstance(app.screen, DebuggerScreen)


@pytest.mark.parametrize("nap", [0, 0.005, 0.01, 0.02])
async def test_a_line_is_whole_wherever_its_prompt_came_between_its_keys(nap):
    app, debugger = app_on("two_layer")
    async with app.run_test(size=(120, 36)) as pilot:
        for cut in range(9):
            for at, sign in enumerate(f":goto {12 + cut}\r"):
                name = {":": "colon", " ": "space", "\r": "enter"}.get(sign, sign)
                app.post_message(events.Key(name, sign))
                if at == cut:
                    await asyncio.sleep(nap)
            for _ in range(500):  # however busy the machine is
                await pilot.pause(0.02)
                if debugger.instant == (1, 12 + cut) and isinstance(app.screen, DebuggerScreen):
                    break
            assert debugger.instant == (1, 12 + cut)


async def test_the_list_says_how_many_curves_there_are_and_the_plot_has_no_scrollbar():
    app = BpdebugApp(Debugger(Run(load(find("two_layer")))))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await pilot.pause()
        await pilot.press("j")
        screen = app.screen
        assert screen.list.border_subtitle == f"2 of {len(screen.names)}"
        assert not screen.plot.show_vertical_scrollbar


@pytest.mark.parametrize("width", [60, 80, 96])
async def test_a_key_and_what_it_does_are_on_one_line(width):
    app, _ = app_on("too_large_step")
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.press("L")
        await pilot.pause()
        text = plain_screen(app)
        for piece in CurvesScreen.KEYS:
            assert piece in text


async def test_a_diagnosis_without_findings_is_told_whole_where_the_line_is_too_short_for_it():
    app, _ = app_on("two_layer")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, TextBox)
        text = " ".join(plain_screen(app).split())
        assert "too few losses to judge" in text
        assert "…" not in text[text.index("looked at") :]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_summary_of_a_diagnosis_is_told_whole(width):
    app, _ = app_on("exploding")
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.press("d")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, DiagnosisScreen)
        text = " ".join(re.sub(r"[│╰╯─]", " ", plain_screen(app)).split())
        assert "37 rules: 1 finding; too few losses to judge how they go" in text


async def shown_after(pilot, *keys):
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(pilot.app.screen, CurvesScreen)
    return pilot.app.screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_named_curves_are_in_one_plot_with_letters_and_a_legend(size):
    app, _ = app_on("vanishing", 10)
    async with app.run_test(size=size) as pilot:
        app.screen.execute("curves delta")
        shown = await shown_after(pilot)
        assert [one.letter for one in shown.drawn] == list("abcdefgh")
        text = plain_screen(app)
        assert "log scale" in text
        for letter, at in zip("abcdefgh", "₁₂₃₄₅₆₇₈", strict=True):
            assert f"{letter} ‖δ{at}‖: " in text
        end = app.screen_stack[0].debugger.run.iteration(10)
        size_of = end.recorded.gradients[end.recorded.graph.names["z8"]]
        assert f"last {shown.script.at_most(4).number(float((size_of**2).sum() ** 0.5))}" in text


async def test_space_and_a_put_curves_into_the_plot_and_take_them_out():
    app, _ = app_on("vanishing", 5)
    async with app.run_test(size=(120, 36)) as pilot:
        shown = await shown_after(pilot, "L")
        assert [one.letter for one in shown.drawn] == [""]
        await pilot.press("space", "down")
        assert [(one.letter, one.name) for one in shown.drawn] == [
            ("a", "loss"),
            ("b", "norm(delta(1))"),
        ]
        await pilot.press("a")
        assert [one.name for one in shown.drawn][1:] == [f"norm(delta({k}))" for k in range(1, 9)]
        await pilot.press("a", "up", "space")
        assert [one.letter for one in shown.drawn] == [""]
        await pilot.press("down", "a", "g")
        assert "linear scale" in plain_screen(app)
        await pilot.press("g")
        assert "log scale" in plain_screen(app)


async def test_one_curve_by_its_name_is_the_chosen_one_and_a_mistake_opens_nothing():
    app, _ = app_on("xor", 5)
    async with app.run_test(size=(120, 36)) as pilot:
        app.screen.execute("curves norm(W1) * 2")
        shown = await shown_after(pilot)
        assert shown.chosen == "norm(W1) * 2"
        await pilot.press("escape")
        app.screen.execute("curves deltas")
        await pilot.pause()
        assert isinstance(app.screen, DebuggerScreen)
        assert "did you mean 'delta'?" in plain_screen(app)


async def test_a_curve_is_named_as_the_lines_of_the_group_show_it():
    debugger = Debugger(Run(loads(MODULE_PATHS)))
    debugger.execute("goto blocks.1.mlp.1")
    app = BpdebugApp(debugger)
    async with app.run_test(size=(120, 36)) as pilot:
        app.screen.execute("curves norm(mlp.2.b₁)")
        shown = await shown_after(pilot)
        assert shown.chosen == "norm(blocks.1.mlp.2.b1)"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_second_run_stands_beside_the_first_with_what_differs(size):
    app, debugger = app_on("xor", 20)
    other = Run(debugger.run.problem.variant(["learning_rate=0.1", "iterations=30"]))
    debugger.execute("with learning_rate=0.1, iterations=30")
    async with app.run_test(size=size) as pilot:
        shown = await shown_after(pilot, "L")
        await pilot.press("right", "right")
        number = shown.script.at_most(4).number
        text = " ".join(plain_screen(app).replace("│", " ").split())
        assert f"a loss: {number(debugger.run.iteration(3).loss)}, last" in text
        label = "A loss (learning_rate = 0.1, iterations = 30): "
        assert (
            f"{label}{number(other.iteration(3).loss)}, last {number(other.iteration(30).loss)}"
            in text
        )
        assert shown.axis_end == 30
        await pilot.press("end")
        assert shown.at == 20  # of the run in which the cursor goes
        await pilot.press("escape")
        app.screen.execute("with")
        await app.workers.wait_for_complete()
        shown = await shown_after(pilot, "L")
        assert [one.letter for one in shown.drawn] == [""]


async def test_where_there_is_little_room_the_legend_says_what_the_capitals_are():
    app, debugger = app_on("xor", 20)
    debugger.execute("with learning_rate=0.1")
    async with app.run_test(size=(60, 24)) as pilot:
        shown = await shown_after(pilot, "L", "space", *["down", "a"] * 2)
        await pilot.press("up", "a", "down", "down", "a")
        assert len(shown.drawn) > 8
        text = plain_screen(app)
        assert "capitals: learning_rate = 0.1" in text
        assert "a A loss: 0.7173 0.7173" in text


async def test_a_shorter_second_run_has_ended_and_a_curve_that_it_lacks_is_alone():
    app, debugger = app_on("xor", 30)
    debugger.execute("with too_large_step")
    async with app.run_test(size=(120, 36)) as pilot:
        shown = await shown_after(pilot, "L", "end")
        assert "A loss (too_large_step): ended, last 420.8" in plain_screen(app)
        await pilot.press("down")
        assert [one.letter for one in shown.drawn] == [""]


async def test_a_run_that_trains_nothing_says_so():
    app, _ = app_on("exploding", 3)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown_after(pilot, "L")
        assert "there is no [optimizer]" in plain_screen(app)


async def test_the_keys_have_no_arrows_where_the_terminal_has_none():
    debugger = Debugger(Run(load(find("xor"), iterations=3)), Script(6, unicode=False))
    app = BpdebugApp(debugger)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown_after(pilot, "L")
        text = plain_screen(app)
        assert "up, down curve" in text
        assert text.isascii()


async def test_with_shows_the_losses_of_both_runs_and_a_mistake_says_what_to_write():
    app, debugger = app_on("xor", 20)
    async with app.run_test(size=(120, 36)) as pilot:
        app.screen.execute("with learning_rte=0.1")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "did you mean 'learning_rate'?" in plain_screen(app)
        app.screen.execute("with learning_rate=0.1")
        shown = await shown_after(pilot)
        assert [(one.letter, one.name) for one in shown.drawn] == [("a", "loss"), ("A", "loss")]
        await pilot.press("escape")
        app.screen.execute("with")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "no longer runs beside this run" in plain_screen(app)
        assert debugger.second is None


async def test_the_pane_of_the_loss_has_that_of_the_second_run_too():
    app, debugger = app_on("xor", 40)
    debugger.execute("with iterations=80, learning_rate=0.1")
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        text = plain_screen(app)
        assert "A iterations = 80, learning_rate = 0.1" in text
        assert any("80" in line and "▲" in line for line in text.splitlines())
        pane = app.screen.loss
        await pilot.click(pane, offset=(pane.size.width - 2, 5))
        await pilot.pause()
        assert debugger.instant.iteration == 40  # the end of this run
