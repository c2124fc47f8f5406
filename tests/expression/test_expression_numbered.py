"""Names with numbers between their dots, as PyTorch has them: `blocks.0.fc.weight`, `layers.10`."""

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, parse
from bpdebug.expression.tree import Call, Name, NodeAspect, Number
from bpdebug.expression.words import Words

NAMES = (
    "blocks.0.fc.weight",
    "blocks.0.fc.b1",
    "blocks.0.h",
    "layers.10",
    "layers.0_2",
    "ŷ.0.W",
    "x",
    "L",
)
WORDS = Words(frozenset(NAMES) | {"y_hat.1.W"}, "L")


def names_in(text, allow=Allow.WATCH):
    return list(parse(text, allow=allow, words=WORDS).names())


def refused(text, allow=Allow.WATCH):
    with pytest.raises(BpdebugError) as raised:
        parse(text, allow=allow, words=WORDS)
    return str(raised.value)


@pytest.mark.parametrize("allow", Allow)
@pytest.mark.parametrize("name", NAMES)
def test_such_a_name_is_a_single_name(name, allow):
    root = parse(name, allow=allow, words=WORDS).root
    assert isinstance(root, Name)
    assert root.name == name
    assert root.span == (0, len(name))


@pytest.mark.parametrize(
    ("shown", "name"), [("blocks.0.fc.b₁", "blocks.0.fc.b1"), ("ŷ.1.W", "y_hat.1.W")]
)
def test_it_is_typed_as_it_is_shown(shown, name):
    assert names_in(shown) == [name]


@pytest.mark.parametrize("allow", Allow)
@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("relu(blocks.0.h @ blocks.0.fc.weight.T + blocks.0.fc.b1)", "relu add matmul transpose"),
        ("blocks.0.h[0, 1]", "index"),
        ("layers.10[0]", "index"),
        ("layers.10.T", "transpose"),
        ("-blocks.0.h", "negate"),
        ("2 * blocks.0.h", "multiply"),
        ("2.5*blocks.0.h", "multiply"),
        ("blocks.0.h*.5", "multiply"),
        ("blocks.0.h-0.5", "subtract"),
    ],
)
def test_what_stands_around_it_is_no_part_of_it(text, functions, allow):
    expression = parse(text, allow=allow, words=WORDS)
    assert set(expression.names()) <= set(NAMES)
    calls = {node.function for node in expression.nodes if isinstance(node, Call)}
    assert calls == set(functions.split())


@pytest.mark.parametrize(
    "text", ["layers.10²", "½layers.10", "layers.10ᵀ", "‖layers.10‖", "√layers.10"]
)
def test_the_signs_of_the_screen_stand_beside_it(text):
    assert names_in(text) == ["layers.10"]


@pytest.mark.parametrize(
    "text",
    [
        "grad(blocks.0.fc.weight)",
        "∂L/∂blocks.0.fc.weight",
        "dL/dblocks.0.fc.weight",
        "change(blocks.0.fc.weight)",
        "Δblocks.0.fc.weight",
        "Deltablocks.0.fc.weight",
    ],
)
def test_a_gradient_and_a_change_of_it(text):
    root = parse(text, allow=Allow.WATCH, words=WORDS).root
    assert isinstance(root, NodeAspect)
    assert list(root.of.names()) == ["blocks.0.fc.weight"]


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), (".0", 0.0), ("10.", 10.0), ("1e1", 10)])
def test_a_number_stays_a_number(text, value):
    root = parse(text, words=WORDS).root
    assert isinstance(root, Number)
    assert root.value == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x.0", "x.0"),
        ("x.0.T", "x.0"),
        ("2*blocks.7.fc.weight.T + x", "blocks.7.fc.weight"),
        ("x + blocks.0.fc.bias", "blocks.0.fc.bias"),
        ("layers.1", "layers.1"),
        ("layers.10.5", "layers.10.5"),
        ("layers.010", "layers.010"),
    ],
)
def test_where_there_is_no_such_name_it_is_a_name_that_is_unknown(text, name):
    expression = parse(text, words=WORDS)
    ((found, span),) = [(one, span) for one, span in expression.names().items() if one != "x"]
    assert found == name
    assert text[slice(*span)] == name


def test_what_a_name_has_no_part_of_is_an_unknown_name():
    problem, _, carets = refused("x + layers.10.weight").splitlines()
    assert "unknown name 'layers.10.weight'" in problem
    assert carets == "        " + "^" * len("layers.10.weight")
    assert "write 'sum(layers.10)'" in refused("layers.10.sum")


def test_it_is_no_function_and_has_no_methods():
    assert "no function 'layers.10'" in refused("layers.10(x)")
    assert "write 'sum(blocks.0.h)'" in refused("blocks.0.h.sum()")
    assert "write 'sum(blocks.7.h)'" in refused("blocks.7.h.sum()")
    assert "has no option 'layers.10'" in refused("sum(x, layers.10=1)")


@pytest.mark.parametrize(
    "text", ["(x).0", "x .0", "layers.", "layers..10", "layers. 10", "0.layers"]
)
def test_what_cannot_be_read_is_a_plain_error(text):
    for allow in Allow:
        assert "cannot be read" in refused(text, allow)
