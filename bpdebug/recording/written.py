"""How a function of somebody's library is written: ops, and what they are applied to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from bpdebug.recording.texts import Form, Text, call, transposed
from bpdebug.records import record, replace


@record
class Written:
    """An op, and its operands: arguments of the function, numbers, and other ops."""

    form: Form
    operands: tuple[Any, ...]
    """Those that are `Written` are parts. A part that two ops share is the same object."""
    hint: str = ""
    """What it is called where it needs an entry and no variable of the user's code has it."""
    apart: bool = False
    """Whether it has an entry in any case, also where a single op uses it."""
    moves: bool = False
    """Whether it only moves cells, so that whole numbers stay what they are."""


Result = Written | tuple["Written | None", ...]
"""What a function returns: a tuple for one with several results, None in it for no tensor."""
Translation = Callable[..., Written]
"""Takes the arguments of a function. Raises RefusedError for those that no op takes."""


class RefusedError(Exception):
    """A function, or an argument of one, that has no op; the text says what to write instead."""


def written(form: Form, *operands: Any, hint: str = "") -> Written:
    """An op applied to these arguments."""
    return Written(form, operands, hint)


def entry(made: Written, name: str) -> Written:
    """A part that has an entry of this name, since the reader knows it by that: `scores`."""
    return replace(made, hint=name, apart=True)


def itself(operands: Sequence[Text]) -> Text:
    """The form of what a function returns as it is: the result is the value of its argument."""
    return operands[0]


def constant(operands: Sequence[Text]) -> Text:
    """The form of data: the operand is an array or a tensor, whose numbers become an input."""
    return operands[0]


def alike(argument: Any) -> Written:
    """An argument that a function returns as it is."""
    return written(itself, argument)


def data(array: Any, hint: str = "") -> Written:
    """Numbers that a function has or draws; a single one, too, becomes an input."""
    return written(constant, array, hint=hint)


DATA = written(constant, np.empty(0))
"""The function's result is data, whatever it was computed from."""


@cache
def swapped(first: int, second: int, axes: int) -> Form:
    """The form of two axes, counted from 0, in each other's place; one and the same each time.

    So that a recorder can see that a second swap undoes a first.
    """
    last = (first, second) == (axes - 2, axes - 1)
    form = call("swapaxes") if last else call("swapaxes", axis1=first, axis2=second)
    UNDONE.add(form)
    return form


UNDONE: set[Form] = {transposed}
"""Forms that undo themselves: of such a one applied twice nothing is left."""


def moved(form: Form, *operands: Any) -> Written:
    """An op that only moves the cells of these arguments."""
    return Written(form, operands, moves=True)
