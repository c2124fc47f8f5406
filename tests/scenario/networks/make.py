"""Writes torch_numbers.json: `python -m tests.scenario.networks.make`, where PyTorch is installed.

Every network is written a second time with PyTorch's own functions. bpdebug gives it nothing but
the first values of its parameters and the data.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import torch

from bpdebug.scenario import load
from tests.scenario.networks import FOLDER, NETWORKS

Tensors = dict[str, Any]
F = torch.nn.functional


def lenet(p: Tensors, d: Tensors) -> Any:
    h1 = torch.tanh(F.conv2d(d["x"], p["W1"], p["b1"], padding=1))
    h2 = F.relu(F.conv2d(F.avg_pool2d(h1, 2), p["W2"], stride=(1, 2), padding=(0, 1), groups=2))
    flat = F.max_pool2d(h2, (2, 3), 1).flatten(1)
    h3 = torch.tanh(F.linear(flat, p["W3"], p["b3"]))
    return F.cross_entropy(F.linear(h3, p["W4"], p["b4"]), d["y"].long())


def norm(x: Any, p: Tensors, at: int, eps: float = 1e-5) -> Any:
    return F.batch_norm(x, None, None, p[f"gamma{at}"], p[f"beta{at}"], training=True, eps=eps)


def resnet(p: Tensors, d: Tensors) -> Any:
    h1 = F.relu(norm(F.conv2d(d["x"], p["W1"], padding=1), p, 1))
    h2 = F.relu(norm(F.conv2d(h1, p["W2"], padding=1), p, 2, 1e-3) + h1)
    shortcut = F.conv2d(h2, p["W3"], p["b3"], stride=2)
    z4 = F.conv2d(h2, p["W4"], p["b4"], stride=2, padding=1)
    h4 = F.leaky_relu(norm(z4, p, 4) + shortcut, 0.2)
    logits = F.linear(F.avg_pool2d(h4, 3).flatten(1), p["W5"], p["b5"])
    penalty = 0.01 * sum((p[name] ** 2).sum() for name in ("W1", "W2", "W4", "W5"))
    return F.cross_entropy(logits, d["y"].long(), reduction="sum") + penalty


def tokens(p: Tensors, d: Tensors) -> Any:
    e = F.embedding(d["x"].long(), p["E"]) + F.embedding(d["places"].long(), p["E_2"])
    z1 = e @ p["W1"] + p["b1"]
    h1 = F.silu(F.layer_norm(z1, (3,), p["gamma1"], p["beta1"]) + e)
    dropped = h1.flatten(1) * d["kept"] / 0.75
    return F.huber_loss(dropped @ p["W2"] + p["b2"], d["y"], delta=0.5, reduction="sum")


def plain(p: Tensors, d: Tensors) -> Any:
    h1 = torch.tanh(d["x"] @ p["W1"] + p["b1"])
    normed = F.layer_norm(h1 @ p["W2"] + p["b2"], (4,), p["gamma2"], p["beta2"], 0.01)
    h2 = F.gelu(normed + h1, approximate="tanh")
    y_hat = torch.sigmoid(h2 @ p["W3"] + p["b3"])
    own = [value for name, value in p.items() if name not in ("W1", "b1")]
    l1, l2 = sum(v.abs().sum() for v in own), sum((v**2).sum() for v in own)
    data = F.binary_cross_entropy(y_hat, d["y"], reduction="sum") / len(d["x"])
    return data + 0.03 * l1 + 0.025 * l2


MODELS: dict[str, Callable[[Tensors, Tensors], Any]] = {
    "lenet": lenet,
    "resnet": resnet,
    "tokens": tokens,
    "plain": plain,
}


def numbers(name: str) -> dict[str, Any]:
    """The losses of all iterations, and the gradients of the first."""
    problem = load(FOLDER / f"{name}.toml")
    data = {n: torch.tensor(v, dtype=torch.float64) for n, v in problem.data.items()}
    own = {n: torch.tensor(v, dtype=torch.float64) for n, v in problem.parameters.items()}
    losses, gradients = [], {}
    for _ in range(problem.iterations):
        for value in own.values():
            value.requires_grad_(True)
            value.grad = None
        loss = MODELS[name](own, data)
        loss.backward()
        losses.append(loss.item())
        gradients = gradients or {n: v.grad.tolist() for n, v in own.items()}
        rates = {n: 0.0 if n in problem.frozen else problem.rate(1) for n in own}
        own = {n: (v - rates[n] * v.grad).detach() for n, v in own.items()}
    return {"losses": losses, "gradients": gradients}


if __name__ == "__main__":
    made = [f"{json.dumps(name)}: {json.dumps(numbers(name))}" for name in NETWORKS]
    text = "{\n" + ",\n".join(made) + "\n}\n"
    (FOLDER / "torch_numbers.json").write_text(text, encoding="utf-8")
