"""What the language accepts, what it refuses, and how it shows the place of a mistake."""

from __future__ import annotations

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, parse
from bpdebug.expression.limits import EXPRESSION_DEPTH, EXPRESSION_LENGTH
from bpdebug.expression.tree import Aspect, Call, Compare, Delta, Logic, Name, NodeAspect, Number
from bpdebug.printable import width


def test_operators_become_calls_in_python_s_precedence():
    nodes = parse("-x ** 2 + a @ b.T / 3").nodes
    assert [node.function for node in nodes if isinstance(node, Call)] == [
        "power",
        "negate",
        "transpose",
        "matmul",
        "divide",
        "add",
    ]


def test_every_node_knows_its_own_text():
    expression = parse("0.5 * sum((y - ŷ) ** 2)")
    sources = [expression.source(at) for at in range(len(expression.nodes))]
    assert sources[:5] == ["0.5", "y", "ŷ", "y - ŷ", "2"]
    assert sources[5:] == ["(y - ŷ) ** 2", "sum((y - ŷ) ** 2)", "0.5 * sum((y - ŷ) ** 2)"]


def test_operands_stand_before_what_uses_them():
    nodes = parse("relu(a) * (b - relu(c))").nodes
    for at, node in enumerate(nodes):
        if isinstance(node, Call):
            assert all(operand < at for operand in node.operands)


def test_a_minus_before_a_number_is_part_of_it():
    (number,) = parse("-2.5").nodes
    assert isinstance(number, Number)
    assert number.value == -2.5


def test_an_index_keeps_numbers_and_slices():
    call = parse("a[-1, ::2, 1:]").root
    assert isinstance(call, Call)
    assert call.options == {"key": (-1, slice(None, None, 2), slice(1, None, None))}


def test_options_are_read_by_name():
    call = parse("sum(a, axis=(0, -1), keepdims=True)").root
    assert isinstance(call, Call)
    assert call.options == {"axis": (0, -1), "keepdims": True}


def test_an_expression_may_run_over_several_lines():
    assert isinstance(parse("\n  a +\n\tb\r\n").root, Call)


def test_names_are_the_compatible_form_that_the_scenario_uses_too():
    (name,) = parse("ｘ").nodes
    assert isinstance(name, Name)
    assert name.name == "x"


def test_watches_know_more_than_graphs():
    expression = parse("0 < norm(grad(W1)) <= 1 and not any(isnan(delta(2)))", allow=Allow.WATCH)
    found = {type(node) for node in expression.nodes}
    assert {Compare, Logic, NodeAspect, Delta} <= found
    (gradient,) = (node for node in expression.nodes if isinstance(node, NodeAspect))
    assert gradient.aspect is Aspect.GRADIENT
    assert gradient.of.root.name == "W1"


def test_the_gradient_of_an_intermediate_result_is_named_by_its_text():
    root = parse("grad( y -  ŷ )", allow=Allow.WATCH).root
    assert isinstance(root, NodeAspect)
    assert root.of.text == "y - ŷ"


