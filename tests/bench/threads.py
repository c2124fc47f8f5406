"""Training a small network with the threads that linear algebra takes, against one thread.

How many it takes is settled when numpy is loaded, so each training is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bpdebug.cli.main import BLAS_THREADS
from tests.bench.table import Row, compared

SCENARIO = """
[inputs]
x = { shape = [64, 64], init = "normal", seed = 1 }
y = { shape = [64, 10], init = "normal", seed = 2 }
[network]
loss = "half_squared_error"
[[network.layers]]
units = 128
activation = "tanh"
weights = { init = "xavier_uniform", seed = 3 }
[[network.layers]]
units = 10
weights = { init = "xavier_uniform", seed = 4 }
[optimizer]
name = "sgd"
learning_rate = 0.01
[run]
iterations = 300
"""
"""64-128-10 with 64 rows: the products are just large enough to be shared among threads."""
MEASURE = """
import sys, time
if sys.argv[2] == "program":
    from bpdebug.cli.main import one_thread
    one_thread()
from bpdebug.run import Run
from bpdebug.scenario import load
least = float("inf")
for _ in range(3):
    run = Run(load(sys.argv[1]))
    start = time.perf_counter()
    for _ in run.walk_losses(1, run.iterations):
        pass
    least = min(least, time.perf_counter() - start)
print(least)
"""
ROUNDS = 4


def training(path: Path, who: str, **settings: str) -> float:
    """Seconds of a training in a process of its own; the environment names threads where told."""
    unsaid = {name: value for name, value in os.environ.items() if name not in BLAS_THREADS}
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), who],
        check=True,
        capture_output=True,
        text=True,
        env=unsaid | settings,
    )
    return float(told.stdout)


def trainings() -> Iterator[Row]:
    """The program, and Python, which has the threads of numpy's default; each against one thread.

    Only the program has a goal: in Python, numpy is the caller's.
    """
    one = dict.fromkeys(BLAS_THREADS, "1")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "small.toml"
        path.write_text(SCENARIO, encoding="utf-8")
        rounds = [
            (training(path, "program"), training(path, "python"), training(path, "python", **one))
            for _ in range(ROUNDS)
        ]
    program, python, single = (min(times) for times in zip(*rounds, strict=True))
    yield compared("training 64-128-10, the program", "one BLAS thread", (program, single), 1.1)
    yield compared("training 64-128-10, in Python", "one BLAS thread", (python, single), None)
