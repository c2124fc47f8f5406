"""The options of the command line. Nothing is imported here that `--help` does not need."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

from bpdebug.formats import DETAILS, EVERY_SUFFIX, FORMATS

DIGITS = range(1, 18)
"""float64 has no more than 17 significant digits."""
MOST_ITERATIONS = 10_000_000
"""`expression.limits.ITERATIONS`, whose package loads numpy."""
SELECTION = re.compile(r"(?=.*[,-])[0-9][0-9,\s-]*", re.ASCII)
"""Numbers and ranges of iterations, `1,10,100-110`; `Selection.parse` reports mistakes."""
EPILOG = """\
exit status:
  0 done; 1 a check found a difference, or a diagnosis or --against something wrong;
  2 bad usage, a bad scenario, or numbers that cannot be read

examples:
  bpdebug two_layer                       step through a bundled scenario
  bpdebug two_layer --export trace.md     write the whole walk, with formulas
  bpdebug mine.toml --against mine.npz    name the mistake in gradients of your own
  bpdebug two_layer -c 'break W2' -c continue -c 'print grad(W2)'
"""


class Parser(argparse.ArgumentParser):
    """Reports mistakes as bpdebug does, and fails where its help cannot be written."""

    def error(self, message: str) -> NoReturn:
        """Print the error, and where to find help; exit with status 2."""
        from bpdebug.cli.streams import print_error

        print_error(f"{message}; see bpdebug --help")
        sys.exit(2)

    def print_help(self, file: Any = None) -> None:
        """Print the help; OSError when the disk is full, which argparse itself ignores."""
        print(self.format_help(), end="", file=file, flush=True)


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    made = Parser(
        prog="bpdebug",
        description="A step-through debugger for backpropagation, in the terminal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )

    def switch(name: str, help: str) -> None:
        made.add_argument(name, action="store_true", help=help)

    made.add_argument(
        "scenario",
        nargs="?",
        metavar="SCENARIO",
        help="a scenario file, a folder with a scenario.toml, or the name of a bundled scenario; "
        "model.py:make runs your file and opens what its function records; without it, choose one",
    )
    add_output(made)
    switch(
        "--diagnose",
        "say what is wrong with the run, with evidence; exit status 1 if anything is found",
    )
    made.add_argument(
        "--no-experiments",
        action="store_true",
        help="with --diagnose: run no stretch again with a remedy applied",
    )
    made.add_argument(
        "--against",
        metavar="FILE",
        help="compare numbers of one's own (.json, .toml, .npz, .safetensors) with the right ones "
        "and name the mistake; exit status 1 if something is wrong",
    )
    made.add_argument(
        "--open",
        action="store_true",
        help="with --against: open the screen with these numbers beside the right ones",
    )
    made.add_argument(
        "--separate",
        metavar="FILE",
        help="with --against: write a scenario with fresh numbers on which the explanations differ",
    )
    made.add_argument(
        "--command",
        "-c",
        action="append",
        default=[],
        metavar="CMD",
        help="run debugger commands without a screen, in order (repeatable), then exit",
    )
    switch("--plain", "the same commands, read line by line from standard input")
    made.add_argument(
        "--break",
        dest="breaks",
        action="append",
        default=[],
        metavar="CONDITION",
        help="start with a breakpoint (repeatable)",
    )
    switch("--tour", "new to backpropagation? take the tour on the screen, station by station")
    switch("--fresh", "open without the saved breakpoints, watches and marks")
    switch("--list", "the bundled scenarios, one a line: path and title")
    switch("--keys", "the ids for [keys] in the configuration, each with its usual keys")
    switch("--version", "show the version and exit")
    switch("--serve", "open the debugger in a browser, by a server for this machine alone")
    made.add_argument(
        "--host",
        metavar="ADDRESS",
        help="with --serve: listen here (default 127.0.0.1); there is no authentication",
    )
    made.add_argument(
        "--port",
        type=port,
        metavar="N",
        help="with --serve: the port (default 8000, or the next that is free; 0 for any)",
    )
    return made


def add_output(made: argparse.ArgumentParser) -> None:
    """Add the options of exports and of numbers."""
    made.add_argument(
        "--export",
        metavar="FILE",
        help="write the trace and exit; '-' is standard output",
    )
    made.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help=f"of the export; default: from FILE's suffix ({EVERY_SUFFIX}), else text; "
        "without an export, of the diagnosis: text or json",
    )
    made.add_argument(
        "--detail",
        choices=DETAILS,
        default="edge",
        help="how fine the exported steps are (default edge)",
    )
    made.add_argument(
        "--iterations",
        type=iterations,
        metavar="N",
        help="override the scenario's number of iterations; or which of them to export, such as "
        "1,10,100-110",
    )
    made.add_argument(
        "--with",
        dest="second",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="show the curves of a second run beside this one's: the same scenario with a changed "
        "setting, such as learning_rate=0.1 (repeatable), or another SCENARIO",
    )
    made.add_argument(
        "--digits",
        type=digits,
        default=None,
        metavar="N",
        help="significant digits shown (default 6; JSON always has full precision)",
    )
    made.add_argument(
        "--check",
        action="store_true",
        help="compare every gradient with central differences, every [[expect]] and [backward]",
    )


def iterations(text: str) -> int | str:
    """A number of iterations; or the text of a selection of iterations."""
    if SELECTION.fullmatch(text):
        return text
    return bounded(text, range(1, MOST_ITERATIONS + 1), ", or which to export, as in 1,10,100-110")


def digits(text: str) -> int:
    """A number of significant digits."""
    return bounded(text, DIGITS)


def port(text: str) -> int:
    """A port; 0 is any that is free."""
    return bounded(text, range(65536))


def bounded(text: str, span: range, otherwise: str = "") -> int:
    """The whole number in a text, inside a range; ArgumentTypeError for anything else."""
    whole = text.isascii() and text.isdigit() and len(text) <= 12
    if not whole or int(text) not in span:
        raise argparse.ArgumentTypeError(
            f"give a whole number from {span[0]:,} to {span[-1]:,}{otherwise}, not '{text[:40]}'"
        )
    return int(text)
