"""What happens to a gradient before its optimizer's own lines: turned, clipped, decayed.

In PyTorch's order: `clip_grad_norm_` and `clip_grad_value_` come before the optimizer's step, and
the step begins with `maximize` and then weight decay.
"""

from __future__ import annotations

import numpy as np

from bpdebug.optimizer.rule import RuleLine

CLIP_EPSILON = 1e-6
"""In `torch.nn.utils.clip_grad_norm_`."""

norm = RuleLine(
    "norm",
    "√({squares})",
    r"\sqrt{{{squares}}}",
    "the length of the gradients of this optimizer's parameters together, as of one long vector",
    lambda v: np.sqrt(np.sum(v["squares"])),
)
scale = RuleLine(
    "scale",
    "min(1, {clip_norm}/({norm} + 1e−6))",
    r"\min\left(1, {clip_norm}/({norm} + 10^{{-6}})\right)",
    "the gradients of this optimizer's parameters, where they are longer together than "
    "{clip_norm}, are shortened to that length, all by the same factor; the 1e−6 is PyTorch's",
    lambda v: np.minimum(1.0, v["clip_norm"] / (v["norm"] + CLIP_EPSILON)),
)
scaled = RuleLine(
    "g",
    "{scale}·{g}",
    r"{scale} {g}",
    "clipping by norm: the gradient keeps its direction and loses length where {scale} is below 1",
    lambda v: v["scale"] * v["g"],
)
cut = RuleLine(
    "g",
    "max(−{clip_value}, min({clip_value}, {g}))",
    r"\max\left(-{clip_value}, \min\left({clip_value}, {g}\right)\right)",
    "clipping by value: every entry beyond ±{clip_value} is cut to that, which can turn the "
    "gradient's direction",
    lambda v: np.clip(v["g"], -v["clip_value"], v["clip_value"]),
)
uphill = RuleLine(
    "g",
    "−{g}",
    "-{g}",
    "the step is to go uphill, so the gradient is turned round",
    lambda v: -v["g"],
)
coupled = RuleLine(
    "g",
    "{g} + {weight_decay}·{theta}",
    r"{g} + {weight_decay} {theta}",
    "coupled weight decay pulls {theta} towards 0 through its gradient, as an L2 penalty "
    "½·{weight_decay}·‖{theta}‖² in the loss would",
    lambda v: v["g"] + v["weight_decay"] * v["theta"],
)
decoupled = RuleLine(
    "theta",
    "{theta} − {learning_rate}·{weight_decay}·{theta}",
    r"{theta} - {learning_rate} {weight_decay} {theta}",
    "decoupled weight decay shrinks {theta} itself and leaves the gradient and its averages alone",
    lambda v: v["theta"] - v["learning_rate"] * v["weight_decay"] * v["theta"],
)
