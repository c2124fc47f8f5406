"""Indexing by arrays of whole numbers: an embedding `E[tokens]`, the pairs `p[rows, labels]`.

A cell that is picked several times has as many terms, and a cell that is never picked has none.
"""

from __future__ import annotations

from math import prod

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import MOST_AXES, Carries, EdgeText, Op, Partial
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.families.shape import counted_indices, span
from bpdebug.ops.letters import Layout, Options, show_shape
from bpdebug.ops.maps.index_map import Array, Index, IndexMap, Shape, first_where, summed
from bpdebug.ops.maps.pick_map import INDEX_ARRAY, Key, Picking, PickMap
from bpdebug.ops.registry import register


def picking_of(shape: Shape, arrays: tuple[Shape, ...], key: Key) -> Picking:
    """The geometry of a key. A key of numbers alone picks along the first axes."""
    named = [part for part in key or [INDEX_ARRAY] * len(arrays) if part is not None]
    full = (*(key or named), *[slice(None)] * (len(shape) - len(named)))
    return Picking(shape, full, arrays)


def select(
    shapes: tuple[Shape, ...], options: Options
) -> tuple[Shape, tuple[IndexMap | None, ...]]:
    """The result's shape; the index operands have no derivative, and so no map."""
    shape, *arrays = shapes
    picking = picking_of(shape, tuple(arrays), options["key"])
    count = sum(part is not None for part in picking.key)
    if count > len(shape):
        raise BpdebugError(
            f"index: {counted_indices(count)} for shape {show_shape(shape)}, "
            f"which has {len(shape)} ax{'is' if len(shape) == 1 else 'es'}"
        )
    for axis, part in picking.parts():
        extent = shape[axis]
        if isinstance(part, int) and not -extent <= part < extent:
            raise BpdebugError(
                f"index: {part} is out of range for axis {axis} of shape {show_shape(shape)}; "
                f"use {-extent} to {extent - 1}"
            )
        if isinstance(part, slice) and not range(*part.indices(extent)):
            raise BpdebugError(
                f"index: the slice at axis {axis} of shape {show_shape(shape)} is empty"
            )
    try:
        result = picking.result
    except ValueError:
        both = " and ".join(show_shape(one) for one in arrays)
        raise BpdebugError(
            f"index: index arrays of shapes {both} do not broadcast: sizes must be equal or 1"
        ) from None
    if len(result) > MOST_AXES:
        raise BpdebugError(f"index: {len(result)} axes are too many; at most {MOST_AXES}")
    return result, (PickMap(picking), *[None] * len(arrays))


def bad_indices(a: Array, *indices: Array, key: Key) -> str | None:
    """What is wrong with the numbers of the index operands, if anything."""
    shape = np.shape(a)
    picking = picking_of(shape, tuple(np.shape(one) for one in indices), key)
    for array, axis in zip(indices, picking.array_axes, strict=True):
        found = bad_index(array, shape[axis], f"axis {axis}")
        if found is not None:
            at, problem = found
            where = f" at [{','.join(map(str, at))}]" if at else ""
            return f"the index{where} {problem}"
    return None


def bad_index(array: Array, extent: int, axis: str) -> tuple[Index, str] | None:
    """The first cell of an array that is no index of an axis of this size, and what is wrong.

    None where all cells are good. `axis` says which axis it is: `axis 0 of E`.
    """
    array = np.asarray(array)
    if array.dtype == np.bool_:
        return (), "is a condition; indices are whole numbers"
    with np.errstate(invalid="ignore"):
        broken = ~(np.floor(array) == array) | np.isinf(array)
    if broken.any():
        at = first_where(broken)
        return at, f"is {array[at]:g}, which is not a whole number; an index is"
    outside = (array < -extent) | (array >= extent)
    if outside.any():
        at = first_where(outside)
        return at, (
            f"is {array[at]:.0f}, out of range for {axis}, which has size {extent}; "
            f"use {-extent} to {extent - 1}"
        )
    return None


def picked(a: Array, *indices: Array, key: Key) -> Array:
    """The cells that the key names, as numpy picks them."""
    given = iter(indices)
    parts = key or (INDEX_ARRAY,) * len(indices)
    found = tuple(
        np.asarray(next(given)).astype(np.int64) if isinstance(part, str) else part
        for part in parts
    )
    return np.asarray(np.asarray(a)[found])


def scattered(g: Array, y: Array, a: Array, *indices: Array, key: Key, operand: int = 0) -> Array:
    """Every cell of the upstream gradient, added to the cell that it was picked from."""
    shape = np.shape(a)
    picking = picking_of(shape, tuple(np.shape(one) for one in indices), key)
    cells = picking.cells(indices).reshape(-1)
    return summed(cells, np.reshape(g, -1), prod(shape)).reshape(shape)


def key_of(layout: Layout) -> tuple[str, ...]:
    """What stands in the brackets: `{1}`, the first index operand, `:`, `0`, `None`."""
    where = layout.maps[0]
    assert isinstance(where, PickMap)
    picking = where.picking
    texts, axis, number = [], 0, 0
    for part in picking.key:
        if part is None:
            texts.append("None")
            continue
        if isinstance(part, str):
            number += 1
            texts.append(f"{{{number}}}")
        elif isinstance(part, int):
            texts.append(str(part % picking.shape[axis]))
        else:
            texts.append(span(range(*part.indices(picking.shape[axis])), picking.shape[axis]))
        axis += 1
    while texts[-1] == ":":
        texts.pop()
    return tuple(texts)


pick = register(
    Op(
        "pick",
        ("a", "i"),
        forward=picked,
        select=select,
        vjps={0: scattered},
        text="{a}[{i}]",
        latex="{a}[{i}]",
        family="shape",
        carries=Carries.MOVES,
        variadic=True,
        indices_from=1,
        options={"key": ()},
        edge_text=lambda layout, operand: EdgeText(into=f"[{','.join(key_of(layout))}]", adds=True),
        key=key_of,
        written="a[i]",
        no_call="cells are picked in square brackets, as in E[tokens]",
        validate=bad_indices,
        note="Cells picked by arrays of whole numbers, also beside slices, whole numbers and None: "
        "`E[tokens]`, `p[rows, labels]`, `x[:, i]`. The arrays are inputs, or cells of inputs.",
        conventions=(
            Convention(
                "what is picked twice gets the gradients of both",
                (((1.0, 2.0), (3.0, 4.0)), (1.0, 1.0)),
                ((3.0, 4.0), (3.0, 4.0)),
            ),
            Convention(
                "a negative number counts from the end", ((1.0, 2.0, 3.0), (-1.0, 0.0)), (3.0, 1.0)
            ),
            Convention(
                "where a slice stands between arrays or numbers, the axes of the arrays come "
                "first, as in numpy",
                ((((1.0, 2.0), (3.0, 4.0)),), (1.0,)),
                ((2.0, 4.0),),
                options={"key": (0, slice(None), INDEX_ARRAY)},
            ),
        ),
        partials=(
            Partial(
                lambda y, *operands, **options: ONE,
                "1",
                "1",
                "{y} is the cell {a}, picked by {i}: move {a} by 1, and {y} moves by 1",
            ),
            None,
        ),
    )
)
