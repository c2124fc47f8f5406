"""Stable forms: right at ±1000, at 0 and for NaN, where the obvious formula is not."""

import math

import numpy as np
import pytest

from bpdebug.ops import REGISTRY


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
    ],
)
def test_activations_far_out(name, values, slopes):
    np.testing.assert_array_equal(value(name, FAR), values)
    np.testing.assert_array_equal(np.broadcast_to(slope(name, FAR), 2), slopes)


@pytest.mark.parametrize("x", [1e160, 1e300])
def test_gelu_survives_where_its_cube_overflows(x):
    np.testing.assert_array_equal(value("gelu", [-x, x]), [0, x])
    np.testing.assert_array_equal(slope("gelu", [-x, x]), [0, 1])


def test_small_tails_keep_their_digits():
    assert value("softplus", -50.0) == pytest.approx(math.exp(-50), rel=1e-15)
    assert value("sigmoid", -50.0) == pytest.approx(math.exp(-50), rel=1e-15)
    assert slope("sigmoid", -50.0) == pytest.approx(math.exp(-50), rel=1e-15)
    assert value("elu", -1e-12) == pytest.approx(-1e-12, rel=1e-11)
    assert value("silu", -50.0) == pytest.approx(-50 * math.exp(-50), rel=1e-14)
    u = math.sqrt(2 / math.pi) * (6 + 0.044715 * 6**3)
    assert value("gelu", -6.0) == pytest.approx(-6 / (1 + math.exp(2 * u)), rel=1e-13)


@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "abs"]
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
