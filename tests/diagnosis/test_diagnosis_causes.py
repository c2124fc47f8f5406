"""Each cause in a network made for it, and the same network without it."""

from unittest.mock import patch

import numpy as np
import pytest

from bpdebug.diagnosis import diagnose, hints
from bpdebug.wording import Script
from tests.diagnosis.runs import arrays, diagnosed, ids, run_of

RNG = np.random.default_rng(0)
WHICH = np.arange(60) % 3
X = RNG.normal(size=(3, 4))[WHICH] * 2 + RNG.normal(size=(60, 4))
YES = (WHICH > 0)[:, None].astype(float)
U = RNG.normal(size=(60, 3))
AMOUNT = np.sin(U[:, :1]) + U[:, 1:2] * U[:, 2:]

NETWORK = """
[inputs]
{data}
[network]
loss = "{loss}"
{layers}
[optimizer]
name = "{optimizer}"
learning_rate = {rate}
{more}
[run]
iterations = {iterations}
"""
LAYER = """
[[network.layers]]
units = {}
activation = "{}"
weights = {}
"""


def network(x, y, layers, loss, optimizer="adam", rate=0.01, iterations=200, **other):
    """The text of a network."""
    init = other.get("init", '{ init = "xavier_uniform" }')
    return NETWORK.format(
        data=arrays(x=x, y=y),
        loss=loss,
        layers="".join(LAYER.format(units, activation, init) for units, activation in layers),
        optimizer=optimizer,
        rate=rate,
        more=other.get("more", ""),
        iterations=iterations,
    )


CLASSES = [(16, "relu"), (3, "identity")]
LINE = [(16, "tanh"), (1, "identity")]
DEEP = [(64, "relu")] * 3 + [(3, "identity")]
WIDE = '{ init = "normal", std = 1.0 }'
MIXED = X * np.array([1.0, 1.0, 5000.0, 0.01])
FAULTS = {
    "missing-hidden-activation": (U, AMOUNT, [(16, "identity"), (1, "identity")], "l1"),
    "unscaled-input": (MIXED, WHICH, CLASSES, "cross_entropy", "sgd"),
    "unscaled-target": (U, AMOUNT * 5000, LINE, "mean_squared_error"),
    "learning-rate-too-low": (X, WHICH, CLASSES, "cross_entropy", "sgd", 1e-4, 100),
    "too-few-iterations": (X, WHICH, CLASSES, "cross_entropy", "adam", 0.005, 15),
    "vanishing-gradient": (
        X,
        WHICH,
        [(16, "sigmoid")] * 6 + [(3, "identity")],
        "cross_entropy",
        "sgd",
        0.1,
    ),
}


def test_the_network_without_a_fault_has_no_finding(tmp_path):
    assert diagnosed(tmp_path, network(X, WHICH, CLASSES, "cross_entropy")).findings == ()
    assert diagnosed(tmp_path, network(U, AMOUNT, LINE, "l1", iterations=400)).findings == ()


@pytest.mark.parametrize("cause", FAULTS)
def test_each_cause_is_named_first(tmp_path, cause):
    assert diagnosed(tmp_path, network(*FAULTS[cause])).findings[0].id == cause


@pytest.mark.parametrize(
    ("optimizer", "rate", "layers"),
    [
        ("adam", 1.0, [(16, "relu"), (16, "relu"), (3, "identity")]),
        ("sgd", 20.0, CLASSES),
        ("adam", 3.0, [(16, "sigmoid"), (16, "sigmoid"), (3, "identity")]),
    ],
)
def test_a_rate_that_is_too_high_is_named_with_what_follows(tmp_path, optimizer, rate, layers):
    text = network(X, WHICH, layers, "cross_entropy", optimizer, rate)
    (found,) = diagnosed(tmp_path, text).findings
    assert found.id == "learning-rate-too-high"
    assert "of the rate it ends at" in found.evidence
    assert f"than {rate:g}" in found.remedy


def test_first_weights_that_are_too_large_are_told_from_the_first_loss(tmp_path):
    text = network(X, WHICH, DEEP, "cross_entropy", init=WIDE)
    found = diagnosed(tmp_path, text).findings[0]
    assert (found.id, found.title) == ("bad-init", "first weights too large")
    assert "where the best constant answer has 1.099" in found.evidence
    assert "he_normal" in found.remedy


DECAY = """
[inputs]
{data}
[parameters]
W = {{ shape = [3, 4], init = "xavier_uniform" }}
b = [0.0, 0.0, 0.0]
[graph]
z = "x @ W.T + b"
L = "cross_entropy(z, y) + {factor} * sum(W ** 2)"
[optimizer]
name = "adam"
learning_rate = 0.05
[run]
iterations = 200
"""


