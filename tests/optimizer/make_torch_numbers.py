"""Writes torch_numbers.json: what PyTorch makes of the tests' function under every optimizer.

`python -m tests.optimizer.make_torch_numbers`, where PyTorch is installed (the extra `bench`).
The tests read the file and need no PyTorch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from tests.optimizer.cases import CASES, FIRST, KEPT, STEPS, Case

FILE = Path(__file__).with_name("torch_numbers.json")

OPTIMIZERS: dict[str, Any] = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adadelta": torch.optim.Adadelta,
}
RENAMED = {"learning_rate": "lr"}
SCHEDULED: dict[str, Any] = {
    "step": lambda o, every, factor=0.1: torch.optim.lr_scheduler.StepLR(o, every, factor),
    "exponential": lambda o, factor: torch.optim.lr_scheduler.ExponentialLR(o, factor),
    "cosine": lambda o, over, lowest=0.0: torch.optim.lr_scheduler.CosineAnnealingLR(
        o, over, lowest
    ),
    "warmup": lambda o, over=5, start=1 / 3: torch.optim.lr_scheduler.LinearLR(
        o, start, total_iters=over
    ),
}


def loss_of(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
    """The function of `cases.gradients`."""
    waves = torch.sum(torch.sin(3 * a) * b) + torch.sum(0.3 * a**2)
    return waves + c**4 - 2 * c**2 + 0.5 * c * torch.sum(b) + 0.1 * torch.sum(b**2)


def trace(case: Case) -> dict[str, list[Any]]:
    """The parameters after the steps that are kept, and the learning rate of every step."""
    values = [torch.tensor(FIRST[name], dtype=torch.float64, requires_grad=True) for name in "abc"]
    given = dict(case.settings)
    clip_value, clip_norm = given.pop("clip_value", None), given.pop("clip_norm", None)
    options = {RENAMED.get(name, name): value for name, value in given.items()}
    if case.name == "rmsprop" and "rho" in options:
        options["alpha"] = options.pop("rho")
    if "beta1" in options or "beta2" in options:
        options["betas"] = (options.pop("beta1", 0.9), options.pop("beta2", 0.999))
    if case.name in ("momentum", "nesterov"):
        options = {"momentum": 0.9, **options, "nesterov": case.name == "nesterov"}
    optimizer = OPTIMIZERS[case.name](values, **options)
    scheduler = None
    if case.schedule != "constant":
        scheduler = SCHEDULED[case.schedule](optimizer, **case.planned)
    found: dict[str, list[Any]] = {"a": [], "b": [], "c": [], "rate": []}
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss_of(*values).backward()
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(values, clip_norm)
        if clip_value is not None:
            torch.nn.utils.clip_grad_value_(values, clip_value)
        found["rate"].append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        for name, value in zip("abc", values, strict=True):
            if step in KEPT:
                found[name].append(value.detach().tolist())
    return found


if __name__ == "__main__":
    made = {"torch": torch.__version__.split("+")[0], "traces": {c.title: trace(c) for c in CASES}}
    FILE.write_text(json.dumps(made) + "\n", encoding="utf-8")
