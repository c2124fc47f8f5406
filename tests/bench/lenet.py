"""LeNet on a batch of 32: a recorded pass against the same by hand in numpy, and in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from bpdebug.expression import build
from bpdebug.graph import Engine, Graph, GraphBuilder, Kind
from bpdebug.ops import Array, Shape
from tests.bench.memory import keep_freed_memory
from tests.bench.table import Row, compared
from tests.bench.timing import in_turn

BATCH = 32
Values = Mapping[str, Array]
GRAPH = {
    "z1": "conv2d(x, w1, b1)",
    "p1": "max_pool2d(relu(z1), size=2)",
    "z2": "conv2d(p1, w2, b2)",
    "p2": "max_pool2d(relu(z2), size=2)",
    "h3": "relu(reshape(p2, shape=({batch}, -1)) @ W3.T + b3)",
    "h4": "relu(h3 @ W4.T + b4)",
    "z5": "h4 @ W5.T + b5",
    "L": "cross_entropy(z5, t)",
}


def shapes(batch: int) -> dict[str, Shape]:
    """The shapes of inputs and parameters by name."""
    return {
        "x": (batch, 1, 28, 28),
        "t": (batch,),
        "w1": (6, 1, 5, 5),
        "b1": (6,),
        "w2": (16, 6, 5, 5),
        "b2": (16,),
        "W3": (120, 256),
        "b3": (120,),
        "W4": (84, 120),
        "b4": (84,),
        "W5": (10, 84),
        "b5": (10,),
    }


def network(batch: int) -> Graph:
    """LeNet with relu and maximum pooling, as PyTorch's tutorials have it."""
    builder = GraphBuilder()
    for name, shape in shapes(batch).items():
        data = name in ("x", "t")
        kind = Kind.INPUT if data else Kind.PARAMETER
        builder.leaf(name, kind, shape, gradient=not data)
    for name, expression in GRAPH.items():
        build(expression.format(batch=batch), builder, name)
    return builder.finish(builder.names["L"])


def drawn(batch: int) -> dict[str, Array]:
    """Values of inputs and parameters by name."""
    rng = np.random.default_rng(0)
    values = {name: rng.normal(0, 0.1, shape) for name, shape in shapes(batch).items()}
    return values | {"t": rng.integers(0, 10, batch).astype(float)}


