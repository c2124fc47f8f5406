"""Stable forms: right at ±1000, at 0 and for NaN, where the obvious formula is not."""

import math

import numpy as np
import pytest

from bpdebug.ops import REGISTRY
from bpdebug.ops.error_function import erfc


def value(name: str, *operands: object, **options: object) -> np.ndarray:
    op = REGISTRY[name]
    with np.errstate(all="ignore"):
        arrays = [np.asarray(x, dtype=float) for x in operands]
        return np.asarray(op.forward(*arrays, **{**op.options, **options}))


def slope(name: str, *operands: object, at: int = 0, **options: object) -> np.ndarray:
    op = REGISTRY[name]
    arrays = tuple(np.asarray(x, dtype=float) for x in operands)
    filled = {**op.options, **options}
    with np.errstate(all="ignore"):
        return op.local(at, np.asarray(op.forward(*arrays, **filled)), arrays, filled)


FAR = [-1000.0, 1000.0]


@pytest.mark.parametrize(
    ("name", "values", "slopes"),
    [
        ("sigmoid", [0, 1], [0, 0]),
        ("tanh", [-1, 1], [0, 0]),
        ("relu", [0, 1000], [0, 1]),
        ("leaky_relu", [-10, 1000], [0.01, 1]),
        ("elu", [-1, 1000], [0, 1]),
        ("gelu", [0, 1000], [0, 1]),
        ("silu", [0, 1000], [0, 1]),
        ("softplus", [0, 1000], [0, 1]),
        ("identity", FAR, [1, 1]),
        ("relu6", [0, 6], [0, 0]),
        ("hardtanh", [-1, 1], [0, 0]),
        ("hardsigmoid", [0, 1], [0, 0]),
        ("hardswish", [0, 1000], [0, 1]),
        ("mish", [0, 1000], [0, 1]),
        ("logsigmoid", [-1000, 0], [1, 0]),
        ("celu", [-1, 1000], [0, 1]),
    ],
)
def test_activations_far_out(name, values, slopes):
    np.testing.assert_array_equal(value(name, FAR), values)
    np.testing.assert_array_equal(np.broadcast_to(slope(name, FAR), 2), slopes)


@pytest.mark.parametrize("x", [1e160, 1e300])
def test_gelu_survives_where_its_cube_overflows(x):
    np.testing.assert_array_equal(value("gelu", [-x, x]), [0, x])
    np.testing.assert_array_equal(slope("gelu", [-x, x]), [0, 1])


def test_erf_has_all_digits_of_a_float64():
    x = np.concatenate([np.linspace(-7, 7, 4001), [1e-300, 1e-17, 0.0, 30.0, np.inf, -np.inf]])
    np.testing.assert_allclose(value("erf", x), [math.erf(one) for one in x], rtol=4e-16)
    inner = np.linspace(-26, 26, 4001)
    np.testing.assert_allclose(erfc(inner), [math.erfc(one) for one in inner], rtol=2e-15)


def test_the_exact_gelu_keeps_its_digits_below_0():
    x = np.linspace(-30, 3, 1001)
    wanted = [0.5 * one * math.erfc(-one / math.sqrt(2)) for one in x]
    np.testing.assert_allclose(value("gelu", x, exact=True), wanted, rtol=3e-15)
    np.testing.assert_array_equal(value("gelu", FAR, exact=True), [0, 1000])
    np.testing.assert_array_equal(slope("gelu", FAR, exact=True), [0, 1])


def test_logsumexp_neither_overflows_nor_vanishes():
    assert value("logsumexp", FAR) == 1000
    assert value("logsumexp", [-1000.0, -1000.0]) == pytest.approx(-1000 + math.log(2))
    np.testing.assert_array_equal(value("logsumexp", [[-np.inf] * 2, FAR], axis=1), [-np.inf, 1000])


def test_a_product_divides_by_nothing():
    np.testing.assert_array_equal(slope("prod", [1e200, 1e200, 0.0]), [0, 0, np.inf])
    np.testing.assert_array_equal(slope("prod", [np.inf, 2.0, 3.0]), [6, np.inf, np.inf])
    a = np.random.default_rng(0).uniform(-2, 2, (2, 3, 4))
    others = slope("prod", a, axis=(0, 2))
    np.testing.assert_allclose(
        others * a, np.broadcast_to(np.prod(a, axis=(0, 2), keepdims=True), a.shape), rtol=1e-14
    )


def test_small_tails_keep_their_digits():
    assert value("softplus", -50.0) == pytest.approx(math.exp(-50), rel=1e-15)
    assert value("sigmoid", -50.0) == pytest.approx(math.exp(-50), rel=1e-15)
    assert slope("sigmoid", -50.0) == pytest.approx(math.exp(-50), rel=1e-15)
    assert value("elu", -1e-12) == pytest.approx(-1e-12, rel=1e-11)
    assert value("silu", -50.0) == pytest.approx(-50 * math.exp(-50), rel=1e-14)
    u = math.sqrt(2 / math.pi) * (6 + 0.044715 * 6**3)
    assert value("gelu", -6.0) == pytest.approx(-6 / (1 + math.exp(2 * u)), rel=1e-13)


@pytest.mark.parametrize(
    "name",
    [
        *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "abs"),
        *("relu6", "hardtanh", "hardsigmoid", "hardswish", "selu", "celu", "softsign"),
        *("logsigmoid", "mish", "clip", "sign", "floor", "erf", "log1p", "expm1"),
    ],
)
def test_nan_stays_nan(name):
    assert np.isnan(value(name, np.nan))
    assert np.isnan(slope(name, np.nan))


