"""Templates of an op with single cells in their braces: `σ′(z₂[1])`, `h₁[1]`."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.graph import Edge, Graph, Node
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.formulas import partial_of, sum_sign, templates
from bpdebug.wording.letters import index_text, letters_of
from bpdebug.wording.notation import CLOSED, FACTOR, average, fill, spelled
from bpdebug.wording.options import op_of
from bpdebug.wording.script import Script

ANY = (("…",), ("…",), ("…",))


class TermCells:
    """The cells of one multiplication of an edge as texts, which fill the templates of its op."""

    def __init__(
        self,
        graph: Graph,
        edge: Edge,
        script: Script,
        indices: Sequence[Sequence[int | str]] | None = None,
    ) -> None:
        """Take the indices of the cell, of the upstream gradient and of the local derivative.

        Without them the cells are those of every multiplication: letters stand for themselves,
        and where the op has none, `…` stands for any index.
        """
        self.graph, self.edge, self.script = graph, edge, script
        self.letters = letters_of(graph, edge)
        self.indices = indices
        self.bound: dict[str, str] = {}
        """What each letter is at this multiplication."""
        if self.letters is None:
            texts = [index_text([str(i) for i in index]) for index in indices or ANY]
        else:
            names = (self.letters.operands[edge.position], self.letters.output, self.letters.local)
            for part, index in reversed(list(zip(names, indices or (), strict=False))):
                pairs = zip(part, index, strict=True)
                self.bound.update((n, str(i)) for n, i in pairs if n != "0")
            texts = [index_text(part, self.bound) for part in names]
        self.cell, self.upstream, self.local = texts
        """The indices, `[0,1]`; nothing for a scalar."""

    def factor(self) -> str:
        """The local factor, with the cells that it reads."""
        rule = partial_of(self.graph, self.edge)
        if self.letters is None:
            return self.fill(rule.text, FACTOR)
        if rule.row is not None:
            above = full_name(self.graph, self.edge.output, self.script) + self.upstream
            below = full_name(self.graph, self.edge.operand, self.script) + self.cell
            return f"∂{above}/∂{below}"
        names = self.letters.operands[self.edge.position]
        if rule.cell_text:
            return self.fill(rule.cell_text([self.bound.get(n, n) for n in names]), FACTOR)
        words = templates(self.graph, self.edge)
        text = self.fill(words.cell, FACTOR)
        if words.summed:
            total = sum_sign(self.graph, self.edge, words.summed, self.script)
            text = f"({total}{text})"
        return text

    def fill(self, template: str, outer: int = 0) -> str:
        """A template of the edge's op with its braces filled by single cells."""
        resolve = self._by_index if self.letters is None else self._by_letter
        return fill(template, resolve, outer=outer)

    def _by_letter(self, field: str, needed: int) -> str:
        """A field of a template of an op with index letters.

        `{p*}` is the whole of operand p. A target of labels, which has fewer letters than the
        cells that it is compared with, reads as the question whether this is the labelled one.
        """
        graph, edge, letters = self.graph, self.edge, self.letters
        node = graph.nodes[edge.output]
        op = op_of(node)
        assert letters is not None
        if field == "y":
            return self._named(node.index, letters.output, needed)
        if field.isdigit():
            at = int(field)
            return self._named(node.operands[at], letters.operands[at], needed)
        if op.variadic or field.rstrip("*") not in op.operands:
            if field in ("n", "per", "per2"):
                return average(graph, node, field, self.script)
            return self._named(edge.operand, letters.operands[edge.position], needed)
        at = op.operands.index(field.rstrip("*"))
        if field.endswith("*"):
            return spelled(graph, node.operands[at], self.script, needed)
        names = letters.operands[at]
        text = self._named(node.operands[at], names, needed)
        missing = [n for n in letters.local if n not in names]
        apart = op.loss or not is_cellwise(node)
        if apart and not has_derivative(graph, edge, at) and missing:
            return f"[{text} = {self.bound.get(missing[0], missing[0])}]"
        return text

    def _named(self, index: int, names: Sequence[str], needed: int) -> str:
        """The cell of a node that has these letters."""
        picked = index_of(self.graph, index)
        if picked is not None:
            rest = iter(names)
            index = self.graph.nodes[index].operands[0]
            names = [p if p is not None else next(rest) for p in picked]
        indexed = index_text(names, self.bound)
        return spelled(self.graph, index, self.script, CLOSED if indexed else needed) + indexed

    def _picked_by(self, first: int) -> str:
        """The cells of the index operands that picked the cell: `rows[2] and labels[2]`."""
        graph = self.graph
        index_map = graph.index_map(self.edge)
        texts = []
        for number, operand in enumerate(graph.nodes[self.edge.output].operands[first:]):
            if self.indices is None:
                at = ("…",) * bool(graph.nodes[operand].shape)
            else:
                at = tuple(map(str, index_map.picked_by(number, self.indices[1])))
            texts.append(self._named(operand, at, 0))
        return " and ".join(texts)

    def _by_index(self, field: str, needed: int) -> str:
        """A field of a template of an op that has no index letters.

        An operand whose cells are the local factors has their index; what is read as a whole has
        none.
        """
        graph, edge = self.graph, self.edge
        node = graph.nodes[edge.output]
        op = op_of(node)
        if field == "y":
            index, indexed = node.index, self.upstream
        elif op.indices_from is not None and field == op.operands[-1]:
            return self._picked_by(op.indices_from)
        elif op.variadic or field == op.operands[edge.position]:
            index, indexed = edge.operand, self.cell
        elif field in op.operands:
            at = op.operands.index(field)
            index = node.operands[at]
            indexed = self.local if at == graph.index_map(edge).local_operand else ""
        else:
            return average(graph, node, field, self.script)
        if not indexed:
            return spelled(graph, index, self.script, needed)
        return full_name(graph, index, self.script) + indexed


def is_cellwise(node: Node) -> bool:
    """True where every cell of a result depends only on operand cells at its own index."""
    assert node.layout is not None and node.layout.signature is not None
    return node.layout.signature.cellwise


def index_of(graph: Graph, node_index: int) -> list[str | None] | None:
    """For `x[1,:]` the indices that it fixes, `["1", None]`, so that its cell j reads `x[1,j]`.

    None for any other node.
    """
    node = graph.nodes[node_index]
    if node.name or node.op is None or node.op.key is None or node.layout is None:
        return None
    indices = node.op.key(node.layout)
    plain = (index == ":" or index.removeprefix("-").isdigit() for index in indices)
    if not all(plain):
        return None
    return [None if index == ":" else index for index in indices]


def has_derivative(graph: Graph, edge: Edge, operand: int) -> bool:
    """True where the op of an edge has a derivative for an operand."""
    layout = graph.nodes[edge.output].layout
    return layout is not None and layout.maps[operand] is not None
