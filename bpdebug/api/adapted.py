"""A backward function that takes what its forward function takes: lists and dicts of arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import update_wrapper
from typing import Any

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.arguments import Arguments, inside

STARS = inspect.Parameter.VAR_KEYWORD


def adapted(function: Callable[..., Any], arguments: Arguments) -> Callable[..., Any]:
    """The function as one that takes every array by its own name.

    A parameter for which the forward function was given a list or dict gets the like, and one for
    which it was given a plain number, or any other object, gets that. Gradients that are returned
    in lists and dicts get the names of the arrays in them.
    """
    try:
        taken = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function  # the judge says what is wrong with it
    own = {
        name
        for name, one in taken.items()
        if name in arguments.given and not is_leaf(arguments, name) and one.kind is not STARS
    }
    if any(one.kind is STARS for one in taken.values()):
        # What `**arrays` gets beside arrays: numbers and other objects that the forward was given.
        held = {argument for argument, _ in arguments.names}
        own |= {name for name in arguments.given if name not in held}
    if not own:
        return function
    arrays = [name for at, name in arguments.names.items() if at[0] in own]
    plain = [one for name, one in taken.items() if name not in own]

    def backward(*positional: Any, **given: Any) -> Any:
        made = arguments.made(lambda name: given.get(name, arguments.arrays[name]))
        first = dict(zip((one.name for one in plain), positional, strict=False))
        rest = {name: one for name, one in given.items() if name not in arrays}
        returned = function(**first, **rest, **{name: made[name] for name in own})
        return dict(flat(returned, arguments)) if isinstance(returned, Mapping) else returned

    update_wrapper(backward, function)
    kind = inspect.Parameter.KEYWORD_ONLY
    last = [one for one in plain if one.kind is one.VAR_KEYWORD]
    named = [one for one in plain if one.kind is not one.VAR_KEYWORD]
    more = [inspect.Parameter(name, kind) for name in arrays]
    backward.__signature__ = inspect.Signature([*named, *more, *last])  # type: ignore[attr-defined]
    return backward


def is_leaf(arguments: Arguments, argument: str) -> bool:
    """Whether an argument of the forward function was an array, with a name of its own."""
    return (argument, ()) in arguments.names


def flat(returned: Mapping[Any, Any], arguments: Arguments) -> Iterator[tuple[Any, Any]]:
    """Gradients by the names of the arrays, also those in lists and dicts."""
    for name, one in returned.items():
        argument = name if name in arguments.given else str(name).removeprefix("d")
        parts = {at: own for at, own in arguments.names.items() if at[0] == argument and at[1]}
        if not parts or not (isinstance(one, Mapping) or inside(one)):
            yield name, one
            continue
        for (_, path), own in parts.items():
            found = entry(one, path)
            if found is not None:
                yield own, found


def entry(held: Any, path: tuple[Any, ...]) -> Array | None:
    """The array at a place in lists and dicts; None where there is none."""
    try:
        for step in path:
            held = held[step]
    except (LookupError, TypeError):
        return None
    return None if held is None else np.asarray(held)
