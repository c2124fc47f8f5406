"""Losses: one number from a prediction and a target. Per row, then reduced over the rows.

A vector (or a scalar) is one row; a matrix has one row an example. `reduction` is "mean" or "sum"
over the rows; mean_squared_error averages over all entries. Conventions are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Options, Partial, Signature, show_shape
from bpdebug.ops.index_map import Array, Shape
from bpdebug.ops.registry import register
from bpdebug.ops.softmax import log_softmax_forward, softmax_forward

REDUCTION: dict[str, Any] = {"reduction": "mean"}
SUM_TOLERANCE = 1e-6
"""How far a row of probabilities may be from a sum of 1: printed ones are rounded."""

Divisor = Callable[[Array, str], float]
"""What a loss divides its sum by: `rows` or `entries`."""


def rows(p: Array, reduction: str) -> float:
    """What a sum over rows is divided by: their number for "mean", 1 for "sum"."""
    return float(len(p)) if reduction == "mean" and p.ndim == 2 else 1.0


def row_count(shapes: tuple[Shape, ...], options: Options) -> int:
    """The n of "1/n" for a loss that averages over rows."""
    return shapes[0][0] if options["reduction"] == "mean" and len(shapes[0]) == 2 else 1


def entry_count(shapes: tuple[Shape, ...], options: Options) -> int:
    """The n of "1/n" for a loss that averages over all entries."""
    return prod(shapes[0]) if options["reduction"] == "mean" else 1


def entries(p: Array, reduction: str) -> float:
    """What a sum over all entries is divided by."""
    return float(p.size) if reduction == "mean" else 1.0


def same_shapes(name: str) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """Prediction and target alike, up to a matrix: `nk,nk->`."""

    def signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
        p, t = shapes
        check_reduction(name, options)
        if p != t or len(p) > 2:
            raise BpdebugError(
                f"{name}: the prediction has shape {show_shape(p)} and the target "
                f"{show_shape(t)}; they must be equal, a vector or a (rows, units) matrix"
            )
        cell = "nk"[2 - len(p) :]
        return Signature(f"{cell},{cell}->", cell, cell)

    return signature


def labelled(name: str) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """Rows of scores with whole-number labels `nk,n->`, or with rows of probabilities `nk,nk->`."""

    def signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
        p, t = shapes
        check_reduction(name, options)
        if len(p) not in (1, 2) or t not in (p, p[:-1]):
            raise BpdebugError(
                f"{name}: the prediction has shape {show_shape(p)} and the target "
                f"{show_shape(t)}; the target must be labels of shape {show_shape(p[:-1])} "
                f"or probabilities of shape {show_shape(p)}"
            )
        cell = "nk"[2 - len(p) :]
        if t == p:
            return Signature(f"{cell},{cell}->", cell, cell)
        return Signature(f"{cell},{cell[:-1]}->", cell, None)

    return signature


def check_reduction(name: str, options: Options) -> None:
    if options["reduction"] not in ("mean", "sum"):
        raise BpdebugError(f'{name}: reduction is "mean" or "sum", not "{options["reduction"]}"')


def one_hot(t: Array, p: Array) -> Array:
    """Labels as rows of zeros with a single 1; rows of probabilities as they are."""
    if np.shape(t) == np.shape(p):
        return t
    classes = np.arange(np.shape(p)[-1])
    table: Array = (np.asarray(t)[..., None] == classes).astype(np.float64)
    return table


def bad_target(p: Array, t: Array, **options: Any) -> str | None:
    """What is wrong with a target of labels or of rows of probabilities, if anything."""
    if np.shape(t) == np.shape(p):
        return bad_rows(np.asarray(t))
    return bad_labels(np.ravel(t), np.shape(p)[-1])


def bad_rows(t: Array) -> str | None:
    """Every row must be a distribution: nothing below 0, and a sum of 1."""
    for value in t[t < 0][:1]:
        return f"the target holds {value:g}; a probability is from 0 to 1"
    sums = np.ravel(np.sum(t, axis=-1))
    for row in np.flatnonzero(np.abs(sums - 1.0) > SUM_TOLERANCE)[:1]:
        which = "the target" if t.ndim == 1 else f"row {row} of the target"
        return f"{which} sums to {sums[row]:.7g}, not 1; give probabilities, or whole-number labels"
    return None


def bad_labels(labels: Array, classes: int) -> str | None:
    """Labels must be whole numbers below the number of classes."""
    for value in labels[labels != np.floor(labels)][:1]:
        return f"the label {value:g} is not a whole number"
    for value in labels[(labels < 0) | (labels >= classes)][:1]:
        return f"the label {value:g} is out of range; {classes} classes are 0 to {classes - 1}"
    return None


def weighted_log(t: Array, log_p: Array) -> Array:
    """t·ln p, and 0 where t is 0 even if ln p is infinite."""
    return np.where(t == 0, 0.0, t * np.where(t == 0, 0.0, log_p))


def squared(name: str, factor: float, divisor: Divisor, text: str, latex: str, note: str) -> Op:
    """Declare factor·Σ(p − t)² over a divisor; both derivatives are 2·factor·(p − t), signed."""

    def forward(p: Array, t: Array, *, reduction: str) -> Array:
        error = np.subtract(p, t).ravel()
        return np.float64(factor * error.dot(error) / divisor(p, reduction))  # type: ignore[return-value]

    by_p, by_t = squared_partials(factor, divisor)
    return register(
        Op(
            name,
            ("p", "t"),
            forward=forward,
            signature=same_shapes(name),
            vjps={
                0: lambda g, y, p, t, reduction: g * by_p.value(y, p, t, reduction=reduction),
                1: lambda g, y, p, t, reduction: g * by_t.value(y, p, t, reduction=reduction),
            },
            text=text,
            latex=latex,
            family="loss",
            loss=True,
            options=REDUCTION,
            averaged=entry_count if divisor is entries else row_count,
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
            ),
            partials=(by_p, by_t),
        )
    )


def squared_partials(factor: float, divisor: Divisor) -> tuple[Partial, Partial]:
    """The derivatives by prediction and by target: one number with two signs."""
    slope = 2.0 * factor

    def slope_p(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
        found: Array = (slope / divisor(p, reduction)) * (p - t)
        return found

    def slope_t(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
        found: Array = (slope / divisor(p, reduction)) * (t - p)
        return found

    half, two, per = ("½", "", "{per}") if slope == 1.0 else ("", "2·", "{per2}")
    why = (
        f"the error {{p}} − {{t}} is squared; the slope of {half}({{p}} − {{t}})² is "
        f"{two}({{p}} − {{t}})"
    )
    return (
        Partial(slope_p, f"{per}({{p}} − {{t}})", f"{per}({{p}} - {{t}})", why),
        Partial(slope_t, f"{per}({{t}} − {{p}})", f"{per}({{t}} - {{p}})", why),
    )


squared_error = squared(
    "squared_error",
    1.0,
    rows,
    "{per}Σ({p} − {t})²",
    r"{per}\sum ({p} - {t})^2",
    "Σₖ(pₖ − tₖ)² per row, then the mean (or sum) over rows.",
)
half_squared_error = squared(
    "half_squared_error",
    0.5,
    rows,
    "{per}½Σ({p} − {t})²",
    r"{per}\tfrac{{1}}{{2}} \sum ({p} - {t})^2",
    "½Σₖ(pₖ − tₖ)² per row, then the mean (or sum) over rows.",
)
mean_squared_error = squared(
    "mean_squared_error",
    1.0,
    entries,
    "{per}Σ({p} − {t})²",
    r"{per}\sum ({p} - {t})^2",
    'The mean of (p − t)² over all entries; with reduction "sum", their sum.',
)


def bce_forward(p: Array, t: Array, *, reduction: str) -> Array:
    logs = weighted_log(np.asarray(t), np.log(p)) + weighted_log(
        1.0 - np.asarray(t), np.log1p(np.negative(p))
    )
    return np.asarray(-np.sum(logs) / rows(p, reduction))


def bce_slope_p(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
    t = np.asarray(t)
    rest = 1.0 - t
    up = np.where(t == 0, 0.0, -t / np.where(t == 0, 1.0, p))
    down = np.where(rest == 0, 0.0, rest / np.where(rest == 0, 1.0, 1.0 - np.asarray(p)))
    return (up + down) / rows(p, reduction)


def bce_slope_t(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
    return (np.log1p(np.negative(p)) - np.log(p)) / rows(p, reduction)


def bad_probabilities(p: Array, t: Array, **options: Any) -> str | None:
    """Binary cross-entropy wants probabilities on both sides."""
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
        latex=r"\mathrm{{BCE}}({p}, {t})",
        family="loss",
        loss=True,
        options=REDUCTION,
        averaged=row_count,
        validate=bad_probabilities,
        note="−Σₖ(t·ln p + (1 − t)·ln(1 − p)) per row; takes probabilities.",
        conventions=(
            Convention("0·ln 0 counts as 0", ((0.0, 1.0), (0.0, 1.0)), 0.0, ((1.0, -1.0), None)),
            Convention(
                "nothing is clamped: a sure answer that is wrong costs ∞, at an infinite slope",
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
                "the surer the wrong answer {p} is, the steeper the loss",
            ),
            Partial(
                bce_slope_t,
                "{per}(ln(1 − {p}) − ln {p})",
                r"{per}\left(\ln (1 - {p}) - \ln {p}\right)",
                "the loss is linear in the target {t}",
            ),
        ),
    )
)


def ce_forward(p: Array, t: Array, *, reduction: str) -> Array:
    logs = log_softmax_forward(p, axis=-1)
    return np.asarray(-np.sum(weighted_log(one_hot(t, p), logs)) / rows(p, reduction))


def ce_slope_p(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
    target = one_hot(t, p)
    weight = np.sum(target, axis=-1, keepdims=True)
    found: Array = (softmax_forward(p, axis=-1) * weight - target) / rows(p, reduction)
    return found


def ce_slope_t(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
    return -log_softmax_forward(p, axis=-1) / rows(p, reduction)


cross_entropy = register(
    Op(
        "cross_entropy",
        ("p", "t"),
        forward=ce_forward,
        signature=labelled("cross_entropy"),
        text="CE({p}, {t})",
        latex=r"\mathrm{{CE}}({p}, {t})",
        family="loss",
        loss=True,
        options=REDUCTION,
        averaged=row_count,
        validate=bad_target,
        note="−Σₖ tₖ·ln softmax(p)ₖ per row; takes logits, and labels or rows of probabilities.",
        conventions=(
            Convention(
                "0·ln 0 counts as 0: a logit of −∞ costs nothing where its target is 0",
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


def nll_forward(p: Array, t: Array, *, reduction: str) -> Array:
    return np.asarray(-np.sum(weighted_log(one_hot(t, p), np.log(p))) / rows(p, reduction))


def nll_slope_p(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
    target = one_hot(t, p)
    share = np.where(target == 0, 0.0, target / np.where(target == 0, 1.0, p))
    return -share / rows(p, reduction)


def nll_slope_t(y: Array, p: Array, t: Array, *, reduction: str) -> Array:
    return -np.log(p) / rows(p, reduction)


negative_log_likelihood = register(
    Op(
        "negative_log_likelihood",
        ("p", "t"),
        forward=nll_forward,
        signature=labelled("negative_log_likelihood"),
        text="NLL({p}, {t})",
        latex=r"\mathrm{{NLL}}({p}, {t})",
        family="loss",
        loss=True,
        options=REDUCTION,
        averaged=row_count,
        validate=bad_target,
        note="−Σₖ tₖ·ln pₖ per row; takes probabilities, as a softmax gives them.",
        conventions=(
            Convention(
                "0·ln 0 counts as 0", ((1.0, 0.0), (1.0, 0.0)), 0.0, ((-1.0, 0.0), (0.0, np.inf))
            ),
            Convention(
                "nothing is clamped: a right answer of probability 0 costs ∞, at an infinite slope",
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
                "only the probability of the right answer counts: the smaller {p} is, "
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
