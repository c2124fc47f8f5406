"""From a key to the repaint it causes, in a real terminal of 120×36."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from tests.bench.start import TWO_LAYER
from tests.bench.table import Row, seconds
from tests.bench.terminal import Terminal

# The walk never reaches an end of recorded time: a key that holds there repaints nothing.
KEYS = (b"s", b"n", b"s", b"f", b"S", b"s", b"N", b"n", b"s", b"F", b"s", b"n")
ROUNDS = 3
LARGE = """title = "784-1024-1024-10"
[inputs]
x = { file = "data.npz", key = "x" }
y = { file = "data.npz", key = "y" }
[network]
loss = "half_squared_error"
""" + "".join(
    f"""[[network.layers]]
units = {units}
activation = "sigmoid"
weights = {{ init = "xavier_uniform", seed = {units} }}
bias = {{ init = "zeros" }}
"""
    for units in (1024, 1024, 10)
)


def large_scenario(folder: str) -> Path:
    """A scenario of 784-1024-1024-10 on 64 rows of random data."""
    import numpy as np

    rng = np.random.default_rng(0)
    np.savez(Path(folder) / "data.npz", x=rng.normal(size=(64, 784)), y=rng.random((64, 10)))
    path = Path(folder) / "large.toml"
    path.write_text(LARGE, encoding="utf-8")
    return path


def latencies(scenario: Path) -> list[float]:
    """Seconds from key to repaint for a walk through the pass."""
    with Terminal(["-m", "bpdebug", "--fresh", str(scenario)]) as terminal:
        terminal.settle()
        found = [terminal.press(key) for _ in range(ROUNDS) for key in KEYS]
    return sorted(one for one in found if one is not None)


HELD = 200


def held(scenario: Path, *, iterations: int = 1) -> float | None:
    """Seconds until all is drawn after 200 presses that came at once, as of a key held down."""
    arguments = ["-m", "bpdebug", str(scenario), "--iterations", str(iterations)]
    with Terminal(arguments) as terminal:
        terminal.settle()
        terminal.press(b"s")
        return terminal.press(b"s" * HELD)


def repaints() -> Iterator[Row]:
    """The median and the ninth decile on a small and on a large network."""
    with TemporaryDirectory() as folder:
        for name, scenario in (
            ("two_layer", TWO_LAYER),
            ("784-1024-1024-10, batch 64", large_scenario(folder)),
        ):
            found = latencies(scenario)
            if len(found) < 2:
                continue
            tenths = quantiles(found, n=10)
            for word, value, goal in (("median", tenths[4], 16), ("p90", tenths[8], 33)):
                what = f"key to repaint, {name}, {word}"
                yield Row(what, seconds(value), "one frame", "", value * 1e3, goal, "ms")
            taken = held(scenario, iterations=20 if scenario == TWO_LAYER else 1)
            if taken is not None:
                what = f"{HELD} presses at once to the last repaint, {name}"
                # A key held down repeats some 30 times a second: the presses last 6 seconds.
                yield Row(
                    what, seconds(taken), "a press in 33 ms", "", taken * 1e3 / HELD, 2.5, "ms"
                )
