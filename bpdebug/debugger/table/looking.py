"""Looking without moving, exporting, leaving."""

from __future__ import annotations

from bpdebug.debugger import looks
from bpdebug.debugger.command import Command
from bpdebug.formats import listed

LOOKING: tuple[Command, ...] = (
    Command(
        "print",
        "print",
        "the value of an expression here",
        looks.print_value,
        abbreviations=("p",),
        keys=("p",),
        usage="print EXPRESSION",
        details="print grad(W2)[0, 0]   or as the screen writes it: print ∂L/∂W₂[0,0]\n"
        "print norm(delta(1)) / norm(delta(2))",
        prompt="Evaluate",
    ),
    Command(
        "where",
        "where",
        "the current tick, its line and its numbers",
        looks.where,
        abbreviations=("bt", "wh"),
        keys=("H",),
    ),
    Command(
        "info",
        "info",
        "a node in full: formula, value, gradient, and when that was last written",
        looks.info,
        abbreviations=("i",),
        usage="info [NAME | node | line | optimizer]",
        details="info W2    that node\n"
        "info node  the node that is written here\n"
        "info line  the term or update line here, with the reason for it\n"
        "info optimizer  the update rule, its settings, and which variant it is\n"
        "On the screen, info with a node opens the inspector, like the key i.",
    ),
    Command(
        "list",
        "list",
        "the backward program around the current line, around another, or all of it",
        looks.list_program,
        abbreviations=("l",),
        keys=("l",),
        usage="list [LINE | all]",
        details="On the screen the key l shows the current line in the backward program.",
    ),
    Command(
        "export",
        "export",
        "write the trace to a file; - is standard output",
        looks.export,
        abbreviations=("x",),
        keys=("x",),
        usage="export FILE [--format F] [--detail D] [--iterations I]",
        details=f"The format is {listed()};\n"
        "without one, the file's suffix decides. The detail is layer, edge or term.\n"
        "The iterations are all, or some of them: export t.json --iterations 1,10,100-110.",
        prompt="Export to",
        long=True,
    ),
)
