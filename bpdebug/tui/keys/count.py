"""Counts typed before a key: `+12n`. A `+` begins a count; digits without it focus panes."""

from __future__ import annotations

from bpdebug.debugger import COMMANDS

COUNTED = frozenset(command.id for command in COMMANDS if "[COUNT]" in command.usage)
"""Commands that take a count."""
MOST_DIGITS = 20
"""One more digit than any count has, so that a longer count is refused and not cut short."""
SIGN = "+"
"""What begins a count, as it is typed and as it is shown."""


class Count:
    """The count that is being typed: its sign and the digits so far."""

    def __init__(self) -> None:
        self.text = ""
        """`+12`; the sign alone before the first digit, and empty where no count has begun."""

    def begin(self) -> None:
        """Begin a count, and forget a count that was being typed."""
        self.text = SIGN

    def add(self, digit: str) -> None:
        """Add a digit to the count that has begun."""
        self.text = (self.text + digit)[: len(SIGN) + MOST_DIGITS]

    def drop(self) -> None:
        """Forget the count."""
        self.text = ""

    def take(self, ident: str) -> str:
        """The digits for a command, empty where it takes no count; then forget the count."""
        digits = self.text.removeprefix(SIGN)
        self.drop()
        return digits if ident in COUNTED else ""
