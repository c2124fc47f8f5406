"""Mistakes at a loss that is a composite: what it is follows from its declaration."""

import numpy as np
import pytest

from bpdebug.mistakes.fresh.draws import targets_of
from tests.mistakes.judging import judged, run_of

X = np.array([[0.5, -1.0, 2.0], [1.0, 0.2, -0.3], [0.1, 0.4, 0.9], [-0.7, 0.3, 0.2]])
T = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
W = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
Z = X @ W.T
P = 1 / (1 + np.exp(-Z))
SCENARIO = f"""
[inputs]
x = {X.tolist()}
t = {T.tolist()}
[parameters]
W = {W.tolist()}
[graph]
z = "x @ W.T"
L = "LOSS"
"""


def verdict(folder, loss, delta):
    return judged(folder, run_of(folder, SCENARIO.replace("LOSS", loss)), {"W": delta.T @ X})


@pytest.mark.parametrize(
    ("loss", "delta", "mistake", "right"),
    [
        (
            "binary_cross_entropy_with_logits(z, t)",
            (P - T) / 8 * P * (1 - P),
            "extra-local-derivative",
            "the gradient of z = the right gradient",
        ),
        (
            "binary_cross_entropy_with_logits(z, t)",
            2 * (Z - T) / 8,
            "wrong-derivative",
            "(derivative of binary_cross_entropy_with_logits)",
        ),
        (
            "huber(z, t, delta=0.3)",
            (Z - T) / 4,
            "wrong-derivative",
            "(derivative of huber)",
        ),
    ],
)
def test_a_mistake_at_the_loss_is_named(tmp_path, loss, delta, mistake, right):
    (found,) = verdict(tmp_path, loss, delta).explanations[0].mistakes
    assert (found.id, found.at) == (mistake, ("z",))
    assert right in found.right


def test_the_right_numbers_are_right_under_another_reduction_too(tmp_path):
    loss = "binary_cross_entropy_with_logits(z, t)"
    assert verdict(tmp_path, loss, (P - T) / 8).verdict == "agrees"
    found = verdict(tmp_path, loss, (P - T) / 4)
    assert (found.verdict, [one.id for one in found.conventions]) == ("convention", ["reduction"])


def test_its_target_is_known(tmp_path):
    run = run_of(tmp_path, SCENARIO.replace("LOSS", "huber(z, t)"))
    assert targets_of(run.graph(1)) == {"t"}
