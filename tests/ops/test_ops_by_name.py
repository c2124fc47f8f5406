"""What an op is stands in its declaration: no other room asks for one by its name or as itself."""

import ast
import re
from collections.abc import Iterator, Set
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import bpdebug
from bpdebug.ops import REGISTRY, Op

ROOT = Path(bpdebug.__file__).parent
HOMONYMS = {
    # Statistics of an array, and of the random numbers of an init.
    "debugger/text/tensor_text.py": {"min", "max", "mean", "norm"},
    "wording/grid.py": {"norm"},
    "scenario/inits.py": {"mean"},
    # The norm of all gradients, a quantity of optimizers.
    "optimizer/gradient.py": {"norm"},
    "optimizer/symbols.py": {"norm"},
    "optimizer/update.py": {"norm"},
    # Functions of numpy and PyTorch that are something else there.
    "expression/hints.py": {
        "dot",
        "transpose",
        "stack",
        "dropout",
        "binary_cross_entropy",
        "gelu",
    },
    # The command, and its action on the screen.
    "cli/line_mode.py": {"where"},
    "debugger/commands/printing.py": {"where"},
    "tui/keys/actions.py": {"where"},
    # The place of a finding.
    "diagnosis/document.py": {"where"},
    # A kind of token, and a kind of mistake.
    "expression/shown.py": {"sign"},
    "expression/tokens.py": {"sign"},
    "mistakes/conventions.py": {"sign"},
    "mistakes/mistake.py": {"sign"},
    # What other tools call a setting of an optimizer.
    "scenario/optimizers.py": {"clip"},
    # Kinds of layers, each called as the op that it writes.
    "scenario/network/dropout.py": {"dropout"},
    "scenario/network/windowed.py": {"conv2d", "max_pool2d", "avg_pool2d"},
    # The name of a bundled scenario.
    "scenario/library.py": {"dropout"},
    # A kind of scale.
    "debugger/commands/curves.py": {"log"},
    # What a remedy tells the user to write.
    "diagnosis/rules/output/task.py": {
        *("softmax", "sigmoid", "negative_log_likelihood", "binary_cross_entropy"),
    },
    # The name of a station of the tour.
    "debugger/tour/stations.py": {"sum"},
}
"""By file: constants that are called as an op is and mean something else."""


def named(tree: ast.AST) -> set[str]:
    """The names of ops among the text constants of a file."""
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {value for value in found if isinstance(value, str) and value in REGISTRY}


