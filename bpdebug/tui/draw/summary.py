"""An array in a few cells: as many whole numbers as fit, never a part of one."""

from __future__ import annotations

import numpy as np

from bpdebug.ops import Array
from bpdebug.wording import Script

FEWER = (99, 4, 3, 2, 1)
"""Digits that are tried one after the other where there is little room; 99 stands for all."""


def number_in(value: float, room: int, script: Script) -> str:
    """A number in at most so many cells: with fewer digits, or an ellipsis, never cut off."""
    for digits in FEWER:
        text = script.at_most(digits).number(value)
        if len(text) <= room:
            return text
    return script.mark


def summary(value: Array, room: int, script: Script) -> str:
    """As many numbers as fit, after the shape where it is a matrix; never a large tensor's text."""
    array = np.asarray(value)
    if not array.shape:
        return number_in(float(array), room, script)
    # A short vector is worth more whole with three digits than half of it with six, a number with
    # as many more than the shape, and one number with few digits more than none.
    tried = {
        (digits, shape): fitted(array, room, script.at_most(digits), shape)
        for shape in (True, False)
        for digits in FEWER
    }
    order = [(digits, shape) for shape in (True, False) for digits in FEWER[:3]]
    whole = [tried[way][0] for way in order if tried[way][1] == array.size]
    some = [tried[way][0] for way in (*order, *tried) if tried[way][1]]
    return (whole or some or [tried[FEWER[0], True][0]])[0]


def fitted(array: Array, room: int, script: Script, shape: bool = True) -> tuple[str, int]:
    """As many numbers as fit, with an ellipsis for the rest, and how many they are."""
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
