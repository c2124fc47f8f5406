"""The configuration file: what it changes, and how its mistakes are told."""

import importlib
import pkgutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.dom import DOMNode
from textual.theme import BUILTIN_THEMES

from bpdebug import tui
from bpdebug.cli.main import main
from bpdebug.debugger import COMMANDS, Debugger, key_text
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.config.configuration import Config, config_in, read_config
from bpdebug.tui.keys.bindings import SCREEN_KEYS
from bpdebug.tui.keys.keymap import every_binding
from bpdebug.tui.theme.palettes import THEMES


def test_without_a_file_everything_is_as_always():
    assert read_config() == Config()


def test_the_platforms_place_and_the_variable(own_folders, monkeypatch):
    usual = own_folders / ".config" / "bpdebug" / "config.toml"
    usual.parent.mkdir(parents=True)
    usual.write_text(
        'theme = "bpdebug-light"\ndigits = 4\n[keys]\nstep = "Ctrl+y,F11,?"\nhelp = "f1"\n'
    )
    chosen = {"step": "ctrl+y,f11,question_mark", "help": "f1"}
    assert read_config() == Config("bpdebug-light", 4, chosen)
    other = own_folders / "other.toml"
    other.write_text('theme = "nord"')
    monkeypatch.setenv("BPDEBUG_CONFIG", str(other))
    assert read_config() == Config("nord")


def test_no_file_in_the_platforms_place_is_none_but_a_named_one_has_to_be_there(
    own_folders, monkeypatch
):
    assert read_config() == Config()
    monkeypatch.setenv("BPDEBUG_CONFIG", "")
    assert read_config() == Config()
    monkeypatch.setenv("BPDEBUG_CONFIG", str(own_folders / "typo.toml"))
    with pytest.raises(BpdebugError, match=r"typo\.toml: there is no such file"):
        read_config()


@pytest.mark.parametrize(
    ("written", "sent", "told"),
    [
        ("Ctrl+S", "\x13", "ctrl+s"),
        ("F8", "\x1b[19~", "F8"),
        ("CTRL+F8", "\x1b[19;5~", "ctrl+F8"),
        ("shift+ctrl+Y", "\x1b[121;6u", "ctrl+shift+y"),
        ("Shift+j", "J", "J"),
        ("Shift+Space", "\x1b[32;2u", "shift+space"),
        ("SLASH,Alt+Y", "\x1b[121;3u", "alt+y"),
    ],
)
def test_a_key_however_it_is_written_is_the_one_that_a_terminal_sends(written, sent, told):
    keys = config_in(f"[keys]\nstep = '{written}'\nfind = 'f1'\nhelp = 'ctrl+b'").keys
    (event,) = XTermParser().feed(sent)
    assert event.key in keys["step"].split(",")
    assert told in [key_text(key) for key in keys["step"].split(",")]


def test_every_binding_has_an_id_and_an_id_means_one_action():
    actions = {}
    for binding in (one for group in every_binding() for one in group):
        assert binding.id
        assert actions.setdefault(binding.id, binding.action) == binding.action
    assert set(actions) >= {c.id for c in COMMANDS if c.keys} | {key[2] for key in SCREEN_KEYS}


def test_no_binding_anywhere_is_forgotten():
    """Whatever class of ours declares bindings, a keymap knows them; the tour keeps its own."""
    for module in pkgutil.iter_modules(tui.__path__, f"{tui.__name__}."):
        importlib.import_module(module.name)
    known = {binding.id for group in every_binding() for binding in group}
    for kind in descendants(DOMNode):
        if kind.__module__.startswith(tui.__name__):
            for binding in kind.__dict__.get("BINDINGS", ()):
                assert binding.id in known or binding.id.startswith("tour."), (kind, binding)


def descendants(kind):
    for below in kind.__subclasses__():
        yield below
        yield from descendants(below)


