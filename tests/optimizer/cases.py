"""Every optimizer and every option, and the non-convex function that they are tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

STEPS = 12
KEPT = (1, 2, 6, 12)
"""Steps after which the parameters are compared; the last is where every error would show."""
FIRST = {
    "a": [[0.5, -1.2, 0.3], [2.0, 0.1, -0.7]],
    "b": [0.8, -0.4, 1.5],
    "c": 0.9,
}
"""A matrix, a vector and a scalar."""


@dataclass(frozen=True)
class Case:
    """An optimizer with settings and a schedule."""

    name: str
    settings: Mapping[str, float | bool] = field(default_factory=dict)
    schedule: str = "constant"
    planned: Mapping[str, float] = field(default_factory=dict)

    @property
    def title(self) -> str:
        told = [f"{key} {value}" for key, value in self.settings.items()]
        plan = [self.schedule, *(f"{k} {v}" for k, v in self.planned.items())]
        return ", ".join([self.name, *told, *(plan if self.schedule != "constant" else [])])


def gradients(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> dict[str, np.ndarray]:
    """Of Σ sin(3a)·b + Σ 0.3a² + c⁴ − 2c² + c·Σb/2 + Σ b²/10, by hand."""
    return {
        "a": 3 * np.cos(3 * a) * b + 0.6 * a,
        "b": np.sum(np.sin(3 * a), axis=0) + 0.5 * c + 0.2 * b,
        "c": 4 * c**3 - 4 * c + 0.5 * np.sum(b),
    }


OPTIONS: dict[str, tuple[Mapping[str, float | bool], ...]] = {
    "sgd": ({},),
    "momentum": (
        {},
        {"momentum": 0.0},
        {"momentum": 0.5, "dampening": 0.3},
        {"dampening": 0.3, "weight_decay": 0.1, "maximize": True},
    ),
    "nesterov": ({}, {"momentum": 0.6}),
    "adagrad": ({}, {"lr_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    "rmsprop": (
        {},
        {"rho": 0.8, "eps": 1e-3},
        {"centered": True},
        {"momentum": 0.7},
        {"centered": True, "momentum": 0.7, "weight_decay": 0.05},
    ),
    "adam": ({}, {"beta1": 0.7, "beta2": 0.9, "eps": 1e-3}, {"amsgrad": True, "beta2": 0.5}),
    "adamw": (
        {},
        {"weight_decay": 0.3, "beta1": 0.8, "eps": 1e-3},
        {"weight_decay": 0.0},
        {"amsgrad": True, "beta2": 0.5},
    ),
    "adadelta": ({}, {"rho": 0.6, "eps": 1e-3}),
}
EVERY: tuple[Mapping[str, float | bool], ...] = (
    {"weight_decay": 0.2},
    {"clip_value": 0.7},
    {"clip_norm": 0.9},
    {"clip_norm": 1e6},
    {"maximize": True, "learning_rate": 0.005},
)
PLANS: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("step", {"every": 4}),
    ("step", {"every": 3, "factor": 0.5}),
    ("exponential", {"factor": 0.8}),
    ("cosine", {"over": 10}),
    ("cosine", {"over": 20, "lowest": 0.01}),
    ("warmup", {}),
    ("warmup", {"over": 8, "start": 0.1}),
)
RATE = 0.05
CASES = (
    *(
        Case(name, {"learning_rate": RATE, **options})
        for name, several in OPTIONS.items()
        for options in (*several, *EVERY)
    ),
    *(Case("sgd", {"learning_rate": RATE}, *plan) for plan in PLANS),
    *(Case("adamw", {"learning_rate": RATE}, *plan) for plan in PLANS[1:5:3]),
    Case("adagrad", {"learning_rate": RATE, "lr_decay": 0.1}, "exponential", {"factor": 0.8}),
    Case("momentum", {"learning_rate": RATE, "weight_decay": 0.1, "clip_norm": 0.9}, *PLANS[0]),
    *(Case(name) for name in OPTIONS),
)
