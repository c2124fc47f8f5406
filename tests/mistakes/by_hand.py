"""A backward pass in numpy by hand: lines that are run, right or with some of them written wrong.

A program is a list of lines `name = expression`. `d_z1` is the gradient at z1, `d_W1` that at W1. A
mistake is a line that is written otherwise; what it leaves in the numbers is then numpy's own, and
owes nothing to the catalogue.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Lines = Mapping[str, str]


@dataclass(frozen=True)
class Network:
    """A scenario, its passes in numpy, and its update in lines for one parameter."""

    scenario: str
    program: str
    update: str = ""
    iterations: int = 1


@dataclass(frozen=True)
class Planted:
    """A mistake of the catalogue, the network it is planted in, and the lines that hold it."""

    id: str
    network: str
    lines: Lines
    at: tuple[str, ...] = ()
    """Where it must be named; empty where that is left open."""
    alone: bool = True
    """False where the numbers of the parameters alone do not tell it from another mistake."""


def sigmoid(z):
    """1/(1 + e⁻ᶻ)."""
    return 1.0 / (1.0 + np.exp(-z))


def softmax(z):
    """Shares along the last axis."""
    grown = np.exp(z - z.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def add_at(table, index, share):
    """Every share added to its row, also to a row that is named twice."""
    found = np.zeros_like(table)
    np.add.at(found, index, share)
    return found


def set_at(table, index, share):
    """`found[index] += share`, as numpy does it: a row that is named twice keeps the last share."""
    found = np.zeros_like(table)
    found[index] += share
    return found


FUNCTIONS = {
    "np": np,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "add_at": add_at,
    "set_at": set_at,
}


def split(program: str) -> list[tuple[str, str]]:
    """The lines of a program: name and expression."""
    lines = [line.strip() for line in program.strip().splitlines()]
    return [(name, text) for name, _, text in (line.partition(" = ") for line in lines if line)]


def numbers(network: Network, wrong: Lines | None = None) -> dict[str, np.ndarray]:
    """All gradients, and with an update all new parameters, as the program computes them.

    `grad(z1)`, `new(W1)`, and with `@2` behind those of iteration 2. `wrong` are the lines that are
    written otherwise; a line that is not there is an error.
    """
    wrong = dict(wrong or {})
    lines, update = split(network.program), split(network.update)
    assert wrong.keys() <= {name for name, _ in (*lines, *update)}
    tables = tomllib.loads(network.scenario)
    data = {name: np.array(value) for name, value in tables.get("inputs", {}).items()}
    theta = {name: np.array(value, float) for name, value in tables["parameters"].items()}
    settings = tables.get("optimizer", {})
    states: dict[str, dict[str, object]] = {name: {} for name in theta}
    found: dict[str, np.ndarray] = {}
    before: dict[str, object] = {}
    for t in range(1, network.iterations + 1):
        scope = {**FUNCTIONS, **data, **theta, **settings, "before": before}
        for name, text in lines:
            scope[name] = eval(wrong.get(name, text), scope)
        at = f"@{t}" if t > 1 else ""
        gradients = {name: value for name, value in scope.items() if name.startswith("d_")}
        found |= {f"grad({n[2:]}){at}": np.asarray(v) for n, v in gradients.items()}
        before = gradients
        if not update:
            break
        for name, value in theta.items():
            own = {"theta": value, "g": scope[f"d_{name}"], "t": t, **settings}
            inner = {**FUNCTIONS, **dict.fromkeys(("m", "v", "s"), 0.0), **states[name], **own}
            for line, text in update:
                inner[line] = eval(wrong.get(line, text), inner)
            states[name] = {state: inner[state] for state in ("m", "v", "s")}
            theta[name] = np.asarray(inner["theta"])
            found[f"new({name}){at}"] = theta[name]
    return found


def of_parameters(network: Network, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The numbers of parameters alone."""
    names = tomllib.loads(network.scenario)["parameters"]
    return {
        key: value
        for key, value in found.items()
        if key.partition("(")[2].partition(")")[0] in names
    }
