"""Functions of scipy.special, where SciPy is installed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.recording.gradients import agrees, graph, rng

special = pytest.importorskip("scipy.special")
softmax = special.softmax
R = rng(4)
LEARNED = {"A": R.standard_normal((3, 4)), "v": R.standard_normal(4)}


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda A, v: (special.expit(A) * v).sum(), "sum(sigmoid(A) * v)"),
        (lambda A, v: (softmax(A, axis=1) * v).sum(), "sum(softmax(A) * v)"),
        (lambda A, v: (special.softmax(A, axis=0) * v).sum(), "sum(softmax(A, axis=0) * v)"),
        (lambda A, v: (special.log_softmax(A, axis=-1) * v).sum(), "sum(log_softmax(A) * v)"),
        (
            lambda A, v: special.logsumexp(A, axis=1).sum() * v[0],
            "sum(logsumexp(A, axis=1)) * v[0]",
        ),
        (lambda A, v: special.erf(A @ v).sum(), "sum(erf(A @ v))"),
        (lambda A, v: special.log_expit(A @ v).sum(), "sum(logsigmoid(A @ v))"),
    ],
)
def test_a_function_of_scipy_is_an_op(function, text):
    assert graph(agrees(function, LEARNED)) == [f'loss = "{text}"']


def test_functions_written_with_others():
    agrees(lambda A, v: special.erfc(A).sum() + special.logit(special.expit(v)).sum(), LEARNED)
    agrees(lambda A, v: special.xlogy(A**2, v**2).sum(), LEARNED)
    agrees(lambda A, v: (special.softmax(A) * np.arange(4)).sum() + v.sum(), LEARNED)