def unfolded(x: Array, size: int) -> Array:
    """The cells under every window as columns."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    n, c, rows, across = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * size * size, rows * across)


def conv(x: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """A convolution, and the columns that its backward pass needs again."""
    columns, size = unfolded(x, w.shape[2]), x.shape[2] - w.shape[2] + 1
    z = w.reshape(len(w), -1) @ columns + b[:, None]
    return z.reshape(len(x), len(w), size, size), columns


def conv_back(g: Array, columns: Array, w: Array) -> tuple[Array, Array, Array]:
    """∂L/∂w, ∂L/∂b, and the upstream gradient with its windows in a row."""
    flat = g.reshape(*g.shape[:2], -1)
    to_w = (flat @ columns.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    return to_w, flat.sum(axis=(0, 2)), flat


def fold_back(flat: Array, w: Array, shape: Shape) -> Array:
    """∂L/∂x: columns added to the cells that they came from."""
    size, rows = w.shape[2], shape[2] - w.shape[2] + 1
    columns = (w.reshape(len(w), -1).T @ flat).reshape(*shape[:2], size, size, rows, rows)
    found = np.zeros(shape)
    for a in range(size):
        for b in range(size):
            found[:, :, a : a + rows, b : b + rows] += columns[:, :, a, b]
    return found


def pool(h: Array) -> Array:
    """The largest of every 2×2 cells."""
    n, c, rows, across = h.shape
    return np.asarray(h.reshape(n, c, rows // 2, 2, across // 2, 2).max(axis=(3, 5)))


def pool_back(g: Array, h: Array, p: Array) -> Array:
    """The gradient for the largest cells; no care is taken of ties."""
    n, c, rows, across = h.shape
    largest = h.reshape(n, c, rows // 2, 2, across // 2, 2) == p[:, :, :, None, :, None]
    return np.asarray((largest * g[:, :, :, None, :, None]).reshape(h.shape))


def numpy_pass(v: Values) -> Callable[[], tuple[float, dict[str, Array]]]:
    """Loss and gradients by columns and matrix products, as one writes it."""
    labels, batch = v["t"].astype(int), len(v["x"])

    def run() -> tuple[float, dict[str, Array]]:
        z1, columns1 = conv(v["x"], v["w1"], v["b1"])
        h1 = np.maximum(z1, 0)
        p1 = pool(h1)
        z2, columns2 = conv(p1, v["w2"], v["b2"])
        h2 = np.maximum(z2, 0)
        p2 = pool(h2)
        flat = p2.reshape(batch, -1)
        z3 = flat @ v["W3"].T + v["b3"]
        h3 = np.maximum(z3, 0)
        z4 = h3 @ v["W4"].T + v["b4"]
        h4 = np.maximum(z4, 0)
        z5 = h4 @ v["W5"].T + v["b5"]
        powers = np.exp(z5 - z5.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        loss = -np.log(shares[np.arange(batch), labels]).mean()
        g = shares.copy()
        g[np.arange(batch), labels] -= 1
        g /= batch
        found = {"W5": g.T @ h4, "b5": g.sum(axis=0)}
        g = (g @ v["W5"]) * (z4 > 0)
        found |= {"W4": g.T @ h3, "b4": g.sum(axis=0)}
        g = (g @ v["W4"]) * (z3 > 0)
        found |= {"W3": g.T @ flat, "b3": g.sum(axis=0)}
        g = pool_back((g @ v["W3"]).reshape(p2.shape), h2, p2) * (z2 > 0)
        found["w2"], found["b2"], rows = conv_back(g, columns2, v["w2"])
        g = pool_back(fold_back(rows, v["w2"], p1.shape), h1, p1) * (z1 > 0)
        found["w1"], found["b1"], _ = conv_back(g, columns1, v["w1"])
        return float(loss), found

    return run


def torch_pass(v: Values) -> Callable[[], object] | None:
    """Loss and gradients in PyTorch, on one thread of the CPU; None where it is not installed."""
    if find_spec("torch") is None:
        return None
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    held: dict[str, Any] = {name: torch.from_numpy(np.array(value)) for name, value in v.items()}
    names = [name for name in v if name not in ("x", "t")]
    for name in names:
        held[name].requires_grad_()
    labels, batch = held["t"].long(), len(v["x"])

    def run() -> object:
        h = torch.relu(functional.conv2d(held["x"], held["w1"], held["b1"]))
        h = torch.relu(functional.conv2d(functional.max_pool2d(h, 2), held["w2"], held["b2"]))
        h = functional.max_pool2d(h, 2).reshape(batch, -1)
        h = torch.relu(functional.linear(h, held["W3"], held["b3"]))
        h = torch.relu(functional.linear(h, held["W4"], held["b4"]))
        loss = functional.cross_entropy(functional.linear(h, held["W5"], held["b5"]), labels)
        return torch.autograd.grad(loss, [held[name] for name in names])

    return run


def windows() -> Iterator[Row]:
    """A forward and recorded backward pass of LeNet, with freed memory kept on both sides."""
    keep_freed_memory()
    graph, values = network(BATCH), drawn(BATCH)
    leaves = {graph.names[name]: value for name, value in values.items()}
    ours = partial(Engine(graph).run, leaves)
    what = f"LeNet, batch {BATCH}"
    yield compared(what, "numpy by hand", in_turn(ours, numpy_pass(values)), 1.1)
    work = torch_pass(values)
    if work is not None:
        yield compared(what, "torch", in_turn(ours, work), 1.5)
