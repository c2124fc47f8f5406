"""Names with dots: `block1.attn.q` is a single name, however it is typed."""

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, parse
from bpdebug.expression.tree import Call, Name, NodeAspect
from bpdebug.expression.words import Words
from bpdebug.wording.names import latex_name, textbook_name

WORDS = Words(frozenset({"block1.W", "block1.attn.q2", "block1.y_hat", "x", "L"}), "L")


@pytest.mark.parametrize("allow", Allow)
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("block1.W", "block1.W"),
        ("block1.attn.q2", "block1.attn.q2"),
        ("block₁.attn.q₂", "block1.attn.q2"),
        ("block₁.ŷ", "block1.y_hat"),
    ],
)
def test_a_name_as_typed_and_as_shown(typed, name, allow):
    root = parse(typed, allow=allow, words=WORDS).root
    assert isinstance(root, Name)
    assert root.name == name
    assert root.span == (0, len(typed))


def test_what_stands_behind_a_name_is_no_part_of_it():
    expression = parse("x @ block1.W.T + block1.attn.q2[0]", words=WORDS)
    assert list(expression.names()) == ["x", "block1.W", "block1.attn.q2"]
    assert {node.function for node in expression.nodes if isinstance(node, Call)} == {
        "matmul",
        "transpose",
        "index",
        "add",
    }


@pytest.mark.parametrize("text", ["dL/dblock1.W", "∂L/∂block1.W", "∂L/∂block₁.W", "grad(block1.W)"])
def test_a_gradient_of_such_a_name(text):
    root = parse(text, allow=Allow.WATCH, words=WORDS).root
    assert isinstance(root, NodeAspect)
    assert list(root.of.names()) == ["block1.W"]


@pytest.mark.parametrize("text", ["block1.V", "block1.attn.k", "2 * block1.V.T"])
def test_a_misspelt_name_is_an_unknown_name(text):
    with pytest.raises(BpdebugError, match="unknown name 'block1"):
        parse(text, words=WORDS)


def test_an_attribute_is_still_refused():
    with pytest.raises(BpdebugError, match=r"'\.sum' is not allowed"):
        parse("x.sum", words=WORDS)


def test_names_are_set_as_in_a_textbook_part_by_part():
    assert textbook_name("block1.attn.W2") == "block₁.attn.W₂"
    assert textbook_name("block1.y_hat") == "block₁.ŷ"
    assert latex_name("block1.W2") == r"\mathrm{block1.}W_{2}"
