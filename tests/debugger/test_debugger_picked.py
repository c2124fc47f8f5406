"""Stepping, stopping and asking where the data picks cells, which differ from batch to batch."""

import json

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.debugger import COMMANDS, Debugger, Instant
from bpdebug.debugger.breakpoints.search import edge_ticks
from bpdebug.debugger.cursor import FIRST, end_of_time, moved
from bpdebug.graph import derived_vjp
from bpdebug.ticks import Ruler
from bpdebug.ticks.state import cell_sum
from bpdebug.tui.app import BpdebugApp
from tests.debugger.sessions import do, stops
from tests.picked import EMBEDDING, embedding, embedding_run
from tests.tui.apps import screen_lines
from tests.unusual.test_unusual_ops import ARGUMENTS


@pytest.fixture
def run(tmp_path):
    return embedding_run(tmp_path)


@pytest.fixture
def debugger(run):
    return Debugger(run)


@pytest.mark.parametrize("count", [1, 2, 7, 23, 100])
def test_cells_are_stepped_over_forward_and_back_through_all_batches(run, count):
    here, places = FIRST, [FIRST]
    while here != end_of_time(run):
        here, _ = moved(run, here, Ruler.CELL, 1)
        places.append(here)
    ends = [Instant(i, t) for i in range(1, 7) for t in run.timeline(i).ends(Ruler.CELL)]
    assert places[1:] == ends
    for at, place in enumerate(places):
        ahead, behind = (moved(run, place, Ruler.CELL, by)[0] for by in (count, -count))
        assert ahead == places[min(at + count, len(places) - 1)]
        assert behind == places[max(at - count, 0)]


def test_a_breakpoint_on_a_cell_stops_where_a_batch_reads_it(debugger):
    run, wanted = debugger.run, []
    for number in range(1, 7):
        timeline = run.timeline(number)
        into = timeline.graph.into[timeline.graph.names["E"]]
        ticks = [edge_ticks(timeline, edge, (4, 1)) for edge in into]
        wanted += [Instant(number, one[0]) for one in ticks if one]
    assert 0 < len({one.iteration for one in wanted}) < 6, "some batches read row 4, others do not"
    do(debugger, "break E[4,1]", "goto 0")
    assert stops(debugger, "continue") == wanted
    do(debugger, "goto $")
    assert stops(debugger, "rcontinue") == wanted[::-1]


def test_a_term_is_followed_to_other_batches(debugger):
    run, seen = debugger.run, set()
    e = run.graph().names["E"]
    read = {
        number: np.asarray(run.iteration(number).recorded.gradients[e]).any(axis=1)
        for number in range(1, 7)
    }
    for number in range(1, 6):
        for row in np.flatnonzero(read[number]):
            do(debugger, f"goto iteration {number}", f"goto E[{row},0]")
            text = do(debugger, "along")
            term = debugger.moment.term
            if "adds nothing to this cell" in text:
                # It may be read by the other of the two edges.
                seen.add("nothing")
                continue
            assert read[number + 1][row]
            assert term.indices.cell == (row, 0)
            seen.add("term")
    assert seen == {"nothing", "term"}


def test_a_cell_that_a_batch_does_not_read_is_nowhere_to_go(debugger):
    one = debugger.run.iteration(1)
    still = ~(one.after["E"] != one.before["E"]).any(axis=1)
    cell = f"E[{int(np.flatnonzero(still)[0])},0]"
    reply = debugger.execute(f"goto {cell}")
    assert not reply.ok
    assert f"no term of iteration 1 adds to '{cell}': its gradient is 0" in reply.text
    assert "no term adds to it, so it is 0" in do(debugger, f"terms {cell}")


def test_watches_pick_cells_too(debugger):
    do(debugger, "goto z")
    recorded = debugger.moment.recorded
    tokens = np.asarray(recorded.values[recorded.graph.names["tokens"]]).astype(int)
    e = np.asarray(recorded.values[recorded.graph.names["E"]])
    assert "E[tokens], shape (2, 3, 2)" in do(debugger, "print E[tokens]")
    for text, wanted in (
        ("E[tokens[0]]", e[tokens[0]]),
        ("E[tokens[0], 1]", e[tokens[0], 1]),
        ("E[tokens[:, 0] - 1]", e[tokens[:, 0] - 1]),
        ("sum(E[tokens])", e[tokens].sum()),
    ):
        expected = do(debugger, f"print {text}").partition(" = ")[2].replace("−", "-")
        np.testing.assert_allclose(json.loads(expected), wanted, rtol=1e-5)
    assert "not computed yet" in do(debugger, "print grad(E)[tokens]")
    do(debugger, "goto iteration 2", "goto $", "watch grad(E)[tokens[1]]")
    assert "grad(E)[tokens[1]]" in do(debugger, "watches")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("print E[9 * tokens]", "out of range for axis 0, which has size 5; use -5 to 4"),
        ("print E[tokens / 2]", "which is not a whole number"),
        ("print E[tokens > 2]", "an index is a whole number"),
        ("print E[tokens, tokens[0, :2]]", "do not broadcast"),
        ("print E[tokens, 0, 0]", "3 indices for shape (5, 2), which has 2 axes"),
        ("print E[isnan(tokens)]", "a condition; indices are whole numbers"),
        ("terms E[tokens]", "is not a cell"),
        ("terms E[0, y]", "is not a cell"),
    ],
)
def test_what_picks_no_cells_is_said(debugger, text, said):
    reply = debugger.execute(text)
    assert not reply.ok
    assert said in reply.text


