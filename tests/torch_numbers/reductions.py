"""Reductions and running sums over one axis and several, with ties, zeros and infinities."""

from math import inf

from tests.torch_numbers.case import TorchCase

SHAPE = {"x": (2, 3, 4)}
AXES = (("", None), ("axis=1", 1), ("axis=(0, 2)", (0, 2)), ("axis=-1, keepdims=True", -1))
TIES = [[2.0, -1.0, 2.0, -1.0], [0.5, 0.5, 0.5, 0.5]]
MASKED = [[-inf, 1.0, 2.0], [3.0, -inf, -inf], [800.0, 801.0, -inf]]
ZEROS = [[0.0, 2.0, 3.0], [0.0, 4.0, 0.0], [5.0, -2.0, 0.5]]


def along(name, torch, axes=AXES):
    """A case for each choice of axes; `torch(x, dim, keepdim)` is PyTorch's function."""
    for options, axis in axes:
        dims = (0, 1, 2) if axis is None else axis
        keep = "keepdims" in options
        text = f"{name}(x, {options})" if options else f"{name}(x)"
        yield TorchCase(text, text, SHAPE, lambda F, x, dims=dims, keep=keep: torch(x, dims, keep))


CASES = [
    *along("sum", lambda x, dim, keep: x.sum(dim, keep)),
    *along("mean", lambda x, dim, keep: x.mean(dim, keep)),
    *along("max", lambda x, dim, keep: x.amax(dim, keep)),
    *along("min", lambda x, dim, keep: x.amin(dim, keep)),
    *along("norm", lambda x, dim, keep: x.pow(2).sum(dim, keep).sqrt()),
    *along("logsumexp", lambda x, dim, keep: x.logsumexp(dim, keep)),
    *along("prod", lambda x, dim, keep: x.prod(dim, keep), (AXES[1], AXES[3])),
    TorchCase("prod of all", "prod(x)", SHAPE, lambda F, x: x.prod()),
    TorchCase(
        "prod over two axes",
        "prod(x, axis=(2, 0))",
        SHAPE,
        lambda F, x: x.prod(2).prod(0),
    ),
    TorchCase("prod with zeros", "prod(x, axis=1)", {}, lambda F, x: x.prod(1), given={"x": ZEROS}),
    TorchCase("prod of all with zeros", "prod(x)", {}, lambda F, x: x.prod(), given={"x": ZEROS}),
    TorchCase("max with ties", "max(x, axis=1)", {}, lambda F, x: x.amax(1), given={"x": TIES}),
    TorchCase("min with ties", "min(x, axis=1)", {}, lambda F, x: x.amin(1), given={"x": TIES}),
    TorchCase("min of all", "min(x)", {}, lambda F, x: x.amin(), given={"x": [3.0, -inf, -inf]}),
    TorchCase(
        "logsumexp with minus infinity",
        "logsumexp(x, axis=1)",
        {},
        lambda F, x: x.logsumexp(1),
        given={"x": MASKED},
    ),
    TorchCase(
        "logsumexp of nothing but minus infinity",
        "logsumexp(x, axis=1)",
        {},
        lambda F, x: x.logsumexp(1),
        given={"x": [[-inf, -inf], [0.0, 1.0]]},
    ),
    *(
        TorchCase(
            f"cumsum along {axis}",
            f"cumsum(x, axis={axis})",
            SHAPE,
            lambda F, x, axis=axis: x.cumsum(axis),
        )
        for axis in (0, 1, -1)
    ),
]
