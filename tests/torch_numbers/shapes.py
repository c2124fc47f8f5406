"""Ops that reorder, drop, stretch and reverse axes, and that stack and join, against PyTorch."""

from typing import Any

from tests.torch_numbers.case import TorchCase


def joined(function: str, *parts: Any, dim: int) -> Any:
    """A function of PyTorch over several tensors; imported where the numbers are made."""
    import torch

    return getattr(torch, function)(parts, dim=dim)


CASES = [
    *(
        TorchCase(
            f"permute {axes}",
            f"permute(x, axes={axes})",
            {"x": (2, 3, 4)},
            lambda F, x, axes=axes: x.permute(axes),
        )
        for axes in ((0, 2, 1), (2, 0, 1), (1, 2, 0), (-1, 0, -2), (0, 1, 2))
    ),
    *(
        TorchCase(
            f"swapaxes {a} {b}",
            f"swapaxes(x, axis1={a}, axis2={b})",
            {"x": (2, 3, 4)},
            lambda F, x, a=a, b=b: x.swapaxes(a, b),
        )
        for a, b in ((0, 2), (-1, 0), (1, 1))
    ),
    TorchCase("swapaxes of matrices", "swapaxes(x)", {"x": (2, 3, 4)}, lambda F, x: x.mT),
    TorchCase("squeeze", "squeeze(x)", {"x": (1, 3, 1)}, lambda F, x: x.squeeze()),
    *(
        TorchCase(
            f"squeeze {axis}",
            f"squeeze(x, axis={axis})",
            {"x": (1, 3, 1, 2)},
            lambda F, x, axis=axis: x.squeeze(axis),
        )
        for axis in (0, -2, (0, 2))
    ),
    *(
        TorchCase(
            f"expand {shape} to {wanted}",
            f"broadcast_to(x, shape={wanted})",
            {"x": shape},
            lambda F, x, wanted=wanted: x.expand(wanted),
        )
        for shape, wanted in (
            ((3,), (2, 3)),
            ((3, 1), (2, -1, 4)),
            ((), (2, 3)),
            ((1, 3, 1), (5, 3, 2)),
            ((2, 3), (2, 3)),
        )
    ),
    *(
        TorchCase(
            f"flip {axis}",
            f"flip(x, axis={axis})",
            {"x": (2, 3, 4)},
            lambda F, x, axis=axis: x.flip(axis),
        )
        for axis in ((0,), (-1,), (0, 2), (0, 1, 2))
    ),
    *(
        TorchCase(
            f"stack along {axis}",
            f"stack(a, b, c, axis={axis})",
            {"a": (2, 3), "b": (2, 3), "c": (2, 3)},
            lambda F, a, b, c, axis=axis: joined("stack", a, b, c, dim=axis),
        )
        for axis in (0, 1, -1, -2)
    ),
    TorchCase(
        "stack of numbers",
        "stack(a, b)",
        {"a": (), "b": ()},
        lambda F, a, b: joined("stack", a, b, dim=0),
    ),
    TorchCase(
        "an operand stacked with itself",
        "stack(a, a, axis=1)",
        {"a": (2,)},
        lambda F, a: joined("stack", a, a, dim=1),
    ),
    TorchCase(
        "concat",
        "concat(a, b, axis=-1)",
        {"a": (2, 3), "b": (2, 4)},
        lambda F, a, b: joined("concat", a, b, dim=-1),
    ),
    TorchCase(
        "reshape and permute to heads",
        "permute(reshape(x, shape=(2, -1, 3, 2)), axes=(0, 2, 1, 3))",
        {"x": (2, 4, 6)},
        lambda F, x: x.reshape(2, -1, 3, 2).permute(0, 2, 1, 3),
    ),
    TorchCase(
        "new axes", "x[:, None] * w[None]", {"x": (2,), "w": (3,)}, lambda F, x, w: x[:, None] * w
    ),
]
