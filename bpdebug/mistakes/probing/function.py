"""A person's own function: which arrays it takes, and what it returns for them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from traceback import walk_tb
from types import TracebackType
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import quoted, visible
from bpdebug.graph import Graph, Kind
from bpdebug.mistakes.fresh.sizes import classes_of
from bpdebug.mistakes.probing.written import code_of
from bpdebug.ops import Array, show_shape
from bpdebug.run import Run

Backward = Callable[..., Mapping[str, Any]]
"""A backward pass: from arrays by name to gradients by name."""
Answers = dict[str, Array]
"""Gradients by name, as a function returned them."""
MOST_SHAPES = 6
LEAVES = (Kind.INPUT, Kind.PARAMETER)


class BackwardFunction:
    """A backward pass that is a Python function, bound to the nodes of a graph by its parameters.

    `whole` names data that it takes as whole numbers, whatever the graph does with them; `given`
    the arrays that its `**kwargs` gets, None for all inputs and parameters. BpdebugError, with the
    function's file and line, for a parameter that is no node.
    """

    def __init__(
        self,
        function: Backward,
        graph: Graph,
        whole: Collection[str] = (),
        given: Collection[str] | None = None,
    ) -> None:
        self.function, self.whole, self.given = function, whole, given
        code = code_of(function)
        self.path: str = code.co_filename if code is not None else ""
        self.line: int = code.co_firstlineno if code is not None else 0
        self.name: str = getattr(function, "__name__", type(function).__name__)
        self.by_position: list[str] = []
        """The nodes that it takes by position."""
        self.by_keyword: dict[str, str] = {}
        """By parameter: the node that it takes."""
        self._bind(graph)

    @property
    def read(self) -> frozenset[str]:
        """The nodes that it is given, by name."""
        return frozenset(self.taken)

    @property
    def taken(self) -> tuple[str, ...]:
        """The nodes that it is given, in the order of its parameters."""
        return (*self.by_position, *self.by_keyword.values())

    @property
    def where(self) -> str:
        """Its file and first line, as errors tell them; empty for one that is not in a file."""
        return self.at(self.line)

    def at(self, line: int) -> str:
        """Its file and a line."""
        return visible(f"{self.path}:{line}") if self.path else ""

    def problem(self, text: str, line: int = 0, key: str = "") -> BpdebugError:
        """An error about the function, with its file and a line."""
        return BpdebugError(text, key=key, file=self.at(line or self.line))

    def _bind(self, graph: Graph) -> None:
        """Find the node of each parameter."""
        try:
            parameters = inspect.signature(self.function).parameters.values()
        except (TypeError, ValueError):
            raise self.problem(
                f"the parameters of {visible(self.name)} cannot be read; give a function that is "
                "written in Python"
            ) from None
        everything = False
        for one in parameters:
            if one.kind is one.VAR_KEYWORD:
                everything = True
            elif one.kind is not one.VAR_POSITIONAL:
                node = self._node_of(one, graph)
                if node is not None and one.kind is one.POSITIONAL_ONLY:
                    self.by_position.append(node)
                elif node is not None:
                    self.by_keyword[one.name] = node
        if everything:
            leaves = [node.name for node in graph.nodes if node.kind in LEAVES]
            every = [one for one in leaves if self.given is None or one in self.given]
            self.by_keyword |= {name: name for name in every if name not in self.read}

    def _node_of(self, one: inspect.Parameter, graph: Graph) -> str | None:
        """The node that a parameter names; None for a parameter that has a default instead."""
        if one.name in graph.names:
            return one.name
        # Dots stand in no Python name.
        known = {node.name.replace(".", "_"): node.name for node in graph.nodes if node.name}
        if one.name in known:
            return known[one.name]
        if one.default is not one.empty:
            return None
        leaves = ", ".join(node.name for node in graph.nodes if node.kind in LEAVES)
        hint = did_you_mean(one.name, known) or (
            f"; there are {visible(leaves)}, and every value of the forward pass by its name"
        )
        raise self.problem(
            f"{visible(self.name)} has a parameter {quoted(one.name, 40)}, and no value of the "
            f"forward pass is called so{hint}"
        )

    # Calls.

    def arguments(self, run: Run, values: list[Array]) -> tuple[list[Any], dict[str, Any]]:
        """Copies of the values that it takes, by position and by name.

        Labels and indices are whole numbers. A scalar is a NumPy number, not an array.
        """
        graph = run.graph(1)
        whole = {*classes_of(graph), *self.whole}

        def argument(name: str) -> Any:
            value = np.array(values[graph.names[name]])
            if name in whole:
                value = value.astype(np.int64)
            return value if value.ndim else value[()]

        first = [argument(name) for name in self.by_position]
        return first, {name: argument(node) for name, node in self.by_keyword.items()}

    def __call__(self, run: Run, values: list[Array]) -> Answers:
        """What it returns for the values of a forward pass, by node.

        BpdebugError, with the file and the line, where it raises, or returns something else than
        numbers by name.
        """
        first, named = self.arguments(run, values)
        try:
            with np.errstate(all="ignore"):
                returned = self.function(*first, **named)
        except Exception as error:
            line = self.line_of(error.__traceback__)
            text = str(error).strip()  # one of NumPy's ends with a space
            what = f"{type(error).__name__}: {text}" if text else type(error).__name__
            raise self.problem(
                f"{visible(self.name)} raised {quoted(what, 200)[1:-1]}; it was given "
                f"{self.shapes(run)}",
                line,
            ) from error
        return self.answers(returned)

    def line_of(self, trace: TracebackType | None) -> int:
        """The line of the person's own file that was running when it raised."""
        lines = [at for frame, at in walk_tb(trace) if frame.f_code.co_filename == self.path]
        return lines[-1] if lines else self.line

    def shapes(self, run: Run) -> str:
        """The shapes of what it takes, in words."""
        graph = run.graph(1)
        names = self.taken[:MOST_SHAPES]
        told = [f"{name} {show_shape(graph.node(name).shape)}" for name in names]
        more = len(self.taken) - len(told)
        return visible(", ".join(told)) + (f" and {more} more" if more else "")

    def answers(self, returned: object) -> Answers:
        """The numbers by name that it returned; BpdebugError for anything else."""
        if not isinstance(returned, Mapping):
            what = "None" if returned is None else f"a {type(returned).__name__}"
            raise self.problem(
                f"{visible(self.name)} returned {what}; return its gradients by name, as in "
                'return {"W1": dW1, "b1": db1}'
            )
        if not returned:
            raise self.problem(
                f"{visible(self.name)} returned no gradients; return them by name, as in "
                'return {"W1": dW1, "b1": db1}'
            )
        return {self.key(name): self.numbers(name, value) for name, value in returned.items()}

    def key(self, name: object) -> str:
        """A name that numbers were returned under."""
        if not isinstance(name, str):
            raise self.problem(
                f"{visible(self.name)} returned numbers under {quoted(repr(name), 40)[1:-1]}; give "
                'each a name in quotes, as in {"W1": dW1}'
            )
        if "@" in name:
            raise self.problem(
                "a function computes a single iteration; return the name without @", key=name[:80]
            )
        return name

    def numbers(self, name: str, value: object) -> Array:
        """Returned numbers as an array of the kind that they have."""
        try:
            found = np.array(value)
        except Exception:
            # What a framework's tensor raises when it cannot be read may be anything.
            found = np.array(None)
        if not (np.issubdtype(found.dtype, np.floating) or np.issubdtype(found.dtype, np.integer)):
            kind = "None" if value is None else f"a {type(value).__name__}"
            raise self.problem(
                f"{visible(self.name)} returned {kind} there, not real numbers; return an array",
                key=name[:80],
            )
        if 0 in found.shape:
            raise self.problem("it is empty; leave it out", key=name[:80])
        return found
