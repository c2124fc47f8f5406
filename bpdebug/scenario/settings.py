"""The notes at the top, and the tables [run] and [[expect]]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.expression import Expression, parse_watch, quoted, unknown_name
from bpdebug.expression.functions import BUILT_IN
from bpdebug.expression.limits import ITERATIONS
from bpdebug.expression.named import MADE, inside, no_update, pre_activation
from bpdebug.expression.tree import Delta, Name, NodeAspect, State, Tree
from bpdebug.expression.words import nodes_called
from bpdebug.graph import Graph
from bpdebug.ops import DTYPES, DType, Shape
from bpdebug.optimizer import Rule
from bpdebug.run import Expectation
from bpdebug.run.optimizer_states import name_of_state
from bpdebug.run.problem import Note
from bpdebug.scenario.arrays import flattened
from bpdebug.scenario.table import TomlTable, past_range

PRINTED = re.compile(
    r"[+-]?([0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|inf(inity)?)|nan", re.IGNORECASE
)

RUN_KEYS = ("iterations", "batch_size", "seed", "dtype")
"""The keys of [run]."""
MOST_NOTES = 100
"""The most notes that are shown when a scenario is opened."""


def read_notes(top: TomlTable) -> tuple[Note, ...]:
    """What the file says that the user should know, a sentence each."""
    given = top.get("notes", [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        top.fail('must be a list of texts, such as ["the data are made up"]', "notes")
    if len(given) > MOST_NOTES:
        top.fail(f"has {len(given):,} notes, more than {MOST_NOTES}", "notes")
    texts = (" ".join(one.split()) for one in given)
    return tuple(Note("", text, "") for text in texts if text)


def read_run(table: TomlTable) -> tuple[int, int | None, int, DType]:
    """Iterations, batch size, seed, and the kind of numbers."""
    table.only(*RUN_KEYS)
    iterations = table.whole("iterations", 1, low=1, high=ITERATIONS)
    size = table.whole("batch_size", low=1, high=2**31) if "batch_size" in table else None
    seed = table.whole("seed", 0, low=0, high=2**63 - 1)
    return iterations, size, seed, read_dtype(table)


def read_dtype(table: TomlTable) -> DType:
    """The kind of numbers that a run computes in: float64 unless it says otherwise."""
    name = table.text("dtype", next(iter(DTYPES)))
    if name not in DTYPES:
        known = " or ".join(f'"{one}"' for one in DTYPES)
        table.fail(f"unknown: {quoted(name)}; a run computes in {known}", "dtype")
    return DTYPES[name]


def read_expectations(
    tables: list[TomlTable], graph: Graph, iterations: int, rules: Mapping[str, Rule]
) -> tuple[Expectation, ...]:
    """The [[expect]] tables, each checked as far as it can be without running anything.

    `rules` has the update rule of every parameter that is updated.
    """
    found = []
    for table in tables:
        table.only("iteration", "value", "is", "source")
        number = table.whole("iteration", 1, low=1, high=ITERATIONS)
        if number > iterations:
            table.fail(
                f"iteration {number} is never run; [run] iterations is {iterations}", "iteration"
            )
        value = table.text("value")
        try:
            check_names(parse_watch(graph, value), graph, rules)
        except BpdebugError as error:
            raise error.at(key=table.where("value")) from None
        source = table.text("source", "")
        wanted = table.get("is")
        if isinstance(wanted, list):
            cells, shape = flattened(wanted, table.where("is"), printed)
            whole = bracketed(iter(cells), shape)
            found.append(Expectation(number, value, whole, source, shape, tuple(cells)))
            continue
        places_count = isinstance(wanted, float) and isfinite(wanted)
        text = None if places_count else printed(wanted)
        if text is None:
            raise BpdebugError(
                'must be a number in quotes, such as "0.0821", so that its last place counts, '
                '"nan", "inf", "-inf", or an array of them',
                key=table.where("is"),
            )
        found.append(Expectation(number, value, text, source))
    return tuple(found)


def printed(value: Any) -> str | None:
    """An expected number as it is printed; None when it is none.

    Text is taken as it stands, with the signs of the screen too; a number of an array as the
    shortest text that is that number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return None if past_range(value) else str(value)
    if not isinstance(value, str):
        return None
    text = value.strip().replace("−", "-").replace("∞", "inf")
    return text if PRINTED.fullmatch(text) else None


def bracketed(cells: Iterator[str], shape: Shape) -> str:
    """The cells of an array in nested brackets."""
    if not shape:
        return next(cells)
    return f"[{', '.join(bracketed(cells, shape[1:]) for _ in range(shape[0]))}]"


def check_names(expression: Expression, graph: Graph, rules: Mapping[str, Rule]) -> None:
    """BpdebugError for the first name, gradient, layer or state that does not exist."""
    for node in expression.leaves():
        try:
            look_up(node, graph, rules)
        except BpdebugError as error:
            raise expression.error(error.problem, node.span) from None


def look_up(node: Tree, graph: Graph, rules: Mapping[str, Rule]) -> None:
    """BpdebugError when a node of an expression names something that does not exist."""
    known = dict.fromkeys((*nodes_called(graph), *BUILT_IN))
    if isinstance(node, Name) and node.name not in known:
        raise BpdebugError(unknown_name(node.name, known))
    if isinstance(node, Delta):
        pre_activation(graph, node.number)
    if isinstance(node, NodeAspect):
        label = graph.nodes[inside(graph, node).node].label
        if node.aspect in MADE and label not in rules:
            raise no_update(label)
    if isinstance(node, State):
        name_of_state(rules, node.parameter, node.name)
