"""Recurrent networks over a sequence, unrolled: a group `step1`, `step2`, … for each step.

The steps stand along the first axis of x: (steps, features) or (steps, batch, features), as in
PyTorch. The result has the states behind each step: (steps, units) or (steps, batch, units).
"""

from __future__ import annotations

from itertools import pairwise

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose, shapes_text
from bpdebug.ops.composites.recurrent import (
    WEIGHTS,
    check_cell,
    check_nonlinearity,
    gru_cell,
    lstm_cell,
    rnn_cell,
)
from bpdebug.ops.letters import Options
from bpdebug.ops.maps.index_map import Shape

MOST_STEPS = 500
"""More would make an expression and a graph past their limits."""


def steps_of(whole: Composite, cell: Composite, shapes: tuple[Shape, ...], gates: int) -> int:
    """The number of steps of a sequence; BpdebugError where it has none, or too many."""
    x, *rest = shapes
    if len(x) not in (2, 3):
        raise BpdebugError(
            f"{whole.name}: {shapes_text(whole.operands, shapes[:1])}; it is (steps, features) or "
            "(steps, batch, features)"
        )
    if x[0] > MOST_STEPS:
        raise BpdebugError(f"{whole.name}: {x[0]:,} steps are too many; at most {MOST_STEPS}")
    check_cell(cell, (x[1:], *rest), gates)
    return x[0]


def steps_lines(steps: int, call: str) -> list[Line]:
    """The lines of a cell with a single state; `call` is its call with the state in braces."""
    names = ["h0", *(f"step{k}" for k in range(1, steps + 1))]
    lines: list[Line] = [
        (name, call.format(x=f"x[{k}]", h=before))
        for k, (before, name) in enumerate(pairwise(names))
    ]
    return [*lines, ("y", f"stack({', '.join(names[1:])})")]


GIVEN = ", ".join(WEIGHTS)


def rnn_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """A plain step for every x."""
    check_nonlinearity("rnn", options)
    how = f'nonlinearity="{options["nonlinearity"]}"'
    steps = steps_of(rnn, rnn_cell, shapes, 1)
    return steps_lines(steps, f"rnn_cell({{x}}, {{h}}, {GIVEN}, {how})")


rnn = compose(
    Composite(
        "rnn",
        ("x", "h0", *WEIGHTS),
        lines=rnn_lines,
        shown=((2, 3), (2,), (2, 3), (2, 2), (2,), (2,)),
        options={"nonlinearity": "tanh"},
        text="rnn({x}, {h0})",
        latex=r"\mathrm{{rnn}}({x}, {h0})",
        family="recurrent",
        note="rnn_cell for every step of x, along its first axis; the result has the states of all "
        "steps, of which [-1] is the last. As torch.nn.RNN with a single layer.",
    )
)


def gru_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """A step of gru_cell for every x."""
    steps = steps_of(gru, gru_cell, shapes, 3)
    return steps_lines(steps, f"gru_cell({{x}}, {{h}}, {GIVEN})")


gru = compose(
    Composite(
        "gru",
        ("x", "h0", *WEIGHTS),
        lines=gru_lines,
        shown=((2, 3), (2,), (6, 3), (6, 2), (6,), (6,)),
        text="gru({x}, {h0})",
        latex=r"\mathrm{{gru}}({x}, {h0})",
        family="recurrent",
        note="gru_cell for every step of x, along its first axis; the result has the states of all "
        "steps, of which [-1] is the last. As torch.nn.GRU with a single layer.",
    )
)


def lstm_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """A step of lstm_cell for every x, with its h and c by name: the last c is left out, or a
    state behind those of all steps."""
    steps = steps_of(lstm, lstm_cell, shapes, 4)
    lines: list[Line] = []
    for k in range(1, steps + 1):
        state = f"h{k - 1}, c{k - 1}"
        lines += [
            (f"step{k}", f"lstm_cell(x[{k - 1}], {state}, {GIVEN})"),
            (f"h{k}", f"step{k}[0]"),
            (f"c{k}", f"step{k}[1]"),
        ]
    states = ", ".join(f"h{k}" for k in range(1, steps + 1))
    if options["cell"]:
        return [*lines, ("y", f"stack({states}, c{steps})")]
    return [*lines[:-1], ("y", f"stack({states})")]


lstm = compose(
    Composite(
        "lstm",
        ("x", "h0", "c0", *WEIGHTS),
        lines=lstm_lines,
        shown=((2, 3), (2,), (2,), (8, 3), (8, 2), (8,), (8,)),
        options={"cell": False},
        text="lstm({x}, {h0}, {c0})",
        latex=r"\mathrm{{lstm}}({x}, {h0}, {c0})",
        family="recurrent",
        note="lstm_cell for every step of x, along its first axis; the result has the states h of "
        "all steps, of which [-1] is the last; with cell=True the last c stands behind them. As "
        "torch.nn.LSTM with a single layer.",
    )
)
