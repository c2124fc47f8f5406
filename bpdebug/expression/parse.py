"""Text to tree: Python's own parser reads it, and a white list says what may stand in it.

Nothing is ever evaluated as Python. The walk is a loop, so a deep expression cannot exhaust the
stack; what Python's parser itself cannot nest is reported like any other mistake.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from functools import lru_cache
from typing import Any

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import foreign
from bpdebug.expression.excerpt import mistake
from bpdebug.expression.functions import (
    ASPECTS,
    OPTIONAL,
    WATCHING,
    Allow,
    callable_names,
    whole_number,
)
from bpdebug.expression.hints import LOGIC, SIGNS, after, for_function, for_operands, unknown_name
from bpdebug.expression.limits import EXPRESSION_DEPTH
from bpdebug.expression.literals import (
    ARRAY,
    Brackets,
    arguments,
    bracketed_comparison,
    brackets,
    key,
    key_with_arrays,
    negative,
    new_axes,
    number,
)
from bpdebug.expression.scan import clean
from bpdebug.expression.shown import source_of
from bpdebug.expression.source import SourceText
from bpdebug.expression.tree import (
    Call,
    Compare,
    Delta,
    Expression,
    Logic,
    Name,
    NodeAspect,
    Nth,
    Number,
    Previous,
    State,
    TextSpan,
    Tree,
)
from bpdebug.expression.words import NONE, Words, words_of
from bpdebug.expression.written import SIGNS_OF, WRITTEN, way
from bpdebug.graph import Graph
from bpdebug.ops import REGISTRY
from bpdebug.printable import quoted
from bpdebug.records import replace

FORBIDDEN: dict[type[ast.AST], str] = {
    ast.Lambda: "a lambda",
    ast.IfExp: "'if … else'",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.JoinedStr: "a text",
    ast.Dict: "a dictionary",
    ast.Set: "a set",
    ast.List: "a list",
    ast.Tuple: "a tuple",
    ast.NamedExpr: "':='",
    ast.Starred: "'*'",
    ast.Await: "'await'",
    ast.Yield: "'yield'",
    ast.Slice: "a slice",
}

UNREAD = {
    "comma": "two values stand beside each other; write an operator between them, such as * or @",
    "string literal": "a quotation mark has no place in an expression",
    "literal": "this is no number; write 1.5 or 1.5e-3",
}
"""What is wrong, by a word of what Python's parser says, which speaks of Python."""

FOREIGN = {
    r"(?<=[\w)\]])\s*\[\s*\]": "there is no index in the brackets; write one, as in a[0]",
    "&&": f"this operator is not allowed; {LOGIC['and']}",
}
"""What is wrong, by what stands in a text that Python's parser cannot read."""

INCOMPLETE = "an operator or a value is missing here, or there is one too many"

TAKES = {
    "grad": "one node, as in grad(W1)",
    "change": "one parameter, as in change(W1)",
    "new": "one parameter, as in new(W1)",
    "value": "one node, as in value(W1)",
    "delta": "one layer, as in delta(2)",
    "previous": "one expression, as in previous(loss)",
}
"""What stands in the brackets of the functions whose argument is not a value."""
EARLIER = 20
"""How deep `previous`, `grad` and the like may be nested."""

CLOSE, CLOSER, SHORT = 0.7, 0.8, 3
"""How alike a function must be to be offered for a word: `choose` is no `power`; more so for a word
of up to three letters: `foo` is no `floor`."""
PRODUCT = "product"
"""The function of `a·b`, which is a matrix product or not."""

Met = tuple[Tree, list[ast.expr]]
"""A node whose operands have no indices yet, and its operands."""


@lru_cache(maxsize=256)
def parse(text: str, *, allow: Allow = Allow.GRAPH, words: Words = NONE) -> Expression:
    """Parse an expression; BpdebugError with an excerpt and a caret when it cannot be.

    `words` are the names that it may use. In a watch, what the screen shows is understood too.
    """
    screen = allow is Allow.WATCH
    source = source_of(clean(text, whole=screen), words, screen=screen)
    return _Reader(source, allow, words).read(syntax_tree(source))


