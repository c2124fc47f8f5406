"""The formula of an edge, as a textbook writes it, derived from its op's declaration."""

from __future__ import annotations

import re

from bpdebug.graph import Edge, Graph, Node
from bpdebug.ops import EdgeText, LocalText, Partial
from bpdebug.records import record, replace
from bpdebug.wording.gradients import gradients_of, whole_name
from bpdebug.wording.names import MATRIX, latex_escape
from bpdebug.wording.notation import (
    FACTOR,
    average,
    bracketed,
    fill,
    spelled,
)
from bpdebug.wording.options import latex_letters, op_of, operands_named
from bpdebug.wording.product import Factor, ProductForm, derive
from bpdebug.wording.script import LATEX, Script

SUBSCRIPTS = str.maketrans("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


@record
class Formula:
    """Both sides of an edge's formula, in text and in LaTeX."""

    left: str
    right: str
    latex: str
    adds: bool = False
    """True for a later contribution to the same gradient, and where a cell gets several products
    of a first: `+=`."""

    @property
    def sign(self) -> str:
        """The sign between the sides: `=` or `+=`."""
        return "+=" if self.adds else "="

    @property
    def text(self) -> str:
        """The whole line."""
        return f"{self.left} {self.sign} {self.right}"


def partial_of(graph: Graph, edge: Edge) -> Partial:
    """The declaration of an edge's local derivative."""
    partial = op_of(graph.nodes[edge.output]).partial(edge.position)
    assert partial is not None
    return partial


def templates(graph: Graph, edge: Edge) -> LocalText:
    """The templates of an edge's local derivative at its op's shapes."""
    rule, layout = partial_of(graph, edge), graph.nodes[edge.output].layout
    if rule.formed is not None and layout is not None:
        return rule.formed(layout, edge.position)
    return LocalText(rule.text, rule.latex, rule.text)


def local_label(graph: Graph, edge: Edge, script: Script) -> str:
    """The local derivative of an edge, as declared: `h₁`, `σ′(z₁)`, `1`."""
    return script.finish(local_in(graph, edge, script))


def local_in(graph: Graph, edge: Edge, script: Script, outer: int = 0) -> str:
    """The local derivative in any script, bracketed to stand beside a sign that binds `outer`."""
    node = graph.nodes[edge.output]
    op = op_of(node)

    def resolve(field: str, needed: int) -> str:
        if field == "y":
            return spelled(graph, node.index, script, needed)
        if field.isdigit():
            return spelled(graph, node.operands[int(field)], script, needed)
        if op.variadic:
            return spelled(graph, edge.operand, script, needed)
        if field in op.operands:
            return spelled(graph, node.operands[op.operands.index(field)], script, needed)
        return average(graph, node, field, script)

    words = templates(graph, edge)
    return fill(
        words.latex if script.latex else cellwise_template(words.text, graph, node),
        resolve,
        outer=outer,
    )


SIGNS = set(f"/ +−·{MATRIX}")
"""What stands between the parts of a text, or is such a part's sign."""
TIMES = re.compile(r"\{(\w+)\}·(?=[^\d])")
"""A product of two operands in a local derivative: `{b}·{a}^…`, `{p}·(1 − {p})`, `{y}·ln {a}`."""


def cellwise_template(template: str, graph: Graph, node: Node) -> str:
    """A local derivative's text with `⊙` where arrays are multiplied cell by cell."""
    if any(graph.nodes[i].shape == () for i in node.operands[:2]):
        return template
    return TIMES.sub(r"{\1} ⊙ ", template)


def edge_formula(graph: Graph, edge: Edge, script: Script) -> Formula:
    """The vector-Jacobian product of an edge: `∂L/∂W₂ = δ₂ · h₁ᵀ`, `δ₁ = ∂L/∂h₁ ⊙ σ′(z₁)`.

    In a full script expressions are not cut.
    """
    left, right = sides(graph, edge, script)
    tex_left, tex_right = sides(graph, edge, LATEX)
    adds = not edge.first or words_of(graph, edge).adds
    sign = r"\mathrel{+}=" if adds else "="
    return Formula(
        left,
        script.finish(right),
        LATEX.finish(f"{tex_left} {sign} {tex_right}"),
        adds=adds,
    )


def sides(graph: Graph, edge: Edge, script: Script) -> tuple[str, str]:
    """Left and right side of an edge's formula."""
    left, upstream = gradients_of(graph, edge, script)
    layout = graph.nodes[edge.output].layout
    assert layout is not None
    if layout.signature is None or op_of(graph.nodes[edge.output]).edge_text is not None:
        return edge_text_of(graph, edge, left, upstream, script)
    return left, product_text(graph, edge, product_of(graph, edge), upstream, script)


def product_of(graph: Graph, edge: Edge) -> ProductForm:
    """How an edge combines upstream and local, from the letters of its op's signature."""
    node = graph.nodes[edge.output]
    assert node.layout is not None
    signature = node.layout.signature
    assert signature is not None
    if signature.cellwise:
        summed = graph.index_map(edge).sum_letters
        return ProductForm(
            (Factor(True), Factor(False)), each=spread_local(graph, edge), summed=summed
        )
    local = signature.partials[edge.position]
    assert local is not None
    # An upper-case letter is an axis of size 1: nothing is summed over it.
    output, cell = (
        "".join(n for n in names if not n.isupper())
        for names in (signature.output, signature.operands[edge.position])
    )
    product = derive(output, local, cell)
    rule = partial_of(graph, edge)
    if rule.row is not None:
        # A Jacobian is stored with the operand's letter first; ∂y/∂x is written output first.
        factors = tuple(
            f if f.upstream else Factor(False, not (f.transposed or rule.symmetric))
            for f in product.factors
        )
        return replace(product, factors=factors)
    return product


def spread_local(graph: Graph, edge: Edge) -> bool:
    """True when an elementwise local derivative has more than one cell: then the sign is `⊙`."""
    node = graph.nodes[edge.output]
    fields = partial_of(graph, edge).text
    read = [node.index] if "{y}" in fields else []
    read += [
        operand
        for name, operand in zip(op_of(node).operands, node.operands, strict=False)
        if f"{{{name}}}" in fields
    ]
    return any(graph.nodes[index].shape for index in read)


def product_text(
    graph: Graph, edge: Edge, product: ProductForm, upstream: str, script: Script
) -> str:
    """The right side: the factors in their order; a factor 1 is left out, −1 is a sign."""
    local = local_in(graph, edge, script, outer=FACTOR)
    minus = "-" if script.latex else "−"
    total = sum_sign(graph, edge, product.summed, script)
    if local in ("1", f"({minus}1)"):
        sign = minus if local != "1" else ""
        turned = next((f.transposed for f in product.factors if f.upstream), False)
        return sign + total + (transposed(upstream, script) if turned else upstream)
    texts = []
    for factor in product.factors:
        text = upstream if factor.upstream else local
        texts.append(transposed(text, script) if factor.transposed else text)
    sign = product_sign(product, script)
    text = sign.join(texts)
    return total + bracketed(text, script.latex) if total else text


def product_sign(product: ProductForm, script: Script) -> str:
    """The sign between two factors."""
    if script.latex:
        return r" \odot " if product.each else r" \cdot "
    return " ⊙ " if product.each else f" {MATRIX} " if product.matrix else " · "


def transposed(text: str, script: Script) -> str:
    """The transpose of a factor's text; that of `Wᵀ` is `W`."""
    mark = r"^\top" if script.latex else "ᵀ"
    plain = text.removesuffix(mark)
    if plain != text and not is_product(plain) and not (script.latex and needs_brackets(plain)):
        return plain
    if script.latex:
        return (bracketed(text, True) if needs_brackets(text) else text) + mark
    simple = not set(text) & SIGNS or (text.startswith("(") and text.endswith(")"))
    return (text if simple else f"({text})") + mark


def is_product(text: str) -> bool:
    """True for a text with a sign or a space between its parts, outside of brackets."""
    depth = 0
    for c in text:
        depth += (c in "({[") - (c in ")}]")
        if depth == 0 and c in SIGNS:
            return True
    return False


def needs_brackets(text: str) -> bool:
    """True for a fraction, an open sum or a power in LaTeX, which no exponent may follow."""
    depth = 0
    for c in text:
        depth += (c in "({[") - (c in ")}]")
        if depth == 0 and c in "+-^":
            return True
    return text.startswith(r"\frac")


def sum_sign(graph: Graph, edge: Edge, letters: str, script: Script) -> str:
    """`Σₙ ` over the letters that are added up; plain `Σ ` where the operand is one number."""
    if not letters:
        return ""
    if not graph.nodes[edge.operand].shape:
        return r"\sum " if script.latex else "Σ "
    if script.latex:
        return rf"\sum_{{{letters}}} "
    low = letters.translate(SUBSCRIPTS)
    return f"Σ{low if low != letters else '_' + letters} "


def words_of(graph: Graph, edge: Edge) -> EdgeText:
    """The parts of an edge's formula that its op declares; all empty for an op that does not."""
    node = graph.nodes[edge.output]
    op = op_of(node)
    assert node.layout is not None
    return op.edge_text(node.layout, edge.position) if op.edge_text else EdgeText()


def edge_text_of(
    graph: Graph, edge: Edge, left: str, upstream: str, script: Script
) -> tuple[str, str]:
    """Both sides of the formula of an edge, as its op says where index letters do not."""
    node = graph.nodes[edge.output]
    words = words_of(graph, edge)

    def resolve(field: str, needed: int) -> str:
        (operand,) = operands_named(node, field)
        return spelled(graph, operand, script, needed)

    if words.into:
        left = whole_name(left, script) + script.finish(fill(words.into, resolve))
    if words.taken:
        upstream = whole_name(upstream, script) + words.taken
    local = local_in(graph, edge, script, outer=0 if words.function else FACTOR)
    if words.function:
        name, first, last = words.function, words.first and f'"{words.first}"', words.options
        if script.latex:
            low = f"_{{{last}}}" if last else ""
            name, last = rf"\mathrm{{{latex_escape(name)}{low}}}", ""
            first = words.first and latex_letters(words.first)
        arguments = [first, upstream, "" if local == "1" else local, last]
        return left, f"{name}({', '.join(filter(None, arguments))})"
    if local == "1":
        return left, upstream
    return left, rf"\sum {upstream} \cdot {local}" if script.latex else f"Σ {upstream} · {local}"
