"""A row or a column an example, one line or many: the diagnosis is the same."""

import numpy as np
import pytest

from tests.diagnosis.runs import arrays, diagnosed

ROWS = """
[inputs]
{data}
[parameters]
{parameters}
[graph]
{graph}
[optimizer]
name = "{optimizer}"
learning_rate = {rate}
[run]
iterations = {iterations}
"""
RNG = np.random.default_rng(5)
X = RNG.normal(size=(24, 3))
WHICH = np.arange(24) % 3
CLASSES = np.eye(3)[WHICH]
X += 2 * CLASSES
AMOUNTS = np.sin(X[:, :1]) * 3 + X[:, 1:2]
NUMBERS = WHICH[:, None].astype(float)
YES = (WHICH > 0)[:, None].astype(float)
SEVERAL = (X > 0).astype(float)

# The last activation and the loss for scores s and targets t; {a} is the axis of the units.
SOFTMAX = "softmax(s, axis={a})"
CASES = {
    "softmax-over-one-unit": (YES, SOFTMAX, "mean((p - t) ** 2)", 0.1),
    "labels-not-one-hot": (NUMBERS, "sigmoid(s)", "mean((p - t) ** 2)", 0.1),
    "softmax-twice": (CLASSES, SOFTMAX, "cross_entropy(p, t{b})", 0.1),
    "loss-output-mismatch": (
        CLASSES,
        "sigmoid(s)",
        "mean(-sum(t * log(p / sum(p, axis={a}, keepdims=True)), axis={a}))",
        0.1,
    ),
    "wrong-output-activation": (AMOUNTS, "sigmoid(s)", "mean((p - t) ** 2)", 0.1),
    "wrong-loss-for-task": (YES, "sigmoid(s)", "mean(abs(p - t))", 0.0001),
    "loss-sign-flipped": (AMOUNTS, "s * 1", "-mean((p - t) ** 2)", 0.001),
    "learning-rate-too-high": (AMOUNTS, "s * 1", "mean((p - t) ** 2)", 30.0),
    "": (CLASSES, SOFTMAX, "mean(-sum(t * log(p), axis={a}))", 0.5),
}


def scenario(target, output, loss, rate, *, columns, one_line):
    """The text of a scenario with a hidden layer of 8 units, in a layout."""
    rng = np.random.default_rng(1)
    weights = {
        "A": rng.normal(size=(8, 3)) * 0.6,
        "a": np.zeros((8, 1) if columns else 8),
        "B": rng.normal(size=(target.shape[1], 8)) * 0.4,
        "b": np.zeros((target.shape[1], 1) if columns else target.shape[1]),
    }
    data = {"u": X.T, "t": target.T} if columns else {"u": X, "t": target}
    h = "tanh(A @ u + a)" if columns else "tanh(u @ A.T + a)"
    s = "B @ h + b" if columns else "h @ B.T + b"
    names = {"a": 0 if columns else 1, "b": ", axis=0" if columns else ""}
    p, loss = output.format(**names), loss.format(**names)
    lines = {"h": h, "s": s, "p": p, "J": loss}
    if one_line:
        s = s.replace("h ", f"({h}) ") if not columns else s.replace(" h", f" ({h})")
        p = p.replace("(s", f"(({s})") if "(s" in p else p.replace("s ", f"({s}) ")
        lines = {"J": loss.replace("p ", "PP ").replace("(p", "(PP").replace("PP", f"({p})")}
    graph = "\n".join(f'{name} = "{value}"' for name, value in lines.items())
    return ROWS.format(
        data=arrays(**data),
        parameters=arrays(**weights),
        graph=graph,
        optimizer="sgd",
        rate=rate,
        iterations=60,
    )


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("one_line", [False, True])
@pytest.mark.parametrize("cause", CASES)
def test_the_layout_changes_nothing(tmp_path, cause, columns, one_line):
    text = scenario(*CASES[cause], columns=columns, one_line=one_line)
    found = [one.id for one in diagnosed(tmp_path, text).findings]
    assert (found[:1] or [""]) == [cause]


@pytest.mark.parametrize("columns", [False, True])
def test_labels_that_do_not_exclude_one_another_want_sigmoids(tmp_path, columns):
    case = (SEVERAL, SOFTMAX, "mean(-sum(t * log(p), axis={a}))", 0.1)
    found = diagnosed(tmp_path, scenario(*case, columns=columns, one_line=False)).findings
    assert found[0].id == "wrong-output-activation"
    assert "sigmoids with binary_cross_entropy" in found[0].remedy
