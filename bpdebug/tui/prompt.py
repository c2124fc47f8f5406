"""One line of input at the bottom of the screen; the debugger's keys are inert meanwhile.

It completes words as they are typed (tab takes the completion), brings back earlier lines with the
up and down keys, and can tell what is wrong with a line before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, Static

LAST_WORD = re.compile(r"[^\W\d]\w*$")


@dataclass(frozen=True, slots=True)
class Assistance:
    """What helps to fill a line in."""

    words: Sequence[str] = ()
    """Words that may come next, the likeliest first."""
    history: list[str] = field(default_factory=list)
    """Lines that were sent before, the oldest first; a sent line is added."""
    problem: Callable[[str], str] | None = None
    """What is wrong with a line as far as it goes; empty when it is good."""


class WordSuggester(Suggester):
    """Completes the word at the end of the line."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._words = words

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word completed, where one word fits."""
        found = LAST_WORD.search(value)
        if found is None:
            return None
        begun = found[0]
        longer = (word for word in self._words if word.startswith(begun) and word != begun)
        word = next(longer, None)
        return None if word is None else value[: found.start()] + word


class Prompt(ModalScreen[str | None]):
    """Asks for one line. Enter gives it, escape gives None."""

    CSS = """
    Prompt { align: left bottom; background: transparent; }
    Prompt Horizontal { height: 1; width: 100%; background: $panel; }
    Prompt Label { color: $accent; text-style: bold; padding: 0 1; }
    Prompt Input { border: none; height: 1; padding: 0; background: $panel; width: 1fr; }
    Prompt Input:focus { border: none; }
    Prompt #problem {
        height: auto; width: 100%; background: $panel; color: $warning; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False, id="prompt.close"),
        Binding("up", "recall(-1)", show=False, id="prompt.earlier"),
        Binding("down", "recall(1)", show=False, id="prompt.later"),
        Binding("tab", "complete", show=False, priority=True, id="prompt.complete"),
    ]

    def __init__(self, label: str, text: str = "", assistance: Assistance | None = None) -> None:
        super().__init__()
        self._label, self._text = label, text
        self._assistance = assistance or Assistance()
        self._recalled = len(self._assistance.history)

    def compose(self) -> ComposeResult:
        if self._assistance.problem is not None:
            yield Static("", id="problem", markup=False)
        with Horizontal():
            yield Label(self._label, markup=False)
            yield Input(self._text, suggester=WordSuggester(self._assistance.words))

    def on_mount(self) -> None:
        """Nothing is wrong with an empty line."""
        if self._assistance.problem is not None:
            self.query_one("#problem").display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong while it is typed."""
        problem = self._assistance.problem
        if problem is None:
            return
        told = problem(event.value) if event.value.strip() else ""
        line = self.query_one("#problem", Static)
        line.update(told)
        line.display = bool(told)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        history = self._assistance.history
        if event.value.strip() and history[-1:] != [event.value]:
            history.append(event.value)
        self.dismiss(event.value)

    def action_recall(self, by: int) -> None:
        """Bring back an earlier line, or a later one."""
        history = self._assistance.history
        self._recalled = min(max(self._recalled + by, 0), len(history))
        field = self.query_one(Input)
        field.value = history[self._recalled] if self._recalled < len(history) else ""
        field.cursor_position = len(field.value)

    async def action_complete(self) -> None:
        """Take the completion."""
        field = self.query_one(Input)
        longer = await WordSuggester(self._assistance.words).get_suggestion(field.value)
        if longer is not None:
            field.value = longer
            field.cursor_position = len(longer)
