"""Every pair of last activation and loss, written out, with the targets of every task."""

import numpy as np
import pytest

from bpdebug.diagnosis import hints
from bpdebug.wording import Script
from tests.diagnosis.runs import arrays, run_of

RNG = np.random.default_rng(3)
X = RNG.normal(size=(30, 4))
WHICH = np.arange(30) % 3
SHARES = np.exp(X[:, :3])
TARGETS = {
    "yes or no": (WHICH > 0)[:, None].astype(float),
    "one of three": np.eye(3)[WHICH],
    "several of three": (X[:, :3] > 0).astype(float),
    "shares": SHARES / SHARES.sum(axis=1, keepdims=True),
    "amounts": 2 * X[:, :1] + 0.5,
    "class numbers": WHICH[:, None].astype(float),
}
OUTPUTS = {
    "bare": "z * 1",
    "relu": "relu(z)",
    "sigmoid": "1 / (1 + exp(-z))",
    "tanh": "tanh(z)",
    "softmax": "exp(z - max(z, axis=1, keepdims=True)) / "
    "sum(exp(z - max(z, axis=1, keepdims=True)), axis=1, keepdims=True)",
}
CLIPPED = "minimum(maximum(p, 1e-7), 1 - 1e-7)"
LOSSES = {
    "squared": "mean((p - y) ** 2)",
    "binary": f"-mean(y * log({CLIPPED}) + (1 - y) * log(1 - {CLIPPED}))",
    "categorical": f"-mean(sum(y * log({CLIPPED}), axis=1))",
    "of scores": "-mean(sum(y * log_softmax(p), axis=1))",
    "of log-odds": "mean(softplus(p) - y * p)",
}
MISMATCH, ONE, OUTPUT = "loss-output-mismatch", "softmax-over-one-unit", "wrong-output-activation"
TASK, NUMBERS, TWICE = "wrong-loss-for-task", "labels-not-one-hot", "softmax-twice"
FOUND = {
    # target, output: what is said of each of the losses, in their order; "" for nothing
    ("yes or no", "bare"): ["", MISMATCH, MISMATCH, ONE, ""],
    ("yes or no", "sigmoid"): ["", "", MISMATCH, ONE, MISMATCH],
    ("yes or no", "tanh"): ["", MISMATCH, MISMATCH, ONE, MISMATCH],
    ("yes or no", "softmax"): [ONE, ONE, ONE, ONE, ONE],
    ("one of three", "bare"): ["", MISMATCH, MISMATCH, "", ""],
    ("one of three", "relu"): ["", MISMATCH, MISMATCH, "", ""],
    ("one of three", "sigmoid"): ["", "", MISMATCH, MISMATCH, MISMATCH],
    ("one of three", "softmax"): ["", TASK, "", TWICE, MISMATCH],
    ("several of three", "bare"): ["", MISMATCH, MISMATCH, OUTPUT, ""],
    ("several of three", "sigmoid"): ["", "", MISMATCH, OUTPUT, MISMATCH],
    ("several of three", "softmax"): [OUTPUT, OUTPUT, OUTPUT, TWICE, OUTPUT],
    ("shares", "sigmoid"): ["", "", MISMATCH, MISMATCH, MISMATCH],
    ("shares", "softmax"): ["", TASK, "", TWICE, MISMATCH],
    ("amounts", "bare"): ["", TASK, TASK, ONE, OUTPUT],
    ("amounts", "relu"): [OUTPUT, OUTPUT, OUTPUT, ONE, OUTPUT],
    ("amounts", "sigmoid"): [OUTPUT, OUTPUT, OUTPUT, ONE, OUTPUT],
    ("amounts", "tanh"): [OUTPUT, OUTPUT, OUTPUT, ONE, OUTPUT],
    ("class numbers", "bare"): ["", NUMBERS, NUMBERS, ONE, NUMBERS],
    ("class numbers", "sigmoid"): [NUMBERS, NUMBERS, NUMBERS, ONE, NUMBERS],
    ("class numbers", "softmax"): [ONE, ONE, ONE, ONE, ONE],
}


@pytest.mark.parametrize(("target", "output"), FOUND)
def test_what_is_said_before_the_run(tmp_path, target, output):
    y = TARGETS[target]
    said = []
    for loss in LOSSES.values():
        text = f"""
[inputs]
{arrays(x=X, y=y)}
[parameters]
W = {{ shape = [{y.shape[1]}, 4], init = "xavier_uniform" }}
[graph]
z = "x @ W.T"
p = "{OUTPUTS[output]}"
L = "{loss}"
[optimizer]
name = "sgd"
learning_rate = 0.1
"""
        told = hints(run_of(tmp_path, text), Script())
        said.append(told[0].id if told else "")
    assert said == FOUND[target, output]
