"""The trace as a document for people: forward values, each backward step, δ, updates.

Plain text and Markdown share the walk through the iterations; their markup differs. A document is
yielded piece by piece, and no large tensor is written whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from bpdebug.export.arrays import array_lines
from bpdebug.export.groups import begun_at, ended_at, group_step, steps_by_group
from bpdebug.export.markup import MarkdownMarkup, Markup
from bpdebug.export.options import ExportOptions
from bpdebug.export.parts import Formulas, edges_by_layer, local_derivative, operands_of
from bpdebug.export.products import term_chunks
from bpdebug.export.theirs import Theirs
from bpdebug.graph import Edge, Graph, Kind
from bpdebug.graph.groups import Group, Origin
from bpdebug.ops import FLOAT64, Array, of_dtype
from bpdebug.run import Iteration, Run
from bpdebug.ticks import Span
from bpdebug.ticks.group_gradients import part_of
from bpdebug.ticks.growing import Growing
from bpdebug.wording import (
    delta_definition,
    gradient_name,
    group_call,
    latex_name,
    layer_title,
    local_label,
    optimizer_line,
)

Chunks = Iterator[str]


class Document:
    """Writes a run as text or Markdown, in pieces, with the detail of the options."""

    def __init__(self, options: ExportOptions, markup: Markup | None = None) -> None:
        """Write plain text, unless another markup is given."""
        self.detail, self.script = options.detail, options.script
        self.theirs = Theirs(options.comparison, options.script)
        self.markup = markup or Markup(self.script)
        self.formulas = Formulas(self.script)

    def chunks(self, run: Run, iterations: Iterable[int]) -> Chunks:
        """The whole document."""
        problem = run.problem
        yield self.markup.title(self.script.text(problem.title))
        if problem.description.strip():
            yield self.markup.prose(self.script.text(problem.description))
        yield from self.markup.block(self.facts(run))
        for at in iterations:
            yield from self.iteration(run.iteration(at), run.iterations)
        if self.theirs.comparison is not None:
            yield self.markup.section(f"The verdict on {self.theirs.comparison.source}")
            yield from self.markup.block(self.theirs.report())

    def facts(self, run: Run) -> Chunks:
        """The loss, the iterations, the batch size and the optimizers, a line each.

        What the run computes in has a line where that is not float64.
        """
        problem, graph = run.problem, run.graph(1)
        yield f"loss        {self.script.name(graph.nodes[graph.loss].label)}\n"
        yield f"iterations  {run.iterations}\n"
        if problem.dtype != FLOAT64:
            yield f"dtype       {problem.dtype}\n"
        if problem.batch_size is not None:
            yield f"batch size  {problem.batch_size}\n"
        if problem.rule is not None:
            line = optimizer_line(problem.rule, problem.settings, self.script)
            yield f"optimizer   {self.script.text(line)}\n"
        for name, rule in problem.own_rules.items():
            line = optimizer_line(rule, rule.settings, self.script)
            yield f"of {self.script.name(name)}: {self.script.text(line)}\n"

    def iteration(self, iteration: Iteration, of: int) -> Chunks:
        """One iteration: forward, backward, δ, update."""
        graph = iteration.recorded.graph
        loss = self.script.name(graph.nodes[graph.loss].label)
        head = (
            f"Iteration {iteration.number} of {of}: {loss} = {self.script.number(iteration.loss)}"
        )
        yield self.markup.section(head)
        if iteration.rows is not None:
            rows = " ".join(str(row) for row in iteration.rows)
            yield from self.markup.block(iter([f"  rows of the data: {rows}\n"]))
        yield self.markup.part("Forward")
        yield from self.forward(iteration)
        yield self.markup.part("Backward")
        yield from self.backward(iteration)
        if iteration.timeline.layers:
            yield self.markup.part(f"{self.script.text('δ')} per layer")
            yield from self.markup.block(self.deltas(iteration))
        if iteration.updates:
            yield self.markup.part("Update")
            yield from self.update(iteration)

    def forward(self, iteration: Iteration) -> Chunks:
        """Every named value: the given values, then the computed values with their formulas."""
        graph, values = iteration.recorded.graph, iteration.recorded.values
        inner = self.inner_nodes(graph)
        given = [n for n in graph.nodes if n.kind in (Kind.INPUT, Kind.PARAMETER)]
        yield from self.markup.block(
            array_lines([(self.script.name(n.name), values[n.index]) for n in given], self.script)
        )
        for node in graph.nodes:
            if node.op is None or not node.name or node.index in inner:
                continue
            name = self.script.name(node.name)
            text, latex = self.formula_of(iteration, node.index)
            yield self.markup.formula(f"{name} = {text}", f"{latex_name(node.name)} = {latex}")
            named = [(name, values[node.index])]
            named += self.theirs.beside(node.index, iteration.number, "value")
            yield from self.markup.block(array_lines(named, self.script))

    def inner_nodes(self, graph: Graph) -> set[int]:
        """The results inside groups that a detail of groups leaves out; else none."""
        if self.detail != "group":
            return set()
        outermost = [g for g in graph.groups.values() if not g.depth and not is_layer(g)]
        return {node for g in outermost for node in g.nodes if node not in g.results}

    def formula_of(self, iteration: Iteration, node: int) -> tuple[str, str]:
        """How a result is made; with a detail of groups, a composite's own formula."""
        graph = iteration.recorded.graph
        group = graph.groups.get(graph.nodes[node].name) if self.detail == "group" else None
        made = ("", "")
        if group is not None and group.result == node:
            made = self.formulas.of_composite(iteration, group)
        return made if made[0] else self.formulas.of_node(iteration, node)

    def backward(self, iteration: Iteration) -> Chunks:
        """The seed, then layer by layer every edge."""
        graph, timeline = iteration.recorded.graph, iteration.timeline
        seed = gradient_name(graph, graph.loss, self.script.whole)
        loss = latex_name(graph.nodes[graph.loss].label)
        yield self.markup.formula(
            f"{seed} = 1",
            rf"\frac{{\partial {loss}}}{{\partial {loss}}} = 1",
            f"tick {timeline.forward + 1}",
        )
        growing = Growing()
        for stretch, edges in edges_by_layer(iteration):
            steps: list[Span | Edge] = [*edges]
            if self.detail == "group":
                steps = steps_by_group(iteration, edges)
            if stretch is not None and steps:
                title = layer_title(graph, stretch.layers, self.script)
                yield self.markup.part(title[0].upper() + title[1:])
            if self.detail == "layer":
                yield from self.layer(iteration, edges)
                continue
            for step in steps:
                if isinstance(step, Span):
                    yield from self.group(iteration, step, growing)
                else:
                    yield from self.edge(iteration, step, growing)

    def group(self, iteration: Iteration, span: Span, growing: Growing) -> Chunks:
        """The backward pass of a group: upstream gradients, and what it adds to its operands."""
        step = group_step(iteration, span, growing)
        text, latex = self.formulas.of_group(iteration, span)
        sizes = [f"tick {step.tick}"]
        for count, noun in ((len(step.edges), "edge"), (step.terms, "term")):
            sizes.append(f"{count} {noun}{'s' * (count != 1)}")
        yield self.markup.formula(text, latex, ", ".join(sizes))
        named = [(f"upstream     {self.gradient(iteration, n)}", a) for n, a in step.upstream]
        for given in step.given:
            name = self.gradient(iteration, given.operand)
            named.append((f"product      {name}", given.contribution))
            if not given.alone:
                named.append((f"accumulated  {name}", given.accumulated))
            if given.last:
                named += self.theirs.beside(given.operand, iteration.number)
        wrong = self.wrong(iteration, list(step.edges))
        yield from self.markup.block(chain(wrong, array_lines(named, self.script)))

    def layer(self, iteration: Iteration, edges: list[Edge]) -> Chunks:
        """The formulas of a layer together, and the gradients of named nodes it completes."""
        recorded = iteration.recorded
        end = iteration.timeline.edge_span(edges[-1].index)[1]
        for edge in edges:
            formula = self.formulas.of_edge(iteration, edge)
            note = f"tick {end}" if edge is edges[-1] else ""
            yield self.markup.formula(formula.text, formula.latex, note)
        done = {edge.operand for edge in edges if edge.last}
        named = [
            entry
            for index in operands_of(edges)
            if index in done and recorded.graph.nodes[index].name
            for entry in (
                (self.gradient(iteration, index), np.asarray(recorded.gradients[index])),
                *self.theirs.beside(index, iteration.number),
            )
        ]
        wrong = self.wrong(iteration, edges)
        yield from self.markup.block(chain(wrong, array_lines(named, self.script)))

    def wrong(self, iteration: Iteration, edges: list[Edge]) -> Chunks:
        """The wrong formulas of a layer's edges."""
        for edge in edges:
            yield from self.theirs.formula(edge.index, iteration.number)

    def gradient(self, iteration: Iteration, index: int) -> str:
        """The name of a node's gradient."""
        return gradient_name(iteration.recorded.graph, index, self.script.whole)

    def edge(self, iteration: Iteration, edge: Edge, growing: Growing) -> Chunks:
        """One vector-Jacobian product with its numbers; with detail term, every multiplication."""
        graph = iteration.recorded.graph
        for span in begun_at(iteration, edge):
            call = group_call(graph, part_of(graph, span), self.script.whole)
            yield self.markup.part(f"Group {call}")
        formula = self.formulas.of_edge(iteration, edge)
        terms = iteration.recorded.graph.index_map(edge).terms
        tick = iteration.timeline.edge_span(edge.index)[1]
        note = f"tick {tick}, {terms} term{'s' * (terms != 1)}"
        if edge.of > 1:
            note += f", contribution {edge.nth} of {edge.of}"
        yield self.markup.formula(formula.text, formula.latex, note)
        yield from self.markup.block(self.edge_lines(iteration, edge, growing))
        for span in ended_at(iteration, edge):
            yield self.markup.part(f"End of {self.script.name(span.group.name)}")

    def edge_lines(self, iteration: Iteration, edge: Edge, growing: Growing) -> Chunks:
        """Upstream, local, product and what has accumulated; then the terms."""
        recorded = iteration.recorded
        if self.detail == "term":
            yield from term_chunks(
                recorded, edge, self.formulas.of_terms(iteration, edge), self.script, indent="    "
            )
        contribution = np.asarray(recorded.contributions[edge.index])
        local = local_derivative(iteration, edge)
        named = [
            (
                f"upstream     {self.gradient(iteration, edge.output)}",
                np.asarray(recorded.gradients[edge.output]),
            ),
            *self.local(iteration, edge, local),
            ("product", contribution),
            (
                f"accumulated  {self.gradient(iteration, edge.operand)}",
                growing.add(edge, contribution),
            ),
        ]
        if edge.last:
            named += self.theirs.beside(edge.operand, iteration.number)
        yield from self.theirs.formula(edge.index, iteration.number)
        yield from array_lines(named, self.script)
        if local is None:
            shape = recorded.graph.index_map(edge).local_shape
            label = local_label(recorded.graph, edge, self.script.whole)
            size = self.script.shape(shape)
            yield f"    local        {label} is {size}, too large to show\n"

    def local(
        self, iteration: Iteration, edge: Edge, local: Array | None
    ) -> list[tuple[str, Array]]:
        """The local derivative with its label, where it can be shown."""
        if local is None:
            return []
        label = local_label(iteration.recorded.graph, edge, self.script.whole)
        # A factor that is equal everywhere is shown once.
        whole = np.asarray(iteration.recorded.local(edge))
        shown = f"local        {label}" if label != "1" else "local"
        return [(shown, whole if whole.ndim == 0 else local)]

    def deltas(self, iteration: Iteration) -> Chunks:
        """Every layer's δ with its norm, from the output down."""
        named = []
        for layer in reversed(iteration.timeline.layers):
            delta = np.asarray(iteration.recorded.gradients[layer.pre_activation])
            with np.errstate(all="ignore"):
                norm = self.script.number(float(np.linalg.norm(of_dtype(delta, FLOAT64))))
            name = delta_definition(iteration.recorded.graph, layer, self.script)
            named.append((self.script.text(f"{name}, norm {norm}"), delta))
        yield from array_lines(named, self.script)

    def update(self, iteration: Iteration) -> Chunks:
        """Every line of the update rule, with the values before and after it."""
        for at, line in enumerate(iteration.updates):
            symbols, latex = self.formulas.of_update(iteration, at)
            tick = iteration.timeline.update_tick(at)
            yield self.markup.formula(symbols, latex, f"tick {tick}")
            named = [("after", np.asarray(line.after))]
            if line.before is not None:
                before = np.asarray(line.before)
                with np.errstate(all="ignore"):
                    change = np.asarray(line.after - before)
                named = [("before", before), ("change", change), *named]
            wrong: Chunks = iter(())
            if at + 1 == len(iteration.updates) or (
                iteration.updates[at + 1].parameter != line.parameter
            ):
                named += self.theirs.beside(line.parameter, iteration.number, "change", "new")
                wrong = self.theirs.update_formula(line.parameter)
            yield from self.markup.block(chain(wrong, array_lines(named, self.script)))


def is_layer(group: Group) -> bool:
    """True for a group that is a layer of a network, whose results all have their places."""
    return group.origin is Origin.LAYER


def markdown(options: ExportOptions) -> Document:
    """The document as Markdown with LaTeX formulas."""
    return Document(options, MarkdownMarkup(options.script))
