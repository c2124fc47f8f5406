"""Ops that move cells without changing them: transpose, reshape, concat, indexing.

Their local derivative is 1 at the cells that move and nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import MOST_AXES, Carries, EdgeText, Op, Partial
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.families.reductions import LETTERS, normal_axes
from bpdebug.ops.letters import Layout, Options, Signature, show_shape
from bpdebug.ops.maps.index_map import Array, IndexMap, Shape
from bpdebug.ops.maps.select_map import SelectMap
from bpdebug.ops.registry import register

MOVED = Partial(
    lambda y, *operands, **options: ONE,
    "1",
    "1",
    "{y} is the cell {a} under another name: move {a} by 1, and {y} moves by 1",
)


def span_text(picks: Sequence[range], shape: Shape) -> tuple[str, ...]:
    """The cells picked along every axis: `0:2`, `:`, `3:0:-1`."""
    return tuple(span(pick, extent) for pick, extent in zip(picks, shape, strict=True))


def span(pick: range, extent: int) -> str:
    """The cells picked along an axis."""
    if pick == range(extent):
        return ":"
    stop = "" if pick.stop < 0 else str(pick.stop)
    return f"{pick.start}:{stop}" + (f":{pick.step}" if pick.step != 1 else "")


def transpose_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    cell = LETTERS[: len(shapes[0])]
    return Signature(f"{cell}->{cell[::-1]}", "")


transpose = register(
    Op(
        "transpose",
        ("a",),
        forward=np.transpose,
        signature=transpose_signature,
        text="{a}ᵀ",
        latex=r"{a}^\top",
        family="shape",
        carries=Carries.MOVES,
        written="a.T",
        note="All axes in reverse order; written `a.T`.",
        partials=(MOVED,),
    )
)


NEW_AXES = "STUVWXYZ"


def expand_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """`ab->aSb`: the new axes have upper-case letters, since their size is 1."""
    (shape,) = shapes
    wanted = options["axis"]
    axes = (wanted,) if isinstance(wanted, int) else tuple(wanted)
    rank = len(shape) + len(axes)
    if rank > MOST_AXES:
        raise BpdebugError(f"expand_dims: {rank} axes are too many; at most {MOST_AXES}")
    for one in axes:
        if not -rank <= one < rank:
            raise BpdebugError(
                f"expand_dims: shape {show_shape(shape)} with new axes has axes 0 to {rank - 1}, "
                f"and no axis {one}"
            )
    places = normal_axes("expand_dims", axes, (*shape, *(1 for _ in axes)))
    cell = iter(LETTERS)
    output = "".join(NEW_AXES[at] if at in places else next(cell) for at in range(rank))
    return Signature(f"{LETTERS[: len(shape)]}->{output}", "")


def expand_key(layout: Layout) -> tuple[str, ...]:
    """`:` for an axis of the operand, `None` for a new one."""
    assert layout.signature is not None
    return tuple("None" if n.isupper() else ":" for n in layout.signature.output)


expand_dims = register(
    Op(
        "expand_dims",
        ("a",),
        forward=lambda a, axis: np.expand_dims(a, axis),
        signature=expand_signature,
        text="expand_dims({a})",
        latex=r"\mathrm{{expand\_dims}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"axis": (0,)},
        key=expand_key,
        written="a[None]",
        note="New axes of size 1, so that a vector fits columns; also written `a[:, None]`.",
        partials=(MOVED,),
    )
)


def reshape_select(
    shapes: tuple[Shape, ...], options: Options
) -> tuple[Shape, tuple[IndexMap, ...]]:
    """The new shape, in which a single entry may be −1, and the refolding map."""
    (shape,) = shapes
    wanted = options["shape"]
    new = (wanted,) if isinstance(wanted, int) else tuple(wanted)
    if len(new) > MOST_AXES:
        raise BpdebugError(f"reshape: {len(new)} axes are too many; at most {MOST_AXES}")
    if any(n < -1 or n == 0 for n in new) or list(new).count(-1) > 1:
        raise BpdebugError(
            f"reshape: {show_shape(new)} is no shape; sizes are 1 or more, at most one is -1"
        )
    known = prod(n for n in new if n != -1)
    if -1 in new and known and prod(shape) % known == 0:
        new = tuple(prod(shape) // known if n == -1 else n for n in new)
    if -1 in new or prod(new) != prod(shape):
        raise BpdebugError(
            f"reshape: shape {show_shape(shape)} has {cells(prod(shape))} fill {show_shape(new)}"
        )
    picks = tuple(range(n) for n in shape)
    return new, (SelectMap(shape, picks, new, refold=True),)


def cells(count: int) -> str:
    """`1 cell, which does not`, `6 cells, which do not`."""
    return "1 cell, which does not" if count == 1 else f"{count} cells, which do not"


reshape = register(
    Op(
        "reshape",
        ("a",),
        forward=lambda a, shape: np.reshape(a, shape),
        select=reshape_select,
        text="reshape({a})",
        latex=r"\mathrm{{reshape}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"shape": (-1,)},
        edge_text=lambda layout, operand: EdgeText(function="reshape"),
        instead=(
            lambda ranks: len(ranks) > 1,
            "the shape is an option: `reshape(a, shape=(2, 1))`",
        ),
        note="The same cells in another shape: `reshape(a, shape=(2, -1))`.",
        conventions=(
            Convention(
                "the cells keep their order, row by row",
                (((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)),),
                ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),
                options={"shape": (2, 3)},
            ),
        ),
        partials=(MOVED,),
    )
)


def concat_select(
    shapes: tuple[Shape, ...], options: Options
) -> tuple[Shape, tuple[IndexMap, ...]]:
    """The joined shape; each operand's map is the whole operand, at its offset."""
    first = shapes[0]
    if not first:
        raise BpdebugError("concat: a scalar has no axis to join along; reshape it to (1,) first")
    (axis,) = normal_axes("concat", int(options["axis"]), first)
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(
            n != m for i, (n, m) in enumerate(zip(shape, first, strict=True)) if i != axis
        ):
            raise BpdebugError(
                f"concat: shapes {show_shape(first)} and {show_shape(shape)} must be equal "
                f"except along axis {axis}"
            )
    total = sum(shape[axis] for shape in shapes)
    output = (*first[:axis], total, *first[axis + 1 :])
    maps, start = [], 0
    for shape in shapes:
        offset = tuple(start if i == axis else 0 for i in range(len(shape)))
        picks = tuple(range(n) for n in shape)
        maps.append(SelectMap(shape, picks, output, tuple(range(len(shape))), offset))
        start += shape[axis]
    return output, tuple(maps)


