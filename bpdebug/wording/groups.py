"""Groups as text: a call, a backward pass as one line, a formula, and names inside a group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bpdebug.graph import Graph, Kind
from bpdebug.graph.groups import Group, Origin
from bpdebug.record import replace
from bpdebug.trace import Span
from bpdebug.trace.group_gradients import entered_by, left_by
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.gradients import gradient_name
from bpdebug.wording.names import latex_name
from bpdebug.wording.notation import fill, spelled
from bpdebug.wording.script import Script

MOST_NAMES = 4
"""The most operands or gradients of a group that are named on a line."""


def inside(graph: Graph, group: Group | None, script: Script) -> Script:
    """A script that writes names without the prefix of a group; for None the script itself.

    Nothing is dropped where a name without its prefix would be that of another node.
    """
    if group is None or group.origin is Origin.LAYER:
        return script
    prefix = f"{group.name}."
    names = (graph.nodes[node].name for node in group.nodes)
    clash = any(
        name.startswith(prefix) and name.removeprefix(prefix) in graph.names for name in names
    )
    return script if clash else replace(script, within=group.name)


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


def group_call(graph: Graph, group: Group, script: Script) -> str:
    """`ln = layer_norm(h, g, b)`, or `block1(x, W, b)` for a group that is no composite."""
    operands = group.call or sorted(
        group.operands, key=lambda node: graph.nodes[node].kind is Kind.PARAMETER
    )
    names = listed([full_name(graph, node, script) for node in operands], script)
    name = group_name(group, script)
    if group.composite is None:
        return f"{name}({names})"
    return f"{name} = {group.composite.name}({names})"


def group_line(graph: Graph, span: Span, script: Script) -> tuple[str, str]:
    """Both sides of a folded group's line: `∂L/∂h, ∂L/∂g, ∂L/∂b` and `← layer_norm ← ∂L/∂ln`."""
    arrow = r"\leftarrow" if script.latex else script.text("←")
    left = listed([gradient_name(graph, node, script) for node in left_by(graph, span)], script)
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


def group_chain(graph: Graph, groups: Iterable[Group], script: Script) -> str:
    """The groups around the cursor, from the loss inwards: `L · block2 · attn · softmax`."""
    titles = [script.name(group.title) for group in groups]
    return script.between.join([full_name(graph, graph.loss, script), *titles])
