"""What `bpdebug.trace` is given: each mistake is one sentence, and nothing is swallowed."""

import numpy as np
import pytest

import bpdebug

W = np.array([0.5, -1.0])
SGD = {"name": "sgd", "learning_rate": 0.1}


def loss(W):
    return (W**2).sum()


@pytest.mark.parametrize("given", [[W], None, W, {1: W}])
def test_parameters_are_a_dict_of_names(given):
    with pytest.raises(bpdebug.BpdebugError, match="parameters must be a dict of arrays"):
        bpdebug.trace(loss, parameters=given)


@pytest.mark.parametrize("given", ["sgd", ["sgd"], {1: 2}])
def test_an_optimizer_is_a_dict_of_names(given):
    with pytest.raises(bpdebug.BpdebugError, match="optimizer must be a dict of settings"):
        bpdebug.trace(loss, parameters={"W": W}, optimizer=given)


def test_a_setting_is_a_number_or_a_text():
    with pytest.raises(bpdebug.BpdebugError, match="must be a number or a text, not None"):
        bpdebug.trace(loss, parameters={"W": W}, optimizer={**SGD, "learning_rate": None})


@pytest.mark.parametrize("rate", [np.float64(0.1), np.float32(0.5), 1])
def test_a_setting_may_be_a_number_of_numpy(rate):
    given = {**SGD, "learning_rate": rate}
    run = bpdebug.trace(loss, parameters={"W": W}, optimizer=given, iterations=2)
    plain = {**SGD, "learning_rate": float(rate)}
    other = bpdebug.trace(loss, parameters={"W": W}, optimizer=plain, iterations=2)
    assert run.losses() == pytest.approx(other.losses())


@pytest.mark.parametrize("learned", [True, False])
def test_a_dict_that_holds_itself(learned):
    held = {"W": W}
    held["self"] = held

    def of_dict(held, V):
        return (held["W"] * V).sum()

    if learned:
        with pytest.raises(bpdebug.BpdebugError, match="holds a dict"):
            bpdebug.trace(of_dict, V=W, parameters={"held": held})
    else:
        assert bpdebug.trace(of_dict, held=held, parameters={"V": W}).loss == pytest.approx(1.25)


def of_steps(x, W, iterations=1):
    return (x * W).sum() * iterations


def test_a_word_of_trace_that_the_function_takes_is_given_by_place():
    with pytest.raises(bpdebug.BpdebugError, match=r"'iterations', which is a word.*by place"):
        bpdebug.trace(of_steps, x=W, iterations=3, parameters={"W": W})

    def other(x, iterations, W):
        return (x * W).sum() * iterations

    run = bpdebug.trace(other, W, 3, parameters={"W": W}, iterations=2)
    assert run.loss == pytest.approx(3 * 1.25)
    assert bpdebug.trace(of_steps, x=W, parameters={"W": W}).loss == pytest.approx(1.25)
