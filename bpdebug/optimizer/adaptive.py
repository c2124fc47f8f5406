"""Rates that adapt to each entry's own past gradients: adagrad, rmsprop, adadelta."""

from __future__ import annotations

import numpy as np

from bpdebug.ops import Array
from bpdebug.optimizer.descent import ALONG
from bpdebug.optimizer.optimizer import ChosenSettings, Optimizer, Parts
from bpdebug.optimizer.rule import RuleLine, Values
from bpdebug.optimizer.setting import MOMENTUM, Setting, decay, epsilon, rate

INSIDE = Setting(False, "true puts ε inside the root: √(s + ε)")
AVERAGE = "the part ρ of the average of squares that each step keeps"

SLOWER = RuleLine(
    "learning_rate",
    "{learning_rate}/(1 + ({t} − 1)·{lr_decay})",
    r"\frac{{{learning_rate}}}{{1 + ({t} - 1) {lr_decay}}}",
    "the learning rate itself falls with the iterations",
    lambda v: v["learning_rate"] / (1.0 + (v["t"] - 1.0) * v["lr_decay"]),
)
SUM = RuleLine(
    "s",
    "{s} + {g}²",
    r"{s} + {g}^2",
    "the squares of all gradients so far are added up, entry by entry; they never fall",
    lambda v: v["s"] + v["g"] * v["g"],
)
MEAN_SQUARE = RuleLine(
    "s",
    "{rho}·{s} + (1 − {rho})·{g}²",
    r"{rho} {s} + \left(1 - {rho}\right) {g}^2",
    "a running average of the squared gradient, entry by entry; it starts at 0 and is not "
    "corrected for that",
    lambda v: v["rho"] * v["s"] + (1.0 - v["rho"]) * (v["g"] * v["g"]),
)
MEAN = RuleLine(
    "g_mean",
    "{rho}·{g_mean} + (1 − {rho})·{g}",
    r"{rho} {g_mean} + \left(1 - {rho}\right) {g}",
    "a running average of the gradient itself",
    lambda v: v["rho"] * v["g_mean"] + (1.0 - v["rho"]) * v["g"],
)
SPREAD = RuleLine(
    "spread",
    "{s} − {g_mean}²",
    r"{s} - {g_mean}^2",
    "centred: the mean square less the square of the mean is the gradient's variance",
    lambda v: v["s"] - v["g_mean"] * v["g_mean"],
)
CHANGE = RuleLine(
    "step",
    "√({u} + {eps})/√({s} + {eps})·{g}",
    r"\frac{{\sqrt{{{u} + {eps}}}}}{{\sqrt{{{s} + {eps}}}}} {g}",
    "the gradient is rescaled by the size of earlier changes over the size of earlier gradients; "
    "{eps} is added inside both roots",
    lambda v: np.sqrt(v["u"] + v["eps"]) / np.sqrt(v["s"] + v["eps"]) * v["g"],
)
MEAN_CHANGE = RuleLine(
    "u",
    "{rho}·{u} + (1 − {rho})·{step}²",
    r"{rho} {u} + \left(1 - {rho}\right) {step}^2",
    "a running average of the squared changes, for the next step",
    lambda v: v["rho"] * v["u"] + (1.0 - v["rho"]) * (v["step"] * v["step"]),
)
CHANGED = RuleLine(
    "theta",
    "{theta} − {learning_rate}·{step}",
    r"{theta} - {learning_rate} {step}",
    "{theta} takes the rescaled step downhill",
    lambda v: v["theta"] - v["learning_rate"] * v["step"],
)


def root(square: str, inside: bool) -> tuple[str, str]:
    """The divisor as text and LaTeX, with ε inside the root or outside."""
    under = f"{{{square}}}"
    if inside:
        return f"√({under} + {{eps}})", r"\sqrt{{" + under + " + {eps}}}"
    return f"(√{under} + {{eps}})", r"\sqrt{{" + under + "}} + {eps}"


def rescaled(square: str, chosen: ChosenSettings, *, into_velocity: bool = False) -> RuleLine:
    """The line that divides the gradient by the root: a step, or what the velocity takes on."""
    inside = bool(chosen["eps_inside"])
    text, latex = root(square, inside)
    fraction = r"\frac{{{g}}}{{" + latex + "}}"
    where = "inside the root" if inside else "outside the root, as in PyTorch"
    why = (
        "each entry is divided by the typical size of its own gradients, so that steep and flat "
        f"directions take steps alike; {{eps}} is added {where}"
    )

    def divided(v: Values) -> Array:
        if inside:
            return np.asarray(v["g"] / np.sqrt(v[square] + v["eps"]))
        return np.asarray(v["g"] / (np.sqrt(v[square]) + v["eps"]))

    if into_velocity:
        return RuleLine(
            "v",
            "{momentum}·{v} + {g}/" + text,
            "{momentum} {v} + " + fraction,
            why,
            lambda v: v["momentum"] * v["v"] + divided(v),
        )
    return RuleLine(
        "theta",
        "{theta} − {learning_rate}/" + text + "·{g}",
        r"{theta} - \frac{{{learning_rate}}}{{" + latex + "}} {g}",
        why,
        lambda v: v["theta"] - v["learning_rate"] * divided(v),
    )