def taken(tree: ast.AST) -> Iterator[str]:
    """The ops, and the files of ops, that a file imports as themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bpdebug.ops"):
            module = import_module(str(node.module))
            for one in node.names:
                if isinstance(getattr(module, one.name), Op | ModuleType):
                    yield one.name
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("bpdebug.ops"))


TEMPLATES = {text for op in REGISTRY.values() for text in (op.text, op.latex)}
OPTIONS = {option for op in REGISTRY.values() for option in op.options}
SIGNS = {
    sign for op in REGISTRY.values() for sign in (op.prefix, op.sign, op.operator, *op.bars) if sign
}
SEARCHES = {"search", "match", "fullmatch", "findall", "finditer", "startswith", "endswith"}


AN_OP = re.compile(r"(?:^|\.)(?:op|REGISTRY\[.*\]|op_of\(.*\))\.(?:text|latex|family)$")
"""The template or the family of an op, whichever op it is."""
WRITTEN = re.compile(r"\.(?:text|latex|family)$")
LETTERS = re.compile(r"\b(?:letters|signature)\b")
HOMONYM_OPTIONS = {
    # Keys of a scenario's tables.
    "scenario/files/archives.py": {"key"},
    "scenario/inits.py": {"shape", "high"},
    "scenario/network/windowed.py": {"groups", "size"},
    # The id of a convention.
    "mistakes/probing/judge.py": {"reduction"},
    # Of every loss: which axis has the units.
    "scenario/layout.py": {"axis"},
}
"""By file: constants that are called as an option is, or say something of several ops."""


def compared(node: ast.AST) -> list[ast.expr]:
    """What is compared with one another, or searched in one another; empty for other nodes."""
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            tuples = [one for one in sides if isinstance(one, ast.Tuple | ast.Set | ast.List)]
            return [*sides, *(part for one in tuples for part in one.elts)]
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args) if name in SEARCHES:
            return [value, *args]
    return []


def disguised(tree: ast.AST, homonyms: Set[str] = frozenset()) -> Iterator[str]:
    """Where a file knows an op by what is written of it: its template, family, option or sign."""
    known = (OPTIONS | SIGNS) - homonyms
    for node in ast.walk(tree):
        sides = compared(node)
        texts = {str(one.value) for one in sides if isinstance(one, ast.Constant)}
        if (
            texts & known
            or (
                any(AN_OP.search(ast.unparse(one)) for one in sides)
                and not all(WRITTEN.search(ast.unparse(one)) for one in sides)
            )
            or (isinstance(node, ast.Constant) and node.value in TEMPLATES)
            or (
                any(len(text) == 1 and text.isalpha() for text in texts)
                and any(LETTERS.search(ast.unparse(one)) for one in sides)
            )
        ):
            yield ast.unparse(node)


WRITES_OPS = "recording"
"""The room that writes functions of NumPy and PyTorch as the ops that they are: by name, as an
author of a scenario does."""
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if path.relative_to(ROOT).parts[0] not in ("ops", WRITES_OPS)
)


@pytest.mark.parametrize("file", FILES)
def test_nothing_outside_of_the_ops_asks_for_one(file: str):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert named(tree) == HOMONYMS.get(file, set()), "say the fact in a field of Op"
    assert not list(taken(tree)), "say the fact in a field of Op"
    assert not list(disguised(tree, HOMONYM_OPTIONS.get(file, set()))), (
        "say the fact in a field of Op"
    )


@pytest.mark.parametrize(
    "code",
    [
        'if op.name == "relu": pass',
        'OPS = {"affine": 1}',
        'REGISTRY["index"]',
        'match name:\n    case "square": pass',
    ],
)
def test_an_op_that_is_asked_for_by_name_is_found(code: str):
    assert named(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        'ALIKE = {name for name, op in REGISTRY.items() if op.text == "{a}·{b}"}',
        'SAME = "{a}·{b}"',
        "match = BETWEEN_BARS.fullmatch(op.text)",
        'written = "Σ" in node.op.text',
        'plain = op_of(node).latex.startswith("{a}")',
        'if node.op.family == "loss": pass',
        'shown = name == "reduction" and "{per}" in template',
        'many = name in ("axis", "keepdims")',
        'batch = cells.letters.output[0] == "n"',
    ],
)
def test_an_op_in_disguise_is_found(code: str):
    assert list(disguised(ast.parse(code)))
    assert not list(disguised(ast.parse("op.family == other.family")))


@pytest.mark.parametrize("op", REGISTRY.values(), ids=lambda op: op.name)
def test_the_fields_of_an_op_that_repeat_its_templates_agree_with_them(op: Op):
    called = re.match(r"(\w+)\(\{", op.text)
    assert called is None or called[1] in (op.name, *op.also)
    barred = re.fullmatch(r"(\W)\{\w+\}\1", op.text)
    assert op.bars[:1] == (() if barred is None else (barred[1],))
    assert op.sign in op.text
    assert (op.sign == "·") == (op.text == "{a}·{b}")
    assert op.operator in op.latex
    assert bool(op.operator) == (
        bool(op.options) and bool(re.search(r"\\(sum|prod|max|min)\b", op.latex))
    )
    assert bool(op.mean_or_sum) == ("{per}" in op.text)
    assert not op.mean_or_sum or ("{per}" in op.latex and op.mean_or_sum in op.options)
    assert op.rows == "" or all(
        op.rows in letters
        for letters in op.layout(((2, 3), (4, 3), (2,)), op.options).signature.output[:1]
    )


@pytest.mark.parametrize(
    "code",
    [
        "from bpdebug.ops.families import arithmetic",
        "from bpdebug.ops.families.linear import affine",
        "import bpdebug.ops.families.linear",
    ],
)
def test_an_op_that_is_imported_is_found(code: str):
    assert list(taken(ast.parse(code)))
    assert not list(taken(ast.parse("from bpdebug.ops import REGISTRY, Op")))
