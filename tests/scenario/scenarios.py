"""Scenarios that several tests load, and how they are written to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.run import Problem
from bpdebug.scenario import load

EXPRESSION = """
title = "Two layers"

[inputs]
x = [0.05, 0.10]
y = [0.01, 0.99]

[parameters]
W1 = [[0.15, 0.20], [0.25, 0.30]]
b1 = [0.35, 0.35]
W2 = [[0.40, 0.45], [0.50, 0.55]]
b2 = [0.60, 0.60]

[graph]
z1 = "W1 @ x + b1"
h1 = "sigmoid(z1)"
z2 = "W2 @ h1 + b2"
y_hat = "sigmoid(z2)"
L = "half_squared_error(y_hat, y)"

[optimizer]
name = "sgd"
learning_rate = 0.5

[run]
iterations = 2
"""

NETWORK = """
title = "Two layers"

[inputs]
x = [0.05, 0.10]
y = [0.01, 0.99]

[network]
loss = "half_squared_error"

[[network.layers]]
units = 2
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 0.30]]
bias = [0.35, 0.35]

[[network.layers]]
units = 2
activation = "sigmoid"
weights = [[0.40, 0.45], [0.50, 0.55]]
bias = [0.60, 0.60]

[optimizer]
name = "sgd"
learning_rate = 0.5

[run]
iterations = 2
"""

ROWS = """
[inputs]
x = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [1.0, 1.1, 1.2], [1.3, 1.4, 1.5]]
y = [0, 1, 1, 0, 1]

[network]
loss = "cross_entropy"

[[network.layers]]
units = 4
activation = "tanh"
weights = { init = "xavier_uniform" }

[[network.layers]]
units = 2
weights = { init = "xavier_uniform" }

[run]
batch_size = 2
"""


DEEP = """
[inputs]
x = [[1.0, 2.0, 0.5], [-0.5, 0.3, 0.2]]
y = [[0.3, 0.1], [0.8, -0.2]]
extra = [[1.0, 2.0], [3.0, 4.0]]
[network]
loss = "squared_error"
penalty = { l2 = 0.1 }
[[network.layers]]
units = 4
weights = { init = "xavier_uniform" }
[[network.layers]]
kind = "layer_norm"
gamma = [1, 1, 1, 1]
beta = [0, 0, 0, 0]
eps = 1e-5
axes = 1
residual = "z1"
activation = "elu"
alpha = 2.0
[[network.layers]]
kind = "activation"
activation = "tanh"
[[network.layers]]
kind = "flatten"
[[network.layers]]
units = 2
weights = { init = "xavier_uniform" }
residual = "extra"
"""
"""Every key of the layers without windows."""
IMAGES = """
[inputs]
x = [[[[1, 2], [3, 4]]], [[[5, 6], [7, 9]]]]
y = [[0.1, 0.9], [0.7, -0.2]]
"""
CNN = (
    IMAGES
    + """
keep = [[1, 0], [1, 1]]
[network]
loss = "squared_error"
[[network.layers]]
kind = "conv2d"
channels = 2
kernel = [2, 2]
stride = 1
padding = 1
dilation = 1
groups = 1
weights = { init = "xavier_uniform" }
bias = [1, 2]
activation = "relu"
[[network.layers]]
kind = "max_pool2d"
size = 3
stride = 1
padding = 0
[[network.layers]]
kind = "batch_norm"
gamma = [1, 1]
[[network.layers]]
kind = "flatten"
[[network.layers]]
kind = "dropout"
rate = 0.5
seed = 4
"""
)
"""Every key of the layers over images."""


DEAD_UNIT = """
[inputs]
X = [[0.9, 0.3], [0.4, 1.0], [0.7, 0.6], [0.2, 0.8], [1.0, 0.1]]
Y = [[0.5], [0.2], [0.4], [0.1], [0.6]]
[parameters]
W1 = [[0.6, 0.4], [-0.9, -0.7], [0.5, 0.8]]
b1 = [0.1, 0.0, 0.2]
W2 = [[0.7, -0.8, 0.5]]
b2 = [0.0]
[graph]
"""
"""Data and parameters for a graph of two layers: unit 1 of a ReLU layer 1 is dead."""
FORTY_STEPS = """
[optimizer]
name = "sgd"
learning_rate = 0.05
[run]
iterations = 40
"""
"""How it learns, in 40 iterations."""


def write(folder: Path, text: str | bytes, name: str = "scenario.toml") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def loaded(folder: Path, text: str, **options: int) -> Problem:
    """The problem that a text describes."""
    return load(write(folder, text), **options)


def failure(path):
    """The error of loading a file; it must be printable and name the file."""
    with pytest.raises(BpdebugError) as caught:
        load(path)
    error = caught.value
    assert error.file == str(path)
    first = str(error).split("\n")[0]
    assert first.isprintable()
    assert len(error.problem) < 600
    return error


def fails(folder, text, old, new, key, said):
    """The text with one change must fail at the key and say so."""
    assert old in text
    error = failure(write(folder, text.replace(old, new, 1)))
    assert (error.key, said in error.problem) == (key, True), str(error)
