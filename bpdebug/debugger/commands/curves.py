"""The commands about quantities over iterations: curves, and a second run beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np

from bpdebug.debugger.commands.columns import in_columns
from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.plot.plot import PlotCurve, plot
from bpdebug.debugger.plot.scale import needs_log
from bpdebug.debugger.second_run import check_visitor, constant_note, second_run
from bpdebug.debugger.short_names import written_out
from bpdebug.errors import BpdebugError
from bpdebug.printable import counted
from bpdebug.run import Run
from bpdebug.run.curve_names import FAMILIES, named_curves, parted
from bpdebug.run.curves import Curves
from bpdebug.run.series import Curve
from bpdebug.served import served

OFF = "off"
SIZE = 78, 17
"""Columns and rows of a plot."""
HEAD = ("curve", "first", "last", "lowest", "highest")


def curves(debugger: Debugger, argument: str) -> str:
    """curves [NAME, NAME ...]"""
    named = named_here(debugger, argument) if argument else ()
    names, second = named or debugger.curves.names(), debugger.second
    both = Both(
        debugger.curves.curves(names), second.curves_of(names) if second is not None else {}
    )
    plotted = len(named) > 1 or (bool(named) and second is not None)
    lines = [*curve_table(debugger, both, letters=plotted), *notes(debugger, both)]
    return "\n".join([*lines, *(plot_lines(debugger, both) if plotted else [])])


def named_here(debugger: Debugger, text: str) -> tuple[str, ...]:
    """The curves that a text names, in which names may stand as a line at the cursor shows them.

    A word for a family is never the end of a name. BpdebugError as in `named_curves`.
    """
    here = debugger.moment
    parts = (part if part in FAMILIES else written_out(here, part) for part in parted(text))
    return named_curves(debugger.curves, ", ".join(parts))


class Both(NamedTuple):
    """The curves of the run by name, and those of the second run; empty without one."""

    mine: Mapping[str, Curve]
    theirs: Mapping[str, Curve]


def curve_table(debugger: Debugger, both: Both, *, letters: bool) -> list[str]:
    """A line for each curve, and below it one of the second run, where there is one.

    With `letters` each begins with the letter that it has in the plot.
    """
    safe, second, here = debugger.script.safe, debugger.second, debugger.instant.iteration
    mine = curve_rows(debugger, debugger.run, debugger.curves, both.mine)
    theirs = curve_rows(debugger, second.run, second.curves, both.theirs) if second else {}
    rows: list[tuple[str, ...]] = [(*HEAD, f"at {here}")]
    signs = [f"{sign} " for sign in ascii_lowercase] if letters else [""] * len(mine)
    for sign, name in zip(signs, mine, strict=False):
        rows.append((f"{sign}{safe(name)}", *mine[name]))
        if second is not None:
            cells = theirs.get(name) or ("not in that run", *[""] * (len(HEAD) - 1))
            rows.append((f"{sign.upper() or '  '}{safe(second.label)}", *cells))
    return in_columns(rows)


def curve_rows(
    debugger: Debugger, run: Run, curves: Curves, found: Mapping[str, Curve]
) -> dict[str, tuple[str, ...]]:
    """First, last, lowest and highest value of each curve, and that at the cursor, by its name.

    The lowest and the highest are those of all iterations, also between points.
    """
    here, show = debugger.instant.iteration, debugger.script.at_most(5).number
    last = curves.values_at(found, run.iterations)
    at_cursor = curves.values_at(found, here) if here <= run.iterations else {}
    return {
        name: (
            show(float(curve.values[0])),
            show(last[name]),
            show(float(np.fmin.reduce(curve.low))),
            show(float(np.fmax.reduce(curve.high))),
            show(at_cursor[name]) if name in at_cursor else "ended",
        )
        for name, curve in found.items()
    }


def plot_lines(debugger: Debugger, both: Both) -> list[str]:
    """The plot of curves as text, below what its scale is."""
    second, here = debugger.second, debugger.instant.iteration
    letters = dict(zip(both.mine, ascii_lowercase, strict=False))
    drawn = [PlotCurve(curve, letters[name]) for name, curve in both.mine.items()]
    drawn += [PlotCurve(curve, letters[name].upper()) for name, curve in both.theirs.items()]
    last = max(debugger.run.iterations, second.run.iterations if second is not None else 1)
    log = needs_log([one.points for one in drawn])
    rows = plot(drawn, last, here, *SIZE, debugger.script, log=log)
    text = ["".join(text for text, _ in row).rstrip() for row in rows]
    return ["", f"{'log' if log else 'linear'} scale", *(text or ["no finite value to draw"])]


def notes(debugger: Debugger, both: Both) -> Iterator[str]:
    """What a reader of the curves must know: that nothing is trained, or that runs are alike."""
    constant = constant_note(debugger.run)
    if constant and debugger.run.iterations > 1:
        yield f"note: {constant}"
    second = debugger.second
    if second is None:
        return
    if second.run.iterations != debugger.run.iterations:
        mine, theirs = debugger.run.iterations, second.run.iterations
        yield f"note: this run has {counted(mine, 'iteration')}, the other {theirs:,}"
    if second.same(both.mine, both.theirs):
        yield f"note: {debugger.script.safe(second.label)} changes nothing in these curves"


def run_beside(debugger: Debugger, argument: str) -> str:
    """with [KEY=VALUE, ... | SCENARIO]"""
    if not argument or argument == OFF:
        return forget(debugger)
    wanted = tuple(parted(argument))
    if served():
        check_visitor(wanted)
    made = second_run(debugger.run, wanted)
    before = debugger.second
    debugger.run_beside(made)
    try:
        return curves(debugger, "loss")
    except BaseException:
        debugger.run_beside(before)  # cancelled, or it cannot be run
        raise


def forget(debugger: Debugger) -> str:
    """with, with off"""
    before = debugger.second
    if before is None:
        raise BpdebugError(
            "there is no second run beside this one; start it with learning_rate=0.1 or the like"
        )
    debugger.run_beside(None)
    return f"{debugger.script.safe(before.label)} no longer runs beside this run"


CURVES: tuple[Command, ...] = (
    Command(
        "curves",
        "the loss, each δ, gradient and update over all iterations",
        curves,
        abbreviations=("curve",),
        keys=("L",),
        usage="curves [NAME, NAME ...]",
        details="NAME is one of the listed names, or an expression whose value is one number.\n"
        "curves norm(delta(1)), norm(W1)  several, in one plot\n"
        "curves delta    every ‖δ‖; curves grad every gradient; curves change every update\n"
        "In a plot of several, each has a letter, and the scale is logarithmic where a linear\n"
        "one would flatten a curve. On the screen, space puts the chosen curve into the plot or\n"
        "takes it out, `a` does so with all of its kind, left and right move the cursor, and\n"
        "enter goes to its iteration. `with` puts the curves of a second run beside these.",
        argument=Argument.CURVES,
        long=True,
        alone_as_key=True,
    ),
    Command(
        "with",
        "a second run beside this one, with changed settings; alone, without it again",
        run_beside,
        usage="with [KEY=VALUE, ... | SCENARIO]",
        details="with learning_rate=0.1            this scenario with another setting\n"
        "with optimizer.name=adam, seed=3  with several\n"
        "with xor                          another scenario, by its name or its file\n"
        "with                              removes the second run\n"
        "KEY is a key of the scenario's file, its parts joined by dots: run.batch_size,\n"
        "parameters.W1.init, network.layers.1.activation. A setting of [optimizer] or [run]\n"
        "needs no more than its name. VALUE is as in the file; a word needs no quotes. From\n"
        "then on `curves` shows both runs, and `bpdebug A.toml --with KEY=VALUE` starts so.",
        prompt="Beside this run, one with",
        argument=Argument.CHANGES,
        long=True,
    ),
)
