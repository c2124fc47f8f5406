"""Scenarios: a TOML file to a problem that can be run."""

from bpdebug.scenario.library import bundled, find
from bpdebug.scenario.load import load, load_text

__all__ = ["bundled", "find", "load", "load_text"]
