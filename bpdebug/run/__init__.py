"""Runs: batches, checkpoints and replay."""

from bpdebug.run.problem import Expectation, Problem
from bpdebug.run.promise import Promise, promises
from bpdebug.run.run import Iteration, Run

__all__ = ["Expectation", "Iteration", "Problem", "Promise", "Run", "promises"]
