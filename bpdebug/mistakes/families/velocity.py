"""Mistakes in momentum and in weight decay."""

from __future__ import annotations

from bpdebug.mistakes.families.update_lines import (
    computed,
    declared,
    has,
    with_line,
    writes,
)
from bpdebug.optimizer import Rule, RuleLine
from bpdebug.optimizer.gradient import coupled, decoupled
from bpdebug.records import replace


def dampened(name: str, rule: Rule) -> Rule:
    """v ← μ·v + (1 − μ)·g."""

    def change(line: RuleLine) -> RuleLine:
        return computed(line, lambda v: line.compute({**v, "g": (1.0 - v["momentum"]) * v["g"]}))

    return with_line(rule, "v", change)


velocity_dampened = declared(
    "velocity-dampened",
    "the velocity takes 1 − μ of the gradient",
    "v ← μ·v + (1 − μ)·g",
    r"v \leftarrow \mu v + (1 - \mu) g",
    "the velocity is computed as an average; here it takes the whole gradient",
    "leave the factor 1 − μ out",
    lambda rule: has(rule, "momentum") and writes(rule, "v"),
    ("", dampened),
    targets=("v",),
)


def without_momentum(name: str, rule: Rule) -> Rule:
    """The velocity is the gradient."""
    return with_line(rule, "v", lambda line: computed(line, lambda v: v["g"]))


def plain(name: str, rule: Rule) -> Rule:
    """The velocity is the gradient, and so is what Nesterov's step looks ahead to."""
    ahead = with_line(rule, "u", lambda line: computed(line, lambda v: v["g"]))
    return without_momentum(name, ahead)


momentum_missing = declared(
    "momentum-missing",
    "the velocity is not kept",
    "v ← g",
    r"v \leftarrow g",
    "the velocity of the step before is left out or set to 0 each time: plain gradient descent",
    "keep the velocity between the steps",
    lambda rule: has(rule, "momentum") and writes(rule, "v"),
    ("", without_momentum),
    ("plain", plain),
    targets=("v",),
    separates="a second step, new(W)@2",
    hidden="the first step, where the velocity is 0",
)


def not_ahead(name: str, rule: Rule) -> Rule:
    """The step along the velocity, without looking ahead."""
    return with_line(rule, "u", lambda line: computed(line, lambda v: v["v"]))


nesterov_missing = declared(
    "nesterov-missing",
    "the look ahead is left out",
    "u ← v",
    r"u \leftarrow v",
    "Nesterov's step goes along g + μ·v; here it goes along v, as with plain momentum",
    "take the step along g + μ·v",
    lambda rule: writes(rule, "u") and has(rule, "momentum"),
    ("", not_ahead),
    targets=("u",),
)


def ahead(name: str, rule: Rule) -> Rule:
    """The step along g + μ·v."""

    def change(line: RuleLine) -> RuleLine:
        return computed(line, lambda v: line.compute({**v, "v": v["g"] + v["momentum"] * v["v"]}))

    return with_line(rule, "theta", change)


nesterov_extra = declared(
    "nesterov-extra",
    "a look ahead that is not there",
    "{into} ← {into} − α·(g + μ·v)",
    r"{into} \leftarrow {into} - \alpha (g + \mu v)",
    "the step looks ahead as Nesterov's does; plain momentum goes along v",
    "take the step along v",
    lambda rule: writes(rule, "v") and has(rule, "momentum") and not writes(rule, "u"),
    ("", ahead),
)


def made_coupled(name: str, rule: Rule) -> Rule:
    """Decay through the gradient."""
    rest = tuple(line for line in rule.lines if line is not decoupled)
    return replace(rule, lines=(coupled, *rest), continued=())


decay_coupled = declared(
    "decay-coupled",
    "weight decay goes through the gradient",
    "g ← g + λ·{into}",
    r"g \leftarrow g + \lambda {into}",
    "the decay is added to the gradient, and so goes through the averages; this optimizer shrinks "
    "the parameter itself",
    "shrink the parameter by α·λ of itself, and leave the gradient alone",
    lambda rule: decoupled in rule.lines,
    ("", made_coupled),
    targets=("g",),
    hidden="plain gradient descent, where both are the same",
)


def made_decoupled(name: str, rule: Rule) -> Rule:
    """Decay of the parameter itself."""
    rest = tuple(line for line in rule.lines if line is not coupled)
    return replace(rule, lines=(decoupled, *rest), continued=())


decay_decoupled = declared(
    "decay-decoupled",
    "weight decay passes the gradient by",
    "g ← g, and {into} ← {into} − α·λ·{into}",
    r"g \leftarrow g, \quad {into} \leftarrow {into} - \alpha \lambda {into}",
    "the parameter itself is shrunk; this optimizer adds the decay to the gradient",
    "add λ times the parameter to the gradient, before everything else",
    lambda rule: coupled in rule.lines,
    ("", made_decoupled),
    targets=("g",),
    hidden="plain gradient descent, where both are the same",
)


def without_decay(name: str, rule: Rule) -> Rule:
    """No decay."""
    rest = tuple(line for line in rule.lines if line not in (coupled, decoupled))
    return replace(rule, lines=rest, continued=())


decay_missing = declared(
    "decay-missing",
    "weight decay is left out",
    "g ← g, without λ·{into}",
    r"g \leftarrow g \text{{, without }} \lambda {into}",
    "the scenario's optimizer has weight decay, and the update has none",
    "add the decay",
    lambda rule: coupled in rule.lines or decoupled in rule.lines,
    ("", without_decay),
    targets=("g",),
)


MISTAKES = (
    velocity_dampened,
    momentum_missing,
    nesterov_missing,
    nesterov_extra,
    decay_coupled,
    decay_decoupled,
    decay_missing,
)
