"""One line of input at the bottom of the screen; the debugger's keys are inert meanwhile.

It completes words as they are typed (tab takes the completion, tab again the next), brings back
earlier lines with the up and down keys, and tells what a line means or what is wrong with it
before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, Static

from bpdebug.records import record
from bpdebug.tui.dialogs.completion import NOTHING, Completer
from bpdebug.tui.dialogs.line_message import Explainer


@record
class Assistance:
    """What helps to fill a line in."""

    complete: Completer = NOTHING
    """What the end of a line may become, the likeliest first."""
    history: list[str] = field(default_factory=list)
    """Lines that were sent before, the oldest first; a sent line is added."""
    explain: Explainer | None = None
    """What a line means as far as it goes, or what is wrong with it."""
    strict: bool = False
    """True where a line with a mistake in it is not sent: it stays, to be mended."""


class WordSuggester(Suggester):
    """Shows the first completion behind the line."""

    def __init__(self, complete: Completer) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word completed."""
        start, words = self._complete(value)
        return value[:start] + words[0] if words else None


class LineInput(Input):
    """An input that completes: tab takes the first completion, tab again the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False, id="prompt.complete")
    ]

    def __init__(self, text: str, complete: Completer, *, id: str | None = None) -> None:
        super().__init__(text, suggester=WordSuggester(complete), id=id, select_on_focus=False)
        self._complete = complete
        self._choices: list[str] = []
        self._choice = 0

    def action_complete(self) -> None:
        """Take the completion, or the one after it where one was just taken."""
        if self._choices and self.value == self._choices[self._choice]:
            self._choice = (self._choice + 1) % len(self._choices)
        else:
            start, words = self._complete(self.value)
            self._choices = [self.value[:start] + word for word in words]
            self._choice = 0
        if self._choices:
            self.set_text(self._choices[self._choice])

    def set_text(self, text: str) -> None:
        """Have this text, with the cursor behind it."""
        self.value = text
        self.cursor_position = len(text)


def key_copy(event: events.Key) -> events.Key:
    """The key as an event that can be sent anew."""
    return events.Key(event.key, event.character)


class PromptInput(LineInput):
    """An input that takes nothing more once its line is sent: what comes then is for later."""

    def __init__(
        self, text: str, complete: Completer, hold_early_key: Callable[[events.Key], bool]
    ) -> None:
        super().__init__(text, complete)
        self._hold_early_key = hold_early_key
        self.sent = False
        self.later_keys: list[events.Key] = []
        """Keys that were pressed after enter, before the prompt was gone."""

    def on_key(self, event: events.Key) -> None:
        """Send the line at once with enter: the next key may be waiting already."""
        # Letters that came before the focus did are not in the line yet: the rest waits with them.
        if not self._hold_early_key(event):
            if self.sent:
                self.later_keys.append(key_copy(event))
            elif event.key == "enter":
                self.sent = True
                self.post_message(self.Submitted(self, self.value))
            else:
                return  # what the line does with any other key follows
        event.stop()
        event.prevent_default()

    def release_later_keys(self) -> list[events.Key]:
        """Take lines again; returns the keys that were held back, to be pressed now."""
        self.sent, later_keys = False, self.later_keys
        self.later_keys = []
        return later_keys


class Prompt(ModalScreen[str | None]):
    """Asks for one line. Enter gives it, escape gives None."""

    CSS = """
    Prompt { align: left bottom; background: transparent; }
    Prompt Horizontal { height: 1; width: 100%; background: $panel; }
    Prompt Label { color: $accent; text-style: bold; padding: 0 1; }
    Prompt Input { border: none; height: 1; padding: 0; background: $panel; width: 1fr; }
    Prompt Input:focus { border: none; }
    Prompt #message {
        height: auto; max-height: 6; width: 100%; background: $panel; padding: 0 1;
        color: $foreground;
    }
    Prompt #message.-wrong { color: $warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False, id="prompt.close"),
        Binding("up", "recall(-1)", show=False, id="prompt.earlier"),
        Binding("down", "recall(1)", show=False, id="prompt.later"),
    ]

    def __init__(self, label: str, text: str = "", assistance: Assistance | None = None) -> None:
        super().__init__()
        self._label = label
        self._assistance = assistance or Assistance()
        self._history_at = len(self._assistance.history)
        self._field = PromptInput(text, self._assistance.complete, self.hold_early_key)
        self._ready = False
        self._early_keys: list[events.Key] = []
        """Keys that were pressed before there was an input."""

    def compose(self) -> ComposeResult:
        yield Static("", id="message", markup=False)
        with Horizontal():
            yield Label(self._label, markup=False)
            yield self._field

    def on_mount(self) -> None:
        """Show no error for the empty line; enter the keys typed before the prompt was ready."""
        self._explain()
        self.call_after_refresh(self._enter_early_keys)

    def on_key(self, event: events.Key) -> None:
        """A key that came to the screen itself: the input line did not have the focus yet."""
        if self.hold_early_key(event):
            event.stop()

    def hold_early_key(self, event: events.Key) -> bool:
        """Hold back a key typed before the input line was ready; False for any other key."""
        if self._ready or not (event.is_printable or event.key == "enter"):
            return False
        self._early_keys.append(key_copy(event))
        return True

    def _enter_early_keys(self) -> None:
        self._ready = True
        field = self._field
        field.focus()
        early_keys, self._early_keys = self._early_keys, []
        end = next((at for at, key in enumerate(early_keys) if key.key == "enter"), len(early_keys))
        line = "".join(key.character or "" for key in early_keys[:end])
        if line:
            field.set_text(field.value + line)
        if end < len(early_keys):
            field.sent, field.later_keys = True, early_keys[end + 1 :]
            field.post_message(Input.Submitted(field, field.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it means while it is typed."""
        self._explain()

    def _explain(self) -> bool:
        """Tell about the line as it is; False where something is wrong with it."""
        explain = self._assistance.explain
        line = self.query_one("#message", Static)
        message = None if explain is None else explain(self._field.value)
        line.display = message is not None and bool(message.text)
        if message is None:
            return True
        line.set_class(not message.ok, "-wrong")
        line.update(message.text)
        return message.ok

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter. Whatever was sent can be brought back, a mistake too."""
        history = self._assistance.history
        if event.value.strip() and history[-1:] != [event.value]:
            history.append(event.value)
        self._history_at = len(history)
        if self._explain() or not self._assistance.strict:
            self.dismiss(event.value)
        else:
            self._press_later()

    def on_unmount(self) -> None:
        """Pass the keys pressed after enter on to the screen below."""
        self._press_later()

    def _press_later(self) -> None:
        for key in self._field.release_later_keys():
            self.app.post_message(key)

    def action_recall(self, by: int) -> None:
        """Bring back an earlier line, or a later one."""
        history = self._assistance.history
        self._history_at = min(max(self._history_at + by, 0), len(history))
        text = history[self._history_at] if self._history_at < len(history) else ""
        self._field.set_text(text)