REFUSED = {
    "": "is empty",
    "   ": "is empty",
    "x +": "an operator or a value is missing here",
    "x y": "two values stand beside each other",
    "1.2.3": "two values stand beside each other",
    "1__0 * x": "this is no number",
    "1e": "this is no number",
    "x *": "an operator or a value is missing here",
    "x'": "a quotation mark has no place",
    "x.shape": "'.shape' is not allowed",
    "x.__class__": "is not allowed",
    "np.exp(x)": "only the named functions",
    "(lambda: x)()": "only the named functions",
    "lambda: x": "a lambda",
    "lambda": "a word of the language",
    "[v for v in x]": "a comprehension",
    "sum(v for v in x)": "a comprehension",
    "{v: 1 for v in x}": "a comprehension",
    "x if x else y": "'if … else'",
    "(x := 1)": "':='",
    "'text'": "a text has no place",
    "b'text'": "a text has no place",
    "f'{x}'": "a text",
    "'a' 'b' + x": "a text",
    "True": "'True' has no place",
    "None + x": "'None' has no place",
    "...": "has no place",
    "1j * x": "an imaginary number",
    "1e999": "too large",
    "-1e999": "too large",
    "9" * 400: "too large",
    "9" * 5000: "has too many digits",
    "0x" + "f" * 5_000: "the number is too large",
    "sum(x, axis=0x" + "f" * 5_000 + ")": "must be a whole number",
    "x, y": "a tuple",
    "[x, y]": "a list",
    "x - [1, 0]": "a list is not allowed; a literal array belongs into [inputs] as data",
    "negative_log_likelihood(s, [1, 0])": "a literal array belongs into [inputs] as data",
    "exp([1, 0])": "exp: a literal array belongs into [inputs] as data; write its name here",
    "{x}": "a set",
    "{}": "a dictionary",
    "x // y": "this operator",
    "x % y": "this operator",
    "x << y": "this operator",
    "x & y": "this operator",
    "+x": "the sign '+'",
    "~x": "the sign '~'",
    "await x": "is not allowed",
    "(yield x)": "'yield'",
    "x < y < 1": "a chain of comparisons belongs in a watch or a condition; multiply comparisons",
    "x * [x > 0]": "round brackets, as in x * (x > 0)",
    "x is y": "'is' and 'in' are not allowed",
    "x and y": "belongs in a watch or a condition; it makes no node; multiply comparisons",
    "x or y": "take the larger of comparisons, as in maximum(a > 0, b > 0)",
    "not x": "subtract a comparison from 1, as in 1 - (a > 0)",
    "greater(x, y)": "a comparison is written a > b",
    "clip(x, low=y)": "low must be a number, inf or -inf",
    "grad(x)": "belongs in a watch",
    "isnan(x)": "belongs in a watch",
    "sigmiod(x)": "did you mean 'sigmoid'?",
    "open(x)": "there is no function 'open'",
    "__import__(x)": "there is no function",
    "sigmoid": "write sigmoid(…)",
    "sigmoid + x": "write sigmoid(…)",
    "index(x, key=0)": "written in square brackets",
    "sum(x, axes=0)": "write axis=…",
    "exp(x, axis=0)": "it takes none",
    "sum(x, axis='rows')": "must be a whole number",
    "sum(x, axis=0.5)": "must be a whole number",
    "sum(x, axis=True)": "must be a whole number",
    "sum(x, axis=99999999999)": "must be a whole number",
    "sum(x, keepdims=1)": "True or False",
    "elu(x, alpha=y)": "must be a finite number",
    "elu(x, alpha='1')": "a finite number",
    "elu(x, alpha=1e999)": "a finite number",
    "reshape(x, shape='a')": "a whole number or a tuple",
    "reshape(x, shape=((1, 2), 3))": "an option is",
    "reshape(x, (2, 3))": "shape=(2, 3)",
    "softmax(x, axis=(0, 1))": "must be a whole number",
    "half_squared_error(p, t, reduction=1)": "a text in quotes",
    "sum(*x)": "'*'",
    "sum(**x)": "'**'",
    "sum(x, axis=0, axis=1)": "is given twice",
    "concat()": "at least 1 operand",
    "x[y:]": "an index is",
    "x[y, z:]": "an index is",
    "x[y, 1.5]": "an index is",
    "x[y > 1]": "an index is",
    "x[np.newaxis, y]": "an index is",
    "pick(x, y)": "in square brackets, as in E[tokens]",
    "x[1.5]": "an index is",
    "x['a']": "an index is",
    "x[True]": "an index is",
    "x[...]": "an index is",
    "x[::0]": "cannot be 0",
    "x[99999999999999999999]": "an index is",
    "x[[0, 1]]": "a list is not allowed; a literal array belongs into [inputs] as data",
    "x # comment": "no place in an expression",
    "x; y": "no place in an expression",
    "x\\\n+ y": "no place in an expression",
    "x \x1b[31m": "no place in an expression",
    "x \u202e y": "no place in an expression",
    "x\x00": "no place in an expression",
    "x!": "no place in an expression",
    "x) + (y": "')' closes nothing",
    "(x": "is never closed",
    "(x]": "']' closes nothing",
    "'x": "a quotation mark has no place",
    "(" * 5000 + "x" + ")" * 5000: "the expression has 10,001 characters",
    "(" * 4000 + "x" + ")" * 4000: "nested brackets",
    "x[" * 200: "nested brackets",
    "-" * 20_000 + "x": "characters, more than",
    "-" * 9_000 + "x": "signs in a row",
    "- " * 4_000 + "x": "signs in a row",
    "+ - ~" * 1_000 + "x": "signs in a row",
    "not " * 2_000 + "x": "signs in a row",
    "+".join("1" * 500_000): "characters, more than",
    "+".join("1" * 4_900): "nested too deep",
    "**".join("1" * 3_000): "nested too deep",
    "x" + ".T" * 4_000: "nested too deep",
    "x" + "[0]" * 3_000: "nested too deep",
    "lambda:" * 200 + "x": "a lambda",
    "x if y else " * 200 + "z": "'if … else'",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:30]))
