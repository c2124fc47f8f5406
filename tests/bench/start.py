"""Starting: the options that load nothing, and the first paint."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import bpdebug
from tests.bench.table import Row, compared
from tests.bench.terminal import Terminal
from tests.bench.timing import in_turn

TWO_LAYER = Path(__file__).parents[2] / "scenarios" / "two_layer.toml"
EMPTY_APP = """
import numpy
from textual.app import App
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Header, Static

class Empty(App):
    def compose(self):
        yield Header()
        with Horizontal():
            yield Static("one")
            with Vertical():
                yield Static("two")
                yield Static("three")
            with Vertical():
                yield Static("four")
                yield Static("five")
        yield Footer()

Empty().run()
"""


def python(*arguments: str) -> None:
    """Run Python and wait for it."""
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def options() -> Iterator[Row]:
    """--version and --help, which load neither numpy nor Textual."""
    for option in ("--version", "--help"):
        times = in_turn(
            lambda option=option: python("-m", "bpdebug", option),
            lambda: python("-c", "import argparse"),
            rounds=15,
        )
        yield compared(option, "python, import argparse", times, 2.0)


def paint(arguments: list[str]) -> float:
    """Seconds from the start to the last byte of the first screen."""
    with Terminal(arguments) as terminal:
        last, _ = terminal.settle()
        return last - terminal.started


def first_paint(rounds: int = 5) -> Iterator[Row]:
    """The whole way to the first screen, against an empty app with five panes."""
    # As an installer leaves it: otherwise every start compiles what was edited since the last.
    python("-m", "compileall", "-q", str(Path(bpdebug.__file__).parent))
    pairs = [
        (paint(["-m", "bpdebug", "--fresh", str(TWO_LAYER)]), paint(["-c", EMPTY_APP]))
        for _ in range(rounds)
    ]
    times = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    yield compared("first paint, two_layer", "an empty Textual app", times, 1.25)
