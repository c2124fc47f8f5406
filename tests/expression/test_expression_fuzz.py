"""Whatever is typed, only the project's own error comes out, and quickly."""

from __future__ import annotations

import contextlib
import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, Known, NotComputed, build, evaluate, parse, truth
from bpdebug.expression.functions import callable_names
from bpdebug.expression.words import Words
from bpdebug.graph import GraphBuilder, Kind

SHAPES = {
    "a": (),
    "v": (3,),
    "W": (2, 3),
    "X": (4, 3),
    "权": (1, 2, 3),
    "net.0.W": (2, 3),
    "net.10": (3,),
}
PIECES = [
    *SHAPES,
    *callable_names(Allow.WATCH),
    *"+-*/@()[],.:=<>!'\"#~%&|^ \n\t\x00\x1b",
    *[
        "**",
        "==",
        "<=",
        "!=",
        ".T",
        " and ",
        " or ",
        "not ",
        " if ",
        " else ",
        "lambda x:",
        " for ",
    ],
    *["0", "1", "-1", "2.5", "1e308", "1e999", "9" * 30, "1j", "True", "None", "'mean'", "ŷ", "𝐱"],
    *["axis=0", "axis=(0,1)", "keepdims=True", "shape=(3,-1)", "shape=0", "slope=1e308", "::2"],
    *[
        "σ(",
        "‖",
        "|",
        "√",
        "Σ",
        "½",
        "·",
        "⊙",
        "−",
        "²",
        "⁻¹",
        "ᵀ",
        "∂",
        "∂a/∂",
        "da/d",
        "#2",
        "δ₁",
        "Δ",
    ],
    *["grad(", "delta(1)", "loss", "iteration", "\u202e", "\ud800", "É", "̸"],
    *["net", ".0", ".1", ".W", "net.", "net.7.b", "‿"],
]
token_soup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def combine(children):
    """Expressions that are well formed, so that shapes and numbers are what goes wrong."""
    binary = st.tuples(children, st.sampled_from("+-*/@"), children).map(" ".join)
    power = st.tuples(children, st.sampled_from(["2", "-1", "0.5", "v"])).map(" ** ".join)
    names = st.sampled_from(callable_names(Allow.GRAPH))
    call = st.tuples(names, children).map("{0[0]}({0[1]})".format)
    pair = st.tuples(names, children, children).map("{0[0]}({0[1]}, {0[2]})".format)
    index = st.tuples(children, st.sampled_from(["0", "-1", ":", "5", "1:", "::-1", "0, 1"]))
    suffix = st.sampled_from([".T", "[0]", "[::-2]"])
    return (
        binary.map("({})".format)
        | power.map("({})".format)
        | call
        | pair
        | index.map("{0[0]}[{0[1]}]".format)
        | st.tuples(children, suffix).map("".join)
        | children.map("(-{})".format)
    )


well_formed = st.recursive(st.sampled_from([*SHAPES, "2", "0.5"]), combine, max_leaves=8)
expressions = token_soup | well_formed | st.text(max_size=30)


class Moment:
    """Every value is there; of every gradient only some cells are."""

    names = SHAPES.keys()
    words = Words(frozenset(SHAPES))
    dtype = np.dtype(np.float64)
    loss = 1.0
    iteration = 1

    def value(self, name):
        shape = SHAPES[name]
        return Known(np.linspace(-2.0, 2.0, int(np.prod(shape))).reshape(shape))

    def gradient(self, name):
        if name not in SHAPES:
            raise BpdebugError(f"there is no '{name}'")
        values = self.value(name).values
        return Known(values, values > 0, values < -1)

    def part(self, part):
        return self.gradient(part.of.text), None

    def delta(self, number):
        return self.gradient("v")


@contextlib.contextmanager
def only_plain_errors():
    """Lets the project's own error pass: one printable line, below it at most the excerpt."""
    try:
        yield
    except NotComputed:
        pass
    except BpdebugError as error:
        first, *rest = str(error).split("\n")
        if not first.isprintable() or len(first) > 1_000 or len(rest) not in (0, 2):
            pytest.fail(f"not a plain error: {error!r}")


@settings(max_examples=400, deadline=None)
@given(expressions)
@example("W @ v + a")
@example("outer(v, v)[0, ::-1]")
def test_building_raises_nothing_but_its_own_error(text):
    builder = GraphBuilder()
    for name, shape in SHAPES.items():
        builder.leaf(name, Kind.PARAMETER, shape, gradient=True)
    with only_plain_errors():
        assert builder.nodes[build(text, builder, "out")].name == "out"


@settings(max_examples=400, deadline=None)
@given(expressions)
@example("any(grad(W) > 1) or grad(W)[0, 0] < 2")
@example("cross_entropy(W, v[:2])")
def test_watching_raises_nothing_but_its_own_error(text):
    with only_plain_errors():
        assert isinstance(evaluate(text, Moment()), bool | np.ndarray)


@settings(max_examples=200, deadline=None)
@given(well_formed)
def test_knowing_more_never_changes_a_verdict(text):
    """A condition decided while a gradient is half known must stay so when it is whole."""

    class Later(Moment):
        def gradient(self, name):
            known = super().gradient(name)
            return Known(np.where(known.final, known.values, known.values + 0.5))

    text = re.sub(r"\b([vWX])\b", r"grad(\1)", text)
    condition = f"any({text} > 0.5) or not all({text} > -0.5)"
    with contextlib.suppress(BpdebugError):
        parse(condition, allow=Allow.WATCH)
        early = truth(condition, Moment())
        if early is not None:
            assert truth(condition, Later()) is early
