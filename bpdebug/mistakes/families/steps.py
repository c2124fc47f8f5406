"""Mistakes in the step of an update: its direction, its size, its corrections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from bpdebug.mistakes.families.update_lines import (
    computed,
    declared,
    has,
    with_line,
    writes,
)
from bpdebug.mistakes.mistake import UpdateRule
from bpdebug.ops import Array
from bpdebug.optimizer import Rule, RuleLine
from bpdebug.records import replace

UNDER_ROOT = re.compile(r"\(√\{(\w+)\} \+ \{eps\}\)")
"""The root of a name, with ε behind it."""


def uphill(name: str, rule: Rule) -> Rule:
    """The step turned round."""

    def change(line: RuleLine) -> RuleLine:
        return computed(line, lambda v: 2.0 * v["theta"] - line.compute(v))

    return with_line(rule, "theta", change)


update_uphill = declared(
    "update-uphill",
    "the step goes uphill",
    "{into} ← {into} + {step}",
    r"{into} \leftarrow {into} + {step}",
    "the step is added, where it is to be subtracted: the gradient points uphill",
    "subtract the step",
    lambda rule: True,
    ("", uphill),
)


def without_rate(name: str, rule: Rule) -> Rule:
    """The learning rate 1."""
    shared = tuple(line for line in rule.shared if line.target != "learning_rate")
    return replace(rule, settings={**rule.settings, "learning_rate": 1.0}, shared=shared)


learning_rate_missing = declared(
    "learning-rate-missing",
    "the learning rate is left out",
    "{into} ← the update with α = 1",
    r"{into} \leftarrow \text{{the update with }} \alpha = 1",
    "the whole gradient is subtracted; the learning rate was forgotten",
    "multiply the step by the learning rate",
    lambda rule: rule.settings.get("learning_rate", 1.0) != 1.0,
    ("", without_rate),
)


def uncorrected(*targets: str) -> UpdateRule:
    """The averages as they are, without the division that makes up for their start at 0."""
    sources = {"m_hat": ("m",), "v_hat": ("v_max", "v")}

    def way(name: str, rule: Rule) -> Rule:
        for target in targets:
            rule = with_line(
                rule,
                target,
                lambda line, target=target: computed(  # type: ignore[misc]
                    line, lambda v: next(v[s] for s in sources[target] if s in v)
                ),
            )
        return rule

    return way


bias_correction_missing = declared(
    "bias-correction-missing",
    "the bias correction is left out",
    "m̂ ← m, v̂ ← v",
    r"\hat m \leftarrow m, \quad \hat v \leftarrow v",
    "the averages start at 0 and are too small at first; the division by 1 − βᵗ makes up for it "
    "and was forgotten",
    "divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ",
    lambda rule: writes(rule, "m_hat"),
    ("", uncorrected("m_hat", "v_hat")),
    ("of m alone", uncorrected("m_hat")),
    ("of v alone", uncorrected("v_hat")),
    targets=("m_hat", "v_hat"),
    texts={"of m alone": ("m_hat", "m̂ ← m"), "of v alone": ("v_hat", "v̂ ← v")},
)


def counted_from(off: float) -> UpdateRule:
    """The number of the step, off by one."""

    def later(line: RuleLine) -> RuleLine:
        if "{t}" not in line.text:
            return line
        return computed(line, lambda v: line.compute({**v, "t": v["t"] + off}))

    def way(name: str, rule: Rule) -> Rule:
        lines, shared = tuple(map(later, rule.lines)), tuple(map(later, rule.shared))
        return replace(rule, lines=lines, shared=shared, continued=())

    return way


step_off_by_one = declared(
    "step-off-by-one",
    "the number of the step is off by one",
    "{into} ← the update with t − 1, or t + 1, for t",
    r"{into} \leftarrow \text{{the update with }} t \pm 1 \text{{ for }} t",
    "the first step is number 1: counted otherwise, the bias correction divides by another number",
    "count the steps from 1, and raise t before it is used",
    lambda rule: any("{t}" in line.text for line in rule.steps),
    ("from 2", counted_from(1.0)),
    ("from 0", counted_from(-1.0)),
)


def inside_root(name: str, rule: Rule) -> Rule:
    """√(v + ε) for √v + ε."""

    def change(line: RuleLine) -> RuleLine:
        found = UNDER_ROOT.search(line.text)
        if found is None:
            return line
        under = found[1]

        def compute(v: Mapping[str, Any]) -> Array:
            root = np.sqrt(v[under])
            return line.compute({**v, "eps": np.sqrt(v[under] + v["eps"]) - root})

        return computed(line, compute)

    return with_line(rule, "theta", change)


epsilon_inside_root = declared(
    "epsilon-inside-root",
    "ε stands inside the root",
    "{into} ← the update with √(v̂ + ε) for √v̂ + ε",
    r"{into} \leftarrow \text{{the update with }} \sqrt{{\hat v + \epsilon}}",
    "ε is added before the root is taken; this optimizer adds it outside",
    "add ε behind the root",
    lambda rule: any(UNDER_ROOT.search(line.text) for line in rule.lines),
    ("", inside_root),
    separates="gradients as small as the root of ε",
    hidden="gradients much larger than the root of ε",
)


def swapped(name: str, rule: Rule) -> Rule:
    """β₁ and β₂ exchanged."""
    one, two = rule.settings["beta1"], rule.settings["beta2"]
    return replace(rule, settings={**rule.settings, "beta1": two, "beta2": one})


betas_swapped = declared(
    "betas-swapped",
    "β₁ and β₂ are exchanged",
    "{into} ← the update with β₁ and β₂ exchanged",
    r"{into} \leftarrow \text{{the update with }} \beta_1 \leftrightarrow \beta_2",
    "β₁ belongs to the average of the gradient and β₂ to that of its square",
    "exchange the two",
    lambda rule: has(rule, "beta1", "beta2"),
    ("", swapped),
    hidden="the first step with bias correction, which is the same for every β",
    separates="a second step, new(W)@2",
)


MISTAKES = (
    update_uphill,
    learning_rate_missing,
    bias_correction_missing,
    step_off_by_one,
    epsilon_inside_root,
    betas_swapped,
)
