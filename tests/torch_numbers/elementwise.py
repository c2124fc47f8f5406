"""Cell-by-cell ops and their conventions at edges, against PyTorch."""

from tests.torch_numbers.case import TorchCase

CASES = [
    TorchCase("sigmoid", "sigmoid(x)", {}, lambda F, x: x.sigmoid(), given={"x": [0.0, 800.0]}),
    TorchCase(
        "broadcast",
        "x * w + b",
        {"x": (4, 2, 3), "w": (2, 1), "b": (3,)},
        lambda F, x, w, b: x * w + b,
    ),
]
