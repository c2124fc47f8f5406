"""The structure of the code that no linter knows of: circles, sizes, private parts of Textual."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import bpdebug

PACKAGE = Path(bpdebug.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400
OF_THE_DEBUGGER = re.compile(r"(?:^|[._])debugger\.\w")
"""An attribute of a debugger, or something in it."""
MUTATING = {"append", "clear", "extend", "insert", "pop", "remove", "setdefault", "sort", "update"}


def module_of(path):
    """`bpdebug.ops.linear`, or a package's own name for its `__init__`."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def only_for_types(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def imports(node):
    """What a piece of code imports, also inside its functions, but not for its types alone."""
    for child in ast.iter_child_nodes(node):
        if only_for_types(child):
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                whole = f"{child.module}.{alias.name}"
                yield whole if whole in MODULES else child.module
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        yield from imports(child)


def test_no_imports_run_in_a_circle_not_even_late_ones():
    graph = {
        module: {one for one in imports(ast.parse(path.read_text("utf-8"))) if one in MODULES}
        - {module}
        for module, path in MODULES.items()
        if path.name != "__init__.py"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_is_one_idea(path):
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_nothing_outside_writes_into_the_debugger():
    """The debugger is changed by its methods alone: no attribute is set, no list of it mutated."""
    found = [
        f"{module}: {ast.unparse(node)}"
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if any(OF_THE_DEBUGGER.search(ast.unparse(target)) for target in written(node))
    ]
    assert found == []


def written(node):
    """What a statement assigns to or deletes, or a call mutates."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return targets
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return [target]
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in MUTATING:
            return [value]
    return []
