"""A node: a value of the computation graph, with the recipe that computes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any

from bpdebug.ops import Array, Layout, Op, Shape
from bpdebug.records import record


class Kind(Enum):
    """Where a node's value comes from."""

    INPUT = "input"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    OP = "op"


@record
class Node:
    """A value of the graph. A result keeps its recipe: the op, ordered operands, options."""

    index: int
    name: str
    """The scenario's name, or the generated name of an unnamed pre-activation or of a line of a
    composite; empty for numbers and for any other intermediate result."""
    kind: Kind
    shape: Shape
    op: Op | None = None
    operands: tuple[int, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    layout: Layout | None = None
    needs_gradient: bool = False
    value: Array | None = None
    """The value of a constant; None for every other node."""
    source: str = ""
    """The expression that made it, as written, cut short when long."""
    given: bool = False
    """True where the name is generated, because the scenario has none."""
    group: str = ""
    """The innermost group that computes it, by its name with dots; empty outside of all groups,
    and for inputs and parameters."""

    @property
    def label(self) -> str:
        """What to call it: its name, else its expression."""
        return self.name or self.source or f"node {self.index}"

    @property
    def is_leaf(self) -> bool:
        """True for inputs, parameters and constants."""
        return self.op is None

    @property
    def rectified(self) -> int | None:
        """The node that this result lets through where it is above 0, as relu does; else None."""
        at = self.op.rectifies if self.op is not None else None
        return None if at is None else self.operands[at]


@record
class Edge:
    """An (op, operand) pair of the backward pass: a single vector-Jacobian product.

    Edges are numbered in the order of the backward pass. `nth` of `of` says which contribution
    to its operand's gradient this is.
    """

    index: int
    output: int
    operand: int
    position: int
    """Which operand of the op, so that `a * a` has two edges."""
    nth: int
    of: int

    @property
    def first(self) -> bool:
        """True when it sets the gradient; later contributions add to it."""
        return self.nth == 1

    @property
    def last(self) -> bool:
        """True when the operand's gradient is whole after it."""
        return self.nth == self.of
