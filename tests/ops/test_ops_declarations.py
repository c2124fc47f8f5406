"""What a declaration says in words and formulas can be filled in, and says what it computes."""

from string import Formatter

import numpy as np
import pytest

from bpdebug.ops import REGISTRY, Op
from bpdebug.ops.registry import register

OPS = sorted(REGISTRY.values(), key=lambda op: op.name)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_templates_name_only_what_can_be_filled_in(op: Op):
    counted = {"n", "per", "per2"} if op.averaged else set()
    assert fields(op.text) <= set(op.operands) | counted
    assert fields(op.latex) <= set(op.operands) | counted
    assert set(op.operands) <= fields(op.text), "a formula shows every operand"
    for partial in op.partials:
        if partial is None:
            continue
        known = {*op.operands, "y"} | counted
        for template in (partial.text, partial.latex, partial.why):
            assert fields(template) <= known


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_latex_has_balanced_braces_once_filled(op: Op):
    names = dict.fromkeys([*op.operands, "y", "n", "per", "per2"], "q")
    for template in [op.latex, *(p.latex for p in op.partials if p)]:
        depth = 0
        for sign in template.format(**names).replace(r"\left\{", "").replace(r"\right\}", ""):
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0
        assert depth == 0


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_declaration_is_complete(op: Op):
    assert op.family
    assert len(op.partials) == len(op.operands)
    assert (op.signature is None) != (op.select is None)
    assert set(op.vjps) <= set(range(len(op.operands)))
    assert not any(p and not p.why.strip() for p in op.partials)
    assert bool(op.at_kink) == (op.kink is not None), "a kink says what its slope is taken as"


def test_a_name_stands_once():
    with pytest.raises(ValueError, match="declared twice"):
        register(REGISTRY["add"])


WRITTEN = {
    "{b}": lambda y, a, b=None: b,
    "{a}": lambda y, a, b=None: a,
    "1": lambda y, a, b=None: 1.0,
    "(−1)": lambda y, a, b=None: -1.0,
    "1/{b}": lambda y, a, b=None: 1 / b,
    "(−{a}/{b}²)": lambda y, a, b=None: -a / b**2,
    "{b}·{a}^({b}−1)": lambda y, a, b=None: b * a ** (b - 1),
    "{y}·ln({a})": lambda y, a, b=None: y * np.log(a),
    "{y}": lambda y, a, b=None: y,
    "1/{a}": lambda y, a, b=None: 1 / a,
    "1/(2·{y})": lambda y, a, b=None: 1 / (2 * y),
    "2·{a}": lambda y, a, b=None: 2 * a,
    "sign({a})": lambda y, a, b=None: np.sign(a),
    "cos({a})": lambda y, a, b=None: np.cos(a),
    "(−sin({a}))": lambda y, a, b=None: -np.sin(a),
    "1/(1 + {a})": lambda y, a, b=None: 1 / (1 + a),
    "exp({a})": lambda y, a, b=None: np.exp(a),
    "(−{y}²)": lambda y, a, b=None: -(y**2),
    "(−½·{y}³)": lambda y, a, b=None: -(y**3) / 2,
    "(2/√π·exp(−{a}²))": lambda y, a, b=None: 2 / np.sqrt(np.pi) * np.exp(-(a**2)),
    "0": lambda y, a, b=None: 0.0,
    "clip′({a})": lambda y, a, b=None: 1.0,
    "[{a} > {b}]": lambda y, a, b=None: float(a > b),
    "[{b} > {a}]": lambda y, a, b=None: float(b > a),
    "[{a} < {b}]": lambda y, a, b=None: float(a < b),
    "[{b} < {a}]": lambda y, a, b=None: float(b < a),
}


@pytest.mark.parametrize(
    "op", [op for op in OPS if op.family in ("arithmetic", "elementary")], ids=lambda op: op.name
)
def test_the_written_derivative_is_the_computed_one(op: Op):
    operands = (np.float64(0.7), np.float64(1.3))[: len(op.operands)]
    y = op.forward(*operands, **op.options)
    for at, partial in enumerate(op.partials):
        assert partial is not None
        written = WRITTEN[partial.text](y, *operands)
        np.testing.assert_allclose(op.local(at, y, operands, op.options), written, rtol=1e-14)
