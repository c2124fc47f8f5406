"""A scenario whose data picks cells: the embedding of tokens, in batches of two rows."""

from __future__ import annotations

from pathlib import Path

from bpdebug.run import Run
from bpdebug.scenario import load

EMBEDDING = """
title = "The rows that a sentence reads"

[inputs]
tokens = [[1, 3, 1], [0, 3, -2], [2, 2, 2], [4, 0, 1], [3, 3, 0], [-1, 1, 2]]
y = [0, 1, 1, 0, 1, 0]

[parameters]
E = { shape = [5, 2], init = "normal", seed = 1 }
W = { shape = [2, 2], init = "normal", seed = 2 }

[graph]
x = "E[tokens]"
h = "tanh(mean(x, axis=1))"
z = "h @ W + 0.1 * E[tokens[:, 0]]"
L = "cross_entropy(z, y)"

[optimizer]
name = "sgd"
learning_rate = 0.5

[run]
iterations = 6
batch_size = 2
"""
"""`-2` is row 3. Of the last three rows of E, no batch reads all."""


def embedding(folder: Path, text: str = EMBEDDING) -> Path:
    """The scenario as a file."""
    path = folder / "embedding.toml"
    path.write_text(text, encoding="utf-8")
    return path


def embedding_run(folder: Path, text: str = EMBEDDING) -> Run:
    """A run of the scenario."""
    return Run(load(embedding(folder, text)))
