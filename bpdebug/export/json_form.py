"""The trace as JSON, for programs: full precision, the scenario's own names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from unicodedata import category

import numpy as np

from bpdebug.export.groups import GroupStep, forward_by_group, group_step, steps_by_group
from bpdebug.export.options import ExportOptions
from bpdebug.export.parts import Formulas, edges_by_layer, local_derivative, operands_of
from bpdebug.export.products import json_chunks, json_number
from bpdebug.export.theirs import Theirs
from bpdebug.graph import Edge, Graph
from bpdebug.ops import FLOAT64, Array
from bpdebug.optimizer import UpdateLine
from bpdebug.run import Iteration, Run
from bpdebug.run.by_name import (
    deltas_by_name,
    gradients_by_name,
    updates_by_name,
    values_by_name,
)
from bpdebug.ticks import Span, Stretch
from bpdebug.ticks.group_gradients import part_of
from bpdebug.ticks.growing import Growing
from bpdebug.wording import Script, typed_name

LINE_BREAK = re.compile(r"\n *|^ +")
"""Line breaks, and the indentation after them."""
PIECE = 8192
"""An array of more cells is written piece by piece."""

Chunks = Iterator[str]


class JsonForm:
    """Writes a run as JSON, in pieces, with the detail of the options."""

    def __init__(self, options: ExportOptions) -> None:
        self.detail, self.script = options.detail, options.script
        self.formulas = Formulas(self.script)
        self.theirs = Theirs(options.comparison, options.script)

    def chunks(self, run: Run, iterations: Iterable[int]) -> Chunks:
        """The whole document."""
        loss = typed_name(run.graph(1), run.graph(1).loss)
        title = self.text(run.problem.title)
        yield '{"format": "bpdebug-trace", "version": 1,\n'
        kind = run.problem.dtype
        dtype = f', "dtype": {self.text(str(kind))}' if kind != FLOAT64 else ""
        yield f' "scenario": {{"title": {title}, "loss": {self.text(loss)}{dtype}}},\n'
        yield ' "iterations": ['
        for at, number in enumerate(iterations):
            yield ",\n" if at else "\n"
            yield from self.iteration(run.iteration(number))
        if self.theirs.comparison is not None:
            yield f'\n ],\n "compared_with": {self.text(self.theirs.comparison.source)},\n'
            yield f' "verdict": {self.theirs.document()}}}\n'
        else:
            yield "\n ]}\n"

    def text(self, text: str) -> str:
        """A JSON string; characters that a terminal would obey are escaped."""
        return json_text(text, self.script)

    def iteration(self, iteration: Iteration) -> Chunks:
        """One iteration."""
        tables = {
            "values": values_by_name(iteration),
            "gradients": gradients_by_name(iteration),
            "deltas": deltas_by_name(iteration),
        }
        loss = json_number(iteration.loss)
        yield f'  {{"iteration": {iteration.number}, "loss": {loss},\n'
        for key, arrays in tables.items():
            yield f'   "{key}": {{'
            yield from self.table(arrays)
            yield "},\n"
        if self.theirs.comparison is not None:
            yield '   "theirs": {'
            yield from self.table(self.theirs.by_name(iteration.number))
            yield "},\n"
        yield '   "updates": {'
        yield from self.updates(iteration)
        yield '},\n   "steps": ['
        first = True
        for step in self.steps(iteration):
            yield "\n    " if first else ",\n    "
            yield from step
            first = False
        yield "]}"

    def table(self, arrays: Mapping[str, Array]) -> Chunks:
        """Arrays by name, each on its own line."""
        for at, (name, array) in enumerate(arrays.items()):
            yield ("\n" if at == 0 else ",\n") + f"    {self.text(name)}: "
            yield from array_chunks(array)

    def updates(self, iteration: Iteration) -> Chunks:
        """The values, gradient and change of every parameter that was updated."""
        for at, (name, update) in enumerate(updates_by_name(iteration).items()):
            yield ("\n" if at == 0 else ",\n") + f"    {self.text(name)}: "
            yield from json_object(
                before=array_chunks(update.before),
                gradient=array_chunks(update.gradient),
                change=array_chunks(update.change),
                after=array_chunks(update.after),
            )

    def steps(self, iteration: Iteration) -> Iterator[Chunks]:
        """Every step in the order of ticks, as fine as the detail asks."""
        graph, timeline = iteration.recorded.graph, iteration.timeline
        forward: list[Span | int] = [*graph.forward_order]
        if self.detail == "group":
            forward = forward_by_group(iteration)
        for made in forward:
            if isinstance(made, Span):
                yield self.forward_group(iteration, made)
                continue
            yield json_object(
                tick=str(timeline.forward_tick(made)),
                phase='"forward"',
                output=self.text(typed_name(graph, made)),
                formula=self.text(self.formulas.of_node(iteration, made)[0]),
            )
        loss = self.text(typed_name(graph, graph.loss))
        yield json_object(tick=str(timeline.forward + 1), phase='"seed"', output=loss, operand=loss)
        growing = Growing()
        for stretch, edges in edges_by_layer(iteration):
            if self.detail == "layer":
                yield self.layer(iteration, stretch, edges)
                continue
            steps: list[Span | Edge] = [*edges]
            if self.detail == "group":
                steps = steps_by_group(iteration, edges)
            for step in steps:
                if isinstance(step, Span):
                    yield self.group(iteration, group_step(iteration, step, growing))
                else:
                    yield self.edge(iteration, step, growing)
        for number, line in enumerate(iteration.updates):
            yield self.update(iteration, number, line)

    def forward_group(self, iteration: Iteration, span: Span) -> Chunks:
        """The forward pass of a whole group as one step, with what it reads and what it makes."""
        graph = iteration.recorded.graph
        group = part_of(graph, span)
        formula = self.formulas.of_composite(iteration, group)[0] if group.composite else ""
        composite = span.group.composite
        return json_object(
            tick=str(span.end),
            phase='"forward"',
            group=self.text(group.name),
            op="null" if composite is None else self.text(composite.name),
            output=self.text(typed_name(graph, group.result)),
            results=self.names(graph, group.results),
            operands=self.names(graph, group.call or group.operands),
            formula=self.text(formula or self.formulas.of_node(iteration, group.result)[0]),
        )

    def names(self, graph: Graph, nodes: Iterable[int]) -> str:
        """The names of nodes as a list."""
        return f"[{', '.join(self.text(typed_name(graph, node)) for node in nodes)}]"

    def layer(self, iteration: Iteration, stretch: Stretch | None, edges: list[Edge]) -> Chunks:
        """A whole layer as one step; `delta` is null where it has several pre-activations."""
        graph, timeline = iteration.recorded.graph, iteration.timeline
        layers = stretch.layers if stretch is not None else ()
        delta: Iterable[str] = "null"
        if len(layers) == 1:
            delta = array_chunks(np.asarray(iteration.recorded.gradients[layers[0].pre_activation]))
        nodes = [self.text(graph.nodes[layer.pre_activation].name) for layer in layers]
        return json_object(
            tick=str(timeline.edge_span(edges[-1].index)[1]),
            phase='"backward"',
            layer=str(stretch.number) if stretch is not None else "null",
            delta=delta,
            pre_activations=f"[{', '.join(nodes)}]",
            operands=self.names(graph, operands_of(edges)),
            terms=str(sum(graph.index_map(edge).terms for edge in edges)),
        )

    def group(self, iteration: Iteration, step: GroupStep) -> Chunks:
        """A whole group as one step, with arrays by the names of its results and operands."""
        graph = iteration.recorded.graph
        label = {
            node: typed_name(graph, node)
            for node in (*(n for n, _ in step.upstream), *(one.operand for one in step.given))
        }
        operands = [self.text(label[one.operand]) for one in step.given]
        group, number = step.span.group, iteration.number
        formula = self.formulas.of_group(iteration, step.span)[0]
        composite = group.composite
        fields: dict[str, Iterable[str]] = {
            "tick": str(step.tick),
            "phase": '"backward"',
            "group": self.text(group.name),
            "op": "null" if composite is None else self.text(composite.name),
            "formula": self.text(formula),
            "operands": f"[{', '.join(operands)}]",
            "upstream": self.arrays({label[node]: array for node, array in step.upstream}),
            "contributions": self.arrays(
                {label[one.operand]: one.contribution for one in step.given}
            ),
            "accumulated": self.arrays({label[one.operand]: one.accumulated for one in step.given}),
            "terms": str(step.terms),
        }
        theirs = {
            label[one.operand]: found
            for one in step.given
            if one.last and (found := self.theirs.array(one.operand, number)) is not None
        }
        if theirs:
            fields["theirs"] = self.arrays(theirs)
        marks = [
            {"operand": typed_name(graph, edge.operand), **entries}
            for edge in step.edges
            if (entries := self.theirs.edge_entries(edge.index, number))
        ]
        if marks:
            fields["marks"] = json.dumps(marks, ensure_ascii=not self.script.unicode)
        return json_object(**fields)

    def arrays(self, arrays: Mapping[str, Array]) -> Chunks:
        """Arrays by name, as an object on a line."""
        for at, (name, array) in enumerate(arrays.items()):
            yield ("{" if at == 0 else ", ") + f"{self.text(name)}: "
            yield from array_chunks(array)
        yield "}" if arrays else "{}"

    def edge(self, iteration: Iteration, edge: Edge, growing: Growing) -> Chunks:
        """One vector-Jacobian product; with detail term, its multiplications as `products`."""
        recorded = iteration.recorded
        local = local_derivative(iteration, edge)
        contribution = np.asarray(recorded.contributions[edge.index])
        fields: dict[str, Iterable[str]] = {
            "tick": str(iteration.timeline.edge_span(edge.index)[1]),
            "phase": '"backward"',
            "output": self.text(typed_name(recorded.graph, edge.output)),
            "operand": self.text(typed_name(recorded.graph, edge.operand)),
            "formula": self.text(self.formulas.of_edge(iteration, edge).text),
            "upstream": array_chunks(np.asarray(recorded.gradients[edge.output])),
            "local": "null" if local is None else array_chunks(local),
            "contribution": array_chunks(contribution),
            "accumulated": array_chunks(growing.add(edge, contribution)),
            "terms": str(recorded.graph.index_map(edge).terms),
        }
        if local is None:
            shape = ", ".join(str(n) for n in recorded.graph.index_map(edge).local_shape)
            fields["local_shape"] = f"[{shape}]"
        theirs = self.theirs.array(edge.operand, iteration.number) if edge.last else None
        if theirs is not None:
            fields["theirs"] = array_chunks(theirs)
        for key, value in self.theirs.edge_entries(edge.index, iteration.number).items():
            fields[key] = json.dumps(value, ensure_ascii=not self.script.unicode)
        if self.detail == "term":
            fields["products"] = chain(["[\n"], json_chunks(recorded, edge, "      "), ["]"])
        return json_object(**fields)

    def update(self, iteration: Iteration, number: int, line: UpdateLine) -> Chunks:
        """A line of the update rule; a line that all parameters share has no operand."""
        graph = iteration.recorded.graph
        formula = self.formulas.of_update(iteration, number)[0]
        before: Iterable[str] = "null"
        if line.before is not None:
            before = array_chunks(np.asarray(line.before))
        return json_object(
            tick=str(iteration.timeline.update_tick(number)),
            phase='"update"',
            operand="null" if line.shared else self.text(typed_name(graph, line.parameter)),
            formula=self.text(formula),
            before=before,
            after=array_chunks(np.asarray(line.after)),
        )


class JsonLines(JsonForm):
    """An export as JSON Lines: iterations only, one a line, so that each can be read alone."""

    def chunks(self, run: Run, iterations: Iterable[int]) -> Chunks:
        """A line an iteration. No string of JSON has a line break in it, so none is lost."""
        for number in iterations:
            for chunk in self.iteration(run.iteration(number)):
                yield LINE_BREAK.sub("", chunk)
            yield "\n"


def json_object(**fields: Iterable[str]) -> Chunks:
    """A JSON object on one line; each value is JSON already, whole or in pieces."""
    for at, (key, value) in enumerate(fields.items()):
        yield ("{" if at == 0 else ", ") + f'"{key}": '
        if isinstance(value, str):
            yield value
        else:
            yield from value
    yield "}"


def json_text(text: str, script: Script) -> str:
    """A JSON string without any character that a terminal would obey."""
    dumped = json.dumps(text, ensure_ascii=not script.unicode)
    if dumped.isprintable():
        return dumped
    steering = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(json.dumps(c)[1:-1] if category(c) in steering else c for c in dumped)


def array_chunks(array: Array) -> Chunks:
    """An array as nested lists; a large array in pieces, so that memory stays small."""
    array = np.asarray(array)
    if array.size <= PIECE:
        yield whole_array(array)
        return
    yield "["
    step = PIECE if array.ndim == 1 else 1
    for start in range(0, len(array), step):
        if start:
            yield ", "
        if array.ndim == 1:
            yield whole_array(array[start : start + step])[1:-1]
        else:
            yield from array_chunks(array[start])
    yield "]"


def whole_array(array: Array) -> str:
    """A small array as nested lists, in a single text."""
    if np.isfinite(array).all():
        return json.dumps(array.tolist())
    if array.ndim == 0:
        return json_number(float(array))
    return f"[{', '.join(whole_array(np.asarray(part)) for part in array)}]"