@pytest.mark.parametrize(("factor", "outweighs"), [(5.0, True), (0.001, False)])
def test_a_penalty_that_outweighs_the_data_is_a_cause(tmp_path, factor, outweighs):
    text = DECAY.format(data=arrays(x=X, y=np.eye(3)[WHICH]), factor=factor)
    found = [one.id for one in diagnosed(tmp_path, text).findings]
    assert found == ["weight-decay-too-large"] * outweighs


def test_a_decay_in_the_steps_counts_too(tmp_path):
    text = network(X, WHICH, CLASSES, "cross_entropy", "sgd", 0.1, more="weight_decay = 1.0")
    found = diagnosed(tmp_path, text).findings[0]
    assert (found.id, found.subject) == ("weight-decay-too-large", "weight_decay")


SUM = """
[inputs]
{data}
[parameters]
W = [[0.1, 0.1, 0.1, 0.1]]
[graph]
L = "{loss}"
[optimizer]
name = "sgd"
learning_rate = 0.05
[run]
iterations = 30
"""


@pytest.mark.parametrize(("loss", "found"), [("sum", True), ("mean", False)])
def test_a_sum_over_the_rows_is_said_beside_the_rate(tmp_path, loss, found):
    text = SUM.format(data=arrays(x=X, y=YES), loss=f"{loss}((x @ W.T - y) ** 2)")
    told = [one.id for one in diagnosed(tmp_path, text).findings]
    assert told == ["learning-rate-too-high", "wrong-reduction"] * found


def test_a_target_that_never_differs_has_no_sign_to_flip(tmp_path):
    text = SUM.replace("[0.1, 0.1, 0.1, 0.1]", "[[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]")
    text = text.replace("[[[", "[[").replace("]]]", "]]")
    loss = "kl_divergence(log_softmax(x @ W.T), y)"
    run = run_of(tmp_path, text.format(data=arrays(x=X, y=np.full((60, 2), 0.5)), loss=loss))
    assert hints(run, Script()) == ()
    flipped = "mean(sum(y * log_softmax(x @ W.T), axis=1))"
    run = run_of(tmp_path, text.format(data=arrays(x=X, y=np.eye(2)[WHICH % 2]), loss=flipped))
    assert [one.id for one in hints(run, Script())] == ["loss-sign-flipped"]


# Experiments.


def test_without_experiments_nothing_is_run_again(tmp_path):
    run = run_of(tmp_path, SUM.format(data=arrays(x=X, y=YES), loss="sum((x @ W.T - y) ** 2)"))
    found = diagnose(run, Script(), experiments=False).findings
    assert found[0].id == "learning-rate-too-high"
    assert "of the rate" not in found[0].evidence
    assert "such as" not in found[0].remedy


def test_experiments_stop_where_their_operations_are_used_up(tmp_path):
    run = run_of(tmp_path, network(X, WHICH, CLASSES, "cross_entropy", "sgd", 1e-4, 100))
    with patch("bpdebug.diagnosis.trials.BUDGET", 1000):
        found = diagnose(run, Script()).findings
    assert "times the rate" not in found[0].evidence
    assert "times the rate" in diagnose(run, Script()).findings[0].evidence


def test_a_diagnosis_repeats_itself(tmp_path):
    text = network(*FAULTS["unscaled-input"])
    first, second = (diagnosed(tmp_path, text).findings for _ in range(2))
    assert first == second
    assert "with standardised columns the loss ends at" in first[0].evidence


def test_a_finding_has_the_numbers_that_show_it(tmp_path):
    (found,) = diagnosed(tmp_path, network(*FAULTS["unscaled-input"])).findings
    assert found.plot is not None
    assert not found.plot.curve
    assert found.plot.values == tuple(MIXED[:, 2])


# What is told when a scenario is opened.


def test_a_hint_needs_no_iteration(tmp_path):
    layers = [(16, "relu"), (1, "softmax")]
    run = run_of(tmp_path, network(X, YES, layers, "mean_squared_error"))
    (hint,) = hints(run, Script())
    assert hint.id == "softmax-over-one-unit"
    assert run.losses.exact == 0


def test_what_a_run_may_make_harmless_is_no_hint(tmp_path):
    run = run_of(tmp_path, network(X * 30, WHICH, CLASSES, "cross_entropy"))
    assert hints(run, Script()) == ()


def test_symptoms_stand_under_their_cause_and_nowhere_else(tmp_path):
    layers = [(16, "relu"), (1, "softmax")]
    (found,) = diagnosed(tmp_path, network(X, YES, layers, "mean_squared_error")).findings
    below = ids(found.symptoms)
    assert {"never-moves", "loss-stands-still", "same-output"} <= set(below)
