"""The export of every term: lines a second, and memory that does not grow with the steps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.table import Row, seconds

SCENARIO = """title = "export"
[inputs]
x = {{ file = "data.npz", key = "x" }}
y = {{ file = "data.npz", key = "y" }}
[network]
loss = "half_squared_error"
[[network.layers]]
units = 64
activation = "sigmoid"
weights = {{ init = "xavier_uniform", seed = 1 }}
bias = {{ init = "zeros" }}
[[network.layers]]
units = 10
activation = "sigmoid"
weights = {{ init = "xavier_uniform", seed = 2 }}
bias = {{ init = "zeros" }}
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = {iterations}
"""
MEASURE = """
import resource, sys, time
from bpdebug.export import export
from bpdebug.run import Run
from bpdebug.scenario import load
run = Run(load(sys.argv[1]))
start = time.perf_counter()
export(run, sys.argv[2], format="text", detail="term")
spent = time.perf_counter() - start
print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write_scenario(folder: str, iterations: int) -> Path:
    """A network of 100-64-10 on 16 rows of random data."""
    import numpy as np

    rng = np.random.default_rng(0)
    np.savez(Path(folder) / "data.npz", x=rng.normal(size=(16, 100)), y=rng.random((16, 10)))
    path = Path(folder) / f"export{iterations}.toml"
    path.write_text(SCENARIO.format(iterations=iterations), encoding="utf-8")
    return path


def measure(folder: str, iterations: int) -> tuple[float, int, int]:
    """Seconds, lines and KiB at the peak for an export of so many iterations."""
    target = Path(folder) / "trace.txt"
    found = subprocess.run(
        [sys.executable, "-c", MEASURE, str(write_scenario(folder, iterations)), str(target)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    with target.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return float(found[0]), lines, int(found[1])


def lines() -> Iterator[Row]:
    """Speed on a long export, and the peak of memory against a short one."""
    with TemporaryDirectory() as folder:
        _, few, small = measure(folder, 1)
        spent, count, large = measure(folder, 8)
        what = f"export of {count:,} lines at --detail term"
        yield Row(what, seconds(spent), "", "", count / spent, 300_000, "lines/s", more=True)
        yield Row(
            f"its peak memory, {count // few} times the steps",
            f"{large / 1024:.0f} MiB",
            "one iteration",
            f"{small / 1024:.0f} MiB",
            large / small,
            1.1,
        )