def test_leaky_relu_at_infinity():
    np.testing.assert_array_equal(slope("leaky_relu", [-np.inf, np.inf]), [0.01, 1])


def test_softmax_rows():
    np.testing.assert_array_equal(value("softmax", [0.0, 1000.0, -1000.0]), [0, 1, 0])
    np.testing.assert_allclose(value("softmax", [1000.0, 1000.0]), [0.5, 0.5])
    np.testing.assert_array_equal(value("log_softmax", [0.0, 1000.0]), [-1000, 0])
    np.testing.assert_array_equal(
        value("softmax", [[0.0, 1000.0], [999.0, 0.0]], axis=0), [[0, 1], [1, 0]]
    )


def test_losses_far_out():
    assert value("cross_entropy", [1000.0, -1000.0], 1.0) == 2000
    assert value("cross_entropy", [1000.0, -1000.0], 0.0) == 0
    np.testing.assert_array_equal(slope("cross_entropy", [1000.0, -1000.0], 1.0), [1, -1])
    assert value("binary_cross_entropy", [0.0, 1.0], [0.0, 1.0]) == 0
    np.testing.assert_array_equal(slope("binary_cross_entropy", [0.0, 1.0], [0.0, 1.0]), [1, -1])
    assert value("binary_cross_entropy", 0.0, 1.0) == np.inf
    assert value("negative_log_likelihood", [1.0, 0.0], 0.0) == 0
    np.testing.assert_array_equal(slope("negative_log_likelihood", [1.0, 0.0], 0.0), [-1, 0])


def test_a_million_classes_need_no_square_table():
    scores = np.zeros((2, 1_000_000))
    assert value("cross_entropy", scores, [5.0, 7.0]) == pytest.approx(math.log(1e6))


def test_norm_neither_overflows_nor_vanishes():
    assert value("norm", [3e200, 4e200]) == pytest.approx(5e200)
    assert value("norm", [3e-200, 4e-200]) == pytest.approx(5e-200)
    np.testing.assert_allclose(slope("norm", [3e-200, 4e-200]), [0.6, 0.8])
    np.testing.assert_array_equal(slope("norm", [0.0, 0.0]), [0, 0])


def test_divide_by_a_small_number():
    assert slope("divide", 1e-200, 1e-200, at=1) == pytest.approx(-1e200)


def test_powers_at_zero():
    assert slope("power", 0.0, 2.0) == 0
    assert slope("power", 0.0, 1.0) == 1
    assert slope("power", 0.0, 0.0) == 0
    assert slope("power", 0.0, 0.5) == np.inf
    assert slope("power", 0.0, 2.0, at=1) == 0
    assert slope("power", -2.0, 3.0) == 12


@pytest.mark.parametrize(
    ("name", "operands", "options", "expected"),
    [
        ("relu", ([0.0, 1.0],), {}, [True, False]),
        ("leaky_relu", ([0.0, 1.0],), {}, [True, False]),
        ("leaky_relu", ([0.0, 1.0],), {"slope": 1.0}, [False, False]),
        ("elu", ([0.0, 1.0],), {}, [False, False]),
        ("elu", ([0.0, 1.0],), {"alpha": 0.5}, [True, False]),
        ("abs", ([0.0, 1.0],), {}, [True, False]),
        ("sqrt", ([0.0, 1.0],), {}, [True, False]),
        ("relu6", ([0.0, 1.0, 6.0],), {}, [True, False, True]),
        ("hardtanh", ([-1.0, 0.0, 1.0],), {}, [True, False, True]),
        ("hardswish", ([-3.0, 0.0, 3.0],), {}, [True, False, True]),
        ("clip", ([0.0, 1.0, 2.0],), {"low": 0.0, "high": 2.0}, [True, False, True]),
        ("clip", ([-1e308, 1e308],), {}, [False, False]),
        ("sign", ([0.0, 1.0],), {}, [True, False]),
        ("floor", ([0.5, 1.0],), {}, [False, True]),
        ("greater", ([2.0, 1.0], [2.0, 3.0]), {}, [True, False]),
        ("min", ([[1.0, 1.0], [1.0, 2.0]],), {"axis": 1}, [True, False]),
        ("maximum", ([2.0, 1.0], [2.0, 3.0]), {}, [True, False]),
        ("minimum", ([2.0, 1.0], [2.0, 3.0]), {}, [True, False]),
        ("power", ([0.0, 1.0], [0.5, 0.5]), {}, [True, False]),
        ("power", ([0.0, 0.0], [2.0, 0.0]), {}, [False, True]),
        ("max", ([[1.0, 1.0], [1.0, 2.0]],), {"axis": 1}, [True, False]),
        ("norm", ([[0.0, 0.0], [1.0, 2.0]],), {"axis": 1}, [True, False]),
    ],
)
def test_kinks_are_declared(name, operands, options, expected):
    op = REGISTRY[name]
    assert op.kink is not None
    found = op.kink(*map(np.asarray, operands), **{**op.options, **options})
    np.testing.assert_array_equal(found, expected)


def test_ties_share_the_gradient():
    np.testing.assert_array_equal(slope("max", [2.0, 1.0, 2.0]), [0.5, 0, 0.5])
    assert slope("maximum", 3.0, 3.0) == slope("maximum", 3.0, 3.0, at=1) == 0.5
    assert slope("minimum", 2.0, 3.0) == 1
    assert slope("minimum", 2.0, 3.0, at=1) == 0
