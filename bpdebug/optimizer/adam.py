"""Adam and its kin: averages of the gradient and of its square, corrected for starting at 0."""

from __future__ import annotations

import numpy as np

from bpdebug.optimizer.gradient import decoupled
from bpdebug.optimizer.optimizer import ChosenSettings, Optimizer, Parts
from bpdebug.optimizer.rule import RuleLine
from bpdebug.optimizer.setting import Setting, decay, epsilon, rate

FIRST_MOMENT = RuleLine(
    "m",
    "{beta1}·{m} + (1 − {beta1})·{g}",
    r"{beta1} {m} + \left(1 - {beta1}\right) {g}",
    "a running average of the gradient: it keeps {beta1} of what it was",
    lambda v: v["beta1"] * v["m"] + (1.0 - v["beta1"]) * v["g"],
)
SECOND_MOMENT = RuleLine(
    "v",
    "{beta2}·{v} + (1 − {beta2})·{g}²",
    r"{beta2} {v} + \left(1 - {beta2}\right) {g}^2",
    "a running average of the squared gradient, entry by entry",
    lambda v: v["beta2"] * v["v"] + (1.0 - v["beta2"]) * (v["g"] * v["g"]),
)
LARGEST = RuleLine(
    "v_max",
    "max({v_max}, {v})",
    r"\max\left({v_max}, {v}\right)",
    "AMSGrad keeps the largest average of squares so far, so that what a step is divided by "
    "never falls, but for the bias correction",
    lambda v: np.maximum(v["v_max"], v["v"]),
)
FIRST_CORRECTED = RuleLine(
    "m_hat",
    "{m}/(1 − {beta1}^{t})",
    r"\frac{{{m}}}{{1 - {beta1}^{{{t}}}}}",
    "bias correction: {m} started at 0, and this undoes it; the correction fades as {t} grows",
    lambda v: v["m"] / (1.0 - v["beta1"] ** v["t"]),
)


def second_corrected(square: str) -> RuleLine:
    """The average of squares, or the largest so far, corrected for its start."""
    under = f"{{{square}}}"
    return RuleLine(
        "v_hat",
        under + "/(1 − {beta2}^{t})",
        r"\frac{{" + under + r"}}{{1 - {beta2}^{{{t}}}}}",
        "bias correction: {v} started at 0 too",
        lambda v: v[square] / (1.0 - v["beta2"] ** v["t"]),
    )


STEP = RuleLine(
    "theta",
    "{theta} − {learning_rate}·{m_hat}/(√{v_hat} + {eps})",
    r"{theta} - {learning_rate} \frac{{{m_hat}}}{{\sqrt{{{v_hat}}} + {eps}}}",
    "each entry takes a step of about {learning_rate}, less where its gradients disagree; {eps} "
    "is added outside the root, as in PyTorch and in the paper",
    lambda v: v["theta"] - v["learning_rate"] * (v["m_hat"] / (np.sqrt(v["v_hat"]) + v["eps"])),
)


def adam_parts(chosen: ChosenSettings) -> Parts:
    """Both moments, corrected; AMSGrad's maximum between."""
    square, largest = ("v_max", (LARGEST,)) if chosen["amsgrad"] else ("v", ())
    moments = (FIRST_MOMENT, SECOND_MOMENT, *largest)
    lines = (*moments, FIRST_CORRECTED, second_corrected(square), STEP)
    return Parts(lines, dict.fromkeys(("m", "v", square), 0.0))


def adamw_parts(chosen: ChosenSettings) -> Parts:
    """Adam, with θ itself shrunk first."""
    parts = adam_parts(chosen)
    if not chosen["weight_decay"]:
        return parts
    return Parts((decoupled, *parts.lines), parts.states)


SETTINGS = {
    "learning_rate": rate(0.001),
    "beta1": decay("the part β₁ of the average that each step keeps", 0.9),
    "beta2": decay("the part β₂ of the average of squares that each step keeps", 0.999),
    "eps": epsilon(1e-8),
    "amsgrad": Setting(False, "true divides by the largest average of squares so far"),
}
SAME = "m and v are corrected for their start at 0, and ε is added outside the root of v̂"
MAXIMUM = "AMSGrad takes the maximum before the correction"


ADAM_NOTE = (
    f"`torch.optim.Adam`: {SAME}. Texts that omit the correction, or add ε before it, have other "
    "first steps"
)
ADAMW_NOTE = (
    f"`torch.optim.AdamW`: {SAME}; decay comes first and is multiplied by the learning rate; in "
    "the paper, only by the schedule's multiplier"
)


def adam_note(chosen: ChosenSettings) -> str:
    """Where ε stands, and where the maximum."""
    return f"{ADAM_NOTE}. {MAXIMUM}" if chosen["amsgrad"] else ADAM_NOTE


def adamw_note(chosen: ChosenSettings) -> str:
    """Where ε stands, where the maximum, and when the parameter decays."""
    without = f"`torch.optim.AdamW`: {SAME}; without weight decay it is Adam"
    note = ADAMW_NOTE if chosen["weight_decay"] else without
    return f"{note}. {MAXIMUM}" if chosen["amsgrad"] else note


adam = Optimizer(
    "adam",
    SETTINGS,
    adam_parts,
    f"{ADAM_NOTE}. {MAXIMUM}",
    adam_note,
)
adamw = Optimizer(
    "adamw",
    {
        **SETTINGS,
        "weight_decay": Setting(0.01, "decoupled weight decay: θ itself loses α·λ·θ"),
    },
    adamw_parts,
    ADAMW_NOTE,
    adamw_note,
    decoupled=True,
)
