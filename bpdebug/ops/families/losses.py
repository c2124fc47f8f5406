"""Losses: one number from a prediction and a target. Per example, then over examples.

A vector (or a scalar) is one example; a matrix has one row an example, or one column with `axis=0`,
the axis of the units. `reduction` is "mean" or "sum" over the examples; mean_squared_error averages
over all entries. Conventions are PyTorch's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial, Scores
from bpdebug.ops.families.softmax import log_softmax_forward, softmax_forward
from bpdebug.ops.families.targets import (
    OVER_ENTRIES,
    OVER_EXAMPLES,
    Divisor,
    bad_target,
    entries,
    entry_count,
    example_count,
    examples,
    labelled,
    one_hot,
    same_shapes,
)
from bpdebug.ops.maps.index_map import Array
from bpdebug.ops.registry import register


def weighted_log(t: Array, log_p: Array) -> Array:
    """t·ln p, and 0 where t is 0 even if ln p is infinite."""
    none = np.zeros_like(log_p)
    return np.where(t == 0, none, t * np.where(t == 0, none, log_p))


def squared(name: str, factor: float, divisor: Divisor, text: str, latex: str, note: str) -> Op:
    """Declare factor·Σ(p − t)² over a divisor; both derivatives are 2·factor·(p − t), signed."""

    def forward(p: Array, t: Array, **options: Any) -> Array:
        error = np.subtract(p, t).ravel()
        found: Array = factor * error.dot(error) / divisor(p, **options)
        return found

    by_p, by_t = squared_partials(factor, divisor)
    return register(
        Op(
            name,
            ("p", "t"),
            forward=forward,
            signature=same_shapes(name),
            vjps={
                0: lambda g, y, p, t, **options: g * by_p.value(y, p, t, **options),
                1: lambda g, y, p, t, **options: g * by_t.value(y, p, t, **options),
            },
            text=text,
            latex=latex,
            operator=r"\sum",
            mean_or_sum="reduction",
            family="loss",
            loss=True,
            options=OVER_ENTRIES if divisor is entries else OVER_EXAMPLES,
            averaged=entry_count if divisor is entries else example_count,
            note=note,
            conventions=(
                Convention(
                    "the error is prediction minus target",
                    (3.0, 1.0),
                    4.0 * factor,
                    (4.0 * factor, -4.0 * factor),
                ),
                Convention(
                    "a matrix has one row an example, and the mean is over "
                    + ("all entries" if divisor is entries else "the rows"),
                    (((1.0, 1.0), (1.0, 1.0)), ((0.0, 0.0), (0.0, 0.0))),
                    4.0 * factor / (4.0 if divisor is entries else 2.0),
                ),
                *([] if divisor is entries else [columns(2.0, 1.0, factor)]),
            ),
            partials=(by_p, by_t),
        )
    )


def columns(p: float, t: float, value: float) -> Convention:
    """The convention of `axis=0`, where columns are examples: two equal ones, of mean `value`."""
    return Convention(
        "with axis=0 the units are along the first axis, and a matrix has one column an example",
        (((p, p),), ((t, t),)),
        value,
        options={"axis": 0},
    )


def squared_partials(factor: float, divisor: Divisor) -> tuple[Partial, Partial]:
    """The derivatives by prediction and by target, which differ in their sign only."""
    slope = 2.0 * factor

    def slope_p(y: Array, p: Array, t: Array, **options: Any) -> Array:
        found: Array = (slope / divisor(p, **options)) * (p - t)
        return found

    def slope_t(y: Array, p: Array, t: Array, **options: Any) -> Array:
        found: Array = (slope / divisor(p, **options)) * (t - p)
        return found

    half, two, per = ("½", "", "{per}") if slope == 1.0 else ("", "2·", "{per2}")
    why = f"the error {{p}} − {{t}} is squared; the slope of {half}({{p}} − {{t}})²"
    why_p = f"{why} is {two}({{p}} − {{t}})"
    why_t = f"{why} along {{t}} is {two}({{t}} − {{p}})"
    return (
        Partial(slope_p, f"{per}({{p}} − {{t}})", f"{per}({{p}} - {{t}})", why_p),
        Partial(slope_t, f"{per}({{t}} − {{p}})", f"{per}({{t}} - {{p}})", why_t),
    )


squared_error = squared(
    "squared_error",
    1.0,
    examples,
    "{per}Σ({p} − {t})²",
    r"{per}\sum ({p} - {t})^2",
    "Σₖ(pₖ − tₖ)² per example, then the mean (or sum) over examples.",
)
half_squared_error = squared(
    "half_squared_error",
    0.5,
    examples,
    "{per}½Σ({p} − {t})²",
    r"{per}\tfrac{{1}}{{2}} \sum ({p} - {t})^2",
    "½Σₖ(pₖ − tₖ)² per example, then the mean (or sum) over examples.",
)
mean_squared_error = squared(
    "mean_squared_error",
    1.0,
    entries,
    "{per}Σ({p} − {t})²",
    r"{per}\sum ({p} - {t})^2",
    'The mean of (p − t)² over all entries; with reduction "sum", their sum.',
)


def bce_forward(p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    logs = weighted_log(np.asarray(t), np.log(p)) + weighted_log(
        1.0 - np.asarray(t), np.log1p(np.negative(p))
    )
    return np.asarray(-np.sum(logs) / examples(p, reduction, axis))


def bce_slope_p(y: Array, p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    t = np.asarray(t)
    rest = 1.0 - t
    up = np.where(t == 0, 0.0, -t / np.where(t == 0, 1.0, p))
    down = np.where(rest == 0, 0.0, rest / np.where(rest == 0, 1.0, 1.0 - np.asarray(p)))
    return (up + down) / examples(p, reduction, axis)


def bce_slope_t(y: Array, p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    return (np.log1p(np.negative(p)) - np.log(p)) / examples(p, reduction, axis)


def bad_probabilities(p: Array, t: Array, **options: Any) -> str | None:
    """What is wrong where an operand of binary cross-entropy is no probability; None if nothing."""
    if np.any((np.asarray(t) < 0) | (np.asarray(t) > 1)):
        return "the target holds a number outside 0 to 1; binary cross-entropy takes probabilities"
    if np.any((np.asarray(p) < 0) | (np.asarray(p) > 1)):
        return (
            "the prediction holds a number outside 0 to 1; "
            "end with a sigmoid, or use cross_entropy for logits"
        )
    return None


binary_cross_entropy = register(
    Op(
        "binary_cross_entropy",
        ("p", "t"),
        forward=bce_forward,
        signature=same_shapes("binary_cross_entropy"),
        text="BCE({p}, {t})",
        also=("BCE",),
        latex=r"\mathrm{{BCE}}({p}, {t})",
        family="loss",
        loss=True,
        takes=Scores.PROBABILITIES,
        options=OVER_EXAMPLES,
        averaged=example_count,
        validate=bad_probabilities,
        validates_all=True,
        note="−Σₖ(t·ln p + (1 − t)·ln(1 − p)) per example; takes probabilities.",
        conventions=(
            columns(0.5, 1.0, float(np.log(2.0))),
            Convention("0·ln 0 counts as 0", ((0.0, 1.0), (0.0, 1.0)), 0.0, ((1.0, -1.0), None)),
            Convention(
                "nothing is clamped: a certain but wrong answer has an infinite loss and slope",
                (0.0, 1.0),
                np.inf,
                (-np.inf, np.inf),
            ),
        ),
        partials=(
            Partial(
                bce_slope_p,
                "{per}({p} − {t})/({p}·(1 − {p}))",
                r"{per}\frac{{{p} - {t}}}{{{p} (1 - {p})}}",
                "the farther {p} is from {t}, the steeper the loss",
            ),
            Partial(
                bce_slope_t,
                "{per}(ln(1 − {p}) − ln({p}))",
                r"{per}\left(\ln (1 - {p}) - \ln {p}\right)",
                "the loss is linear in the target {t}",
            ),
        ),
    )
)


def ce_forward(p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    logs = log_softmax_forward(p, axis=axis)
    return np.asarray(
        -np.sum(weighted_log(one_hot(t, p, axis), logs)) / examples(p, reduction, axis)
    )


def ce_slope_p(y: Array, p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    target = one_hot(t, p, axis)
    weight = np.sum(target, axis=axis, keepdims=True)
    found: Array = (softmax_forward(p, axis=axis) * weight - target) / examples(p, reduction, axis)
    return found


def ce_slope_t(y: Array, p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    return -log_softmax_forward(p, axis=axis) / examples(p, reduction, axis)


cross_entropy = register(
    Op(
        "cross_entropy",
        ("p", "t"),
        forward=ce_forward,
        signature=labelled("cross_entropy"),
        text="CE({p}, {t})",
        also=("CE",),
        latex=r"\mathrm{{CE}}({p}, {t})",
        family="loss",
        loss=True,
        takes=Scores.LOGITS,
        options=OVER_EXAMPLES,
        averaged=example_count,
        validate=bad_target,
        note="−Σₖ tₖ·ln softmax(p)ₖ per example; takes logits, and labels or probabilities.",
        conventions=(
            Convention(
                "0·ln 0 counts as 0: a logit of −∞ adds nothing to the loss where its target is 0",
                ((0.0, -np.inf), (1.0, 0.0)),
                0.0,
                ((0.0, 0.0), (0.0, np.inf)),
            ),
        ),
        partials=(
            Partial(
                ce_slope_p,
                "{per}(softmax({p}) − {t})",
                r"{per}\left(\mathrm{{softmax}}({p}) - {t}\right)",
                "cross-entropy of softmax has the simplest slope there is: "
                "predicted probability minus target",
                cell_text=lambda index: f"{{per}}(softmax({{p*}})[{','.join(index)}] − {{t}})",
            ),
            Partial(
                ce_slope_t,
                "{per}(−log_softmax({p}))",
                r"{per}\left(-\ln \mathrm{{softmax}}({p})\right)",
                "the loss is linear in the target {t}",
                cell_text=lambda index: f"{{per}}(−log_softmax({{p*}})[{','.join(index)}])",
            ),
        ),
    )
)


def nll_forward(p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    return np.asarray(
        -np.sum(weighted_log(one_hot(t, p, axis), np.log(p))) / examples(p, reduction, axis)
    )


def nll_slope_p(y: Array, p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    target = one_hot(t, p, axis)
    share = np.where(target == 0, 0.0, target / np.where(target == 0, 1.0, p))
    return -share / examples(p, reduction, axis)


def nll_slope_t(y: Array, p: Array, t: Array, *, reduction: str, axis: int) -> Array:
    return -np.log(p) / examples(p, reduction, axis)


negative_log_likelihood = register(
    Op(
        "negative_log_likelihood",
        ("p", "t"),
        forward=nll_forward,
        signature=labelled("negative_log_likelihood"),
        text="NLL({p}, {t})",
        also=("NLL",),
        latex=r"\mathrm{{NLL}}({p}, {t})",
        family="loss",
        loss=True,
        takes=Scores.SHARES,
        options=OVER_EXAMPLES,
        averaged=example_count,
        validate=bad_target,
        note="−Σₖ tₖ·ln pₖ per example; takes probabilities, as a softmax gives them.",
        conventions=(
            Convention(
                "0·ln 0 counts as 0", ((1.0, 0.0), (1.0, 0.0)), 0.0, ((-1.0, 0.0), (0.0, np.inf))
            ),
            Convention(
                "nothing is clamped: a right answer of probability 0 has an infinite loss and "
                "slope",
                ((0.0, 1.0), 0.0),
                np.inf,
                ((-np.inf, 0.0),),
            ),
        ),
        partials=(
            Partial(
                nll_slope_p,
                "{per}(−{t}/{p})",
                r"{per}\left(-\frac{{{t}}}{{{p}}}\right)",
                "only probabilities with a target above 0 count: the smaller such a {p} is, "
                "the steeper the loss",
            ),
            Partial(
                nll_slope_t,
                "{per}(−ln {p})",
                r"{per}\left(-\ln {p}\right)",
                "the loss is linear in the target {t}",
            ),
        ),
    )
)
