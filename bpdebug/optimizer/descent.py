"""Gradient descent, with and without a velocity: sgd, momentum, nesterov."""

from __future__ import annotations

import numpy as np

from bpdebug.optimizer.optimizer import ChosenSettings, Optimizer, Parts
from bpdebug.optimizer.rule import RuleLine
from bpdebug.optimizer.setting import MOMENTUM, Setting, rate

STEP = RuleLine(
    "theta",
    "{theta} − {learning_rate}·{g}",
    r"{theta} - {learning_rate} {g}",
    "the gradient points uphill, so {theta} takes a step of {learning_rate} times "
    "its gradient downhill",
    lambda v: v["theta"] - v["learning_rate"] * v["g"],
)
FRESH = RuleLine(
    "fresh",
    "(1 if {t} = 1, else 1 − {dampening})",
    r"\left(1 \text{{ if }} {t} = 1 \text{{, else }} 1 - {dampening}\right)",
    "dampening takes {dampening} off every new gradient, but not off the first: that is PyTorch's "
    "way",
    lambda v: np.where(v["t"] == 1.0, 1.0, 1.0 - v["dampening"]),
)
GOES_ON = RuleLine(
    "fresh",
    "1 − {dampening}",
    "1 - {dampening}",
    "dampening takes {dampening} off every new gradient; this velocity was given, so that also "
    "the first one goes into an old velocity: that is PyTorch's way",
    lambda v: 1.0 - v["dampening"],
)
DAMPED = RuleLine(
    "v",
    "{momentum}·{v} + {fresh}·{g}",
    r"{momentum} {v} + {fresh} {g}",
    "the velocity keeps {momentum} of what it was and takes {fresh} of the gradient on",
    lambda v: v["momentum"] * v["v"] + v["fresh"] * v["g"],
)
VELOCITY = RuleLine(
    "v",
    "{momentum}·{v} + {g}",
    r"{momentum} {v} + {g}",
    "the velocity keeps {momentum} of its old value and adds the whole gradient; the learning rate "
    "comes later, and there is no factor 1 − {momentum}",
    lambda v: v["momentum"] * v["v"] + v["g"],
)
ALONG = RuleLine(
    "theta",
    "{theta} − {learning_rate}·{v}",
    r"{theta} - {learning_rate} {v}",
    "{theta} takes a step against its velocity, in which earlier gradients live on",
    lambda v: v["theta"] - v["learning_rate"] * v["v"],
)
AHEAD = RuleLine(
    "u",
    "{g} + {momentum}·{v}",
    r"{g} + {momentum} {v}",
    "Nesterov looks ahead: the gradient, and where the velocity will have carried on to by the "
    "next step",
    lambda v: v["g"] + v["momentum"] * v["v"],
)
ONWARD = RuleLine(
    "theta",
    "{theta} − {learning_rate}·{u}",
    r"{theta} - {learning_rate} {u}",
    "{theta} takes a step against the gradient and the velocity ahead",
    lambda v: v["theta"] - v["learning_rate"] * v["u"],
)


def momentum_parts(chosen: ChosenSettings) -> Parts:
    """Without momentum there is no velocity, as in PyTorch."""
    if not chosen["momentum"]:
        return Parts((STEP,))
    if chosen["dampening"]:
        onward = (DAMPED, ALONG)
        return Parts((FRESH, *onward), {"v": 0.0}, continued=(GOES_ON, *onward))
    return Parts((VELOCITY, ALONG), {"v": 0.0})


def momentum_note(chosen: ChosenSettings) -> str:
    """Which of the published forms of momentum it is."""
    if not chosen["momentum"]:
        return "`torch.optim.SGD` without momentum: no velocity, plain gradient descent"
    settings = f"momentum={chosen['momentum']:g}"
    taken = "adds the whole gradient"
    if chosen["dampening"]:
        settings += f", dampening={chosen['dampening']:g}"
        taken = (
            f"adds all of the first gradient and {1 - float(chosen['dampening']):g} of each later "
            "one"
        )
    return (
        f"`torch.optim.SGD({settings})`; PyTorch's own default is no momentum. The velocity "
        f"{taken}, and the learning rate multiplies the velocity; others write "
        "v ← μ·v + (1 − μ)·g, or v ← μ·v − α·g"
    )


def nesterov_note(chosen: ChosenSettings) -> str:
    """Which of the published forms of Nesterov's momentum it is."""
    return (
        f"`torch.optim.SGD(momentum={chosen['momentum']:g}, nesterov=True)`: the gradient is taken "
        "at θ, and the step looks ahead; Sutskever's form takes the gradient at θ + μ·v"
    )


sgd = Optimizer("sgd", {"learning_rate": rate(0.001)}, lambda chosen: Parts((STEP,)))
momentum = Optimizer(
    "momentum",
    {
        "learning_rate": rate(0.001),
        "momentum": Setting(0.9, MOMENTUM),
        "dampening": Setting(
            0.0, "the part τ of each new gradient that is left out", high=1.0, open_high=False
        ),
    },
    momentum_parts,
    "`torch.optim.SGD(momentum=0.9)`; PyTorch's own default is no momentum. The velocity "
    "adds the whole gradient, and the learning rate multiplies the velocity; others write "
    "v ← μ·v + (1 − μ)·g, or v ← μ·v − α·g",
    momentum_note,
)
nesterov = Optimizer(
    "nesterov",
    {"learning_rate": rate(0.001), "momentum": Setting(0.9, MOMENTUM, open_low=True)},
    lambda chosen: Parts((VELOCITY, AHEAD, ONWARD), {"v": 0.0}),
    "`torch.optim.SGD(nesterov=True)`: the gradient is taken at θ, and the step looks ahead; "
    "Sutskever's form takes the gradient at θ + μ·v",
    nesterov_note,
)