def parse_watch(graph: Graph, text: str) -> Expression:
    """Parse a watch, a condition or the name of a location over a graph; errors as of `parse`."""
    return parse(text, allow=Allow.WATCH, words=words_of(graph))


def syntax_tree(source: SourceText) -> ast.expr:
    """Parse the text with Python's parser. The brackets around it allow a leading blank."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(f"({source.code})", mode="eval").body
    except SyntaxError as error:
        if "int_max_str_digits" in error.msg:
            runs = re.finditer(r"[0-9_]+", source.text)
            longest = max(runs, key=lambda run: run.end() - run.start())
            problem = "the number has too many digits; write it as 1.5e300"
            raise mistake(problem, source.text, longest.span()) from None
        at = min(max((error.offset or 2) - 2, 0), len(source.code) - 1)
        for pattern, problem in FOREIGN.items():
            found = re.search(pattern, source.text)
            if found is not None:
                raise mistake(problem, source.text, found.span()) from None
        said = next((ours for theirs, ours in UNREAD.items() if theirs in error.msg), INCOMPLETE)
        if keyword.iskeyword(source.text.strip()):
            said = "it is a word of the language, so nothing has this name"
        raise mistake(f"this cannot be read: {said}", source.text, source.place(at)) from None
    except (RecursionError, MemoryError):
        raise too_deep() from None
    except (ValueError, OverflowError) as error:
        raise BpdebugError(f"the expression cannot be read: {quoted(error)[1:-1]}") from None


def too_deep() -> BpdebugError:
    """The error for an expression that is nested past the limit."""
    return BpdebugError(
        f"the expression is nested too deep, past {EXPRESSION_DEPTH:,} operations; "
        "split it into several entries"
    )


class _Reader:
    """Turns a syntax tree into an `Expression`."""

    def __init__(self, source: SourceText, allow: Allow, words: Words, earlier: int = 0) -> None:
        self.source = source
        self.allow = allow
        self.words = words
        self.earlier = earlier
        """How many calls of `previous` are around it."""
        self.error = source.error
        self.span = source.span

    def read(self, top: ast.expr) -> Expression:
        """The row of nodes: parents are met before their operands, so it is built backwards."""
        pending, met = [(top, 1)], []
        while pending:
            node, depth = pending.pop()
            if depth > EXPRESSION_DEPTH:
                raise too_deep()
            made, operands = self.converted(node)
            met.append((node, made, operands))
            pending.extend((operand, depth + 1) for operand in operands)
        nodes: list[Tree] = []
        index: dict[int, int] = {}
        for node, made, operands in reversed(met):
            index[id(node)] = len(nodes)
            indices = tuple(index[id(operand)] for operand in operands)
            nodes.append(replace(made, operands=indices) if indices else made)
        return Expression(self.source.text, tuple(nodes))

    def converted(self, node: ast.expr) -> Met:
        """Translate a syntax node; BpdebugError for a node that is not on the white list."""
        if isinstance(node, ast.Constant):
            return self.number(node, self.span(node))
        if isinstance(node, ast.Name):
            known = node.id in self.words.names or node.id in OPTIONAL
            if node.id in callable_names(self.allow) and not known:
                raise self.error(node, f"'{node.id}' is a function; write {node.id}(…)")
            return Name(self.span(node), self.source.name(node)), []
        if isinstance(node, ast.BinOp) and way(node) in WRITTEN:
            return self.call(node, WRITTEN[way(node)].name, [node.left, node.right])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            return self.product(node)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.Call):
            return self.function(node)
        if isinstance(node, ast.Subscript):
            return self.index(node)
        if isinstance(node, ast.Attribute):
            return self.attribute(node)
        if isinstance(node, ast.Compare | ast.BoolOp):
            return self.condition(node)
        compared = bracketed_comparison(node)
        if compared is not None and self.allow is Allow.WATCH:
            made, operands = self.condition(compared)
            return replace(made, span=self.span(node), as_number=True), operands
        raise self.forbidden(node)

    def index(self, node: ast.Subscript) -> Met:
        """Cells of a value; where `None` stands among them, with axes of size 1 put in."""
        if brackets(node.slice) is Brackets.ARRAYS:
            found, arrays = key_with_arrays(self.source, node.slice)
            return self.call(node, WRITTEN[way(node)].name, [node.value, *arrays], {"key": found})
        axes, rest = new_axes(node.slice)
        if not axes:
            found = key(self.source, node.slice)
            return self.call(node, WRITTEN[way(node)].name, [node.value], {"key": found})
        inner: ast.expr = node.value
        if rest:
            picked = ast.Subscript(node.value, ast.Tuple(rest, ast.Load()), ast.Load())
            inner = ast.copy_location(picked, node)
        return self.call(node, WRITTEN[way(node)].name, [inner], {"axis": axes})

    def unary(self, node: ast.UnaryOp) -> Met:
        """A minus sign, which makes a number negative at once, or `not`."""
        inner = node.operand
        if isinstance(node.op, ast.USub):
            constant = negative(node)
            if constant is not None:
                return self.number(constant, self.span(node), -1)
            return self.call(node, WRITTEN[way(node)].name, [inner])
        if isinstance(node.op, ast.Not):
            self.logic(node, "not")
            return Logic(self.span(node), "not", ()), [inner]
        sign = "+" if isinstance(node.op, ast.UAdd) else "~"
        problem = f"the sign '{sign}' in front of a value is not allowed; leave it out"
        raise self.error(node, problem)

    def condition(self, node: ast.Compare | ast.BoolOp) -> Met:
        """A comparison, chained or not, or `and` / `or`."""
        if isinstance(node, ast.BoolOp):
            word = "and" if isinstance(node.op, ast.And) else "or"
            self.logic(node, word)
            return Logic(self.span(node), word, ()), node.values
        if not all(type(op) in WRITTEN for op in node.ops):
            problem = "'is' and 'in' are not allowed; compare with ==, !=, <, <=, >, >="
            raise self.error(node, problem)
        if self.allow is Allow.GRAPH:
            if len(node.ops) > 1:
                problem = "a chain of comparisons belongs in a watch or a condition"
                raise self.error(node, f"{problem}; {LOGIC['and']}")
            return self.call(node, WRITTEN[way(node)].name, [node.left, *node.comparators])
        symbols = tuple(SIGNS_OF[WRITTEN[type(op)].name] for op in node.ops)
        return Compare(self.span(node), symbols, ()), [node.left, *node.comparators]

    def function(self, node: ast.Call) -> Met:
        """A call of a registered op, or in a watch of one of its own functions."""
        if not isinstance(node.func, ast.Name):
            raise foreign.called(self.source, node, self.allow)
        name = self.source.name(node.func)
        if name == "state" and self.allow is Allow.WATCH:
            return self.state(node), []
        if name in TAKES and self.allow is Allow.WATCH:
            return self.special(node, name), []
        if name in REGISTRY and REGISTRY[name].no_call:
            raise self.error(node.func, REGISTRY[name].no_call)
        if name not in callable_names(self.allow):
            if name in callable_names(Allow.WATCH):
                self.watching(node.func, f"'{name}'")
            hint = after(for_function(name))
            close = CLOSE if len(name) > SHORT else CLOSER
            hint = hint or did_you_mean(name, callable_names(self.allow), close)
            problem = f"there is no function {quoted(name)}{hint}" if hint else ""
            raise self.error(node.func, problem or foreign.unknown(name, self.allow))
        operands, given = arguments(self.source, node, name)
        if name in WATCHING and len(node.args) != 1:
            hint = for_operands(name, [()] * len(node.args))
            raise self.error(node, f"{name} takes 1 operand, not {len(node.args)}{hint}")
        return self.call(node, name, operands, given)

    def special(self, node: ast.Call, name: str) -> Tree:
        """`grad(n)`, `delta(k)`, `previous(expr)`: the argument is not evaluated here and now."""
        span = self.span(node)
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise self.error(node, f"{name} takes {TAKES[name]}")
        (argument,) = node.args
        if self.earlier >= EARLIER:
            limit = "goes back {0} iterations" if name == "previous" else "is nested {0} times"
            raise self.error(node, f"{name} {limit.format(EARLIER)} at most")
        if name == "previous":
            return Previous(span, self.inner(argument))
        if name == "delta":
            number = argument.value if isinstance(argument, ast.Constant) else None
            if not whole_number(number):
                raise self.error(argument, "delta takes the number of a layer, as in delta(2)")
            return Delta(span, int(str(number)))
        # The expression that names a node has a text of its own.
        text = " ".join(self.source.part(argument).split())
        return NodeAspect(span, ASPECTS[name], replace(self.inner(argument), text=text))

    def inner(self, argument: ast.expr) -> Expression:
        """An argument as an expression of its own."""
        return _Reader(self.source, self.allow, self.words, self.earlier + 1).read(argument)

    def product(self, node: ast.BinOp) -> Met:
        """`a·b` as the screen writes it; the shapes decide which product it is."""
        if self.allow is Allow.GRAPH:
            raise self.error(node, f"this operator is not allowed; {SIGNS['//']}")
        lying = isinstance(node.right, ast.Attribute) and node.right.attr == "T"
        return self.call(node, PRODUCT, [node.left, node.right], {"lying": True} if lying else {})

    def attribute(self, node: ast.Attribute) -> Met:
        """`.T`, or the ordinal of a result without a name."""
        if way(node) in WRITTEN:
            return self.call(node, WRITTEN[way(node)].name, [node.value])
        span = self.span(node)
        ordinal = node.attr[1:]
        if ordinal.isdigit() and self.source.text[: span[1]].endswith(f"#{ordinal}"):
            return Nth(span, int(ordinal[:9]), ()), [node.value]
        name = self.source.part(node)
        if foreign.misspelt(node, name, self.words, self.allow):
            raise self.error(node, unknown_name(name, sorted(self.words.names)))
        raise foreign.attribute(self.source, node, self.allow)

    def state(self, node: ast.Call) -> State:
        """`state(W, m)`: a parameter and a name of its optimizer's, neither of them evaluated."""
        names = [self.source.name(one) for one in node.args if isinstance(one, ast.Name)]
        if len(names) != 2 or len(node.args) != 2 or node.keywords:
            raise self.error(
                node, "state takes a parameter and a name of its optimizer's, as in state(W1, m)"
            )
        return State(self.span(node), *names)

    def number(self, node: ast.Constant, span: TextSpan, sign: int = 1) -> Met:
        """A number."""
        return Number(span, number(self.source, node, sign)), []

    def call(
        self,
        node: ast.expr,
        function: str,
        operands: list[ast.expr],
        options: dict[str, Any] | None = None,
    ) -> Met:
        """A function of operands."""
        if function in REGISTRY and REGISTRY[function].variadic and not operands:
            raise self.error(node, f"{function} takes at least 1 operand")
        return Call(self.span(node), function, (), options or {}), operands

    def logic(self, node: ast.expr, word: str) -> None:
        """An error for a word of logic where the expression is to make nodes."""
        if self.allow is Allow.GRAPH:
            problem = f"'{word}' belongs in a watch or a condition; it makes no node"
            raise self.error(node, f"{problem}; {LOGIC[word]}")

    def watching(self, node: ast.expr, what: str) -> None:
        """An error where the expression is to make nodes."""
        if self.allow is Allow.GRAPH:
            raise self.error(node, f"{what} belongs in a watch or a condition; it makes no node")

    def forbidden(self, node: ast.expr) -> BpdebugError:
        """The error for what is not on the white list."""
        what = FORBIDDEN.get(type(node), "this")
        if bracketed_comparison(node) is not None:
            return self.error(node, "a comparison stands in round brackets, as in x * (x > 0)")
        if isinstance(node, ast.List | ast.Tuple):
            return self.error(node, f"{what} is not allowed; {ARRAY}")
        if isinstance(node, ast.BinOp):
            hint = foreign.operator(node.op, self.allow)
            if hint:
                return self.error(node, f"this operator is not allowed; {hint}")
            what = "this operator"
        return self.error(
            node, f"{what} is not allowed; there are names, numbers, + - * / ** @, and calls"
        )
