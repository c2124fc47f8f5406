"""Products of vectors, matrices and stacks, dense layers, einsum and dropout, against PyTorch."""

from typing import Any

from bpdebug.ops import Shape
from tests.op_cases import EINSUMS, STACKS
from tests.torch_numbers.case import TorchCase

PLAIN: list[tuple[Shape, Shape]] = [((2, 3), (3, 4)), ((2, 3), (3,)), ((3,), (3, 4)), ((3,), (3,))]
NAMES = "abc"


def name_of(*shapes: Shape) -> str:
    """`5x2x3 by 3x4`."""
    return " by ".join("x".join(map(str, shape)) or "scalar" for shape in shapes)


def einsum(letters: str, shapes: tuple[Shape, ...]) -> TorchCase:
    """An einsum of operands called a, b and c."""
    names = NAMES[: len(shapes)]
    return TorchCase(
        f"einsum {letters} {name_of(*shapes)}",
        f"einsum('{letters}', {', '.join(names)})",
        dict(zip(names, shapes, strict=True)),
        lambda F, **operands: torch_einsum(letters, *operands.values()),
    )


def torch_einsum(letters: str, *operands: Any) -> Any:
    """PyTorch's einsum; imported where the numbers are made."""
    import torch

    return torch.einsum(letters, *operands)


def dense(*lead: int) -> TorchCase:
    """F.linear with these axes in front of the inputs."""
    return TorchCase(
        f"linear {name_of((*lead, 3))}",
        "x @ W.T + b" if lead else "W @ x + b",
        {"x": (*lead, 3), "W": (2, 3), "b": (2,)},
        lambda F, x, W, b: F.linear(x, W, b),
    )


CASES = [
    *(
        TorchCase(f"matmul {name_of(a, b)}", "a @ b", {"a": a, "b": b}, lambda F, a, b: a.matmul(b))
        for a, b in [*PLAIN, *STACKS]
    ),
    *(dense(*lead) for lead in ((), (4,), (5, 4), (6, 5, 4), (1, 1))),
    *(
        TorchCase(f"dot {name_of(a, b)}", "dot(a, b)", {"a": a, "b": b}, lambda F, a, b: a @ b)
        for a, b in [*PLAIN, ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4))]
    ),
    *(einsum(letters, shapes) for letters, shapes in EINSUMS),
    TorchCase(
        "attention",
        "softmax(q @ swapaxes(k) / sqrt(4) + mask) @ v",
        {"q": (2, 3, 5, 4), "k": (2, 3, 5, 4), "v": (2, 3, 5, 6)},
        lambda F, q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask),
        given={
            "mask": [
                [0.0 if key <= query else float("-inf") for key in range(5)] for query in range(5)
            ]
        },
        data=("mask",),
    ),
    *(
        TorchCase(
            f"dropout {rate}",
            f"dropout(x, mask, rate={rate})",
            {"x": (2, 3)},
            # The mask that F.dropout would draw is given: what it keeps is divided by 1 - p.
            lambda F, x, mask, rate=rate: x.where(mask > 0, 0.0 * x) / (1 - rate),
            given={"mask": [[1, 0, 1], [0, 1, 1]]},
            data=("mask",),
        )
        for rate in (0.0, 0.2, 0.5)
    ),
]
