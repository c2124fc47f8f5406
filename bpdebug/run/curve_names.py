"""The curves that a user names: expressions, and words for all δ, all gradients, all updates."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.run.curves import Curves

OPENING, CLOSING = "([{", ")]}"
SEPARATORS = ",;"
FAMILIES = {"delta": "delta", "δ": "delta", "grad": "grad", "∂": "grad", "change": "change"}
"""Words that stand for a family of curves, as in `curves delta`; their signs do too."""
MOST_TOGETHER = 26
"""Curves in one plot, each of which has a letter."""


def named_curves(curves: Curves, text: str) -> tuple[str, ...]:
    """The names of the curves in a text, each once: `norm(delta(1)), norm(W1)` or `delta`.

    BpdebugError for an empty name, and for more curves than a plot has letters.
    """
    names = tuple(dict.fromkeys(name for part in parted(text) for name in expanded(curves, part)))
    if len(names) > MOST_TOGETHER:
        raise BpdebugError(
            f"these are {len(names)} curves, and a plot has letters for {MOST_TOGETHER}; name fewer"
        )
    return names


def expanded(curves: Curves, word: str) -> tuple[str, ...]:
    """The curves that a word stands for; a node of that name wins."""
    family = FAMILIES.get(word, "")
    if not family or curves.is_node(word):
        meant = "" if curves.is_node(word) or word == "loss" else did_you_mean(word, FAMILIES)
        if meant and word.isidentifier() and not curves.measures(word):
            raise BpdebugError(f"there is no curve '{word[:40]}'{meant}")
        return (word,)
    found = curves.family(family)
    if not found:
        raise BpdebugError(f"this run has no curve of '{word}'")
    return found


def parted(text: str) -> Iterator[str]:
    """The parts between commas and semicolons that stand in no brackets and no double quotes."""
    depth, start, quoted = 0, 0, False
    for at, sign in enumerate(f"{text},"):
        quoted ^= sign == '"'
        if not quoted:
            depth += (sign in OPENING) - (sign in CLOSING)
        if (sign in SEPARATORS and depth <= 0 and not quoted) or at == len(text):
            part = text[start:at].strip()
            if not part:
                raise BpdebugError(
                    "nothing stands before a comma, or behind the last; leave one out"
                )
            yield part
            start = at + 1
