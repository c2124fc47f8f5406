"""Scenarios with a fault that can be told before they run, or that has a plot."""

from bpdebug.run import Run
from bpdebug.scenario import load

ONE_UNIT = """
[inputs]
x = [[0.9, 0.3], [0.4, 1.0], [0.7, 0.6], [-0.3, 0.2]]
y = [[1.0], [0.0], [1.0], [0.0]]
[parameters]
A = [[0.6, -0.9], [0.4, -0.7]]
B = [[0.7], [-0.8]]
[graph]
p = "softmax(tanh(x @ A) @ B)"
L = "mean((p - y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 20
"""
"""A softmax over one unit: nothing moves, which follows from it."""
TOO_FAST = """
[inputs]
x = [[1.0], [2.0], [3.0], [-1.0]]
y = [[2.0], [4.0], [6.0], [-2.0]]
[parameters]
w = [[0.5]]
[graph]
L = "mean((x @ w - y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.5
[run]
iterations = 30
"""
"""A rate so high that the loss grows."""
UNSCALED = f"""
[inputs]
x = {[[1000.0 + 37 * (at * at % 11), 0.1 * at] for at in range(24)]}
y = {[[float(at % 2)] for at in range(24)]}
[parameters]
A = [[0.2, -0.3, 0.1], [0.4, 0.3, -0.2]]
B = [[0.5], [-0.4], [0.3]]
[graph]
L = "binary_cross_entropy(sigmoid(tanh(x @ A) @ B), y)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 60
"""
"""Inputs of about a thousand."""


def run_in(folder, text):
    """The run of a scenario that is written to a folder."""
    path = folder / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    return Run(load(path))
