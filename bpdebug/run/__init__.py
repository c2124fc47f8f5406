"""Runs: batches, checkpoints and replay."""

from bpdebug.run.problem import BackwardLine, Expectation, Problem
from bpdebug.run.progress import Cancelled
from bpdebug.run.promise import Promise, promises
from bpdebug.run.run import Iteration, Run
from bpdebug.run.selection import Selection

__all__ = [
    "BackwardLine",
    "Cancelled",
    "Expectation",
    "Iteration",
    "Problem",
    "Promise",
    "Run",
    "Selection",
    "promises",
]
