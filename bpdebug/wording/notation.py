"""Filling the templates of op declarations: operands by name, with the brackets they need.

A template such as `{a} − {b}` says how an op is written. Which operand needs brackets follows from
the signs beside its braces, so that declarations stay free of such care.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import gcd, isinf
from string import Formatter
from threading import RLock
from weakref import WeakKeyDictionary

from bpdebug.graph import Graph, Node
from bpdebug.wording.names import MATRIX, latex_escape, safe
from bpdebug.wording.options import op_of, operands_named, with_options
from bpdebug.wording.product import drop_batch
from bpdebug.wording.script import Script

BINDS = {1: 2, 2: 4, 3: 3, 4: 6, 9: 9}
"""How tightly an expression binds, by its op's precedence. A leading minus binds less than a
product, so that `x·(−a)` has brackets, but more than a sum, so that `−a·x` has none."""
CLOSED = 9
"""Names and calls never need brackets."""
FACTOR = 5
"""What stands behind a product's sign must bind more tightly than a product."""
DEPTH = 5
"""Intermediate results nest this deep in a formula; deeper ones are `…`."""
LONGEST = 400
"""Where nothing is cut for want of room, an expression this long is still followed no deeper."""
MOST_OPERANDS = 4
"""So many operands of a variadic op are named."""


WHOLE = Script(full=True)

Resolve = Callable[[str, int], str]
"""`resolve(field, needed)`: what a brace stands for, bracketed when it binds less than `needed`."""


@lru_cache(maxsize=1024)
def parts(template: str) -> tuple[tuple[str, str | None, int], ...]:
    """A template as (literal before, field, binding needed there); the last has no field."""
    literals, fields = [""], []
    for literal, field, _, _ in Formatter().parse(template):
        literals[-1] += literal  # a doubled brace is a piece without a field
        if field is not None:
            fields.append(field)
            literals.append("")
    pieces: list[tuple[str, str | None, int]] = []
    for at, field in enumerate(fields):
        before = needed_behind(literals[at], at > 0)
        pieces.append((literals[at], field, max(before, needed_in_front(literals, at))))
    return (*pieces, (literals[-1], None, 0))


def needed_behind(before: str, follows: bool) -> int:
    """How tightly an operand must bind to stand behind this text."""
    text = before.rstrip()
    if not text:
        # Two operands with only a space between them: a product in LaTeX.
        return FACTOR if before and follows else 0
    if text.endswith((r"\odot", r"\cdot", "·", MATRIX, "/", "⊙", "½", "Σ")):
        return FACTOR
    if text.endswith((r"\lVert", r"\left|", r"\left(", r"\geq", r"\leq", r"\neq", r"\lfloor")):
        return 0
    if text[-1] in "−-+":
        return BINDS[2]
    if text[-1] == "^":
        return CLOSED
    return CLOSED if text[-1].isalpha() else FACTOR if text[-1] in "}²" else 0


def needed_in_front(literals: list[str], at: int) -> int:
    """How tightly the operand behind literal `at` must bind for what follows it."""
    after = literals[at + 1]
    text = after.lstrip()
    if not text:
        return BINDS[3] if after and at + 2 < len(literals) else 0
    if text.startswith((r"\odot", r"\cdot", "·", MATRIX, "/", "⊙")):
        return BINDS[3]
    if text[0] in "−-+":
        return BINDS[1]
    if text[0] in "^²³ᵀ′[_" or text.startswith(("}^", "}_")):
        return CLOSED
    return 0


def fill(template: str, resolve: Resolve, *, outer: int = 0) -> str:
    """The template with its braces filled.

    `outer` is how tightly an operand must bind that stands alone, with no sign of the template
    around it.
    """
    pieces = parts(template)
    alone = len(pieces) == 2 and not pieces[0][0] and not pieces[1][0]
    text = []
    for literal, field, need in pieces:
        text.append(literal)
        if field is not None:
            text.append(resolve(field, max(need, outer) if alone else need))
    return "".join(text)


def bracketed(text: str, latex: bool) -> str:
    """The text in brackets."""
    return rf"\left({text}\right)" if latex else f"({text})"


def spelled(graph: Graph, index: int, script: Script, needed: int = 0, depth: int = DEPTH) -> str:
    """A node inside a formula: its name, or what makes it, in brackets where they are needed."""
    node = graph.nodes[index]
    if node.name:
        return script.name(node.name)
    if node.op is None:
        text = constant_text(node, script)
        binds = BINDS[3] if text[:1] in ("−", "-") else CLOSED
    elif len(whole_text(graph, index, WHOLE)) > LONGEST if script.full else depth <= 0:
        return r"\ldots" if script.latex else "…"
    else:
        text = (
            whole_text(graph, index, script)
            if script.full
            else expanded(graph, index, script, depth - 1)
        )
        binds = BINDS[4] if node.op.text[-1] in "²³" else BINDS[node.op.precedence]
    return bracketed(text, script.latex) if binds < needed else text


