"""A note where a loss takes units for examples, which the graph can tell from its products.

In `W @ X` the units are the rows of the result and each column is an example; a loss takes each
row for an example unless `axis` says which axis is the units. Its mean is then over other things
than examples. Nothing is changed silently: the scenario runs as it stands, with a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.expression import quoted
from bpdebug.expression.tree import Call
from bpdebug.graph import Graph, Layer, Node
from bpdebug.ops import Carries, Product
from bpdebug.run.problem import Note
from bpdebug.scenario.entries import Recipe


def note_losses(recipe: Recipe, graph: Graph) -> Iterator[Note]:
    """A note for every mean over what the product that makes a prediction has as units."""
    for node in graph.nodes:
        if node.op is None or not node.op.loss or "axis" not in node.op.options:
            continue
        prediction = graph.nodes[node.operands[0]]
        at = prediction.index
        layer = next((a for a in graph.layers if at in (a.pre_activation, a.activation)), None)
        if (
            layer is None
            or node.options["reduction"] != node.op.options["reduction"]
            or says_axis(recipe, graph, node)
        ):
            continue
        key = recipe.key_of(graph.names, node.index)
        many = len(prediction.shape)
        if many == 2 and layer.units_axis == 0 and prediction.shape != (1, 1):
            yield columns(key, graph, node, prediction)
        alone = many == 1 and prediction.shape != (1,) and layer.units_axis is None
        if alone and not refolded(graph, layer):
            yield vector(key, graph, node, prediction)


def note_batches(recipe: Recipe, graph: Graph) -> Iterator[Note]:
    """A note where batches are cut along the axis that a product sums over: along the features."""
    for node in graph.nodes:
        if node.op is None or node.op.product is not Product.SUMS or node.layout is None:
            continue
        for operand, index_map in zip(node.operands, node.layout.maps, strict=True):
            name = graph.nodes[operand].name
            if name not in recipe.batched or len(graph.nodes[operand].shape) != 2:
                continue
            if index_map is not None and index_map.carried(0) is None:
                yield Note(
                    "run.batch_size",
                    f"cuts {name} into batches of rows, but {typed(node)} sums over the rows of "
                    f"{name}: each column is an example, and every batch has them all",
                    "give the data one example a row to train in batches, or leave batch_size out",
                )
                return


def says_axis(recipe: Recipe, graph: Graph, node: Node) -> bool:
    """Whether the entry that makes a loss names the axis of the units."""
    assert node.op is not None
    key = recipe.key_of(graph.names, node.index)
    entry = next(one for one in recipe.entries if one.key == key)
    return any(
        isinstance(one, Call) and one.function == node.op.name and "axis" in one.options
        for one in entry.expression.nodes
    )


def refolded(graph: Graph, layer: Layer) -> bool:
    """True where a reshape between weights and pre-activation may have mixed units and examples."""
    pending, seen = [layer.pre_activation], {layer.pre_activation}
    while pending:
        node = graph.nodes[pending.pop()]
        if node.op is None or node.op.carries is Carries.NONE:
            continue
        if node.op.carries is Carries.MOVES and any(
            extents(graph.nodes[i]) != extents(node) for i in node.operands
        ):
            return True
        pending.extend(i for i in node.operands if i not in seen)
        seen.update(node.operands)
    return False


def extents(node: Node) -> list[int]:
    """The sizes of a node's axes but for those of size 1, in ascending order."""
    return sorted(n for n in node.shape if n != 1)


def columns(key: str, graph: Graph, node: Node, prediction: Node) -> Note:
    """The note on a prediction whose columns are the examples."""
    rows, examples = prediction.shape
    name, loss = typed(prediction), called(node)
    operands = ", ".join(typed(graph.nodes[i]) for i in node.operands)
    over = f"{rows}, not over {examples}" if rows != examples else "units, not over examples"
    return Note(
        key,
        f"{loss} takes each row of {name} for an example, but the product that makes {name} has "
        f"one example a column; its mean is over {over}",
        f"write {loss}({operands}, axis=0) for one example a column; axis=-1 says that each row "
        "is an example, and ends this note",
    )


def vector(key: str, graph: Graph, node: Node, prediction: Node) -> Note:
    """The note on a vector whose entries are the examples of a single unit."""
    name, loss = typed(prediction), called(node)
    operands = ", ".join(f"{typed(graph.nodes[i])}[:, None]" for i in node.operands)
    return Note(
        key,
        f"{loss} takes the vector {name} for one example of {prediction.shape[0]} units, but each "
        "entry of it is an example; they are added up, where a mean over examples divides",
        f"write {loss}({operands}) for the mean over examples; axis=0 says that the vector is one "
        "example, and ends this note",
    )


def typed(node: Node) -> str:
    """A node as it is typed, in one line and without its control characters."""
    return quoted(node.label)[1:-1]


def called(node: Node) -> str:
    """The function as it is typed."""
    assert node.op is not None
    return node.op.name
