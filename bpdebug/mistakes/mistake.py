"""What a mistake is: a declaration, and the changes to a backward pass that it stands for.

A mistake turns a right line of the backward pass, or of the update, into a wrong one. Declared
are its id, its formula beside the right one, what was forgotten and the remedy, and where it can
happen: a function from the grounds (the graph at its numbers) to changes. A change is the mistake
at one place: it says which edges, gradients or update lines are computed otherwise. The search
(`search.py`), the verdict, the guide's table and the tests follow from the declaration, so that a
new mistake touches one file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from bpdebug.graph import Edge
from bpdebug.ops import Array
from bpdebug.optimizer import Rule
from bpdebug.records import record

if TYPE_CHECKING:
    from bpdebug.mistakes.composed import Composed
    from bpdebug.mistakes.grounds import Grounds
    from bpdebug.mistakes.stage import Stage

Parts = Sequence[tuple[Edge, Array]]
"""The contributions to a gradient, each with its edge, in the order of the backward pass."""
EdgeRule = Callable[["Stage", Edge, Array], Array]
"""The wrong contribution of an edge, from the upstream gradient that reaches it."""
NodeRule = Callable[["Stage", int, Parts], "Array | Passed"]
"""The wrong gradient of a node, from its contributions in the order of the backward pass."""
WholeRule = Callable[["Stage"], Mapping[int, Array]]
"""All gradients by node, for a backward pass that goes through the graph otherwise."""
UpdateRule = Callable[[str, Rule], Rule]
"""The wrong update rule of a parameter, from its name and the right rule."""


@record
class Passed:
    """A gradient that is written down as `kept`, while `onward` is passed on to the operands."""

    kept: Array
    onward: Array


class Impossible(Exception):  # noqa: N818 - it is an answer, not an error
    """The change cannot be made here: shapes do not fit, or there is no such number."""


class Family(Enum):
    """What kind of line a mistake is in, for tables."""

    LOCAL = "local derivative"
    OPERAND = "operand"
    SUM = "sum, mean and scale"
    SIGN = "sign"
    PATH = "paths and accumulation"
    UPDATE = "update"


@record
class Change:
    """A mistake at one place, or the same mistake at several."""

    mistake: Mistake
    at: tuple[int, ...]
    """The nodes whose gradient is written wrong; for an update, the parameters."""
    edges: Mapping[int, EdgeRule] = field(default_factory=dict)
    """By edge index, how its contribution is computed instead."""
    nodes: Mapping[int, NodeRule] = field(default_factory=dict)
    """By node index, how its gradient is made of its contributions instead."""
    whole: WholeRule | None = None
    update: UpdateRule | None = None
    accumulates: bool = False
    """True where parameters' gradients of earlier iterations are still in."""
    variant: str = ""
    """Tells apart the changes of a mistake at the same place: the name of another function."""
    other: int | None = None
    """The node that stands in wrongly, where one does."""
    instead_of: int | None = None
    """The node in whose place `other` stands; a formula names it as `{detail}`."""
    targets: tuple[str, ...] = ("theta",)
    """The targets of the update lines that are written wrong."""
    text: str = ""
    """The wrong line, where it is not that of the mistake."""
    detail: str = ""
    """What the mistake's formula and sentence name as `{detail}`: a factor, a function."""
    edge: int | None = None
    """The edge whose line is wrong, where it is one line."""
    within: str = ""
    """The group whose derivative as a whole is written wrong, where it is no single edge."""
    composed: Mapping[int, Composed] = field(default_factory=dict)
    """By operand, the functions of several ops whose derivative as a whole is written wrong."""
    cost: float = 0.0
    """What makes this change less likely than its mistake in general."""
    group: tuple[str, ...] = ()
    """Places alike: the same mistake at all places of a group is a habit."""
    factor: float | None = None
    """What the gradient is multiplied by, where that is the mistake; the number has a meaning of
    its own, such as the number of examples (see `families/factors.py`)."""
    onward: bool = True
    """False where the gradient is multiplied only where it is written down, and passed on right."""
    scope: str = ""
    """Empty where all that follows is computed from the wrong gradient; else where it is used."""


Find = Callable[["Grounds"], Iterator[Change]]


@record
class Mistake:
    """One way of writing a backward pass, or an update, wrong.

    In `text`, `latex`, `why` and `remedy`, braces name parts of the right line: `{left}` the
    gradient it writes, `{upstream}`, `{local}`, `{right}` the whole right side, `{into}` and
    `{output}` the values of the operand and of the result, `{other}` what stands in wrongly, and
    `{detail}`.
    """

    id: str
    title: str
    family: Family
    text: str
    """The wrong line, as text."""
    latex: str
    """The wrong line in LaTeX."""
    why: str
    """What was forgotten or confused, one sentence."""
    remedy: str
    """What to write, one sentence."""
    find: Find
    cost: float = 1.5
    """How unlikely it is among all mistakes that explain the same numbers; a difference of
    `search.CLEAR` or more settles between two."""
    single: bool = False
    """True for a mistake of single arrays, that has another name where all are off."""
    measured: bool = False
    """True where the change has a number that is measured on top of other mistakes."""
    slight: bool = False
    """True for a mistake whose trace in the numbers may be as small as the learning rate."""
    separates: str = "mixed signs and sizes that all differ"
    """What numbers tell it apart from others that look alike."""
    hidden: str = ""
    """When it leaves no mark in the numbers, as half a sentence."""
