"""How a function of somebody's library is written: an op's form, and what it is applied to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpdebug.recording.texts import Form
from bpdebug.records import record


@record
class Written:
    """An op, and the arguments of the function that are its operands."""

    form: Form
    operands: tuple[Any, ...]


Translation = Callable[..., Written]
"""Takes the arguments of a function. Raises RefusedError for those that no op takes."""


class RefusedError(Exception):
    """A function, or an argument of one, that has no op; the text says what to write instead."""


def written(form: Form, *operands: Any) -> Written:
    """An op applied to these arguments."""
    return Written(form, operands)
