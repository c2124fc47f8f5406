"""An array in a few cells of the terminal: as many numbers as fit, none of them cut."""

from __future__ import annotations

import numpy as np

from bpdebug.ops import Array
from bpdebug.wording import Script

FEWER = (99, 4, 3, 2, 1)
"""Digits that are tried in this order; 99 stands for all."""


def number_in(value: float, room: int, script: Script) -> str:
    """A number in at most `room` cells, with fewer digits if need be; an ellipsis if none fit."""
    texts = (script.at_most(digits).number(value) for digits in FEWER)
    return next((text for text in texts if len(text) <= room), script.mark)


def summary(value: Array, room: int, script: Script) -> str:
    """As many numbers of an array as fit in `room` cells, after the shape of a matrix."""
    array = np.asarray(value)
    if not array.shape:
        return number_in(float(array), room, script)
    # All numbers with three digits say more than half of them with six; numbers with three digits
    # say more than a shape; a number with fewer digits says more than none.
    tried = {
        (digits, shape): fitted(array, room, script.at_most(digits), shape)
        for shape in (True, False)
        for digits in FEWER
    }
    first = [result for (digits, _), result in tried.items() if digits in FEWER[:3]]
    whole = [text for text, count in first if count == array.size]
    some = [text for text, count in (*first, *tried.values()) if count]
    return (whole or some or [tried[FEWER[0], True][0]])[0]


def fitted(array: Array, room: int, script: Script, shape: bool = True) -> tuple[str, int]:
    """A text of as many numbers as fit, with an ellipsis for the rest, and their count."""
    dots = script.mark
    shaped = shape and array.ndim > 1
    text = f"({script.shape(array.shape)})" if shaped else ""
    if len(text) > room:
        return dots, 0
    for at, entry in enumerate(array.flat):
        piece = script.number(float(entry))
        longer = f"{text}  {piece}" if text else piece
        spare = 0 if at + 1 == array.size else len(dots) + 1
        if len(longer) > room - spare:
            cut = f"{text} {dots}" if text else dots
            return (cut if len(cut) <= room else text), at
        text = longer
    return text, array.size