def concat_edge(layout: Layout, operand: int) -> EdgeText:
    """The block of the upstream gradient that an operand gets back."""
    block = layout.maps[operand]
    assert isinstance(block, SelectMap)
    taken = [
        range(start, start + extent)
        for start, extent in zip(block.offset, block.cell_shape, strict=True)
    ]
    spans = span_text(taken, layout.shape)
    return EdgeText(taken=f"[{','.join(spans)}]" if set(spans) != {":"} else "")


concat = register(
    Op(
        "concat",
        ("a",),
        forward=lambda *parts, axis: np.concatenate(parts, axis=axis),
        select=concat_select,
        text="concat({a})",
        latex=r"\mathrm{{concat}}({a})",
        family="shape",
        carries=Carries.MOVES,
        variadic=True,
        options={"axis": 0},
        edge_text=concat_edge,
        note="Joins its operands along `axis`: `concat(a, b, axis=1)`.",
        partials=(MOVED,),
    )
)


def counted_indices(count: int) -> str:
    """`1 index`, `3 indices`."""
    return f"{count} {'index' if count == 1 else 'indices'}"


def index_select(shapes: tuple[Shape, ...], options: Options) -> tuple[Shape, tuple[IndexMap, ...]]:
    """Whole numbers remove an axis, slices keep it; what is not named is kept whole."""
    (shape,) = shapes
    key: tuple[Any, ...] = options["key"]
    if len(key) > len(shape):
        raise BpdebugError(
            f"index: {counted_indices(len(key))} for shape {show_shape(shape)}, "
            f"which has {len(shape)} ax{'is' if len(shape) == 1 else 'es'}"
        )
    picks: list[range] = []
    kept: list[int] = []
    for axis, extent in enumerate(shape):
        part = key[axis] if axis < len(key) else slice(None)
        if isinstance(part, slice):
            pick = range(*part.indices(extent))
            kept.append(axis)
            if not pick:
                raise BpdebugError(
                    f"index: the slice at axis {axis} of shape {show_shape(shape)} is empty"
                )
        else:
            if not -extent <= part < extent:
                raise BpdebugError(
                    f"index: {part} is out of range for axis {axis} of shape "
                    f"{show_shape(shape)}; use {-extent} to {extent - 1}"
                )
            pick = range(part % extent, part % extent + 1)
        picks.append(pick)
    output = tuple(len(picks[axis]) for axis in kept)
    offset = (0,) * len(kept)
    return output, (SelectMap(shape, tuple(picks), output, tuple(kept), offset),)


def index_key(layout: Layout) -> tuple[str, ...]:
    """What stands in the brackets of an indexing: `0`, `:`, `1:3`."""
    (where,) = layout.maps
    assert isinstance(where, SelectMap)
    return tuple(
        span(pick, extent) if axis in where.kept_axes else str(pick[0])
        for axis, (pick, extent) in enumerate(zip(where.picks, where.cell_shape, strict=True))
    )


def index_edge(layout: Layout, operand: int) -> EdgeText:
    """The cells that an indexing wrote get the upstream gradient; it stands where all do, too."""
    (where,) = layout.maps
    assert isinstance(where, SelectMap)
    if set(span_text(where.picks, where.cell_shape)) <= {":"}:
        return EdgeText()
    return EdgeText(into=f"[{','.join(index_key(layout))}]")


def index_forward(a: Array, *, key: tuple[Any, ...]) -> Array:
    return np.asarray(np.asarray(a)[key])


index = register(
    Op(
        "index",
        ("a",),
        forward=index_forward,
        select=index_select,
        text="{a}[…]",
        latex="{a}_{{[\\ldots]}}",
        family="shape",
        carries=Carries.MOVES,
        options={"key": ()},
        edge_text=index_edge,
        key=index_key,
        written="a[0]",
        no_call="an index is written in square brackets, as in a[0, 1]",
        note="Whole numbers and slices: `a[0]`, `a[:, 1]`, `a[-1, ::2]`.",
        partials=(MOVED,),
    )
)