def test_formulas_say_which_token_picked_the_row(debugger):
    do(debugger, "goto iteration 1", "goto E")
    listed = do(debugger, "list")
    assert "(∂L/∂E)[tokens] += ∂L/∂x" in listed
    assert "(∂L/∂E)[tokens[:,0]] += ∂L/∂(E[tokens[:,0]])" in listed
    term = debugger.moment.term
    cell = ",".join(map(str, term.indices.cell))
    where = do(debugger, "where")
    assert f"∂L/∂E[{cell}] += ∂L/∂" in where


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.name], ids=lambda c: c.name)
def test_every_command_works_wherever_the_cursor_stands(command, debugger, tmp_path):
    debugger.export_with(lambda request: "written")
    given = {
        "goto": "E",
        "until": "x",
        "find": "tokens",
        "break": "E[3,0]",
        "tbreak": "x -> E",
        "watch": "grad(E)[tokens]",
        "print": "grad(E)[tokens]",
        "info": "E",
        "inspect": "grad(E)",
        "terms": "E[3,0]",
        "paths": "E[3,0]",
        "export": str(tmp_path / "trace.txt"),
    }
    argument = (ARGUMENTS | given).get(command.name, "")
    debugger.execute("break z")
    for place in ("goto E", "step 7", "next", "goto x", "step 3", "goto iteration 3", "goto $"):
        debugger.execute(place)
        debugger.execute(f"{command.name} {argument}")  # an exception would end the test
        debugger.execute("where")
        debugger.execute("list")


def test_in_float32_a_cell_is_the_sum_of_its_terms_too(tmp_path):
    text = EMBEDDING.replace("[run]", '[run]\ndtype = "float32"')
    one = embedding_run(tmp_path, text).iteration(1)
    graph = one.recorded.graph
    for edge in graph.binding:
        found = one.recorded.contributions[edge.index]
        derived = derived_vjp(
            graph,
            edge,
            one.recorded.gradients[edge.output],
            one.recorded.values[edge.output],
            one.recorded.operands(edge.output),
        )
        assert found.dtype == derived.dtype == np.float32
        np.testing.assert_array_equal(found, derived)
        for cell in np.ndindex(found.shape):
            terms = cell_sum(one.recorded, edge, cell)
            assert not len(terms.sums) or terms.sums[-1] == found[cell]


def test_the_gradients_are_those_of_central_differences(tmp_path, capsys):
    assert main([str(embedding(tmp_path)), "--check"]) == 0, capsys.readouterr()


@pytest.mark.parametrize("format", ["text", "markdown", "json", "jsonl", "csv"])
@pytest.mark.parametrize("detail", ["layer", "edge", "term"])
def test_every_export_is_written(format, detail, tmp_path):
    target = tmp_path / "trace"
    words = ["--export", str(target), "--format", format, "--detail", detail]
    assert main([str(embedding(tmp_path)), *words]) == 0
    text = target.read_text(encoding="utf-8")
    if format == "markdown" and detail != "layer":
        assert r"[\mathrm{tokens}] \mathrel{+}= \frac" in text
    if format == "json":
        for one in json.loads(text)["iterations"]:
            rows = np.array(one["values"]["tokens"]).astype(int) % 5
            gradient = np.array(one["gradients"]["E"])
            assert set(np.flatnonzero(gradient.any(axis=1))) == set(rows.ravel())


async def test_the_screen_steps_through_it(run):
    app = BpdebugApp(Debugger(run))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("g", *"E", "enter")
        await pilot.pause()
        await pilot.press(*"nssfsc")
        await pilot.press("right_curly_bracket", "left_square_bracket")
        await pilot.pause()
        assert "tokens" in "\n".join(screen_lines(app))


def test_the_curves_of_a_row_go_on_over_batches_that_do_not_read_it(tmp_path):
    debugger = Debugger(embedding_run(tmp_path, EMBEDDING))
    assert "grad(E)[4, 0]" in do(debugger, "curves grad(E)[4, 0]")
