"""The user's own keys, by the id of a binding, checked against all other bindings."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain

from textual.binding import Binding, BindingType
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from bpdebug.debugger import key_text
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.tui.choosing.chooser import ChooserScreen
from bpdebug.tui.choosing.palette import Palette
from bpdebug.tui.choosing.picker import Picker
from bpdebug.tui.clipboard.copy_menu import CopyMenu
from bpdebug.tui.dialogs.confirm import Confirm
from bpdebug.tui.dialogs.export_dialog import ExportDialog, Options
from bpdebug.tui.dialogs.prompt import LineInput, Prompt
from bpdebug.tui.keys.bindings import bindings, key_label
from bpdebug.tui.overlays.curves import CurvesScreen
from bpdebug.tui.overlays.detail_screen import DetailPane, DetailScreen
from bpdebug.tui.overlays.diagnosis import DiagnosisScreen, FindingsPane
from bpdebug.tui.overlays.inspector import Inspector
from bpdebug.tui.overlays.text_box import TextBox
from bpdebug.tui.overlays.verdict import VerdictBox
from bpdebug.tui.panes.breakpoints_pane import BreakpointsPane
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.tui.panes.graph_pane import GraphPane
from bpdebug.tui.panes.program_pane import ProgramPane
from bpdebug.tui.work.background import ProgressBox
from bpdebug.wording import safe

KEY_NAMES = [str(key.value) for key in Keys]
MODIFIERS = ("ctrl", "shift", "alt", "super", "hyper", "meta")
TEXTUAL_KEYS = {
    "tab": "the next pane",
    "shift+tab": "the pane before",
    "ctrl+c": "copying a selection",
}
"""Keys that belong to Textual itself."""


def every_binding() -> list[list[Binding]]:
    """All bindings, split into a binding a key, in groups in which no key may occur twice."""
    groups: list[list[BindingType]] = [
        [
            *bindings(),
            *CursorPane.BINDINGS,
            *GraphPane.BINDINGS,
            *ProgramPane.BINDINGS,
            *BreakpointsPane.BINDINGS,
        ],
        [*DetailPane.BINDINGS, *DetailScreen.BINDINGS, *Inspector.BINDINGS],
        [*Prompt.BINDINGS, *LineInput.BINDINGS],
        [*ExportDialog.BINDINGS, *Options.BINDINGS],
        list(CurvesScreen.BINDINGS),
        [*CursorPane.BINDINGS, *FindingsPane.BINDINGS, *DiagnosisScreen.BINDINGS],
        list(ProgressBox.BINDINGS),
        [*Picker.BINDINGS, *ChooserScreen.BINDINGS],
        list(Palette.BINDINGS),
        *(list(screen.BINDINGS) for screen in (TextBox, Confirm, CopyMenu, VerdictBox)),
    ]
    return [list(Binding.make_bindings(group)) for group in groups]


def usual_keys() -> dict[str, tuple[str, ...]]:
    """The keys of every binding as they are shown, the most usual first, by the binding's id."""
    usual = keys_by_id(chain.from_iterable(every_binding()))
    return {ident: tuple(dict.fromkeys(map(key_label, keys))) for ident, keys in usual.items()}


def keymap(entries: Mapping[str, object]) -> dict[str, str]:
    """A keymap as Textual takes it. BpdebugError for an unknown id or key, and for a clash."""
    usual = [keys_by_id(group) for group in every_binding()]
    all_ids = {ident for group in usual for ident in group}
    chosen: dict[str, list[str]] = {}
    for ident, value in entries.items():
        if ident not in all_ids:
            hint = did_you_mean(ident, sorted(all_ids)) or "; `bpdebug --keys` lists the ids"
            raise BpdebugError(f"nothing has this id{hint}", key=config_key(ident))
        chosen[ident] = keys_in(ident, value)
    for ident, own in chosen.items():
        group = next(group for group in usual if ident in group)
        taken = group | {name: chosen[name] for name in group if name in chosen}
        for key in own:
            check_free(ident, key, taken)
    return {ident: ",".join(own) for ident, own in chosen.items()}


def keys_by_id(group: Iterable[Binding]) -> dict[str, list[str]]:
    """The usual keys of each of some bindings."""
    usual: dict[str, list[str]] = {}
    for binding in group:
        usual.setdefault(binding.id or "", []).append(binding.key)
    return usual


def check_free(ident: str, key: str, taken: Mapping[str, list[str]]) -> None:
    """BpdebugError where a key belongs to Textual, or to another binding of the group."""
    if key in TEXTUAL_KEYS:
        raise BpdebugError(
            f"'{key}' is always {TEXTUAL_KEYS[key]}; choose another key", key=config_key(ident)
        )
    other = next((name for name, keys in taken.items() if name != ident and key in keys), None)
    if other is not None:
        raise BpdebugError(
            f"'{key_text(key)}' is the key of both '{ident}' and '{other}'; "
            f"give one of them another",
            key=config_key(ident),
        )


def keys_in(ident: str, value: object) -> list[str]:
    """The keys in an entry, as Textual names them."""
    if not isinstance(value, str) or not value.strip():
        raise BpdebugError('give keys in quotes, such as "s,f11"', key=config_key(ident))
    return [key_in(ident, part.strip()) for part in value.split(",")]


def key_in(ident: str, text: str) -> str:
    """A key as Textual names it: `?` is `question_mark`, `Ctrl+F5` is `ctrl+f5`.

    A plain letter keeps its case, and `shift+s` is `S`. With other modifiers a terminal sends small
    letters, and the modifiers in the order of the alphabet.
    """
    lead, plus, last = text.rpartition("+")
    modifiers = sorted(set(lead.lower().split("+"))) if plus else []
    last = last.lower() if modifiers or len(last) > 1 else last
    if modifiers == ["shift"] and len(last) == len(last.upper()) == 1 and last.upper() != last:
        modifiers, last = [], last.upper()
    if not last or not set(modifiers) <= set(MODIFIERS) or not is_key(last):
        hint = (
            did_you_mean(text.lower(), KEY_NAMES) or "; keys are written s, S, f11, ctrl+o, comma"
        )
        raise BpdebugError(f"there is no key '{safe(text[:40])}'{hint}", key=config_key(ident))
    if modifiers == ["shift"] and is_sign(last):
        raise BpdebugError(
            f"'{safe(text[:40])}' comes as another sign; give the sign that it makes",
            key=config_key(ident),
        )
    (made,) = Binding.make_bindings([Binding(last, "")])
    return "+".join([*modifiers, made.key])


def is_key(name: str) -> bool:
    """True where a key without modifiers has this name: a sign, a sign's name, or a named key."""
    if len(name) == 1:
        return name.isprintable() and name != " "
    if name in KEY_NAMES:
        return True
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name in KEY_NAME_REPLACEMENTS.values()
    return True


def is_sign(name: str) -> bool:
    """True for a key of a sign, where shift makes another sign; False for the space bar."""
    return name not in (*KEY_NAMES, "space")


def config_key(ident: str) -> str:
    """The key of an entry in the configuration: `keys.step`."""
    return f"keys.{safe(ident[:60])}"
