"""What the losses share: which axis is the units, what they average over, and what a target may be.

A vector (or a scalar) is one example; a matrix has one row an example, and its units along the last
axis, unless `axis` says that they are along the first.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.families.reductions import normal_axes
from bpdebug.ops.letters import Options, Signature, show_shape
from bpdebug.ops.maps.index_map import Array, Shape

REDUCTIONS = ("mean", "sum")
OVER_ENTRIES: dict[str, Any] = {"reduction": "mean"}
OVER_EXAMPLES: dict[str, Any] = {"reduction": "mean", "axis": -1}
SUM_TOLERANCE = 1e-6
"""How far the probabilities of an example may be from a sum of 1: in print they are rounded."""

Divisor = Callable[..., float]
"""What a loss divides its sum by: `examples` or `entries`."""


def examples(p: Array, reduction: str, axis: int) -> float:
    """What a sum over examples is divided by: their number for "mean", 1 for "sum"."""
    return float(p.shape[examples_axis(axis)]) if reduction == "mean" and p.ndim == 2 else 1.0


def examples_axis(axis: int) -> int:
    """The axis of a matrix that has one entry an example, where the units are along `axis`."""
    return 1 - axis % 2


def example_count(shapes: tuple[Shape, ...], options: Options) -> int:
    """The n of "1/n" for a loss that averages over examples."""
    shape = shapes[0]
    averages = options["reduction"] == "mean" and len(shape) == 2
    return shape[examples_axis(options["axis"])] if averages else 1


def entry_count(shapes: tuple[Shape, ...], options: Options) -> int:
    """The n of "1/n" for a loss that averages over all entries."""
    return prod(shapes[0]) if options["reduction"] == "mean" else 1


def entries(p: Array, reduction: str) -> float:
    """What a sum over all entries is divided by."""
    return float(p.size) if reduction == "mean" else 1.0


def check_reduction(name: str, options: Options) -> None:
    """An error for what is neither a mean nor a sum."""
    if options["reduction"] not in REDUCTIONS:
        raise BpdebugError(f'{name}: reduction is "mean" or "sum", not "{options["reduction"]}"')


def letters_of(name: str, shape: Shape, options: Options) -> str:
    """The letters of a prediction, k for the units and n for the examples: `nk`, `kn`, `k`."""
    axis = options.get("axis", -1)
    if shape:
        normal_axes(name, axis, shape)
    if len(shape) < 2:
        return "k" * len(shape)
    return "nk" if examples_axis(axis) == 0 else "kn"


def same_shapes(name: str) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """Prediction and target alike, up to a matrix: `nk,nk->`."""

    def signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
        p, t = shapes
        check_reduction(name, options)
        if p != t or len(p) > 2:
            raise BpdebugError(
                f"{name}: the prediction has shape {show_shape(p)} and the target "
                f"{show_shape(t)}; they must be equal, a vector or a (rows, units) matrix"
            )
        cell = letters_of(name, p, options)
        return Signature(f"{cell},{cell}->", cell, cell)

    return signature


def labelled(name: str) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """Scores with whole-number labels `nk,n->`, or with probabilities `nk,nk->`."""

    def signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
        p, t = shapes
        check_reduction(name, options)
        if len(p) not in (1, 2):
            raise BpdebugError(
                f"{name}: the prediction has shape {show_shape(p)}; it must be a vector or a "
                "(rows, units) matrix"
            )
        cell = letters_of(name, p, options)
        labels = tuple(n for n, letter in zip(p, cell, strict=True) if letter == "n")
        if t not in (p, labels):
            raise BpdebugError(
                f"{name}: the prediction has shape {show_shape(p)} and the target "
                f"{show_shape(t)}; the target must be labels of shape {show_shape(labels)} "
                f"or probabilities of shape {show_shape(p)}"
            )
        if t == p:
            return Signature(f"{cell},{cell}->", cell, cell)
        return Signature(f"{cell},{cell.replace('k', '')}->", cell, None)

    return signature


def one_hot(t: Array, p: Array, axis: int) -> Array:
    """Labels as zeros with a single 1 along the units; probabilities as they are."""
    if np.shape(t) == np.shape(p):
        return t
    classes = np.arange(np.shape(p)[axis])
    table: Array = (np.asarray(t)[..., None] == classes).astype(p.dtype)
    return np.moveaxis(table, -1, axis)


def bad_target(p: Array, t: Array, *, axis: int, **options: Any) -> str | None:
    """What is wrong with a target of labels or of probabilities, if anything."""
    if np.shape(t) == np.shape(p):
        return bad_distributions(np.asarray(t), axis)
    return bad_labels(np.ravel(t), np.shape(p)[axis])


def bad_distributions(t: Array, axis: int) -> str | None:
    """The target of every example must be a distribution: nothing below 0, and a sum of 1."""
    for value in t[t < 0][:1]:
        return f"the target holds {value:g}; a probability is from 0 to 1"
    sums = np.ravel(np.sum(t, axis=axis))
    for at in np.flatnonzero(np.abs(sums - 1.0) > SUM_TOLERANCE)[:1]:
        line = "row" if examples_axis(axis) == 0 else "column"
        which = "the target" if t.ndim == 1 else f"{line} {at} of the target"
        return f"{which} sums to {sums[at]:.7g}, not 1; give probabilities, or whole-number labels"
    return None


def bad_labels(labels: Array, classes: int) -> str | None:
    """Labels must be whole numbers below the number of classes."""
    for value in labels[labels != np.floor(labels)][:1]:
        return f"the label {value:g} is not a whole number"
    for value in labels[(labels < 0) | (labels >= classes)][:1]:
        return f"the label {value:g} is out of range; {classes} classes are 0 to {classes - 1}"
    return None
