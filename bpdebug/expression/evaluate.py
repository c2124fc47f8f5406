"""Evaluating watches, conditions and expectations at one moment, over what is known by then.

Three answers are possible: a value, an error that the user can mend, and "not computed yet".
Functions that treat each cell alone carry along which cells are settled; `any` and `all` decide as
soon as the settled cells do; `and`, `or` and `not` are Kleene's; all else needs every cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression.build import check_size, line_of
from bpdebug.expression.comparisons import classify, compare, some_or_every
from bpdebug.expression.functions import BUILT_IN, CONSTANTS, WATCHING, Allow, operands_hint
from bpdebug.expression.hints import unknown_name
from bpdebug.expression.known import (
    Environment,
    Evaluated,
    Known,
    Mask,
    NotComputed,
    Pending,
    as_numbers,
    running_cells,
    waiting,
)
from bpdebug.expression.limits import TOTAL_ELEMENTS
from bpdebug.expression.parse import PRODUCT, parse
from bpdebug.expression.tree import (
    Call,
    Compare,
    Delta,
    Expression,
    Logic,
    Name,
    NodeAspect,
    Nth,
    Number,
    Previous,
    State,
)
from bpdebug.expression.written import INDEXING
from bpdebug.ops import (
    COMPOSITES,
    FLOAT64,
    REGISTRY,
    Array,
    Carries,
    Composite,
    DType,
    Layout,
    Op,
    of_dtype,
    show_shape,
)
from bpdebug.records import replace

MOVING = tuple(name for name, op in REGISTRY.items() if op.carries is Carries.MOVES)
"""Ops that carry cells to other places, and with them what is settled about them."""


def evaluate(source: str | Expression, environment: Environment) -> Array | bool:
    """The value of an expression: an array (of no axes for a number), or True or False.

    Raises `NotComputed` while it is undecided, and BpdebugError when it never can be evaluated.
    """
    found = evaluate_partly(source, environment)
    if not found.whole:
        raise NotComputed(found.what)
    if found.values.dtype == np.bool_ and found.values.ndim == 0:
        return bool(found.values)
    return found.values  # type: ignore[return-value]


def evaluate_partly(
    source: str | Expression, environment: Environment, *, running: bool = False
) -> Known:
    """Evaluate an expression as far as it is known: an array, and which of its cells are settled.

    With `running`, cells whose sum is not complete count as well. Raises `NotComputed` where no
    cell is known, and BpdebugError where the expression never can be evaluated.
    """
    expression = read(source, environment)
    found = _Evaluation(expression, environment).run()
    if isinstance(found, Pending):
        raise NotComputed(found.what)
    there = np.any(found.settled()) or (running and np.any(running_cells(found)))
    if not (found.whole or there):
        raise NotComputed(found.what)
    return found


def read(source: str | Expression, environment: Environment) -> Expression:
    """Parse a text as an expression over the names of an environment."""
    if isinstance(source, Expression):
        return source
    return parse(source, allow=Allow.WATCH, words=environment.words)


def truth(source: str | Expression, environment: Environment) -> bool | None:
    """Whether a condition holds; None while it is undecided.

    BpdebugError when it is no condition: a number, or several truth values.
    """
    expression = read(source, environment)
    try:
        found = evaluate(expression, environment)
    except NotComputed:
        return None
    if isinstance(found, bool):
        return found
    raise expression.error(not_one_condition(found), expression.root.span)


def not_one_condition(found: Array | Mask) -> str:
    """Why a value is no condition: it is a number, or an array of truth values."""
    if found.dtype == np.bool_:
        return (
            f"this has {found.size} truth values, of shape {show_shape(found.shape)}; "
            "say any(…) or all(…)"
        )
    return "this is a number, not a condition; compare it, as in norm(grad(W1)) < 1e-6"


class _Evaluation:
    """A walk over an expression, operands first."""

    def __init__(
        self,
        expression: Expression,
        environment: Environment,
        scope: Mapping[str, Known] | None = None,
    ) -> None:
        self.expression = expression
        self.environment = environment
        self.scope = scope
        """The values of the names in a line of a composite; None where names are the graph's."""
        self.dtype = environment.dtype
        self.results: list[Evaluated] = []
        self.total = 0
        """How many elements the values up to here have together."""

    def run(self) -> Evaluated:
        """The result of the last node, which is the whole expression."""
        with np.errstate(all="ignore"):
            for at, node in enumerate(self.expression.nodes):
                try:
                    found = of_kind(self.node(at), self.dtype)
                except NotComputed as missing:
                    found = Pending(missing.what)
                except BpdebugError as error:
                    if "\n" in error.problem:
                        raise
                    raise self.expression.error(error.problem, node.span) from None
                self.results.append(found)
                if isinstance(node, Call | Compare) and isinstance(found, Known):
                    # A value that is only read takes no memory.
                    self.total += found.values.size
                if self.total > TOTAL_ELEMENTS:
                    raise self.expression.error(
                        f"up to here the values have {self.total:,} elements together, "
                        f"more than {TOTAL_ELEMENTS:,}",
                        node.span,
                    )
        return self.results[-1]

    def node(self, at: int) -> Evaluated:
        """The result of a node of the expression."""
        node = self.expression.nodes[at]
        if isinstance(node, Number):
            return Known(np.asarray(node.value))
        if isinstance(node, Name):
            return self.name(node)
        what = self.expression.source(at)
        if isinstance(node, NodeAspect):
            return self.part(node, what)
        if isinstance(node, Delta):
            return labelled(self.environment.delta(node.number), what)
        if isinstance(node, State):
            return labelled(self.environment.state(node.parameter, node.name), what)
        if isinstance(node, Previous):
            return self.earlier(node, what)
        operands = [self.results[operand] for operand in node.operands]
        if isinstance(node, Nth):
            return operands[0]
        if isinstance(node, Logic):
            return self.logic(node, operands)
        missing = next((one for one in operands if isinstance(one, Pending)), None)
        if missing is not None:
            return missing
        known = [one for one in operands if isinstance(one, Known)]
        if isinstance(node, Compare):
            found = compare(node, known)
            return as_numbers(found) if node.as_number else found
        return self.call(node, known)

    def part(self, node: NodeAspect, what: str) -> Evaluated:
        """An aspect of a node, or of some of its cells: `grad(W)[0]` may be grad(W[0])."""
        whole, key = self.environment.part(node)
        found = labelled(whole, what)
        if key is None:
            return found
        options: dict[str, object] = {"key": key}
        layout = INDEXING.layout((np.shape(found.values),), options)
        return apply(INDEXING, layout, [found], options)

    def earlier(self, node: Previous, what: str) -> Evaluated:
        """The value of an expression at the end of the previous iteration."""
        before = self.environment.previous()
        if before is None:
            # The first iteration has no previous; a mistake in the expression is reported even so.
            _Evaluation(node.of, self.environment).run()
            return Pending(what)
        found = _Evaluation(node.of, before).run()
        return Pending(what) if isinstance(found, Pending) else replace(found, what=what)

    def name(self, node: Name) -> Known:
        """The value of a name: a node of the graph, or a name that every run has."""
        if self.scope is not None and node.name in self.scope:
            return self.scope[node.name]
        if self.scope is None and node.name in self.environment.names:
            return labelled(self.environment.value(node.name), node.name)
        if node.name == "loss":
            return labelled(self.environment.loss, "loss")
        if node.name == "iteration":
            return labelled(float(self.environment.iteration), "iteration")
        if node.name == "first_nan":
            return Known(np.asarray(self.environment.first_nan), what="first_nan")
        if node.name in CONSTANTS:
            return Known(np.asarray(CONSTANTS[node.name]))
        known = [*self.environment.names, *BUILT_IN]
        raise self.expression.error(unknown_name(node.name, known), node.span)

    def logic(self, node: Logic, operands: Sequence[Evaluated]) -> Evaluated:
        """Kleene's and, or, not: an unknown operand matters only where it could decide."""
        parts = [
            self.condition(operand, at) for operand, at in zip(operands, node.operands, strict=True)
        ]
        if node.word == "not":
            (part,) = parts
            return waiting(operands) if part is None else Known(np.asarray(not part))
        decisive = node.word == "or"
        if decisive in parts:
            return Known(np.asarray(decisive))
        return waiting(operands) if None in parts else Known(np.asarray(not decisive))

    def condition(self, operand: Evaluated, at: int) -> bool | None:
        """An operand of and, or, not as true, false or unknown."""
        if isinstance(operand, Pending):
            return None
        if operand.values.dtype != np.bool_ or operand.values.ndim:
            problem = not_one_condition(operand.values)
            raise self.expression.error(problem, self.expression.nodes[at].span)
        return bool(operand.values) if operand.whole else None

    def call(self, node: Call, operands: list[Known]) -> Evaluated:
        """A registered op, or a function of watches alone."""
        watching = WATCHING.get(node.function)
        if watching is not None and watching.decided_by is not None:
            return some_or_every(watching.decided_by, operands[0])
        if watching is not None and watching.of_each is not None:
            return classify(watching.of_each, operands[0], stays=watching.stays)
        if node.function not in MOVING:
            operands = [as_numbers(operand) for operand in operands]
        name, given = node.function, node.options
        if name == PRODUCT:
            name, given = product_of(operands, lying="lying" in given), {}
        if name in COMPOSITES:
            return self.composite(COMPOSITES[name], given, operands)
        op = REGISTRY[name]
        options = {**op.options, **given}
        shapes = tuple(np.shape(one.values) for one in operands)
        try:
            layout = op.layout(shapes, options)
        except BpdebugError as error:
            raise BpdebugError(error.problem + operands_hint(name, shapes)) from None
        check_size(layout.shape, self.expression, node.span)
        return apply(op, layout, operands, options)

    def composite(
        self, composite: Composite, given: Mapping[str, object], operands: list[Known]
    ) -> Evaluated:
        """A composite, line by line."""
        scope = dict(zip(composite.operands, operands, strict=False))
        shapes = tuple(np.shape(one.values) for one in operands)
        found: Evaluated = Pending("")
        try:
            for name, line in composite.expanded(shapes, {**composite.options, **given}):
                if isinstance(line, str):
                    inner = _Evaluation(line_of(line, scope), self.environment, scope)
                    inner.total = self.total
                    found = inner.run()
                    self.total = inner.total
                else:
                    found = Known(of_dtype(line, self.dtype))
                if isinstance(found, Pending):
                    return waiting(operands)
                scope[name] = found
        except BpdebugError as error:
            problem = error.problem.partition("\n")[0] + operands_hint(composite.name, shapes)
            raise BpdebugError(problem) from None
        return found


