"""What an op is stands in its declaration: no other room asks for one by its name or as itself."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import bpdebug
from bpdebug.ops import REGISTRY, Op

ROOT = Path(bpdebug.__file__).parent
HOMONYMS = {
    # Statistics of an array, and of the random numbers of an init.
    "debugger/text/tensor_text.py": {"max", "mean", "norm"},
    "wording/grid.py": {"norm"},
    "scenario/inits.py": {"mean"},
    # The norm of all gradients, a quantity of optimizers.
    "optimizer/gradient.py": {"norm"},
    "optimizer/symbols.py": {"norm"},
    "optimizer/update.py": {"norm"},
    # Functions of numpy and PyTorch that are something else there.
    "expression/hints.py": {"dot", "transpose", "binary_cross_entropy", "gelu"},
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


FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if path.relative_to(ROOT).parts[0] != "ops"
)


@pytest.mark.parametrize("file", FILES)
def test_nothing_outside_of_the_ops_asks_for_one(file: str):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert named(tree) == HOMONYMS.get(file, set()), "say the fact in a field of Op"
    assert not list(taken(tree)), "say the fact in a field of Op"


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
        "from bpdebug.ops import elementwise",
        "from bpdebug.ops.linear import affine",
        "import bpdebug.ops.linear",
    ],
)
def test_an_op_that_is_imported_is_found(code: str):
    assert list(taken(ast.parse(code)))
    assert not list(taken(ast.parse("from bpdebug.ops import REGISTRY, Op")))