@pytest.mark.parametrize("theme", [*(ours.name for ours in THEMES), *BUILTIN_THEMES])
def test_every_theme_is_known(theme):
    assert config_in(f'theme = "{theme}"').theme == theme


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("thme = 'nord'", "thme: unknown key; did you mean 'theme'?"),
        ("theme = 'bpdebug-lihgt'", "theme: unknown theme 'bpdebug-lihgt'; did you mean 'bpdebug-"),
        ("theme = 'dark'", "theme: unknown theme 'dark'; did you mean 'bpdebug-dark'?"),
        ("theme = 'Light'", "theme: unknown theme 'Light'; did you mean 'bpdebug-light'?"),
        ("theme = 'nrod'", "theme: unknown theme 'nrod'; did you mean 'nord'?"),
        ("theme = 'zzz'", "theme: unknown theme 'zzz'; known are bpdebug-dark, "),
        ("theme = 3", "theme: give a name in quotes"),
        ("digits = 18", "digits: give a whole number from 1 to 17, not 18"),
        ("digits = true", "digits: give a whole number"),
        ("keys = 3", "keys: give a table"),
        ("[keys]\nstpe = 'x'", "keys.stpe: nothing has this id; did you mean 'step'?"),
        ("[keys]\nstep = ''", "keys.step: give keys in quotes"),
        ("[keys]\nstep = 'pagdown'", "keys.step: there is no key 'pagdown'; did you mean 'pagedow"),
        ("[keys]\nstep = 'ctl+x'", "keys.step: there is no key 'ctl+x'"),
        ("[keys]\nstep = 'shift+1'", "keys.step: 'shift+1' comes as another sign; give the sign"),
        ("[keys]\nstep = 'shift+slash'", "keys.step: 'shift+slash' comes as another sign"),
        ("[keys]\nstep = 'Shift+n'", "keys.step: 'N' is the key of both 'step' and 'rnext'"),
        ("[keys]\nstep = 'n'", "keys.step: 'n' is the key of both 'step' and 'next'"),
        ("[keys]\nstep = '?'", "keys.step: '?' is the key of both 'step' and 'help'"),
        ("[keys]\nstep = 'J'\nnext = 'J'", "keys.step: 'J' is the key of both 'step' and 'next'"),
        (
            "[keys]\nstep = 'space'",
            "keys.step: 'space' is the key of both 'step' and 'graph.",
        ),
        ("[keys]\n'box.up' = 'j'", "keys.box.up: 'j' is the key of both 'box.up' and 'box.down'"),
        ("[keys]\nstep = 'tab'", "keys.step: 'tab' is always the next pane"),
        ("theme = ", "not valid TOML: "),
        ("a = " + "[" * 5000, "not valid TOML: lists or tables are nested too deep"),
    ],
)
def test_mistakes_are_told_with_their_key_and_a_remedy(text, told):
    with pytest.raises(BpdebugError) as error:
        config_in(text)
    assert str(error.value).startswith(told)


HOSTILE = {
    "digits": ("digits = " + "9" * 5_000, "a number has too many digits (line 1)"),
    "hex": ("digits = 0x" + "f" * 5_000, "a number has too many digits (line 1)"),
    "dotted": ("keys" + ".a" * 100_000 + " = 1", "a key has more than 32 parts (line 1)"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_configuration_is_one_error_with_its_file(case, own_folders, monkeypatch, capsys):
    text, told = HOSTILE[case]
    path = own_folders / "bad.toml"
    path.write_text(text)
    monkeypatch.setenv("BPDEBUG_CONFIG", str(path))
    monkeypatch.setattr("bpdebug.cli.tasks.require_terminal", lambda: None)
    assert main(["two_layer"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"bpdebug: error: {path}: ")
    assert told in line


LINES = st.sampled_from(["theme", "digits", "keys", "[keys]", "step", "'screen.zoom'", "next"])
VALUES = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.text(max_size=8).map(repr),
    st.sampled_from(
        ["'ctrl+x'", "'s,f7'", "'nord'", "9" * 5_000, "0x" + "f" * 5_000, "true", "[[]]", "{a = 1}"]
    ),
)


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=80)
    | st.lists(st.tuples(LINES, VALUES).map(" = ".join) | LINES, max_size=4).map("\n".join)
)
def test_any_text_is_a_configuration_or_a_mistake(text):
    try:
        config_in(text)
    except BpdebugError as error:
        told = str(error)
        assert told  # most texts are mistakes, and a few are not


@pytest.mark.parametrize("raw", [b"\xff", b"#" * (1 << 19), None], ids=["latin", "large", "folder"])
def test_a_file_that_cannot_be_read_is_named(raw, own_folders, monkeypatch):
    path = own_folders / "bad.toml"
    path.mkdir() if raw is None else path.write_bytes(raw)
    monkeypatch.setenv("BPDEBUG_CONFIG", str(path))
    with pytest.raises(BpdebugError) as error:
        read_config()
    assert str(error.value).startswith(f"{path}: ")


def test_a_mistake_is_one_error_on_the_screen_and_none_of_line_mode(
    own_folders, monkeypatch, capsys
):
    path = own_folders / "bad.toml"
    path.write_text("digits = 0")
    monkeypatch.setenv("BPDEBUG_CONFIG", str(path))
    monkeypatch.setattr("bpdebug.cli.tasks.require_terminal", lambda: None)
    assert main(["two_layer"]) == 2
    assert capsys.readouterr().err.startswith(f"bpdebug: error: {path}: digits: give a whole")
    assert main(["two_layer", "-c", "print L"]) == 0
    assert capsys.readouterr().out == "L = 0.298371\n"


async def test_chosen_keys_work_and_the_usual_ones_no_more():
    keys = config_in("[keys]\nstep = 'n,f7'\nnext = 's'\n'screen.zoom' = 'ctrl+u'").keys
    app = BpdebugApp(Debugger(Run(load(find("two_layer")))), keys=keys)
    async with app.run_test(size=(120, 36)) as pilot:
        footer = app.screen.footer.render_line(0).text
        assert "s edge  n term" in footer
        await pilot.press("question_mark")
        rows = str(app.screen.query_one("#answer").render()).splitlines()
        told = {row[10:].strip(): row.split()[:2] for row in rows}
        assert next(keys for row, keys in told.items() if "one term" in row) == ["n", "F7"]
        await pilot.press("escape")
        await pilot.press("n")
        assert app.debugger.instant.position == 6
        await pilot.press("s", "n")
        assert app.debugger.instant.position > 7
        await pilot.press("f11", "z")
        assert not app.screen.area.choice.zoomed
        await pilot.press("ctrl+u")
        assert app.screen.area.choice.zoomed
