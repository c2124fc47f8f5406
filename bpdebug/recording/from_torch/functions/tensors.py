"""What translations ask of the arguments of a function: shapes, axes, single numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from bpdebug.ops import Array
from bpdebug.recording.formula import formula
from bpdebug.recording.written import RefusedError, Written, data

Shape = tuple[int, ...]


def numbers(tensor: torch.Tensor) -> Array:
    """A copy of a tensor's numbers."""
    return np.array(tensor.detach().cpu().numpy())


def constant(tensor: torch.Tensor, hint: str) -> Written:
    """A tensor that a translation made, as data."""
    return data(numbers(tensor), hint)


def array_of(operand: Any) -> Any:
    """An operand whose ties share the gradient: a tensor of a single number, too, is an array.

    Where a cell ties with a number that stands in the expression, it gets no gradient.
    """
    loose = isinstance(operand, torch.Tensor) and operand.ndim == 0 and not operand.requires_grad
    return constant(operand, "bound") if loose else operand


def single(value: Any, number: float) -> bool:
    """Whether an argument is this plain number."""
    return not isinstance(value, torch.Tensor) and bool(value == number)


def sizes(given: tuple[Any, ...]) -> tuple[int, ...]:
    """Whole numbers that are given one by one, or as a single tuple, list or torch.Size."""
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = tuple(given[0])
    return tuple(int(one) for one in given)


def pair(value: Any, count: int) -> tuple[int, ...]:
    """An option for every axis of space, as so many numbers."""
    found = sizes((value,)) if not isinstance(value, (tuple, list)) else sizes(tuple(value))
    return found * count if len(found) == 1 else found


def per_axis(value: Any, count: int) -> Any:
    """An option for every axis of space as it is written: one number where all are equal."""
    found = pair(value, count)
    return found[0] if len(set(found)) == 1 else found


def axis_of(input: torch.Tensor, dim: Any) -> Any:
    """The axis of a reduction: None for all, a number, or several."""
    if dim is None or input.ndim == 0:
        return None
    if isinstance(dim, (tuple, list)):
        found = tuple(int(one) for one in dim)
        return (found[0] if len(found) == 1 else found) or (0 if found else None)
    return int(dim)


def whole(input: torch.Tensor, axis: int) -> tuple[Any, ...]:
    """The beginning of an index behind which the entry for an axis stands: `:` for those before."""
    before: int = axis % max(input.ndim, 1)
    return (slice(None),) * before


def stretched(operand: Any, shape: Shape) -> Any:
    """An operand at the shape to which it is broadcast."""
    if tuple(operand.shape) == shape:
        return operand
    return formula("broadcast_to(operand, shape=shape)", operand=operand, shape=shape)


def paired(input: Any, target: Any) -> tuple[Any, Any]:
    """Two operands at the shape to which they are broadcast together."""
    shape = tuple(torch.broadcast_shapes(input.shape, target.shape))
    return stretched(input, shape), stretched(target, shape)


def spread(vector: Any, axes: int) -> Any:
    """A number for each channel, along axis 1 of a value with so many axes, so that they meet."""
    if axes <= 2:
        return vector
    key = (slice(None), *[None] * (axes - 2))
    return formula("vector[key]", vector=vector, key=key)


def check_dtype(name: str, dtype: Any, input: torch.Tensor) -> None:
    """RefusedError for a result in another kind of numbers than its operand has."""
    if dtype is not None and dtype != input.dtype:
        raise RefusedError(
            f"{name} with dtype={dtype} of {input.dtype} has no op; a recording has one kind of "
            "numbers, so convert the data and the model before"
        )
