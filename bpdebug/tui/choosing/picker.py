"""A list to choose from, in groups, that is filtered by what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from bpdebug.records import record

NO_RANK = 4
"""The rank of an entry that does not fit."""


@record
class PickerEntry:
    """An entry of the list: its id, its label, and the words that a search may match."""

    ident: str
    label: Text
    words: tuple[str, ...]
    """The name first, then other words about the entry."""


Group = tuple[str, Sequence[PickerEntry]]
"""A heading, and the entries below it."""


def rank(entry: PickerEntry, typed: str) -> int:
    """How well an entry fits the typed text, 0 the best; `NO_RANK` where it does not fit.

    0: the name; 1: the name's beginning; 2: a part of the name; 3: every typed word occurs.
    """
    typed = typed.casefold().strip()
    name, *more = (word.casefold() for word in entry.words)
    if typed == name:
        return 0
    if name.startswith(typed):
        return 1
    if typed in name:
        return 2
    text = " ".join([name, *more])
    return 3 if all(word in text for word in typed.split()) else NO_RANK


def matching(groups: Sequence[Group], typed: str) -> list[Group]:
    """All groups where nothing is typed; else the fitting entries, the best first."""
    if not typed.strip():
        return list(groups)
    every = [entry for _, entries in groups for entry in entries]
    fitting = [entry for entry in every if rank(entry, typed) < NO_RANK]
    return [("", sorted(fitting, key=lambda entry: rank(entry, typed)))]


class PickList(OptionList):
    """The list of entries, with a heading above each group."""

    DEFAULT_CSS = """
    PickList { scrollbar-size: 1 1; background: $surface; }
    """

    def fill(self, groups: Sequence[Group]) -> None:
        """Show these groups, with the cursor on the first entry."""
        options: list[Option | None] = []
        for heading, entries in groups:
            if heading:
                options += [None] if options else []
                options.append(Option(Text(heading, "bold"), disabled=True))
            options += [Option(entry.label, id=entry.ident) for entry in entries]
        self.clear_options()
        self.add_options(options)
        self.action_first()


class Picker(ModalScreen[str | None]):
    """Gives the id of the chosen entry, or None. A subclass arranges the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,ctrl+h", "take_back", show=False, id="picker.take_back"),
    ]

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__()
        self.groups = groups
        self.typed = ""
        """The filter that the user has typed."""
        self.list = PickList(id="list")

    def on_mount(self) -> None:
        """Focus the list, and show every entry."""
        self.list.focus()
        self._filter("")

    def on_key(self, event: events.Key) -> None:
        """Add a printable key to the filter, unless it is a key of the list."""
        if event.is_printable and event.character and event.key not in self.active_bindings:
            event.stop()
            self._filter(self.typed + event.character)

    def _filter(self, typed: str) -> None:
        self.typed = typed
        groups = matching(self.groups, typed)
        self.list.fill(groups)
        self.show_matches(sum(len(entries) for _, entries in groups))

    def show_matches(self, matches: int) -> None:
        """Show the filter, and how many entries match it."""
        raise NotImplementedError

    def action_take_back(self) -> None:
        """Delete the last character of the filter."""
        self._filter(self.typed[:-1])

    def action_leave(self) -> None:
        """Clear the filter; without a filter, leave without a choice."""
        if self.typed:
            self._filter("")
        else:
            self.dismiss(None)

    def action_move(self, by: int) -> None:
        """Move the cursor down, or up for a negative `by`."""
        (self.list.action_cursor_down if by > 0 else self.list.action_cursor_up)()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the entry, at enter or a click."""
        self.dismiss(event.option_id)
