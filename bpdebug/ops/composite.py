"""What a composite op is: an expression over other ops, as a book would write it.

A call of it becomes the nodes of its expression, which stand together as a group of the graph. It
needs no derivative of its own: the backward pass of those nodes is its derivative. To add a
composite, declare it in a file of `bpdebug/ops/composites`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.ops.declaration import Scores
from bpdebug.ops.letters import Options
from bpdebug.ops.maps.index_map import Shape
from bpdebug.record import record

Line = tuple[str, str]
"""A name, and the expression that it stands for, over the operands and the names before it."""

COMPOSITES: dict[str, Composite] = {}
"""All composites by name, filled by the files of `bpdebug/ops/composites`."""


@record
class Composite:
    """An op that is declared by an expression over other ops."""

    name: str
    operands: tuple[str, ...]
    lines: Callable[[tuple[Shape, ...], Options], list[Line]]
    """`lines(shapes, options)`: its expression as lines, the last of which is the result. `shapes`
    has those of the operands that are given. BpdebugError where shapes or options do not fit."""
    text: str
    """Its formula in a line, with its operands in braces: `{gamma}·(…) + {beta}`."""
    latex: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword options with their defaults; the default's type is the option's type."""
    least: int | None = None
    """How many operands must be given; None where all must."""
    family: str = ""
    loss: bool = False
    takes: Scores | None = None
    """What a loss takes as its prediction; None where that may be anything."""
    note: str = ""
    """A sentence of documentation: what it computes, and the source of its formula."""

    def expanded(self, shapes: tuple[Shape, ...], options: Options) -> list[Line]:
        """Its lines for operands of these shapes; BpdebugError where their number is wrong."""
        least, most = self.least or len(self.operands), len(self.operands)
        if not least <= len(shapes) <= most:
            wanted = f"{least} to {most}" if least < most else str(most)
            raise BpdebugError(
                f"{self.name} takes {wanted} operand{'s' * (most != 1)} "
                f"({', '.join(self.operands)}), not {len(shapes)}"
            )
        return self.lines(shapes, options)


def compose(composite: Composite) -> Composite:
    """Add a composite to those that expressions may call, and return it."""
    if composite.name in COMPOSITES:
        raise ValueError(f"a composite named '{composite.name}' is declared twice")
    COMPOSITES[composite.name] = composite
    return composite
