"""What the tests of groups on the screen share: a session, and program and tree as lines."""

from pathlib import Path

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.tui.draw.fold import FORWARD, Fold
from bpdebug.tui.draw.graph_rows import draw_row, signs_of
from bpdebug.tui.draw.graph_tree import GraphTree
from bpdebug.tui.draw.program import draw_line, line_of
from bpdebug.wording import Script

FILE = Path(__file__).parent / "groups.toml"
"""Two residual blocks, each with a layer norm and an mlp."""


def session(*lines, unicode=True):
    made = Debugger(Run(load(FILE)), Script(unicode=unicode))
    for line in lines:
        reply = made.execute(line)
        assert reply.ok, reply.text
    return made


def program(made, room=60):
    listing = made.listing
    fold = Fold(listing, line_of(made.moment, listing), frozenset({FORWARD}))
    return [draw_line(fold, at, made.moment, made.script, room).plain for at in fold]


def tree_lines(made, room=60):
    tree = GraphTree(made.timeline.graph, made.moment.closed_groups)
    signs = signs_of(made.moment, tree)
    return [
        line.plain
        for row in tree.rows
        for line in draw_row(tree, row, made.moment, made.script, room, 0, signs)
    ]
