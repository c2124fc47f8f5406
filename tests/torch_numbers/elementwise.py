"""Cell-by-cell ops and their conventions at edges, against PyTorch."""

from math import inf

from tests.torch_numbers.case import TorchCase

EDGES = [
    -800.0,
    -30.0,
    -6.0,
    -3.0,
    -1.0,
    -0.25,
    -1e-9,
    0.0,
    1e-9,
    0.5,
    1.0,
    2.0,
    3.0,
    6.0,
    30.0,
    800.0,
]
"""Both sides of every bound and kink, small numbers, and numbers far out."""


def unary(name, torch, expression="", given=EDGES, **more):
    """A case of a function of x, at the edges."""
    return TorchCase(name, expression or f"{name}(x)", {}, torch, given={"x": given}, **more)


MASK = [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]
CASES = [
    TorchCase("sigmoid", "sigmoid(x)", {}, lambda F, x: x.sigmoid(), given={"x": [0.0, 800.0]}),
    TorchCase(
        "broadcast",
        "x * w + b",
        {"x": (4, 2, 3), "w": (2, 1), "b": (3,)},
        lambda F, x, w, b: x * w + b,
    ),
    unary("relu6", lambda F, x: F.relu6(x)),
    unary("hardtanh", lambda F, x: F.hardtanh(x)),
    unary("hardswish", lambda F, x: F.hardswish(x)),
    # PyTorch's slope of hardsigmoid is the 1/6 of float32.
    unary("hardsigmoid", lambda F, x: F.relu6(x + 3) / 6),
    unary("selu", lambda F, x: F.selu(x)),
    unary("celu", lambda F, x: F.celu(x)),
    # PyTorch rounds 1/alpha to float32; 2 is exact.
    unary("celu with alpha", lambda F, x: F.celu(x, alpha=0.5), "celu(x, alpha=0.5)"),
    unary("softsign", lambda F, x: F.softsign(x)),
    unary("logsigmoid", lambda F, x: F.logsigmoid(x)),
    unary("mish", lambda F, x: F.mish(x)),
    unary("gelu", lambda F, x: F.gelu(x, approximate="tanh")),
    unary("exact gelu", lambda F, x: F.gelu(x), "gelu(x, exact=True)"),
    unary("erf", lambda F, x: x.erf()),
    unary("log1p", lambda F, x: x.log1p(), given=[-1.0, -0.5, -1e-12, 0.0, 1e-12, 3.0, inf]),
    unary("expm1", lambda F, x: x.expm1(), given=[-inf, -800.0, -1e-12, 0.0, 1e-12, 3.0]),
    unary("reciprocal", lambda F, x: x.reciprocal(), given=[-4.0, 0.0, 0.5, 1e200, inf]),
    unary("rsqrt", lambda F, x: x.rsqrt(), given=[0.0, 0.5, 4.0, inf]),
    unary("sign", lambda F, x: x.sign()),
    unary("floor", lambda F, x: x.floor()),
    unary("clip", lambda F, x: x.clamp(-1, 2), "clip(x, low=-1, high=2)"),
    unary("clip below", lambda F, x: x.clamp(min=-1), "clip(x, low=-1, high=inf)"),
    unary("clip above", lambda F, x: x.clamp(max=2), "clip(x, low=-inf, high=2)"),
    unary("clip the wrong way round", lambda F, x: x.clamp(2, 1), "clip(x, low=2, high=1)"),
    unary("mask", lambda F, x: x * (x > 0), "x * (x > 0)"),
    TorchCase(
        "comparisons",
        "(a > b) + 2 * (a >= b) + 4 * (a < b) + 8 * (a <= b) + 16 * (a == b) + 32 * (a != b) + a",
        {},
        lambda F, a, b: (
            (a > b)
            + 2.0 * (a >= b)
            + 4 * (a < b)
            + 8 * (a <= b)
            + 16 * (a == b)
            + 32 * (a != b)
            + a
        ),
        given={"a": [[-1.0], [0.0], [inf]], "b": [-1.0, 0.5, inf]},
        data=("b",),
    ),
    TorchCase(
        "where of a comparison",
        "where(a > b, a * b, exp(b))",
        {"a": (2, 1, 3), "b": (4, 1)},
        lambda F, a, b: (a * b).where(a > b, b.exp()),
    ),
    TorchCase(
        "where of data",
        "where(c, a, b)",
        {"a": (3,), "b": ()},
        lambda F, a, b, c: a.where(c != 0, b),
        given={"c": MASK},
        data=("c",),
    ),
    TorchCase(
        "what is not chosen is infinite",
        "where(x > 0, log(x), 3 * x)",
        {},
        lambda F, x: x.log().where(x > 0, 3 * x),
        given={"x": [-1.0, -2.0, 2.0, inf]},
    ),
    TorchCase(
        "an infinite slope under what is not chosen",
        "where(x > 0, sqrt(x), x)",
        {},
        lambda F, x: x.sqrt().where(x > 0, x),
        given={"x": [-1.0, 0.0, 4.0]},
    ),
    TorchCase(
        "attention with a mask of -inf",
        "softmax(q @ k.T + mask) @ v",
        {"q": (2, 4), "k": (3, 4), "v": (3, 2)},
        lambda F, q, k, v, mask: (q @ k.T + mask).softmax(-1) @ v,
        given={"mask": [[0.0, -inf, 0.0], [-inf, 0.0, -inf]]},
        data=("mask",),
    ),
    TorchCase(
        "attention with where",
        "softmax(where(keep, q @ k.T, -inf)) @ v",
        {"q": (2, 4), "k": (3, 4), "v": (3, 2)},
        lambda F, q, k, v, keep: (q @ k.T).masked_fill(keep == 0, -inf).softmax(-1) @ v,
        given={"keep": MASK},
        data=("keep",),
    ),
]
