"""--against, and what goes with it: the verdict, the comparison to go on with, --separate."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.cli.progress_line import show_progress
from bpdebug.cli.streams import print_text
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.wording import Script, safe

if TYPE_CHECKING:
    from bpdebug.debugger import Comparison
    from bpdebug.mistakes import Verdict
    from bpdebug.mistakes.separate import Separation

WITH_AGAINST = {
    "open": "it opens the screen with numbers that --against reads",
    "separate": "it separates what explains the numbers that --against reads",
}
"""Options that have a meaning beside --against alone."""
BESIDE_OPEN = {
    "export": "--export",
    "command": "--command",
    "plain": "--plain",
    "check": "--check",
    "diagnose": "--diagnose",
    "serve": "--serve",
}
"""Options for which no screen is opened, and how they are written."""


def check_against(given: argparse.Namespace) -> None:
    """BpdebugError where --open or --separate stands beside what it does not go with."""
    for name, why in WITH_AGAINST.items():
        if getattr(given, name) and given.against is None:
            raise BpdebugError(f"{why}; add --against FILE", key=f"--{name}")
    if given.separate == "" or given.separate == "-":
        raise BpdebugError("name a file for the scenario", key="--separate")
    for name, written in BESIDE_OPEN.items():
        if given.open and getattr(given, name):
            raise BpdebugError(
                f"it opens the screen, and {written} works without this one; leave one of them out",
                key="--open",
            )
    if given.open and given.format is not None:
        raise BpdebugError(
            "it opens the screen, where a verdict has no --format; leave one of them out",
            key="--open",
        )
    if given.serve and given.against is not None:
        raise BpdebugError("numbers are not read for a browser; leave it out", key="--against")


def verdict_on(run: Run, path: Path, script: Script) -> Verdict:
    """The verdict on the numbers of a file; BpdebugError where they cannot be read."""
    from bpdebug.mistakes import judge, read

    arrays, precision = read(path)
    with show_progress(run):
        try:
            return judge(run, arrays, precision, script, progress=run.progress)
        except BpdebugError as error:
            raise error.at(file=safe(str(path))) from None


def comparison_from(run: Run, verdict: Verdict, path: Path, script: Script) -> Comparison:
    """The comparison with which a debugger or an export goes on."""
    from bpdebug.debugger.comparison import of_verdict

    return of_verdict(run, verdict, safe(str(path)), script)


def separate(run: Run, verdict: Verdict, target: str) -> None:
    """--separate: write a scenario on which the explanations differ, and say which do.

    BpdebugError where the file is there already, or cannot be written.
    """
    from bpdebug.mistakes.separate import separation
    from bpdebug.reading import SCENARIO, text_of, toml_in
    from bpdebug.scenario.rewrite import with_numbers

    if os.path.lexists(target):
        raise taken(target)
    if not verdict.explanations:
        none = "nothing is wrong" if verdict.agrees else "no known mistake explains these numbers"
        tell(f"{none}, so that there is nothing to separate; {safe(target)} was not written")
        return
    file = Path(run.problem.file)
    if not file.is_file():
        raise BpdebugError(
            "it needs the file of a scenario; save the recording with run.save(FOLDER), and name "
            "FOLDER in place of the program",
            key="--separate",
        )
    text = text_of(file, SCENARIO)
    network = "network" in toml_in(text)
    with show_progress(run):
        found = separation(run, verdict, network=network)
    if found is None:
        raise BpdebugError("no fresh numbers can be run in this scenario", key="--separate")
    if len(found.explanations) > 1 and not (found.apart or found.further):
        tell(
            f"fresh numbers of the same shapes tell none of these apart: {names(found)}; "
            f"{verdict.separate or 'other sizes may'}; {safe(target)} was not written"
        )
        return
    drawn = run.problem.drawn
    inputs = {name: one for name, one in found.data.items() if name not in drawn}
    tables = {"inputs": inputs}
    if not network:
        tables["parameters"] = dict(found.parameters)
    title = f"{run.problem.title}, with fresh numbers that tell mistakes apart"
    write_new(target, with_numbers(text, tables, title))
    check_written(target, found, network=network)
    tell(f"wrote {safe(target)}: {what_it_tells(found)}")


def taken(target: str) -> BpdebugError:
    """The error about a file that is there already."""
    return BpdebugError(
        f"{safe(target)} is there already, and stays as it is; name a new file", key="--separate"
    )


def write_new(target: str, text: str) -> None:
    """Write a file that is not there yet; BpdebugError for every failure."""
    try:
        with open(target, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise taken(target) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BpdebugError(
            f"cannot write {safe(target)}: {reason}; choose another place", key="--separate"
        ) from None


def check_written(target: str, found: Separation, *, network: bool) -> None:
    """Take the file away and raise BpdebugError where it is not the scenario that was meant."""
    from bpdebug.scenario import load

    try:
        problem = load(target)
        wanted = [(problem.data, found.data)]
        wanted += [] if network else [(problem.parameters, found.parameters)]
        same = all(
            set(read) == set(made) and all(np.array_equal(read[n], made[n]) for n in made)
            for read, made in wanted
        )
        if not same:
            raise BpdebugError("its numbers came out as others")
    except BpdebugError as error:
        with suppress(OSError):
            os.unlink(target)
        raise BpdebugError(
            f"the tables of this scenario cannot be rewritten ({error.problem.splitlines()[0]}); "
            "write [inputs] and [parameters] as tables of their own",
            key="--separate",
        ) from None


def what_it_tells(found: Separation) -> str:
    """Which explanations a scenario tells apart, and by which arrays."""
    count = len(found.explanations)
    if count == 1:
        return "there is one explanation; if it is right, your gradients are wrong there too"
    told = []
    if found.apart:
        pairs = which(len(found.apart), count)
        told.append(f"{pairs} differ there in {listed(found.apart.values())}; hand in yours")
    if found.further:
        pairs = which(len(found.further), count)
        told.append(f"{pairs} differ only in {listed(found.further.values())}; hand that in too")
    if found.alike:
        alike = "; ".join(f"{name(found, a)} and {name(found, b)}" for a, b in found.alike[:3])
        more = f" and {len(found.alike) - 3} more pairs" if len(found.alike) > 3 else ""
        told.append(f"alike there too: {alike}{more}")
    return "; ".join(told)


def which(pairs: int, count: int) -> str:
    """How many pairs of explanations: `both explanations`, `3 of 6 pairs of explanations`."""
    every = count * (count - 1) // 2
    if pairs == every:
        return "both explanations" if count == 2 else f"all {count} explanations"
    return f"{pairs} of {every} pairs of explanations"


def listed(arrays: Collection[tuple[str, ...]]) -> str:
    """The arrays in which pairs differ, those of most pairs first, not too many."""
    counts = Counter(name for names in arrays for name in names)
    names = [name for name, _ in counts.most_common()]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def names(found: Separation) -> str:
    """The explanations in short."""
    return "; ".join(name(found, at) for at in range(min(4, len(found.explanations))))


def name(found: Separation, at: int) -> str:
    """An explanation in short: its mistakes, and where they are."""
    mistakes = found.explanations[at].mistakes
    return " and ".join(f"{one.id} at {', '.join(one.at[:3])}" for one in mistakes)


def tell(text: str) -> None:
    """Say something on standard error, beside a verdict on standard output."""
    if sys.stderr is not None:
        print_text(f"bpdebug: {text}", sys.stderr)
