"""Choosing a scenario: at the start, and from inside a session."""

import pytest
from rich.text import Text
from textual.events import Key
from textual.widgets import Static

from bpdebug.errors import BpdebugError
from bpdebug.scenario import bundled, find
from bpdebug.tui.choosing.chooser import TOUR, ChooserApp, ChooserScreen, entries, preview
from bpdebug.tui.choosing.next_scenario import scenario_path
from bpdebug.tui.choosing.picker import NO_RANK, PickerEntry, matching, rank
from bpdebug.tui.overlays.text_box import TextBox
from bpdebug.tui.overlays.wrapping import wrapped
from bpdebug.wording import Script, width
from tests.tui.apps import app_on, footer, screen_lines

SCENARIOS = bundled()


async def test_the_chooser_previews_filters_and_returns_a_path():
    app = ChooserApp(Script())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "station by station" in " ".join(
            str(app.screen.query_one("#text", Static).render()).split()
        )
        await pilot.press("question_mark")
        assert isinstance(app.screen, TextBox)
        await pilot.press("escape", *"published/mazur", "z", "backspace")
        await pilot.pause()
        assert "Mazur" in "\n".join(screen_lines(app))
        await pilot.press("enter")
    assert app.return_value == find("published/mazur")


@pytest.mark.parametrize(("keys", "path"), [(["enter"], TOUR), (["x", "escape", "escape"], None)])
async def test_the_tour_comes_first_and_escape_forgets_the_filter_before_it_leaves(keys, path):
    app = ChooserApp(Script())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
    assert app.return_value == path


async def test_the_chooser_has_headings_and_names():
    app = ChooserApp(Script(unicode=False))
    async with app.run_test(size=(120, 200)) as pilot:
        await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert text.isascii()
        assert "Lessons" in text
        assert text.index("Real networks") < text.index("networks/convolution")
        assert text.index("Find the fault") < text.index("faults/softmax_over_one_unit")
        assert text.index("Find the mistake") < text.index("mistakes/updated_first")
        assert "Published examples" in text
        assert "published/mazur" in text
        assert text.index("computation_graph") < text.index("chain_rule") < text.index("iris")


@pytest.mark.parametrize("room", [38, 60])
def test_no_word_of_a_preview_is_broken(room):
    for name, path, _ in SCENARIOS:
        about = preview(name, path, Script())
        lines = wrapped(about, room).plain.split("\n")
        assert max(map(width, lines)) <= room or max(map(width, about.plain.split())) > room
        if max(map(width, about.plain.split())) <= room:
            assert " ".join(lines).split() == about.plain.split(), name


def test_a_preview_shows_the_call_of_a_composite_and_not_its_lines():
    text = preview("networks/gru", find("networks/gru"), Script()).plain
    assert "\ny = gru(x, h₀, W_ih, W_hh, b_ih, b_hh)   (3×2)\nlast = y[2,:]   (2)\n" in text


def test_a_filter_puts_what_is_called_so_first():
    groups = entries(SCENARIOS, Script())
    assert matching(groups, "") == groups
    ((_, hits),) = matching(groups, "XOR")
    assert hits[0].words[0] == "xor"
    ((_, hits),) = matching(groups, "relu dead")
    assert hits[0].words[0] == "dead_relu"
    assert all("relu" in " ".join(entry.words) for entry in hits)
    assert matching(groups, "no such thing") == [("", [])]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("xor", 0), ("Xo", 1), ("or", 2), ("learns the", 3), ("the xor", 3), ("adder", NO_RANK)],
)
def test_how_well_an_entry_fits(wanted, expected):
    assert rank(PickerEntry("1", Text(), ("xor", "A network learns the XOR")), wanted) == expected


async def test_open_in_a_session_comes_back_with_escape_and_goes_on_with_enter():
    app = app_on()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("s", "colon", *"open", "enter")
        assert isinstance(app.screen, ChooserScreen)
        await pilot.press("escape")
        assert app.debugger.moment.position == 6
        await pilot.press("colon", *"open xro", "enter")
        assert footer(app) == "there is no scenario 'xro'; did you mean 'xor'?"
        await pilot.press("colon", *"open", "enter", *"xor", "enter")
    assert app.next_scenario == find("xor")


@pytest.mark.parametrize(("line", "path"), [("open iris", find("iris")), ("tour", TOUR)])
async def test_open_with_a_name_and_the_tour_leave_for_it(line, path):
    app = app_on()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("colon", *line, "enter")
    assert app.next_scenario == path


def test_a_visitor_opens_bundled_scenarios_only(monkeypatch, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("")
    assert scenario_path(str(own)) == own
    monkeypatch.setattr("bpdebug.tui.choosing.next_scenario.served", lambda: True)
    assert scenario_path("xor") == find("xor")
    with pytest.raises(BpdebugError, match="there is no scenario"):
        scenario_path(str(own))


def test_open_takes_the_folder_of_a_recording_and_says_where_there_is_none(tmp_path):
    with pytest.raises(BpdebugError, match=r"this folder has no scenario\.toml"):
        scenario_path(str(tmp_path))
    (tmp_path / "scenario.toml").write_text("")
    assert scenario_path(str(tmp_path)) == tmp_path / "scenario.toml"


async def test_nothing_found_says_so_however_fast_the_letters_come():
    app = ChooserApp(Script())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        for _ in range(2):  # no pause: the entry found by the first is told of after the second
            app.screen.post_message(Key("z", "z"))
        await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert "0 of" in text
        assert "Nothing here has 'zz'" in text
        assert "One valley" not in text


def test_a_preview_names_every_optimizer():
    told = preview("optimizers_valley", find("optimizers_valley"), Script()).plain
    assert "sgd, α = 0.4; momentum for momentum, α = 0.4; adagrad for adagrad" in told
    assert told.endswith("adam for adam, α = 0.4, 20 iterations")
    assert preview("xor", find("xor"), Script()).plain.endswith("sgd, α = 0.5, 1000 iterations")
    assert preview("chain_rule", find("chain_rule"), Script()).plain.endswith("L = g²")
