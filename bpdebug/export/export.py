"""Writing a run to a file, a pipe or standard output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import IO, Any, Protocol

from bpdebug.debugger.comparison import Comparison
from bpdebug.debugger.second_run import SecondRun
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.export.options import ExportOptions
from bpdebug.export.target import ReaderGoneError, open_sink
from bpdebug.formats import DETAILS, EVERY_SUFFIX, FORMATS, SUFFIXES
from bpdebug.run import Run, Selection
from bpdebug.run.progress import Work
from bpdebug.wording import DIGITS, Script


class Form(Protocol):
    """A format of export: it yields the text of an export in pieces."""

    def chunks(self, run: Run, iterations: Iterable[int]) -> Iterator[str]:
        """Yield the whole export, for iterations of the run in ascending order."""


class CountedIterations:
    """The iterations of an export, which count themselves to report progress."""

    def __init__(self, run: Run, iterations: Selection) -> None:
        self._iterations = iterations
        self._work = Work(run.progress, len(iterations))
        self._done = -1

    def __iter__(self) -> Iterator[int]:
        for number in self._iterations:
            self._done += 1
            yield number

    def report(self) -> None:
        """Report the iterations done; raises `Cancelled` where the user has cancelled."""
        self._work.at(max(self._done, 0))


def format_of(target: str | Path | IO[Any], format: str | None = None) -> str:
    """The given format, else that of the target's suffix, else text; BpdebugError if unallowed."""
    if format is None:
        suffix = Path(target).suffix if isinstance(target, (str, PathLike)) else ""
        return SUFFIXES.get(suffix.lower(), "text")
    return checked_choice("format", format, tuple(FORMATS))


def suffix_note(target: str | Path, format: str | None = None) -> str:
    """What to add to `wrote FILE` where the file's suffix stands for no format; else empty."""
    suffix = Path(str(target)).suffix.lower()
    if format or not suffix or suffix in SUFFIXES:
        return ""
    return f" as {format_of(target)}; a suffix of {EVERY_SUFFIX} tells the format"


def checked_choice(what: str, word: str, allowed: tuple[str, ...]) -> str:
    """The word, if it is among the allowed words; else BpdebugError, which lists them."""
    if not isinstance(word, str):  # from Python, where anything can be given
        raise BpdebugError(
            f"a {type(word).__name__} is no {what}; use {', '.join(allowed)}", key=what
        )
    if word not in allowed:
        hint = did_you_mean(word, allowed)
        raise BpdebugError(f"there is no {what} '{word}'; use {', '.join(allowed)}{hint}")
    return word


def export(
    run: Run,
    target: str | Path | IO[Any],
    *,
    format: str | None = None,
    detail: str = "edge",
    digits: int = DIGITS,
    iterations: Selection | None = None,
    watches: Sequence[str] = (),
    comparison: Comparison | None = None,
    second: SecondRun | None = None,
) -> None:
    """Write a run, all its iterations or a selection, to a file or an open stream.

    `-` is standard output. A stream has no suffix: its format is text where none is given.

    Curves have a column for each of the `watches` that is a single number. Numbers of a
    `comparison` stand beside the run's, with the verdict on them, in all formats but csv; there
    the curves of a `second` run have columns of their own.

    Raises BpdebugError where the target cannot be written; an old file then stays whole.
    A reader that closes its end of a pipe ends the export quietly. `run.progress` gets the number
    of iterations written; where it raises `Cancelled`, an old file stays whole too.
    """
    kind = format_of(target, format)
    detail = checked_choice("detail", detail, DETAILS)
    try:
        with open_sink(target) as sink:
            counted = CountedIterations(run, iterations or Selection.up_to(run.iterations))
            form: Form = FORMATS[kind].make(
                ExportOptions(detail, Script(digits, sink.unicode), watches, comparison, second)
            )
            for chunk in form.chunks(run, counted):
                counted.report()
                sink.write(chunk)
    except ReaderGoneError:
        return
