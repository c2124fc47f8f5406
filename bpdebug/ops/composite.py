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
from bpdebug.ops.declaration import Op, Scores
from bpdebug.ops.letters import Options, show_shape
from bpdebug.ops.limit import Limit
from bpdebug.ops.maps.index_map import Array, Shape
from bpdebug.ops.registry import REGISTRY
from bpdebug.records import record

Line = tuple[str, str | Array]
"""A name, and the expression that it stands for, over the operands and the names before it; or a
constant array. A line that calls a composite is a group of its own, inside that of its lines."""

Lines = Callable[[tuple[Shape, ...], Options], list[Line]]

COMPOSITES: dict[str, Composite] = {}
"""All composites by name, filled by the files of `bpdebug/ops/composites`."""


@record
class Composite:
    """An op that is declared by an expression over other ops."""

    name: str
    operands: tuple[str, ...]
    lines: Lines
    """`lines(shapes, options)`: its expression as lines, the last of which is the result. `shapes`
    has those of the operands that are given. BpdebugError where shapes or options do not fit."""
    text: str | Callable[[Options], str]
    """Its formula in a line, with its operands in braces: `{gamma}·(…) + {beta}`. A part between
    ‹ and › is left out where an operand that it names is not given. A function where the formula
    follows from the options."""
    latex: str | Callable[[Options], str]
    shown: tuple[Shape, ...]
    """Shapes of operands for which help shows its lines."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword options with their defaults; the default's type is the option's type."""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """What a number of an option may be."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Options that the function has in other tools, and what to write here."""
    least: int | None = None
    """How many operands must be given; None where all must."""
    family: str = ""
    loss: bool = False
    takes: Scores | None = None
    """What a loss takes as its prediction; None where that may be anything."""
    note: str = ""
    """A sentence of documentation: what it computes, and the source of its formula."""

    @property
    def about(self) -> str:
        """The note, for help and tables."""
        return self.note

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

    def template(self, given: int, options: Options, *, latex: bool = False) -> str:
        """Its formula for so many operands: without the parts of those that are left out."""
        missing = [f"{{{name}}}" for name in self.operands[given:]]
        formula = self.latex if latex else self.text
        formula = formula if isinstance(formula, str) else formula(options)
        text, *parts = formula.split("‹")
        for part in parts:
            optional, _, rest = part.partition("›")
            text += rest if any(name in optional for name in missing) else optional + rest
        return text


def compose(composite: Composite) -> Composite:
    """Add a composite to those that expressions may call, and return it."""
    if composite.name in COMPOSITES:
        raise ValueError(f"a composite named '{composite.name}' is declared twice")
    COMPOSITES[composite.name] = composite
    return composite


def declared(name: str) -> Op | Composite | None:
    """The op or composite of this name; None for any other function."""
    return REGISTRY.get(name) or COMPOSITES.get(name)


def declarations() -> dict[str, Op | Composite]:
    """All ops and then all composites by name, in the order of tables and lists."""
    return {**REGISTRY, **COMPOSITES}


def losses() -> dict[str, Op | Composite]:
    """All ops and composites that are losses, by name."""
    return {name: one for name, one in declarations().items() if one.loss}


def shapes_text(names: tuple[str, ...], shapes: tuple[Shape, ...]) -> str:
    """The operands with their shapes, for an error: `x has shape (2, 3), gamma (4)`."""
    first, *rest = zip(names, shapes, strict=False)
    others = [f"{name} {show_shape(shape)}" for name, shape in rest]
    return ", ".join([f"{first[0]} has shape {show_shape(first[1])}", *others])