How = tuple[bool, bool, tuple[str, ...]]
"""What a text depends on of a script: Unicode, LaTeX, the groups whose names it leaves out."""

whole_texts: WeakKeyDictionary[Graph, dict[How, dict[int, str]]] = WeakKeyDictionary()
"""Whole expressions by node, each made once from those of its operands."""
whole_texts_lock = RLock()


def whole_text(graph: Graph, index: int, script: Script) -> str:
    """The whole expression of an anonymous result, not finished yet; empty for other nodes."""
    script = script.whole
    key = (script.unicode, script.latex, script.within)
    with whole_texts_lock:
        texts = whole_texts.setdefault(graph, {}).setdefault(key, {})
        if index in texts:
            return texts[index]
        wanted, pending = set[int](), [index]
        while pending:
            node = graph.nodes[pending.pop()]
            if node.name or node.op is None:
                texts[node.index] = ""
            elif node.index not in texts and node.index not in wanted:
                wanted.add(node.index)
                pending += node.operands
        for at in sorted(wanted):
            texts[at] = expanded(graph, at, script)
        return texts[index]


def constant_text(node: Node, script: Script) -> str:
    """A constant as it was written, and `inf` as ∞."""
    if node.value is not None and node.value.ndim == 0 and isinf(node.value):
        return r"\infty" if script.latex else "∞"
    text = safe(node.source) or "c"
    return latex_escape(text) if script.latex else text.replace("-", "−")


def expanded(graph: Graph, index: int, script: Script, depth: int = DEPTH) -> str:
    """The expression that makes a result, from its op's template."""
    node = graph.nodes[index]

    def resolve(field: str, needed: int) -> str:
        found = operands_named(node, field)
        if not found:
            return average(graph, node, field, script)
        if len(found) == 1:
            return spelled(graph, found[0], script, needed, depth)
        named = [spelled(graph, i, script, 0, depth) for i in found[:MOST_OPERANDS]]
        rest = [r"\ldots" if script.latex else "…"] * (len(found) > MOST_OPERANDS)
        return ", ".join(named + rest)

    return fill(arranged_template(graph, node, script), resolve)


def arranged_template(graph: Graph, node: Node, script: Script) -> str:
    """The op's template, with a matrix product in the order in which the letters multiply.

    `{W}·{x} + {b}` reads `{x}·{W}ᵀ + {b}` for a batch, and a product cell by cell is `⊙`.
    """
    op, layout = op_of(node), node.layout
    assert layout is not None
    template = with_options(node, latex=script.latex)
    if op.key is not None:
        every = r"\ldots" if script.latex else "…"
        return f"{{{op.operands[0]}}}[{','.join(op.key(layout)) or every}]"
    if layout.signature is None or op.variadic or len(node.operands) < 2:
        return template
    a, b = op.operands[:2]
    if layout.signature.cellwise:
        both = all(graph.nodes[i].shape for i in node.operands)
        if script.latex:
            return template if both else template.replace(r"\odot", r"\cdot")
        return template.replace("}·{", "} ⊙ {") if both else template
    left, right = layout.signature.operands[:2]
    words = drop_batch(left, right, layout.signature.output)
    left, right, output = (names[-2:] for names in words)  # those of one matrix of a stack
    if len(output) == 2 and len(left) == len(right) == 2:
        plain = f"{{{a}}} {{{b}}}" if script.latex else f"{{{a}}}·{{{b}}}"
        mark = r"^\top" if script.latex else "ᵀ"
        first, second = (a, left), (b, right)
        if output[0] not in left:
            first, second = second, first
        turned = (
            f"{{{first[0]}}}" + mark * (first[1][0] != output[0]),
            f"{{{second[0]}}}" + mark * (second[1][1] != output[1]),
        )
        return template.replace(plain, (" " if script.latex else MATRIX).join(turned))
    return template.replace("}·{", f"}}{MATRIX}{{")


def average(graph: Graph, node: Node, field: str, script: Script) -> str:
    """`{n}`, the number of entries averaged over, `{per}`, "1/n·", and `{per2}`, "2/n·".

    A fraction stands in lowest terms, and a factor 1 is nothing.
    """
    op = op_of(node)
    shapes = tuple(graph.nodes[i].shape for i in node.operands)
    n = op.averaged(shapes, node.options) if op.averaged is not None else 1
    if field == "n":
        return str(n)
    times = 2 if field == "per2" else 1
    over, under = times // gcd(times, n), n // gcd(times, n)
    if under == 1:
        return "" if over == 1 else f"{over} " if script.latex else f"{over}·"
    return rf"\tfrac{{{over}}}{{{under}}} " if script.latex else f"{over}/{under}·"
