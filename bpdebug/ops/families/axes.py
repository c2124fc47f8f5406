"""Ops that reorder, drop, stretch and reverse axes, and that stack along a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import MOST_AXES, Carries, EdgeText, Op
from bpdebug.ops.families.reductions import normal_axes
from bpdebug.ops.families.shape import MOVED
from bpdebug.ops.letters import LEADING, Layout, Options, Signature, show_shape
from bpdebug.ops.maps.index_map import Array, IndexMap, Shape
from bpdebug.ops.maps.select_map import SelectMap
from bpdebug.ops.registry import register


def several(wanted: Any) -> tuple[int, ...]:
    """The whole numbers of an option that may be a single one."""
    return (wanted,) if isinstance(wanted, int) else tuple(wanted)


def tuple_text(numbers: Sequence[int]) -> str:
    """`(0,2,1)`, as formulas write an option; a single number stands alone."""
    return str(numbers[0]) if len(numbers) == 1 else f"({','.join(map(str, numbers))})"


def reordered(order: Sequence[int]) -> Signature:
    """The letters of an op that puts an operand's axes in another order."""
    cell = LEADING[: len(order)]
    return Signature(f"{cell}->{''.join(cell[at] for at in order)}", "")


def order_back(layout: Layout) -> tuple[int, ...]:
    """The order of the result's axes that is the operand's: the inverse of a reordering."""
    assert layout.signature is not None
    return tuple(map(layout.signature.output.index, layout.signature.operands[0]))


def permute_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """`abc->acb`: the axes of the operand in the order of `axes`."""
    (shape,) = shapes
    axes = several(options["axes"])
    if len(axes) != len(shape):
        order = tuple(range(len(shape)))[::-1]
        raise BpdebugError(
            f"permute: axes name {len(axes)} of the {len(shape)} axes of shape "
            f"{show_shape(shape)}; each stands there once, as in axes={order}"
        )
    return reordered(normal_axes("permute", axes, shape))


permute = register(
    Op(
        "permute",
        ("a",),
        forward=lambda a, axes: np.transpose(a, several(axes)),
        signature=permute_signature,
        text="permute({a})",
        latex=r"\mathrm{{permute}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"axes": ()},
        edge_text=lambda layout, operand: EdgeText(
            function="permute", options=f"axes={tuple_text(order_back(layout))}"
        ),
        instead=(
            lambda ranks: len(ranks) > 1,
            "the order is an option: `permute(a, axes=(0, 2, 1))`",
        ),
        note="The axes in another order, as in PyTorch: `permute(a, axes=(0, 2, 1))` swaps the "
        "last two of three.",
        partials=(MOVED,),
    )
)


def swapped_axes(shape: Shape, options: Options) -> tuple[int, int]:
    """The two axes, counted from 0; they may be the same."""
    first, second = (
        normal_axes("swapaxes", options[name], shape)[0] for name in ("axis1", "axis2")
    )
    return first, second


def swapaxes_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """`abc->acb`: two of the operand's axes have changed places."""
    (shape,) = shapes
    first, second = swapped_axes(shape, options)
    order = list(range(len(shape)))
    order[first], order[second] = second, first
    return reordered(order)


def swapaxes_edge(layout: Layout, operand: int) -> EdgeText:
    """A swap is its own inverse."""
    moved = [at for at, axis in enumerate(order_back(layout)) if at != axis]
    if not moved:
        return EdgeText()
    return EdgeText(function="swapaxes", options=f"axis1={moved[0]}, axis2={moved[1]}")


swapaxes = register(
    Op(
        "swapaxes",
        ("a",),
        forward=lambda a, axis1, axis2: np.swapaxes(a, axis1, axis2),
        signature=swapaxes_signature,
        text="swapaxes({a})",
        latex=r"\mathrm{{swapaxes}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"axis1": -2, "axis2": -1},
        edge_text=swapaxes_edge,
        instead=(
            lambda ranks: len(ranks) > 1,
            "the axes are options: `swapaxes(a, axis1=0, axis2=1)`",
        ),
        note="Two axes change places: `swapaxes(a, axis1=0, axis2=1)`, names as in NumPy.",
        conventions=(
            Convention(
                "the last two change places unless others are given, so that a stack of matrices "
                "is transposed",
                (((1.0, 2.0, 3.0),),),
                ((1.0,), (2.0,), (3.0,)),
            ),
        ),
        partials=(MOVED,),
    )
)


def squeeze_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """`aBc->ac`: an axis that goes has size 1, and so an upper-case letter."""
    (shape,) = shapes
    axis = options["axis"]
    wanted = [at for at, n in enumerate(shape) if n == 1] if axis is None else several(axis)
    gone = normal_axes("squeeze", tuple(wanted), shape)
    for at in gone:
        if shape[at] != 1:
            raise BpdebugError(
                f"squeeze: axis {at} of shape {show_shape(shape)} has size {shape[at]}; only an "
                "axis of size 1 can go"
            )
    letters = LEADING[: len(shape)]
    cell = "".join(n.upper() if at in gone else n for at, n in enumerate(letters))
    return Signature(f"{cell}->{''.join(n for n in cell if not n.isupper())}", "")


squeeze = register(
    Op(
        "squeeze",
        ("a",),
        forward=lambda a, axis: np.squeeze(a, axis),
        signature=squeeze_signature,
        text="squeeze({a})",
        latex=r"\mathrm{{squeeze}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"axis": None},
        note="Without its axes of size 1, or those of `axis`; an `axis` of another size is an "
        "error, as in NumPy.",
        partials=(MOVED,),
    )
)


