"""Names for the results that the scenario does not name; each name belongs to a single node.

Such a result is called by its expression. Where several expressions are equal, also after a cut to
fit the screen, the later results carry an ordinal: `(h₁ ⊙ h₁)#2`. Ordinals are found once per graph
and are the same in every script.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from bpdebug.graph import Graph, Node
from bpdebug.printable import width
from bpdebug.wording.names import textbook_name
from bpdebug.wording.notation import CLOSED, LONGEST, bracketed, spelled
from bpdebug.wording.script import ASCII, SCREEN, Script

SHORT = 24
"""The width, in cells, to which an intermediate result inside another name is cut."""
CUT_FACTOR = 4
"""A text is written only up to this multiple of its cut's width; the rest cannot be visible."""

ordinals_of_graphs: WeakKeyDictionary[Graph, tuple[int, ...]] = WeakKeyDictionary()


def full_name(graph: Graph, index: int, script: Script) -> str:
    """What a node is called inside a formula: `W₂`, `(a − b)`, `σ(a − b)#2`."""
    limit = LONGEST if script.full else SHORT
    return short_name(graph, index, script, limit) + ordinal_text(graph, index, script)


def short_name(graph: Graph, index: int, script: Script, limit: int = SHORT) -> str:
    """A node's name inside a formula without its ordinal; an expression has its brackets.

    `W[0,:]` has them too, since the cell `(W[0,:])[1]` is no cell of `W` in a derivative.
    """
    node = graph.nodes[index]
    if node.name:
        return script.finish(script.name(node.name))
    whole = script.whole
    open_ended = node.op is not None and node.op.key is not None
    room = None if script.latex else CUT_FACTOR * limit
    text = script.finish(spelled(graph, index, whole, 0 if open_ended else CLOSED)[:room])
    if open_ended:
        text = bracketed(text, script.latex)
    if script.latex or width(text) <= limit:
        return text
    inner = script.finish(spelled(graph, index, whole)[:room])
    return f"({script.cut(inner, limit - 2)})"


def typed_name(graph: Graph, index: int) -> str:
    """What a node is called in a file for programs, as it was typed: `W2`, `h1 * h1 #2`."""
    ordinal = ordinal_text(graph, index, ASCII)
    text = typed_text(graph, graph.nodes[index])
    return f"{text} {ordinal}" if ordinal else text


def typed_text(graph: Graph, node: Node) -> str:
    """A node's name or expression as typed; where its source was cut, as bpdebug spells it."""
    if node.name or (node.source and not node.source.endswith("…")):
        return node.label
    whole = Script(unicode=False, full=True)
    return ASCII.cut(whole.finish(spelled(graph, node.index, whole)), LONGEST)


def ordinal_text(graph: Graph, index: int, script: Script) -> str:
    """`#2` for the second of several results with equal expressions; empty for the first."""
    node = graph.nodes[index]
    if node.name or node.op is None:
        return ""
    number = ordinals(graph)[index]
    if number == 1:
        return ""
    return rf" \sharp {number}" if script.latex else f"#{number}"


def ordinals(graph: Graph) -> tuple[int, ...]:
    """The ordinal of every node among those of its name; 1 for a node whose name is its own."""
    if graph not in ordinals_of_graphs:
        ordinals_of_graphs[graph] = counted_ordinals(graph)
    return ordinals_of_graphs[graph]


def counted_ordinals(graph: Graph) -> tuple[int, ...]:
    """The ordinal of every node: one more than the last of any equal text, in every script.

    Texts are compared as they are cut, so those that differ only behind the cut count as equal.
    """
    last: dict[tuple[str, str], int] = {}
    for node in graph.nodes:
        if node.name:
            screen_name = textbook_name(node.name)
            for script_name, text in (
                ("screen", screen_name),
                ("ascii", node.name),
                ("typed", node.name),
            ):
                last[script_name, text] = 1
    numbers = []
    for node in graph.nodes:
        number = 1
        if not node.name and node.op is not None:
            keys = [
                ("screen", short_name(graph, node.index, SCREEN)),
                ("ascii", short_name(graph, node.index, ASCII)),
                ("typed", typed_text(graph, node)),
            ]
            number += max(last.get(key, 0) for key in keys)
            last.update(dict.fromkeys(keys, number))
        numbers.append(number)
    return tuple(numbers)
