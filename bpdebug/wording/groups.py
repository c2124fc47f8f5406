"""Groups as text: a call, a backward pass as one line, a formula, and names inside a group."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bpdebug.graph import Graph, Kind
from bpdebug.graph.groups import Group, Origin, around, titles
from bpdebug.records import replace
from bpdebug.ticks import Span
from bpdebug.ticks.group_gradients import entered_by, left_by
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.gradients import gradient_name
from bpdebug.wording.names import latex_name
from bpdebug.wording.notation import fill, spelled
from bpdebug.wording.script import Script, without_group

MOST_NAMES = 4
"""The most operands or gradients of a group that are named on a line."""


def inside(graph: Graph, group: Group | None, script: Script) -> Script:
    """A script that writes names as inside a group: without its name and those of the groups
    around it. For None it is the script itself.

    Nothing is left out where two names would be the same.
    """
    if group is None or group.origin is Origin.LAYER:
        return script
    return replace(script, within=prefixes(graph, group.name))


@lru_cache(maxsize=256)
def prefixes(graph: Graph, group: str) -> tuple[str, ...]:
    """The groups whose names may be left out inside a group: it and those around it, or only it,
    or none, so that no two names are the same."""
    nested = tuple(reversed([*around(group)]))
    for left_out in (nested, nested[:1]):
        short = [without_group(name, left_out) for name in graph.names]
        if len(set(short)) == len(short):
            return left_out
    return ()


def listed(names: Sequence[str], script: Script, *, most: int = MOST_NAMES) -> str:
    """Names with commas; of many the first, then `…`, but in a document all of them."""
    most = len(names) if script.full else most
    rest = [script.dots] if len(names) > most else []
    return ", ".join([*names[:most], *rest])


def group_name(group: Group, script: Script) -> str:
    """The name of a group, without the prefix that the script drops."""
    return script.name(group.name)


def group_op(group: Group, script: Script) -> str:
    """What a group does, in a word: the composite's name, else its own."""
    if group.composite is None:
        return script.name(group.title)
    return latex_name(group.composite.name) if script.latex else group.composite.name


def group_call(graph: Graph, group: Group, script: Script, *, opened: bool = False) -> str:
    """`ln = layer_norm(h, g, b)`, or `block1(x, block1.W)` for a group that is no composite.

    In the heading of an `opened` group its own parameters have the names of its lines:
    `block1(x, W)`.
    """
    name = group_name(group, script)
    if group.composite is not None:
        return f"{name} = {group_expression(graph, group, script)}"
    operands = sorted(group.operands, key=lambda node: graph.nodes[node].kind is Kind.PARAMETER)
    inner = inside(graph, group, script) if opened else script
    if not inner.within:  # two names would be the same
        inner = script
    names = listed([argument(graph, node, inner) for node in operands], script)
    return f"{name}({names})"


def group_expression(graph: Graph, group: Group, script: Script) -> str:
    """`layer_norm(h, g, b)`; of a group that is no composite `a group of 19 ops`."""
    if group.composite is None:
        count = len(group.nodes)
        return f"a group of {count} op{'s' * (count != 1)}"
    names = listed([argument(graph, node, script) for node in group.call], script)
    return f"{group.composite.name}({names})"


def argument(graph: Graph, node: int, script: Script) -> str:
    """What a node is called between the commas of a call: without brackets of its own."""
    text = full_name(graph, node, script)
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def group_line(
    graph: Graph, span: Span, script: Script, *, most: int = MOST_NAMES
) -> tuple[str, str]:
    """Both sides of a folded group's line: `∂L/∂h, ∂L/∂g, ∂L/∂b` and `← layer_norm ← ∂L/∂ln`.

    At most so many gradients are named; with 0 they are counted.
    """
    arrow = r"\leftarrow" if script.latex else script.text("←")
    below = left_by(graph, span)
    left = f"{len(below)} gradient{'s' * (len(below) != 1)}"
    if most:
        names = [gradient_name(graph, node, script) for node in below]
        left = listed(names, script, most=most)
    above = [gradient_name(graph, node, script) for node in entered_by(graph, span)]
    upstream = listed(above, script)
    return left, f"{arrow} {group_op(span.group, script)} {arrow} {upstream}"


def group_formula(graph: Graph, group: Group, script: Script) -> str:
    """The formula of a composite with the names of its call's operands; empty for other groups."""
    composite = group.composite
    if composite is None:
        return ""
    operands = dict(zip(composite.operands, group.call, strict=False))

    def resolve(field: str, needed: int) -> str:
        if field not in operands:
            return script.dots
        return spelled(graph, operands[field], script, needed)

    template = composite.template(len(group.call), group.options, latex=script.latex)
    return script.finish(fill(template, resolve))


def group_chain(graph: Graph, groups: Sequence[Group], script: Script) -> str:
    """The groups around the cursor, from the loss inwards: `L · block2 · attn · softmax`."""
    names = [script.name(title) for title in titles(groups)]
    return script.between.join([full_name(graph, graph.loss, script), *names])
