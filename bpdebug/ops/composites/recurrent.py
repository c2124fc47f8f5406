"""Cells of recurrent networks: a step from one state to the next, with PyTorch's weights.

The rows of a weight matrix are the units of the gates, below each other in PyTorch's order. x is
(features) or (batch, features), the state (units) or (batch, units).
"""

from __future__ import annotations

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose, shapes_text
from bpdebug.ops.letters import Options
from bpdebug.ops.maps.index_map import Shape

WEIGHTS = ("W_ih", "W_hh", "b_ih", "b_hh")
NONLINEARITIES = ("tanh", "relu")


def check_cell(cell: Composite, shapes: tuple[Shape, ...], gates: int) -> None:
    """An error where the weights of a cell do not fit its x and its state."""
    count = len(cell.operands) - len(WEIGHTS)
    x, *states = shapes[:count]
    h = states[0]
    rows = (gates * h[-1],) if h else ()
    wanted = ((*rows, *x[-1:]), (*rows, *h[-1:]), rows, rows)
    shared = len(x) in (1, 2) and all(len(s) == len(x) and s[:-1] == x[:-1] for s in states)
    if not shared or any(s != h for s in states) or shapes[count:] != wanted:
        many = f"{gates}·" if gates > 1 else ""
        raise BpdebugError(
            f"{cell.name}: {shapes_text(cell.operands, shapes)}; for x (features) and a state "
            f"(units), or both with a batch in front, W_ih is ({many}units, features), W_hh "
            f"({many}units, units), b_ih and b_hh ({many}units)"
        )


def gate(values: str, at: int, h: Shape) -> str:
    """The part of some values that belongs to a gate."""
    units = h[-1]
    return f"{values}[{':, ' * (len(h) - 1)}{at * units}:{(at + 1) * units}]"


def check_nonlinearity(name: str, options: Options) -> None:
    """An error for an activation that PyTorch's recurrent networks do not have."""
    if options["nonlinearity"] not in NONLINEARITIES:
        known = " or ".join(f'"{one}"' for one in NONLINEARITIES)
        raise BpdebugError(f'{name}: nonlinearity is {known}, not "{options["nonlinearity"]}"')


def rnn_cell_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The lines of a plain step."""
    check_cell(rnn_cell, shapes, 1)
    check_nonlinearity("rnn_cell", options)
    return [
        ("z", "affine(W_ih, x, b_ih) + affine(W_hh, h, b_hh)"),
        ("y", f"{options['nonlinearity']}(z)"),
    ]


rnn_cell = compose(
    Composite(
        "rnn_cell",
        ("x", "h", *WEIGHTS),
        lines=rnn_cell_lines,
        shown=((3,), (2,), (2, 3), (2, 2), (2,), (2,)),
        options={"nonlinearity": "tanh"},
        text=lambda options: (
            f"{options['nonlinearity']}({{W_ih}}·{{x}} + {{b_ih}} + {{W_hh}}·{{h}} + {{b_hh}})"
        ),
        latex=lambda options: (
            rf"\mathrm{{{{{options['nonlinearity']}}}}}"
            "({W_ih} {x} + {b_ih} + {W_hh} {h} + {b_hh})"
        ),
        family="recurrent",
        note="The next state of a plain recurrent network, as torch.nn.RNNCell; `nonlinearity` is "
        '"tanh" or "relu".',
    )
)


def lstm_cell_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """Input, forget and output gate, and the candidate g, in PyTorch's order."""
    check_cell(lstm_cell, shapes, 4)
    h = shapes[1]
    return [
        ("z", "affine(W_ih, x, b_ih) + affine(W_hh, h, b_hh)"),
        ("i", f"sigmoid({gate('z', 0, h)})"),
        ("f", f"sigmoid({gate('z', 1, h)})"),
        ("g", f"tanh({gate('z', 2, h)})"),
        ("o", f"sigmoid({gate('z', 3, h)})"),
        ("c", "f * c + i * g"),
        ("h", "o * tanh(c)"),
        ("y", "stack(h, c)"),
    ]


lstm_cell = compose(
    Composite(
        "lstm_cell",
        ("x", "h", "c", *WEIGHTS),
        lines=lstm_cell_lines,
        shown=((3,), (2,), (2,), (8, 3), (8, 2), (8,), (8,)),
        text="(o·tanh(c′), c′ = f·{c} + i·g)",
        latex=r"\left(o \odot \tanh(c'),\; c' = f \odot {c} + i \odot g\right)",
        family="recurrent",
        note="The next state of an LSTM, as torch.nn.LSTMCell: the pair (h, c) on a new first "
        "axis, s[0] and s[1]. The rows of the weights belong to the gates i, f, g, o in this order "
        "(Hochreiter and Schmidhuber, 1997; Gers and others, 2000).",
    )
)


def gru_cell_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """Reset gate, update gate, and the candidate n, in PyTorch's order."""
    check_cell(gru_cell, shapes, 3)
    h = shapes[1]
    return [
        ("from_x", "affine(W_ih, x, b_ih)"),
        ("from_h", "affine(W_hh, h, b_hh)"),
        ("r", f"sigmoid({gate('from_x', 0, h)} + {gate('from_h', 0, h)})"),
        ("z", f"sigmoid({gate('from_x', 1, h)} + {gate('from_h', 1, h)})"),
        ("n", f"tanh({gate('from_x', 2, h)} + r * {gate('from_h', 2, h)})"),
        ("y", "(1 - z) * n + z * h"),
    ]


gru_cell = compose(
    Composite(
        "gru_cell",
        ("x", "h", *WEIGHTS),
        lines=gru_cell_lines,
        shown=((3,), (2,), (6, 3), (6, 2), (6,), (6,)),
        text="(1 − z)·n + z·{h}",
        latex=r"(1 - z) \odot n + z \odot {h}",
        family="recurrent",
        note="The next state of a gated recurrent unit, as torch.nn.GRUCell: the rows of the "
        "weights belong to the gates r, z, n in this order, and r scales what comes from h, its "
        "bias included (Cho and others, 2014).",
    )
)
