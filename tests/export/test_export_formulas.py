"""A formula in an exported document is set by GitHub, KaTeX and pandoc alike."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bpdebug.export.markup import MarkdownMarkup
from bpdebug.wording import Script, latex_name, value_latex
from tests.export import markdown
from tests.wording.formulas import built

COMMANDS = {
    *("frac", "tfrac", "sqrt", "left", "right", "lVert", "rVert", "lfloor", "rfloor", "underline"),
    *("partial", "nabla", "cdot", "odot", "sum", "top", "sharp", "ldots", "leftarrow", "mathrel"),
    *("mathrm", "text", "hat", "bar", "qquad", "ln", "sin", "cos", "tanh", "max", "min", "pi"),
    *("alpha", "beta", "gamma", "delta", "Delta", "epsilon", "eta", "theta", "kappa", "lambda"),
    *("mu", "rho", "sigma", "tau", "Omega", "prod", "geq", "leq", "neq", "to"),
}
"""The commands that a formula may hold. GitHub refuses `\\operatorname`, `\\phantom`, `\\def`, …"""
COMMAND = re.compile(r"\\([A-Za-z]+|[^A-Za-z])")
NAMES = ("W2", "W_2", "y_hat", "y_hat2", "h_1_2", "_", "__a__", "leaky_relu", "z_o1", "x_hat_hat")
NAMES += (
    "σ",
    "σ2",
    "Ω",
    "θ_hat",
    "θ_hat2",
    "größe",
    "größe_2",
    "权重2",
    "é",
    "ж1",
    "λ_max",
    "Α2",
    "Δw",
)
READERS = {
    "with no extension": MarkdownIt("commonmark"),
    "with GitHub's": MarkdownIt("commonmark").enable(["table", "strikethrough"]),
}


def faults(document: str) -> list[str]:
    """The formulas that a reader of Markdown without mathematics does not leave as they are.

    Also those that hold a command that not every reader knows, or whose brackets are not closed.
    """
    wanted = markdown.formulas(document)
    found = [one for reader in READERS.values() for one in changed(reader, document, len(wanted))]
    return found + [one for one in wanted if strange(one) or unbalanced(one)]


def changed(reader: MarkdownIt, document: str, count: int) -> list[str]:
    """The formulas that a reader takes for more than lines of plain text."""
    paragraphs = [token for token in reader.parse(document) if token.content.startswith("$$")]
    assert len(paragraphs) == count
    bad = []
    for token in paragraphs:
        parts = token.children or []
        text = "".join("\n" if part.type == "softbreak" else part.content for part in parts)
        plain = {part.type for part in parts} == {"text", "softbreak"}
        if not plain or text != token.content or not token.content.endswith("\n$$"):
            bad.append(token.content)
    return bad


def strange(formula: str) -> bool:
    """True for a command that is not known everywhere, or an underscore inside `\\text`."""
    used = {name for name in COMMAND.findall(formula) if name != " "}
    return not used <= COMMANDS or bool(re.search(r"\\text\{[^}]*_", formula))


def unbalanced(formula: str) -> bool:
    """True where a brace, or a `\\left`, is not closed."""
    depth = 0
    for sign in formula:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return True
    return depth != 0 or formula.count(r"\left(") != formula.count(r"\right)")


def named(name: str) -> str:
    """A document of one formula that holds a name."""
    tex = latex_name(name)
    formula = rf"\frac{{\partial {tex}}}{{\partial {tex}}} = {tex} \cdot {tex}^\top + {tex}"
    return MarkdownMarkup(Script()).formula("", formula)


@pytest.mark.thorough
def test_the_bundled_scenarios():
    assert {
        name: found for name, text in markdown.scenarios().items() if (found := faults(text))
    } == {}


@pytest.mark.thorough
def test_every_op_and_every_update_rule():
    assert faults(markdown.declared()) == []


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_kind(name):
    assert faults(named(name)) == []


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True))
def test_every_name(name):
    assert faults(named(name)) == []


@given(*[st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,4}", fullmatch=True)] * 2)
def test_two_names_are_never_set_alike(one, other):
    assert (named(one) == named(other)) == (one == other)


@pytest.mark.parametrize(
    "formula",
    [
        r"\operatorname{mean}(a)",
        r"\mathrm{leaky\_relu}(a)",
        r"\hat{y}_{1} + \hat{y}_{2}",
        r"(a)_{1} + b_{2}",
        r"\text{a_b}",
        "a*b*c",
        "a <b > c",
        "z[0](a)",
        r"a,\,b",
        r"\mathrm{a",
        "- a",
    ],
)
def test_what_a_reader_would_change_is_seen(formula):
    assert faults(f"tick 1:\n\n$$\n{formula}\n$$\n")


def test_an_underscore_is_drawn_and_no_command():
    graph = built(("long_name", "relu", ("a",)), ("L", "square", ("long_name",)))
    assert value_latex(graph, graph.names["L"]) == r"\left(\mathrm{long\_name}\right)^2"
    assert r"\mathrm{long\underline{\ }name}" in named("long_name")