def of_kind(found: Evaluated, dtype: DType) -> Evaluated:
    """A result in the run's kind of numbers, so that a watch overflows where the run does."""
    if dtype == FLOAT64 or isinstance(found, Pending) or found.values.dtype in (dtype, np.bool_):
        return found
    return Known(of_dtype(found.values, dtype), found.final, found.running, found.what)


def product_of(operands: list[Known], *, lying: bool) -> str:
    """Which product `a·b` is: of a number with anything, of matrices, or `a·bᵀ` of two vectors."""
    axes = [np.ndim(one.values) for one in operands]
    return next(
        name for name, op in REGISTRY.items() if op.dotted is not None and op.dotted(axes, lying)
    )


def apply(op: Op, layout: Layout, operands: list[Known], options: dict[str, object]) -> Evaluated:
    """An op over known values, with what can be said of its result's cells."""
    values = [np.asarray(one.values) for one in operands]
    whole = all(one.whole for one in operands)
    moved = operands[: op.indices_from] if op.indices_from is not None else operands
    indices = operands[len(moved) :]
    if not all(one.whole for one in indices):
        return waiting(indices)
    if op.validate is not None and (whole or indices):
        problem = op.validate(*values, **options)
        if problem:
            raise BpdebugError(f"{op.name}: {problem}")
    if whole:
        return Known(np.asarray(op.forward(*values, **options)))
    what = waiting(operands).what
    if op.name in MOVING:
        others = values[len(moved) :]
        final = op.forward(*[one.settled() for one in moved], *others, **options)
        running = op.forward(*[running_cells(one) for one in moved], *others, **options)
        cells = op.forward(*values, **options)
        return Known(np.asarray(cells), np.asarray(final), np.asarray(running), what)
    if layout.signature is not None and layout.signature.cellwise:
        settled = [np.broadcast_to(one.settled(), layout.shape) for one in operands]
        cells = np.asarray(op.forward(*values, **options))
        return Known(cells, np.logical_and.reduce(settled), None, what)
    return Pending(what)


def labelled(found: object, what: str) -> Known:
    """A value from an environment as `Known`, with its name."""
    if not isinstance(found, Known):
        found = Known(np.asarray(found, dtype=np.float64))
    return Known(found.values, found.final, found.running, what)
