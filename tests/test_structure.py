"""The structure of the code that no linter knows of: circles, sizes, private parts of Textual."""

import ast
import re
import shutil
import subprocess
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import bpdebug

PACKAGE = Path(bpdebug.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400
TOP_LEVEL = {
    *("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"),
    *("bpdebug", "docs", "scenarios", "tests"),
}
"""What the repository holds at its top, beside names with a dot."""
OF_THE_DEBUGGER = re.compile(r"(?:^|[._])debugger\.\w")
"""An attribute of a debugger, or something in it."""
THE_DEBUGGER = re.compile(r"(?:^|[._])debugger(?:\.\w+)*$")
"""A debugger, or what stands in it, as a value that a name may be given."""
MUTATING = {
    *("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"),  # lists
    *("popitem", "setdefault", "update"),  # mappings
    *("add", "difference_update", "discard", "intersection_update"),  # sets
    "symmetric_difference_update",
}
TYPE_CIRCLES = [
    # The debugger runs commands, and each of those takes the debugger.
    {
        "bpdebug.debugger.breakpoints.first_nan",
        "bpdebug.debugger.breakpoints.not_hit",
        "bpdebug.debugger.commands.command",
        "bpdebug.debugger.commands.lookup",
        "bpdebug.debugger.debugger",
        "bpdebug.debugger.session_state",
        "bpdebug.debugger.text.beside",
        "bpdebug.debugger.text.describe",
        "bpdebug.debugger.text.groups",
    },
    # A mistake is declared with its changes, which are rules over a stage of a trial on a bench.
    {
        "bpdebug.mistakes.bench",
        "bpdebug.mistakes.composed",
        "bpdebug.mistakes.grounds",
        "bpdebug.mistakes.mistake",
        "bpdebug.mistakes.shares",
        "bpdebug.mistakes.stage",
        "bpdebug.mistakes.trial",
    },
    # A grid holds the windows that were formatted of it.
    {"bpdebug.tui.draw.grid", "bpdebug.tui.draw.sheet"},
    # The screen runs actions, and each of those takes the screen.
    {
        "bpdebug.tui.dialogs.dialogs",
        "bpdebug.tui.keys.actions",
        "bpdebug.tui.keys.at_cursor",
        "bpdebug.tui.screen",
        "bpdebug.tui.work.background",
        "bpdebug.tui.work.paced_screen",
    },
]
"""Modules that import one another, some of them for types alone; there are to be no more."""


def module_of(path):
    """`bpdebug.ops.families.linear`, or a package's own name for its `__init__`."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def only_for_types(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def imports(node, types=False):
    """What a piece of code imports, also inside its functions; with `types`, also for types."""
    for child in ast.iter_child_nodes(node):
        if only_for_types(child) and not types:
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                whole = f"{child.module}.{alias.name}"
                yield whole if whole in MODULES else child.module
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        yield from imports(child, types)


def import_graph(types=False):
    """What each module imports of the package, without the `__init__` of packages."""
    return {
        module: {
            one for one in imports(ast.parse(path.read_text("utf-8")), types) if one in MODULES
        }
        - {module}
        for module, path in MODULES.items()
        if path.name != "__init__.py"
    }


def test_no_imports_run_in_a_circle_not_even_late_ones():
    try:
        TopologicalSorter(import_graph()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def reached(graph, start):
    """Every module that a module imports, directly or through others."""
    found, pending = set(), [start]
    while pending:
        new = graph.get(pending.pop(), set()) - found
        found |= new
        pending.extend(new)
    return found


def test_the_circles_of_types_are_known():
    graph = import_graph(types=True)
    reach = {module: reached(graph, module) for module in graph}
    circles = {
        frozenset(other for other in reach[module] if module in reach.get(other, ()))
        for module in graph
    } - {frozenset()}
    assert circles == set(map(frozenset, TYPE_CIRCLES))


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_is_one_idea(path):
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_nothing_outside_writes_into_the_debugger():
    """The debugger is changed by its methods alone: no attribute is set, no list of it mutated."""
    found = [
        f"{module}: {code}"
        for module, path in MODULES.items()
        for code in writes(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "screen.debugger.breakpoints.append(point)",
        "debugger.last_search = ''",
        "del self.debugger.marks['a']",
        "debugger.seen.add(1)",
        "debugger.seen.discard(1)",
        "debugger.marks.popitem()",
        "debugger.breakpoints.reverse()",
        "points = debugger.breakpoints\npoints.append(point)",
        "points, watches = debugger.breakpoints, debugger.watches\nwatches[0] = (1, 'L')",
        "points: list = self.debugger.breakpoints\npoints += [point]",
        "if points := debugger.breakpoints:\n    points.pop()",
        "def here(screen):\n    core = screen.debugger\n    core.breakpoints.clear()",
        "core = screen.debugger\npoints = core.breakpoints\ndel points[0]",
        "core = screen.debugger\ncore.last_search = ''",
    ],
)
def test_what_writes_into_the_debugger_is_found(code):
    assert list(writes(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "points = list(debugger.breakpoints)\npoints.append(point)",
        "points = debugger.breakpoints\npoints = [*points, point]",
        "def here(debugger):\n    points = debugger.marks\ndef there(points):\n    points.clear()",
        "debugger.add_mark('a')",
    ],
)
def test_what_reads_the_debugger_or_changes_a_copy_is_not_found(code):
    assert not list(writes(ast.parse(code)))


def writes(scope, outside=frozenset()):
    """The code that writes into a debugger, by its name or by a name for a part of it."""
    nodes, inner = own_nodes(scope)
    aliases = set(outside)
    for _ in range(2):  # an alias of an alias
        for name, value in named(nodes):
            if is_debugger(value, aliases):
                aliases.add(name)
    for node in nodes:
        for target in written(node):
            base = target
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            rebound = base is target and not isinstance(node, ast.Call | ast.AugAssign)
            by_alias = isinstance(base, ast.Name) and base.id in aliases and not rebound
            if by_alias or OF_THE_DEBUGGER.search(ast.unparse(target)):
                yield ast.unparse(node)
    for function in inner:
        parameters = {
            argument.arg for argument in ast.walk(function.args) if hasattr(argument, "arg")
        }
        yield from writes(function, aliases - parameters)


def own_nodes(scope):
    """The nodes of a scope without those of its functions; and these functions."""
    nodes, inner, pending = [], [], list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner.append(node)
            continue
        nodes.append(node)
        pending.extend(ast.iter_child_nodes(node))
    return nodes, inner


def named(nodes):
    """The names that are given to values, with these values."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = list(zip(names, values, strict=False))
            case ast.Assign(targets=targets, value=value):
                pairs = [(target, value) for target in targets]
            case (
                ast.AnnAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                pairs = [(target, value)]
            case _:
                pairs = []
        yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))


def is_debugger(value, aliases):
    """True for a debugger or a part of it; False for what a call returns, such as a copy."""
    base = value
    while isinstance(base, ast.Attribute):
        base = base.value
    if not isinstance(base, ast.Name):
        return False
    return base.id in aliases or bool(THE_DEBUGGER.search(ast.unparse(value)))


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


def test_nothing_strays_into_the_top_level():
    """A test that writes where it stands leaves a file that the next commit may take along."""
    git = shutil.which("git")
    if git is None or not (PACKAGE.parent / ".git").exists():
        pytest.skip("this is no clone")
    kept = subprocess.run(
        [git, "ls-files", "-z"], cwd=PACKAGE.parent, capture_output=True, check=False
    )
    if kept.returncode:
        pytest.skip("git does not read this clone")
    tops = {name.split("/")[0] for name in kept.stdout.decode().split("\0") if name}
    assert {top for top in tops if not top.startswith(".")} == TOP_LEVEL
