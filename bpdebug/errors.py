"""The error that bpdebug raises for every mistake that the user can mend.

It names where the mistake stands, what is wrong, and what to do about it;
the command line prints it as one line and ends with exit status 2.
"""

from __future__ import annotations

from collections.abc import Iterable

CLOSE = 0.6


class BpdebugError(Exception):
    """A mistake in a scenario, an expression, a command or an argument.

    `problem` says what is wrong and what to do. `key` and `file` say where, as far as that is
    known; a caller that knows more adds it with `at`.
    """

    def __init__(self, problem: str, *, key: str = "", file: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.key = key
        self.file = file

    def at(self, *, key: str = "", file: str = "") -> BpdebugError:
        """Return the error with `key` and `file` filled in where they are still empty."""
        self.key = self.key or key
        self.file = self.file or file
        return self

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.problem) if part)


def did_you_mean(word: str, known: Iterable[str], close: float = CLOSE) -> str:
    """The hint "; did you mean 'x'?" for the nearest of the `known` words, or nothing.

    `close` is how alike two words must be, from 0 to 1.
    """
    from difflib import get_close_matches

    known = list(known)
    near = [k for k in known if k.casefold() == word.casefold()]
    near = near or numbered_alike(word[:80], known) or get_close_matches(word[:80], known, 1, close)
    return f"; did you mean '{near[0]}'?" if near else ""


def numbered_alike(word: str, known: list[str]) -> list[str]:
    """The known word that differs in its last digits alone, `W2` for `W3`: the nearest number."""
    digits = "0123456789"
    stem = word.rstrip(digits)
    alike = [k for k in known if stem and stem != word and k.rstrip(digits) == stem != k]
    number = int(word[len(stem) :][:18] or 0)
    return sorted(alike, key=lambda k: abs(int(k[len(stem) :][:18]) - number))[:1]
