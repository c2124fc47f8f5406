"""What both forms of a scenario, [graph] and [network], come to."""

from __future__ import annotations

from bpdebug.records import record
from bpdebug.scenario.entries import GraphEntry
from bpdebug.scenario.leaves import Leaf


@record
class Form:
    """The parameters and the entries of a scenario's graph."""

    parameters: tuple[Leaf, ...]
    entries: tuple[GraphEntry, ...]
    loss: str
    """The name of the loss."""
    drawn: tuple[Leaf, ...] = ()
    """Inputs that a network draws itself: the masks of dropout."""