def test_refuses(text):
    with pytest.raises(BpdebugError) as caught:
        parse(text)
    first = str(caught.value).splitlines()[0]
    assert REFUSED[text] in first
    assert len(str(caught.value)) < 400
    assert first.isprintable()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delta(x)", "number of a layer"),
        ("delta(1.5)", "number of a layer"),
        ("delta()", "delta takes one layer"),
        ("grad()", "grad takes one node"),
        ("grad(a, b)", "grad takes one node"),
        ("x is y", "'is' and 'in' are not allowed"),
        ("x in y", "'is' and 'in' are not allowed"),
        ("any(x, y)", "any takes 1 operand"),
        ("anny(x)", "did you mean 'any'?"),
        ("grad + 1", "write grad(…)"),
    ],
)
def test_refuses_in_a_watch(text, said):
    with pytest.raises(BpdebugError, match=said.replace("(", r"\(").replace(")", r"\)")):
        parse(text, allow=Allow.WATCH)


def caret_line(text):
    with pytest.raises(BpdebugError) as caught:
        parse(text)
    _, shown, carets = caught.value.problem.split("\n")
    return shown, carets


def test_the_caret_stands_under_the_mistake():
    shown, carets = caret_line("W1 @ x + sigmiod(x)")
    at = carets.index("^")
    assert shown[at : at + carets.count("^")] == "sigmiod"


def test_the_caret_counts_chinese_characters_as_two_columns():
    shown, carets = caret_line("权重 @ 输入 + sigmiod(输入)")
    before, _, _ = shown.partition("sigmiod")
    assert width(before) == carets.index("^") == len(before) + 4


def test_a_long_expression_is_cut_around_the_caret():
    shown, carets = caret_line("+".join(["abc"] * 100) + " + sigmiod(x) + " + "+".join(["d"] * 300))
    assert len(shown) < 90
    at = carets.index("^")
    assert shown[at : at + 7] == "sigmiod"
    assert shown.strip().startswith("…")
    assert shown.endswith("…")


def test_the_largest_expressions_allowed_do_work():
    terms = "+".join("x" * EXPRESSION_DEPTH)
    assert len(parse(terms).nodes) == 2 * EXPRESSION_DEPTH - 1
    with pytest.raises(BpdebugError, match="nested too deep"):
        parse(terms + "+x")
    wide = "concat(" + "x," * ((EXPRESSION_LENGTH - 8) // 2) + ")"
    assert len(parse(wide).nodes) == (EXPRESSION_LENGTH - 8) // 2 + 1
    assert isinstance(parse("(" * 100 + "x" + ")" * 100).root, Name)