def adagrad_parts(chosen: ChosenSettings) -> Parts:
    """The sum of squares, and the rate's own decay where there is one."""
    states = {"s": float(chosen["initial_accumulator_value"] or 0.0)}
    shared = (SLOWER,) if chosen["lr_decay"] else ()
    return Parts((SUM, rescaled("s", chosen)), states, shared)


def rmsprop_parts(chosen: ChosenSettings) -> Parts:
    """The average of squares; centred, with a velocity, or both."""
    lines, states = [MEAN_SQUARE], {"s": 0.0}
    square = "s"
    if chosen["centered"]:
        lines += [MEAN, SPREAD]
        states["g_mean"] = 0.0
        square = "spread"
    if chosen["momentum"]:
        states["v"] = 0.0
        return Parts((*lines, rescaled(square, chosen, into_velocity=True), ALONG), states)
    return Parts((*lines, rescaled(square, chosen)), states)


ADAGRAD_NOTE = (
    "`torch.optim.Adagrad`: ε outside the root, as in the paper; many texts have √(s + ε), which "
    "`eps_inside = true` gives"
)


def adagrad_note(chosen: ChosenSettings) -> str:
    """Where ε stands."""
    if not chosen["eps_inside"]:
        return ADAGRAD_NOTE
    return (
        "`torch.optim.Adagrad` but for ε, which `eps_inside = true` puts inside the root, "
        "√(s + ε), as many texts have it; in PyTorch and in the paper it is outside"
    )


def rmsprop_note(chosen: ChosenSettings) -> str:
    """Where ε stands, what the root is taken of, and what the velocity takes on."""
    root = "Var" if chosen["centered"] else "s"
    if chosen["eps_inside"]:
        note = (
            "`torch.optim.RMSprop`, whose `alpha` is `rho` here, but for ε, which "
            f"`eps_inside = true` puts inside the root, √({root} + ε), as TensorFlow and others "
            "have it; in PyTorch it is outside. No bias correction"
        )
    else:
        note = (
            "`torch.optim.RMSprop`, whose `alpha` is `rho` here: ε outside the root, no bias "
            f"correction; TensorFlow and others have √({root} + ε), which `eps_inside = true` gives"
        )
    if chosen["centered"]:
        note += ". Centred: the root is that of the variance, not of the mean square"
    if chosen["momentum"]:
        note += (
            ". The velocity adds the rescaled gradient, and the learning rate multiplies the "
            "velocity"
        )
    return note


adagrad = Optimizer(
    "adagrad",
    {
        "learning_rate": rate(0.01),
        "lr_decay": Setting(0.0, "how fast (η) the rate itself falls: α/(1 + (t − 1)·η)"),
        "initial_accumulator_value": Setting(0.0, "what the sum of squares begins with"),
        "eps": epsilon(1e-10),
        "eps_inside": INSIDE,
    },
    adagrad_parts,
    ADAGRAD_NOTE,
    adagrad_note,
)
rmsprop = Optimizer(
    "rmsprop",
    {
        "learning_rate": rate(0.01),
        "rho": decay(AVERAGE, 0.99),
        "eps": epsilon(1e-8),
        "momentum": Setting(0.0, MOMENTUM),
        "centered": Setting(False, "true divides by the gradient's standard deviation"),
        "eps_inside": INSIDE,
    },
    rmsprop_parts,
    "`torch.optim.RMSprop`, whose `alpha` is `rho` here: ε outside the root, no bias correction; "
    "TensorFlow and others have √(s + ε), which `eps_inside = true` gives. The velocity adds "
    "the rescaled gradient, and the learning rate multiplies the velocity",
    rmsprop_note,
)
adadelta = Optimizer(
    "adadelta",
    {"learning_rate": rate(1.0), "rho": decay(AVERAGE, 0.9), "eps": epsilon(1e-6)},
    lambda chosen: Parts((MEAN_SQUARE, CHANGE, MEAN_CHANGE, CHANGED), {"s": 0.0, "u": 0.0}),
    "`torch.optim.Adadelta`: ε inside both roots, as in the paper, which has no learning rate "
    "(here 1)",
)
