"""Losses of each entry by itself, whose mean or sum is taken: PyTorch's names and defaults.

`reduction` is "mean" over all entries, "sum", or "none" for the entries themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, Lines, compose, shapes_text
from bpdebug.ops.declaration import Scores
from bpdebug.ops.letters import Options
from bpdebug.ops.limit import NOT_NEGATIVE, POSITIVE, Limit
from bpdebug.ops.maps.index_map import Shape

REDUCTIONS: tuple[str, ...] = ("mean", "sum", "none")
Formulas = Callable[[Options], tuple[str, str]]
"""The loss of an entry as text and in LaTeX, by its options; ` with ` is followed by its names."""
Divisor = Callable[[Options], float]
"""What the loss of all entries is divided by, by its options."""


def entrywise(name: str, losses: Lines, divisor: Divisor, more: tuple[str, ...]) -> Lines:
    """The lines of a loss, of which the last of `losses` gives one for each entry."""

    def reduced(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
        p, t = shapes
        how, known = options["reduction"], (*REDUCTIONS, *more)
        if how not in known:
            words = " or ".join(f'"{one}"' for one in known)
            raise BpdebugError(f'{name}: reduction is {words}, not "{how}"')
        if p != t:
            raise BpdebugError(
                f"{name}: {shapes_text(('the prediction', 'the target'), shapes)}; "
                "they must be equal"
            )
        lines, over = losses(shapes, options), divisor(options)
        text = f"{'sum' if how == 'batchmean' else how}(losses)"
        if how == "none":
            text = str(lines.pop()[1])
            text = text if over == 1 else f"({text})"
        if how == "batchmean":
            over *= p[0] if p else 1
        return [*lines, ("y", text if over == 1 else f"{text} / {over!r}")]

    return reduced


def huber_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """c·(e − ½c) with the error c clipped at ±δ: ½e² within, δ·(|e| − ½δ) beyond."""
    return clipped_lines(options["delta"])


def clipped_lines(bound: float) -> list[Line]:
    """The lines of c·(e − ½c), with the error e and c, which is e clipped to a bound."""
    return [
        ("error", "p - t"),
        ("clipped", f"clip(error, low={-bound!r}, high={bound!r})"),
        ("losses", "clipped * (error - 0.5 * clipped)"),
    ]


def smooth_l1_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The lines of huber over β; with β = 0 it is l1."""
    beta = options["beta"]
    return clipped_lines(beta) if beta else l1_lines(shapes, options)


def l1_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """|p − t|."""
    return [("error", "p - t"), ("losses", "abs(error)")]


def binary_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """softplus(z) − t·z, which is −t·ln σ(z) − (1 − t)·ln(1 − σ(z)) without an overflow."""
    return [("losses", "softplus(z) - t * z")]


def divergence_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """t·(ln t − log_p), where ln t counts as 0 at t = 0."""
    if options["log_target"]:
        return [("losses", "exp(t) * (t - log_p)")]
    return [("log_t", "log(where(t > 0, t, 1))"), ("losses", "t * (log_t - log_p)")]


def reduced_text(losses: str, options: Options, call: str) -> str:
    """The formula of a loss, of which all but the part behind ` with ` is reduced by a call."""
    text, where, names = losses.partition(" with ")
    reduced = text if options["reduction"] == "none" else call.replace("{}", text)
    return reduced + where.replace(" with ", ", ") + names