def broadcast_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """`iK->jik`: an axis that the operand lacks, or that it has with size 1, is stretched."""
    (shape,) = shapes
    wanted = several(options["shape"])
    lead = len(wanted) - len(shape)
    own = (*((None,) * lead), *shape)
    if len(wanted) > MOST_AXES:
        raise BpdebugError(f"broadcast_to: {len(wanted)} axes are too many; at most {MOST_AXES}")
    new = tuple(n if size == -1 else size for n, size in zip(own, wanted, strict=False))
    if lead < 0 or any(
        size is None or size < 1 or n not in (None, 1, size)
        for n, size in zip(own, new, strict=True)
    ):
        raise BpdebugError(
            f"broadcast_to: shape {show_shape(shape)} cannot be stretched to {show_shape(wanted)}; "
            "counted from the last axis, sizes must be equal, or 1 in the operand"
        )
    output = LEADING[: len(new)]
    pairs = list(zip(output, own, new, strict=True))
    cell = "".join(n if have == size else n.upper() for n, have, size in pairs if have is not None)
    sizes = tuple((n, size) for n, have, size in pairs if have != size and size is not None)
    return Signature(f"{cell}->{output}", "", sizes=sizes)


def broadcast_forward(a: Array, *, shape: Any) -> Array:
    """The stretched operand; -1 stands for the size that it has."""
    wanted, own = several(shape), np.shape(a)
    full = [own[at - len(wanted)] if n == -1 else n for at, n in enumerate(wanted)]
    return np.broadcast_to(a, full)


broadcast_to = register(
    Op(
        "broadcast_to",
        ("a",),
        forward=broadcast_forward,
        signature=broadcast_signature,
        text="broadcast_to({a})",
        latex=r"\mathrm{{broadcast\_to}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"shape": ()},
        instead=(
            lambda ranks: len(ranks) > 1,
            "the shape is an option: `broadcast_to(a, shape=(4, 3))`",
        ),
        note="Cells repeated along new axes in front and along axes of size 1: "
        "`broadcast_to(a, shape=(4, -1))`, where -1 keeps a size, as in PyTorch's expand.",
        partials=(MOVED,),
    )
)


def whole(shape: Shape) -> tuple[range, ...]:
    """Every position on every axis."""
    return tuple(range(n) for n in shape)


def flip_select(shapes: tuple[Shape, ...], options: Options) -> tuple[Shape, tuple[IndexMap, ...]]:
    """The operand's shape, and a map that runs backwards along some axes."""
    (shape,) = shapes
    gone = normal_axes("flip", options["axis"], shape)
    picks = tuple(p[::-1] if at in gone else p for at, p in enumerate(whole(shape)))
    return shape, (SelectMap(shape, picks, shape, tuple(range(len(shape))), (0,) * len(shape)),)


def flip_edge(layout: Layout, operand: int) -> EdgeText:
    """A reversal is its own inverse."""
    (where,) = layout.maps
    assert isinstance(where, SelectMap)
    turned = [at for at, pick in enumerate(where.picks) if pick.step < 0]
    every = len(turned) == len(where.picks)
    return EdgeText(function="flip", options="" if every else f"axis={tuple_text(turned)}")


flip = register(
    Op(
        "flip",
        ("a",),
        forward=lambda a, axis: np.flip(a, axis),
        select=flip_select,
        text="flip({a})",
        latex=r"\mathrm{{flip}}({a})",
        family="shape",
        carries=Carries.MOVES,
        options={"axis": None},
        edge_text=flip_edge,
        note="The cells in reverse order along `axis`, or along all axes.",
        partials=(MOVED,),
    )
)


def stack_select(shapes: tuple[Shape, ...], options: Options) -> tuple[Shape, tuple[IndexMap, ...]]:
    """The shape with a new axis, and for each operand the map to its position there."""
    first = shapes[0]
    for shape in shapes[1:]:
        if shape != first:
            raise BpdebugError(
                f"stack: shapes {show_shape(first)} and {show_shape(shape)} must be equal; "
                "`concat` joins along an axis that they have"
            )
    rank = len(first) + 1
    if rank > MOST_AXES:
        raise BpdebugError(f"stack: {rank} axes are too many; at most {MOST_AXES}")
    (axis,) = normal_axes("stack", int(options["axis"]), (*first, len(shapes)))
    output = (*first[:axis], len(shapes), *first[axis:])
    kept = (*range(axis), None, *range(axis, len(first)))
    maps = [
        SelectMap(first, whole(first), output, kept, tuple(n * (at == axis) for at in range(rank)))
        for n in range(len(shapes))
    ]
    return output, tuple(maps)


def stack_edge(layout: Layout, operand: int) -> EdgeText:
    """The slice of the upstream gradient that an operand gets back."""
    where = layout.maps[operand]
    assert isinstance(where, SelectMap)
    key = (str(operand) if axis is None else ":" for axis in where.kept_axes)
    return EdgeText(taken=f"[{','.join(key)}]")


stack = register(
    Op(
        "stack",
        ("a",),
        forward=lambda *parts, axis: np.stack(parts, axis=axis),
        select=stack_select,
        text="stack({a})",
        latex=r"\mathrm{{stack}}({a})",
        family="shape",
        carries=Carries.MOVES,
        variadic=True,
        options={"axis": 0},
        edge_text=stack_edge,
        note="Its operands, of one shape, side by side along a new axis: `stack(a, b, axis=0)`.",
        partials=(MOVED,),
    )
)
