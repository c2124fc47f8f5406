"""The benchmark's computations written by hand: in numpy, and in the installed peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from bpdebug.ops import Array

Values = Mapping[str, Array]


def sigmoid(z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


def numpy_pass(v: Values, depth: int) -> Callable[[], object]:
    """Forward and backward of dense sigmoid layers and half the squared error, as one writes it."""
    x, y = v["x"], v["y"]
    rows = len(x) if x.ndim == 2 else 1

    def run() -> object:
        h = [x]
        for k in range(1, depth + 1):
            z = (v[f"W{k}"] @ h[-1] if x.ndim == 1 else h[-1] @ v[f"W{k}"].T) + v[f"b{k}"]
            h.append(sigmoid(z))
        error = h[-1] - y
        loss = 0.5 * np.sum(error**2) / rows
        gradient = error / rows
        found = []
        for k in range(depth, 0, -1):
            delta = gradient * h[k] * (1 - h[k])
            if x.ndim == 1:
                found += [np.outer(delta, h[k - 1]), delta]
            else:
                found += [delta.T @ h[k - 1], delta.sum(axis=0)]
            if k > 1:
                gradient = delta @ v[f"W{k}"]
        return loss, found

    return run


def numpy_training(v: Values, iterations: int, rate: float) -> Callable[[], object]:
    """Gradient descent on a two-layer network for one example."""
    x, y = v["x"], v["y"]

    def run() -> object:
        w1, b1, w2, b2 = v["W1"], v["b1"], v["W2"], v["b2"]
        losses = []
        for _ in range(iterations):
            h = sigmoid(w1 @ x + b1)
            o = sigmoid(w2 @ h + b2)
            losses.append(0.5 * np.sum((o - y) ** 2))
            d2 = (o - y) * o * (1 - o)
            d1 = (w2.T @ d2) * h * (1 - h)
            w2, b2 = w2 - rate * np.outer(d2, h), b2 - rate * d2
            w1, b1 = w1 - rate * np.outer(d1, x), b1 - rate * d1
        return losses

    return run


def autograd_pass(v: Values, depth: int) -> Callable[[], object] | None:
    """One pass in HIPS/autograd."""
    if find_spec("autograd") is None:
        return None
    import autograd.numpy as anp
    from autograd import value_and_grad

    x, y = v["x"], v["y"]
    rows = len(x) if x.ndim == 2 else 1
    names = [f"{letter}{k}" for k in range(1, depth + 1) for letter in "Wb"]

    def loss(parameters: Sequence[Any]) -> Any:
        h = x
        for w, b in zip(parameters[::2], parameters[1::2], strict=True):
            h = 1.0 / (1.0 + anp.exp(-(anp.dot(h, w.T) + b)))
        return 0.5 * anp.sum((h - y) ** 2) / rows

    both = value_and_grad(loss)
    parameters = [v[name] for name in names]
    return lambda: both(parameters)


def torch_pass(v: Values, depth: int) -> Callable[[], object] | None:
    """One pass in PyTorch, on one thread of the CPU."""
    if find_spec("torch") is None:
        return None
    import torch

    torch.set_num_threads(1)
    held = {name: torch.from_numpy(np.array(value)) for name, value in v.items()}
    parameters = [held[f"{letter}{k}"] for k in range(1, depth + 1) for letter in "Wb"]
    for parameter in parameters:
        parameter.requires_grad_()
    x, y = held["x"], held["y"]
    rows = len(x) if x.ndim == 2 else 1

    def run() -> object:
        h = x
        for k in range(1, depth + 1):
            h = torch.sigmoid(torch.nn.functional.linear(h, held[f"W{k}"], held[f"b{k}"]))
        loss = 0.5 * torch.sum((h - y) ** 2) / rows
        return torch.autograd.grad(loss, parameters)

    return run


def micrograd_pass(v: Values, depth: int) -> Callable[[], object] | None:
    """One pass in micrograd, one example, with relu: it has no sigmoid."""
    if find_spec("micrograd") is None or v["x"].ndim != 1 or v["x"].size > 10:
        return None
    from micrograd.engine import Value

    def run() -> object:
        h = [Value(float(a)) for a in v["x"]]
        for k in range(1, depth + 1):
            w = [[Value(float(a)) for a in row] for row in v[f"W{k}"]]
            b = [Value(float(a)) for a in v[f"b{k}"]]
            h = [
                sum((a * c for a, c in zip(row, h, strict=True)), bias).relu()
                for row, bias in zip(w, b, strict=True)
            ]
        loss = sum((a - float(c)) ** 2 for a, c in zip(h, v["y"], strict=True)) * 0.5
        loss.backward()
        return loss

    return run


PEERS = (
    ("autograd", autograd_pass, "sigmoid"),
    ("torch", torch_pass, "sigmoid"),
    ("micrograd", micrograd_pass, "relu"),
)
