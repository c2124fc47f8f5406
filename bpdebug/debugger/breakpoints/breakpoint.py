"""Breakpoints: where the debugger stops by itself. Data only; `search` finds their hits."""

from __future__ import annotations

from enum import Enum

from bpdebug.ops import Index
from bpdebug.records import record


class Target(Enum):
    """What a breakpoint stops at."""

    NODE = "node"
    CELL = "cell"
    EDGE = "edge"
    GROUP = "group"
    CONDITION = "condition"


@record
class Breakpoint:
    """A breakpoint; frozen, so a change replaces it."""

    number: int
    target: Target
    text: str
    """As listed: `z1`, `z2 -> W2`, `norm(grad(W1)) < 1e-6`, `W2 if any(grad(W2) > 1)`."""
    node: str = ""
    """NODE, CELL: the label of the node. EDGE: the label of the edge's output. GROUP: its name."""
    operand: str = ""
    """EDGE: the label of the operand."""
    cell: Index | None = None
    """CELL: the cell of the node's gradient. EDGE: a cell of the operand's, or None for all."""
    condition: str = ""
    """An expression; empty for none. A breakpoint with a location hits where the expression is true
    while the location is written."""
    enabled: bool = True
    temporary: bool = False
    """Removed at its first hit."""
    hits: int = 0

    @property
    def location(self) -> tuple[Target, str, str, Index | None] | None:
        """What it stops at, however it was typed; None for a condition without a location."""
        return (self.target, self.node, self.operand, self.cell) if self.node else None
