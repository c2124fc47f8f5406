"""What `bpdebug.trace` is given beside the function, checked before anything runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError


def of_parameters(parameters: Any) -> Mapping[str, Any]:
    """The parameters; BpdebugError where they are no dict of names."""
    if isinstance(parameters, Mapping) and all(isinstance(one, str) for one in parameters):
        return parameters
    raise BpdebugError(
        f"parameters must be a dict of arrays by their names, not {kind(parameters)}; give them as "
        'parameters={"W": W}'
    )


def of_optimizer(optimizer: Any) -> Mapping[str, Any] | None:
    """The table of an optimizer; BpdebugError for anything else than names and plain values."""
    if optimizer is None:
        return None
    if not isinstance(optimizer, Mapping) or not all(isinstance(one, str) for one in optimizer):
        raise BpdebugError(
            f"optimizer must be a dict of settings by their names, not {kind(optimizer)}; give it "
            'as optimizer={"name": "sgd", "learning_rate": 0.1}'
        )
    for name, one in optimizer.items():
        if not isinstance(one, (str, bool, int, float, np.number, Mapping, list, tuple)):
            raise BpdebugError(
                f"must be a number or a text, not {kind(one)}", key=f"optimizer.{name}"
            )
    return optimizer


def own_keywords(
    function: Callable[..., Any], places: int, learned: Mapping[str, Any], **given: Any
) -> None:
    """BpdebugError where the function has an argument of a keyword that `trace` was given.

    `places` is the number of arguments that it gets by place.
    """
    try:
        names = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return
    for at, one in enumerate(names):
        by_place = at < places or one.name in learned
        named = one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
        if named and given.get(one.name) is not None and not by_place:
            raise BpdebugError(
                f"the function takes an argument {one.name!r}, which is a word of bpdebug.trace, "
                "too; give it by place"
            )


def kind(one: Any) -> str:
    """What an object is, for an error."""
    if isinstance(one, Mapping):
        return "a dict with other keys"
    return "None" if one is None else f"a {type(one).__name__}"
