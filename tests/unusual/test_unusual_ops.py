"""Ops whose terms no index letters describe: one declaration each, and everything works with them.

A transposed convolution with stride and padding, the maximum of segments and repeated rows are
declared here, and not shipped. What stands on ops (the trace, every command, export, check and
pane) is tried on a scenario of all three.
"""

import json

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.expression.functions import callable_names
from bpdebug.ops import REGISTRY
from bpdebug.ops.maps.index_map import ravel
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.ticks import term_at
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.ticks.paths import CellPaths
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.multiplication import draw_multiplication
from bpdebug.wording import Script
from tests.tui.apps import screen_lines
from tests.unusual.repeat import REPEAT
from tests.unusual.segments import SEGMENT_MAX
from tests.unusual.transposed import TRANSPOSED

SCENARIO = """
[inputs]
x = { shape = [2, 3, 4, 3], init = "normal", seed = 1, batch = false }

[parameters]
w = { shape = [3, 4, 3, 2], init = "normal", seed = 2 }
b = { shape = [4, 1, 1], init = "normal", seed = 3 }

[graph]
z = "transposed(x, w, stride=2, padding=1) + b"
h = "tanh(z)"
p = "segment_max(h, bounds=(0, 2, 1, 3))"
flat = "reshape(p, shape=(4, -1))"
g = "repeat(flat, times=(1, 0, 2, 0))"
L = "sum(g ** 2) / 10"

[optimizer]
name = "sgd"
learning_rate = 0.1
"""
ARGUMENTS = {
    "goto": "w",
    "until": "x",
    "find": "transposed",
    "break": "norm(grad(w)) > 0.1",
    "tbreak": "z -> w",
    "watch": "grad(w)[0, 0, 1, 1]",
    "edit": "1 z",
    "print": "grad(w)",
    "info": "w",
    "inspect": "grad(w)",
    "terms": "w[1, 2, 0, 1]",
    "paths": "w[1, 2, 0, 1]",
    "curves": "L",
    "help": "step",
    "mark": "here",
}


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The scenario, in a registry that has the three ops."""
    for op in (TRANSPOSED, SEGMENT_MAX, REPEAT):
        monkeypatch.setitem(REGISTRY, op.name, op)
    callable_names.cache_clear()  # which functions there are is looked up once in a process
    path = tmp_path / "unusual.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    yield path
    callable_names.cache_clear()


@pytest.fixture
def run(path):
    return Run(load(path))


def test_the_gradients_are_those_of_central_differences(path, capsys):
    assert main([str(path), "--check"]) == 0, capsys.readouterr()


def test_terms_add_up_cell_by_cell(run):
    one = run.iteration(1)
    graph, timeline = one.recorded.graph, one.timeline
    for edge in graph.edges:
        index_map = graph.index_map(edge)
        total, at = np.zeros(index_map.cell_shape), 0
        for k in range(index_map.terms):
            term = term_at(one.recorded, timeline, edge, k)
            total[term.indices.cell] += term.product
            first, end = index_map.span(ravel(term.indices.cell, index_map.cell_shape))
            assert first <= k < end
            assert first >= at
            at = first
        np.testing.assert_allclose(total, one.recorded.contributions[edge.index], atol=1e-12)


def test_a_cell_has_its_terms_and_its_paths(run):
    one = run.iteration(1)
    graph = one.recorded.graph
    w, cell = graph.names["w"], (1, 2, 0, 1)
    gradient = float(np.asarray(one.recorded.gradients[w])[cell])
    terms = CellTerms(one.recorded, one.timeline, w, cell)
    assert sum(term.product for term in terms) == pytest.approx(gradient)
    paths = CellPaths(one.recorded, w, cell)
    assert paths.total == pytest.approx(gradient)
    assert sum(path.product for path in paths.first(paths.alive)) == pytest.approx(gradient)


def test_its_formulas_say_what_the_op_declares(run):
    debugger = Debugger(run)
    debugger.execute("goto w")
    text = debugger.execute("where").text
    assert "slide(" in text
    assert "· x[0,0,0,0]" in debugger.execute("terms w[0,0,1,1]").text
    assert "[h[" in debugger.execute("terms h[0,1,1,1]").text


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.name], ids=lambda c: c.name)
def test_every_command_works_wherever_the_cursor_stands(command, run, tmp_path):
    debugger = Debugger(run)
    debugger.export_with(lambda request: "written")
    argument = ARGUMENTS.get(command.name, "")
    if command.name == "export":
        argument = str(tmp_path / "trace.txt")
    debugger.execute("break z")
    for place in ("goto w", "step 7", "next", "goto h", "step 3", "goto flat", "goto x", "goto $"):
        debugger.execute(place)
        debugger.execute(f"{command.name} {argument}")  # an exception would end the test
        debugger.execute("where")
        debugger.execute("list")


@pytest.mark.parametrize("format", ["text", "markdown", "json", "jsonl", "csv"])
@pytest.mark.parametrize("detail", ["layer", "edge", "term"])
def test_every_export_is_written(format, detail, path, tmp_path):
    target = tmp_path / "trace"
    words = ["--export", str(target), "--format", format, "--detail", detail]
    assert main([str(path), *words]) == 0
    text = target.read_text(encoding="utf-8")
    if format == "json":
        json.loads(text)
    graph = Run(load(path)).graph()
    if detail == "term" and format in ("json", "jsonl"):
        products = sum(graph.index_map(edge).terms for edge in graph.edges)
        assert text.count('"product"') >= products


@pytest.mark.parametrize(("columns", "rows"), [(44, 16), (110, 40)])
def test_the_multiplication_is_drawn_for_every_edge(columns, rows, run):
    debugger = Debugger(run)
    for edge in run.graph().edges:
        position = debugger.timeline.edge_span(edge.index)[0] + 2
        debugger.execute(f"goto {position}")
        term = debugger.moment.term
        if term is None:
            continue
        lines = draw_multiplication(debugger.moment, Script(), columns, rows)
        assert any("[" in line.plain for line in lines)
        assert all(line.width <= columns for line in lines)


async def test_the_screen_steps_through_them(run):
    app = BpdebugApp(Debugger(run))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press(*"nnnnnnssfsc")
        await pilot.pause()
        assert "∂L/∂w" in "\n".join(screen_lines(app))
