"""Errors for what is written as numpy or PyTorch would have it: `np.exp(x)`, `x.sum(dim=0)`."""

from __future__ import annotations

import ast

from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import Allow, callable_names
from bpdebug.expression.hints import (
    LOGIC,
    MODULES,
    NAMES,
    OPTIONS,
    SIGNS,
    TRANSPOSES,
    after,
    elsewhere,
)
from bpdebug.expression.source import SourceText
from bpdebug.expression.words import Words
from bpdebug.ops import Op, declared
from bpdebug.printable import quoted

OPERATORS: dict[type[ast.operator], str] = {
    ast.Mod: SIGNS["%"],
    ast.BitAnd: SIGNS["&"],
    ast.BitOr: SIGNS["|"],
    ast.BitXor: "a power is written **, as in x ** 2",
}
IN_GRAPHS: dict[type[ast.operator], str] = {ast.BitAnd: LOGIC["and"], ast.BitOr: LOGIC["or"]}
"""What to write for an operator where an expression makes nodes."""


def operator(sign: ast.operator, allow: Allow) -> str:
    """What to write for an operator of other languages; empty when that is unknown."""
    in_graph = IN_GRAPHS.get(type(sign), "") if allow is Allow.GRAPH else ""
    return in_graph or OPERATORS.get(type(sign), "")


def called(source: SourceText, node: ast.Call, allow: Allow) -> BpdebugError:
    """The error for a call of something else than a function's name."""
    problem = "only the named functions may be called, as in sigmoid(z)"
    function, operands, keywords = node.func, node.args, node.keywords
    if isinstance(function, ast.Call):
        # A PyTorch layer is made by a first call, with its options, and applied by a second.
        operands, keywords = [*operands, *function.args], [*keywords, *function.keywords]
        function = function.func
    if not isinstance(function, ast.Attribute):
        return source.error(function, problem)
    name, value = source.spelled(function.attr, function), function.value
    module = is_module(value)
    if name in TRANSPOSES and not module and not operands:
        return source.error(function, f"{problem}; write {quoted(f'{source.part(value)}.T')}")
    hint = elsewhere(name)
    here = next((word for word in (name, name.lower()) if word in callable_names(allow)), "")
    if not hint and here:
        operands = operands if module else [value, *operands]
        hint = f"write {quoted(call_text(source, here, operands, keywords), 200)}"
    return source.error(function, f"{problem}; {hint or unknown(name, allow)}")


def attribute(source: SourceText, node: ast.Attribute, allow: Allow) -> BpdebugError:
    """The error for an attribute other than `.T`."""
    name, module = source.spelled(node.attr, node), is_module(node.value)
    problem = f"{quoted('.' + name)} is not allowed"
    if name in TRANSPOSES and not module:
        hint = f"write {quoted(f'{source.part(node.value)}.T')}"
    elif module:
        hint = NAMES.get(name) or elsewhere(name)
    else:
        hint = elsewhere(name) or "only .T is (transposed)"
        if name in callable_names(allow):
            hint = f"write {quoted(f'{name}({source.part(node.value)})', 200)}"
    return source.error(node, problem + after(hint))


def misspelt(node: ast.Attribute, text: str, words: Words, allow: Allow) -> bool:
    """Whether words with dots are meant as a name, and not as an attribute of a value.

    What stands before the last word is a group, has dots itself, or names nothing.
    """
    group, _, last = text.rpartition(".")
    parts = text.split(".")
    if "T" in parts or not all(part.isidentifier() or part.isdecimal() for part in parts):
        return False
    known = not words.names or words.name(group) is not None
    attribute = is_module(node) or has_meaning(last, allow) or (known and "." not in group)
    return words.within(group) or not attribute


def has_meaning(name: str, allow: Allow) -> bool:
    """Whether a method or an attribute of this name is something that expressions can say."""
    return name in TRANSPOSES or name in callable_names(allow) or bool(elsewhere(name))


def unknown(name: str, allow: Allow) -> str:
    """The problem of a function of which nothing is known, and where all functions are listed."""
    listing = "help ops" if allow is Allow.WATCH else 'bpdebug two_layer -c "help ops"'
    return f"there is no function {quoted(name)}; `{listing}` lists them"


def is_module(node: ast.expr) -> bool:
    """True for `np`, `torch.nn` and the like."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in MODULES


def argument_text(source: SourceText, argument: ast.expr) -> str:
    """An argument as it was typed; a text in double quotes, since the call stands in single."""
    text = argument.value if isinstance(argument, ast.Constant) else None
    return f'"{text}"' if isinstance(text, str) else source.part(argument)


def call_text(
    source: SourceText, name: str, operands: list[ast.expr], keywords: list[ast.keyword]
) -> str:
    """A call as it is written here: what is no operand is an option, which is given by name."""
    op = declared(name)
    every = op is None or (isinstance(op, Op) and op.variadic)
    taken = len(operands) if op is None or every else len(op.operands)
    words = [argument_text(source, one) for one in operands[:taken]]
    rest = [source.part(one) for one in operands[taken:]]
    names = list(op.options) if op is not None else []
    if len(names) == 1 and len(rest) > 1:
        rest = [f"({', '.join(rest)})"]
    words += [f"{option}={value}" for option, value in zip(names, rest, strict=False)]
    for option in keywords:
        meant = OPTIONS.get(option.arg or "", "").removeprefix("write ").partition("=")
        name_here = meant[0] if meant[1] else option.arg
        words.append(f"{name_here}={source.part(option.value)}")
    return f"{name}({', '.join(words)})"
