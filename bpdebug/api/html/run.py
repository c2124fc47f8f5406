"""A run for a notebook: its title, notes, losses, graph with values and gradients, and program."""

from __future__ import annotations

from bpdebug.api.html.lines import block, box, columns
from bpdebug.debugger import LineKind, Listing, Moment, ProgramLine
from bpdebug.expression import counted
from bpdebug.run import Iteration, Run
from bpdebug.tui.draw.curve import draw_curve
from bpdebug.tui.draw.graph_rows import NO_SIGNS, draw_row
from bpdebug.tui.draw.graph_tree import GraphTree
from bpdebug.tui.draw.line import Line
from bpdebug.wording import Script, node_name

DIGITS = 4
ROOM = 72
"""Cells of a line of the graph."""
ROWS = 120
"""The most rows of the graph, and the most lines of the program."""
CURVE = (72, 7)
"""Columns and rows of the curve of the losses."""
WORK = 30_000_000
"""About the most multiplications that all iterations may take for the curve: well under a second.
Where they take more, the curve shows the losses that are known."""
POINTS = 512


def run_html(run: Run) -> str:
    """The first iteration of a run, and its losses."""
    script = Script(DIGITS)
    iteration = run.iteration(1)
    return box(
        block(head(run, iteration, script)),
        block(notes(run, script), wrapped=True),
        block(losses(run, script)),
        columns(
            block([Line("graph, values and gradients", "title"), *graph(run, iteration, script)]),
            block([Line("backward program", "title"), *program(iteration, script)]),
        ),
    )


def head(run: Run, iteration: Iteration, script: Script) -> list[Line]:
    """The title, and the loss of the first iteration."""
    graph = iteration.recorded.graph
    loss = f"{node_name(graph, graph.loss, script)} = {script.number(iteration.loss)}"
    line = Line(script.safe(run.problem.title), "title")
    many = f" in iteration 1 of {run.iterations:,}" if run.iterations > 1 else ""
    return [line.add("  ").add(f"{loss}{many}")]


def notes(run: Run, script: Script) -> list[Line]:
    """What the user should know of the run; none where there is nothing."""
    return [Line(f"note: {script.safe(note.sentence)}", "quiet") for note in run.problem.notes]


def losses(run: Run, script: Script) -> list[Line]:
    """The curve of the losses; none where there is a single iteration."""
    if run.iterations == 1:
        return []
    if run.timeline().total * run.iterations <= WORK:
        for _ in run.walk_losses(1, run.iterations):
            pass
    if run.losses.last < 2:
        return [Line(f"{counted(run.iterations, 'iteration')}; losses() runs them", "quiet")]
    points = run.losses.curve(1, run.iterations, POINTS)
    return draw_curve(points, run.iterations, 1, *CURVE, script, log=False)


def graph(run: Run, iteration: Iteration, script: Script) -> list[Line]:
    """The graph as the screen draws it, with what is known after the backward pass."""
    moment = Moment(run, iteration, iteration.timeline.backward_end)
    tree = GraphTree(moment.graph)
    rows = tree.rows[:ROWS]
    lines = [
        line for row in rows for line in draw_row(tree, row, moment, script, ROOM, 0, NO_SIGNS)
    ]
    return [*lines, *more(len(tree.rows) - len(rows), "node", script)]


def program(iteration: Iteration, script: Script) -> list[Line]:
    """The lines of the backward pass and of the update, with their numbers."""
    listing = Listing(iteration, script)
    shown = listing[1 : ROWS + 1]  # behind the heading of the forward pass
    lines = [program_line(entry, script) for entry in shown]
    return [*lines, *more(len(listing) - 1 - len(shown), "line", script)]


def program_line(entry: ProgramLine, script: Script) -> Line:
    """A heading, or a line of the program with its number."""
    indent = "  " * entry.depth
    if entry.kind is LineKind.HEADING:
        rule = script.either("── ", "-- ")
        return Line(f"    {indent}{rule}{entry.left}", "quiet")
    line = Line(f"{entry.numbers:>3} {indent}", "quiet")
    return line.add(entry.left, "name").add(f" {entry.right}")


def more(count: int, noun: str, script: Script) -> list[Line]:
    """A line that says how many are left out; none where none are."""
    return [Line(f"{script.more} {counted(count, noun)} more", "quiet")] if count > 0 else []