def loss(
    name: str,
    losses: Lines,
    formulas: Formulas,
    note: str,
    options: dict[str, Any],
    prediction: str = "p",
    takes: Scores | None = None,
    divisor: Divisor = lambda options: 1,
    more: tuple[str, ...] = (),
    limits: Mapping[str, Limit] | None = None,
) -> Composite:
    """Declare a loss of a prediction and a target, t; `formulas` are those of an entry."""
    return compose(
        Composite(
            name,
            (prediction, "t"),
            lines=entrywise(name, losses, divisor, more),
            shown=((2, 3), (2, 3)),
            options={"reduction": "mean", **options},
            limits=limits or {},
            text=lambda options: reduced_text(
                formulas(options)[0], options, f"{options['reduction']}({{}})"
            ),
            latex=lambda options: reduced_text(
                formulas(options)[1],
                options,
                rf"\mathrm{{{{{options['reduction']}}}}}\left({{}}\right)",
            ),
            family="loss",
            loss=True,
            takes=takes,
            note=note,
        )
    )


L1 = ("|{p} − {t}|", r"\lvert {p} - {t} \rvert")
HUBER = (
    "c·(e − ½c) with e = {p} − {t}, c = clip(e)",
    r"c (e - \tfrac{{1}}{{2}} c) with e = {p} - {t}, c = \mathrm{{clip}}(e)",
)
SMOOTH_L1 = (
    "c·(e − ½c)/β with e = {p} − {t}, c = clip(e)",
    r"\frac{{c (e - \tfrac{{1}}{{2}} c)}}{{\beta}} with e = {p} - {t}, c = \mathrm{{clip}}(e)",
)
BINARY = ("softplus({z}) − {t}·{z}", r"\ln(1 + e^{{{z}}}) - {t} {z}")
DIVERGENCE = ("{t}·(ln {t} − {log_p})", r"{t} (\ln {t} - {log_p})")
OF_LOGARITHMS = ("exp({t})·({t} − {log_p})", r"e^{{{t}}} ({t} - {log_p})")
EDGES = ' `reduction` is "mean", "sum", or "none" for the entries themselves.'

l1 = loss(
    "l1",
    l1_lines,
    lambda options: L1,
    "The mean of |p − t| over all entries, whose slope is taken as 0 at 0; PyTorch's l1_loss."
    + EDGES,
    {},
)
huber = loss(
    "huber",
    huber_lines,
    lambda options: HUBER,
    "½e² where |e| ≤ δ, else δ·(|e| − ½δ), with e = p − t: with c, which is e clipped to ±δ and "
    "also the slope, both are c·(e − ½c) (Huber, 1964); PyTorch's huber_loss." + EDGES,
    {"delta": 1.0},
    limits={"delta": POSITIVE},
)
smooth_l1 = loss(
    "smooth_l1",
    smooth_l1_lines,
    lambda options: SMOOTH_L1 if options["beta"] else L1,
    "huber with δ = β, over β; with beta=0 it is l1 (Girshick, 2015); PyTorch's smooth_l1_loss."
    + EDGES,
    {"beta": 1.0},
    limits={"beta": NOT_NEGATIVE},
    divisor=lambda options: options["beta"] or 1,
)
binary_cross_entropy_with_logits = loss(
    "binary_cross_entropy_with_logits",
    binary_lines,
    lambda options: BINARY,
    "−t·ln σ(z) − (1 − t)·ln(1 − σ(z)) of logits z, in the form that does not overflow; its slope "
    "is σ(z) − t. The mean is over all entries, as in PyTorch, where binary_cross_entropy here "
    "adds up the units of a row." + EDGES,
    {},
    prediction="z",
    takes=Scores.LOG_ODDS,
)
kl_divergence = loss(
    "kl_divergence",
    divergence_lines,
    lambda options: OF_LOGARITHMS if options["log_target"] else DIVERGENCE,
    "KL(t ‖ p) as PyTorch's kl_div has it: the prediction is given as log-probabilities, as "
    "log_softmax makes them, the target as probabilities, or with log_target=True as logarithms "
    'too. A target of 0 adds 0. "batchmean" divides the sum by the rows, which the mathematical '
    'divergence of each row asks for; "mean" divides by all entries. "sum" and "none" do not.',
    {"log_target": False},
    prediction="log_p",
    takes=Scores.LOG_SHARES,
    more=("batchmean",),
)
