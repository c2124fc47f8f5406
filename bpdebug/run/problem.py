"""What there is to run: a graph, data, parameters and how they are updated. No files, no TOML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bpdebug.graph import Graph
from bpdebug.ops import Array
from bpdebug.optimizer import Rule


@dataclass(frozen=True, slots=True)
class Expectation:
    """A number that a scenario must reproduce to the precision in which it is printed."""

    iteration: int
    value: str
    """An expression, evaluated at the end of the iteration."""
    printed: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that decides a run. The same problem gives the same bytes every time."""

    title: str
    build: Callable[[int | None], Graph]
    """The graph for a batch of so many rows; None for all the data as it stands."""
    data: Mapping[str, Array]
    parameters: Mapping[str, Array]
    """First values, in the order in which they are updated."""
    description: str = ""
    file: str = ""
    batched: frozenset[str] = frozenset()
    """Inputs that have one row an example, and are cut into batches together."""
    frozen: frozenset[str] = frozenset()
    """Parameters that show a gradient and are never updated."""
    rule: Rule | None = None
    settings: Mapping[str, float] = field(default_factory=dict)
    iterations: int = 1
    batch_size: int | None = None
    seed: int = 0
    expectations: tuple[Expectation, ...] = ()
