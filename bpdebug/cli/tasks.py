"""What the options ask for: the list, the check, the export, the commands, the screen."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpdebug.cli import against
from bpdebug.cli.diagnosis_format import as_json, check_format
from bpdebug.cli.notes import print_notes
from bpdebug.cli.program import made_by
from bpdebug.cli.progress_line import show_progress
from bpdebug.cli.second import check_second, second_of
from bpdebug.cli.serving import check_options, serve, serve_recorded
from bpdebug.cli.signals import Terminated, heeding_sigterm
from bpdebug.cli.streams import print_text
from bpdebug.cli.tour import refuse_beside_tour
from bpdebug.debugger import Comparison, Debugger, ExportRequest
from bpdebug.debugger.breakpoints.not_hit import already_true_lines
from bpdebug.debugger.comparison import compare_own_lines
from bpdebug.debugger.second_run import SecondRun
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario.library import program_in
from bpdebug.tui.screens import Screens, tour_run
from bpdebug.tui.terminal import require_terminal
from bpdebug.wording import Script, safe

if TYPE_CHECKING:
    from bpdebug.api.scenario_run import ScenarioRun
    from bpdebug.export.requests import ExportDefaults

DONE, DIFFERENT, WRONG, INTERRUPTED = 0, 1, 2, 130
NO_SCENARIO = "name a scenario: a file, or one of the names that --list shows"
NO_TARGET = "name a file, or '-' for standard output"


class Tasks:
    """Everything that one command line asks for."""

    def __init__(self, arguments: argparse.Namespace, script: Script) -> None:
        self.arguments = arguments
        self.script = script
        self.writing = ""
        """The target of the export under way; empty while there is none."""
        self.comparison: Comparison | None = None
        """What --against has found, for the screen, an export and commands; None without it."""
        self.second: SecondRun | None = None
        """The run that --with puts beside the first; None without it."""
        self.recorded: ScenarioRun | None = None
        """What the program `model.py:make` gave; None where a scenario is opened."""

    def run(self) -> int:
        """Do what the options ask for; returns the exit status."""
        given = self.arguments
        against.check_against(given)
        check_options(given)
        check_format(given)
        check_second(given)
        if given.tour:
            return self.tour()
        if given.list:
            return self.list_bundled()
        if given.keys:
            return self.list_keys()
        if given.export == "":
            raise BpdebugError(NO_TARGET, key="--export")
        headless = (
            given.check
            or given.diagnose
            or given.against
            or given.export
            or given.command
            or given.plain
        )
        if given.scenario == "" or (given.scenario is None and headless):
            raise BpdebugError(NO_SCENARIO)
        if given.serve:
            return self.serve()
        if given.scenario is None:
            require_terminal()
            return self.screens().choose(given.breaks)
        if given.open:
            require_terminal()
        run = self.begin(given.scenario)
        if not headless:
            require_terminal()
            return self.debug(run)
        self.require_export_for_selection()
        gc.enable()
        with heeding_sigterm():
            try:
                return self.work(run)
            except Terminated:
                raise
            except KeyboardInterrupt:
                if sys.stderr is not None:
                    print_text(f"interrupted{self.interrupted_text()}", sys.stderr)
                return INTERRUPTED

    def serve(self) -> int:
        """--serve; a program has run once by then, and visitors get what it gave."""
        given = self.arguments
        if not given.scenario:
            return serve(given, "")
        run = self.begin(given.scenario)
        if self.recorded is None:
            return serve(given, run.problem.title)
        return serve_recorded(given, self.recorded, run)

    def work(self, run: Run) -> int:
        """Do what needs no screen: the check, the diagnosis, the export, the commands."""
        given = self.arguments
        told = given.diagnose or any(is_command(line, "diagnose") for line in given.command)
        opens = bool(given.command) or given.plain
        print_notes(run, self.script, hints=opens and not told)
        status = self.check(run) if given.check else DONE
        if given.diagnose:
            status = max(status, self.diagnose(run))
        if given.against is not None:
            status = max(status, self.against(run))
        compares = any(is_command(line, "against") for line in given.command)
        if given.export is not None and not compares:
            print_text(self.export(run))
        if given.command or given.plain:
            status = max(status, self.run_line_commands(run))
        if given.export is not None and compares:
            print_text(self.export(run))
        if given.open:
            status = max(status, self.debug(run))
        return status

    def export(self, run: Run) -> str:
        """--export; returns the line to print, empty for standard output."""
        compared = self.comparison or compare_own_lines(run, self.script)
        request = ExportRequest(str(self.arguments.export), comparison=compared, second=self.second)
        if request.target == "-" and sys.stdout is not None and sys.stdout.isatty():
            return self.write(run, request)  # the trace fills the terminal: no room for progress
        with show_progress(run):
            return self.write(run, request)

    def require_export_for_selection(self) -> None:
        """BpdebugError for a selection of iterations without any export that would use it."""
        given = self.arguments
        selected = self.selected()
        exports = (
            given.export is not None
            or given.plain
            or any(is_command(line, "export") for line in given.command)
        )
        if selected and not exports:
            raise BpdebugError(
                f"{safe(selected[:40])} says which iterations to export, and nothing is exported; "
                "add --export FILE, or give one number to run so many iterations",
                key="--iterations",
            )

    def list_bundled(self) -> int:
        """--list: path and title, a scenario a line."""
        from bpdebug.scenario import bundled

        print_columns((safe(short_path(path)), safe(title)) for _, path, title in bundled())
        return DONE

    def list_keys(self) -> int:
        """--keys: the id of every binding and its keys, a binding a line."""
        from bpdebug.tui.keys.keymap import usual_keys

        print_columns((ident, " ".join(keys)) for ident, keys in usual_keys().items())
        return DONE

    def tour(self) -> int:
        """--tour"""
        refuse_beside_tour(self.arguments)
        if self.arguments.serve:
            return serve(self.arguments, tour_run().problem.title)
        require_terminal()
        return self.screens().tour()

    def begin(self, name: str) -> Run:
        """The run of the first scenario; the run of --with stands beside it from now on."""
        run = self.load(name)
        self.second = second_of(self.arguments, run)
        return run

    def load(self, name: str) -> Run:
        """The run of a scenario. BpdebugError also for a mistake in any --break."""
        if program_in(name) is not None:
            self.recorded, run = made_by(name, self.arguments.iterations)
        else:
            from bpdebug.scenario import find

            run = self.run_of(find(name))
        if self.arguments.breaks:
            # Mistakes are reported before the work begins, and before a screen opens.
            self.set_breakpoints(Debugger(run, self.script))
        return run

    def run_of(self, path: Path) -> Run:
        """A run with as many iterations as --iterations says, or as the last that it selects."""
        from bpdebug.scenario import load

        iterations = self.arguments.iterations
        if not isinstance(iterations, str):
            return Run(load(path, iterations=iterations))
        from bpdebug.export.requests import selection_of

        last = selection_of(iterations).last
        problem = load(path)
        return Run(problem if last <= problem.iterations else load(path, iterations=last))

    def screens(self) -> Screens:
        """The screens, with what they show and write as the options say."""

        def run_of(path: Path, breaks: Sequence[str]) -> Run:
            return self.load(str(path)) if breaks else self.run_of(path)

        def outlets(run: Run) -> dict[str, Any]:
            return {
                "digits": self.arguments.digits,
                "export": partial(self.write, run),
                "download": partial(self.stream, run),
            }

        return Screens(run_of, outlets, fresh=self.arguments.fresh)

    def debug(self, run: Run) -> int:
        """Open the screen on a run; returns the exit status."""
        return self.screens().debug(run, self.arguments.breaks, self.comparison, self.second)

    def check(self, run: Run) -> int:
        """--check"""
        from bpdebug.check import check

        with show_progress(run):
            report = check(run, digits=self.script.digits)
        self.report([*own_heading(run), *report.lines()])
        right = self.check_own(run) if run.problem.backward else True
        return DONE if report.ok and right else DIFFERENT

    def check_own(self, run: Run) -> bool:
        """Judge the [backward] of a scenario; returns whether all its lines are right."""
        from bpdebug.mistakes import judge_own, own_report_lines

        with show_progress(run):
            found = judge_own(run, self.script, progress=run.progress)
        self.report(own_report_lines(run, found, self.script))
        return found.agrees

    def diagnose(self, run: Run) -> int:
        """--diagnose"""
        from bpdebug.diagnosis import diagnose, document

        with show_progress(run):
            diagnosis = diagnose(run, self.script, experiments=not self.arguments.no_experiments)
        if as_json(self.arguments):
            print_text(document(diagnosis))
        else:
            self.report(diagnosis.lines())
        return DIFFERENT if diagnosis.findings else DONE

    def against(self, run: Run) -> int:
        """--against"""
        from bpdebug.mistakes import document_text, report_lines

        path = Path(self.arguments.against)
        verdict = against.verdict_on(run, path, self.script)
        if as_json(self.arguments):
            print_text(document_text(verdict, self.script))
        elif not self.arguments.open:
            self.report(report_lines(verdict, self.script))
        # Its own lines are judged too, but for a document, which has one verdict.
        lines_agree = True
        if run.problem.backward and not (as_json(self.arguments) or self.arguments.check):
            lines_agree = self.arguments.open or self.check_own(run)
        if self.arguments.separate:
            against.separate(run, verdict, self.arguments.separate)
        if self.goes_on():
            self.comparison = against.comparison_from(run, verdict, path, self.script)
        return DONE if verdict.agrees and lines_agree else DIFFERENT

    def goes_on(self) -> bool:
        """Whether what --against finds is shown by something else too."""
        given = self.arguments
        return bool(given.open or given.export or given.command or given.plain)

    def report(self, lines: list[str]) -> None:
        """Print lines for people: on standard error where standard output takes an export."""
        if self.arguments.export != "-":
            print_text("\n".join(lines))
        elif sys.stderr is not None:
            print_text("\n".join(lines), sys.stderr)

    def selected(self) -> str:
        """What --iterations selects; empty where it is a number of iterations, or not given."""
        iterations = self.arguments.iterations
        return iterations if isinstance(iterations, str) else ""

    def export_defaults(self) -> ExportDefaults:
        """What the options say for all that a request for an export leaves open."""
        from bpdebug.export.requests import ExportDefaults

        given = self.arguments
        return ExportDefaults(given.format, given.detail, self.script.digits, self.selected())

    def write(self, run: Run, request: ExportRequest) -> str:
        """Write an export; returns the line to print, empty for standard output."""
        self.writing = request.target
        try:
            told = self.export_defaults().write(run, request)
        except Exception:
            self.writing = ""
            raise
        self.writing = ""
        return told

    def stream(self, run: Run, request: ExportRequest) -> RawIOBase:
        """An export as a stream of bytes, which a browser downloads."""
        return self.export_defaults().stream(run, request)

    def interrupted_text(self) -> str:
        """What an interrupt did to the export under way; empty where there is none."""
        if not self.writing:
            return ""
        path = Path(self.writing)
        whole = self.writing != "-" and (path.is_file() or not path.exists())
        return "; nothing was written" if whole else "; the export is cut short"

    def run_line_commands(self, run: Run) -> int:
        """--command and --plain: debugger commands without a screen."""
        from bpdebug.cli.line_mode import run_commands, run_line_mode

        debugger = Debugger(run, self.script)
        debugger.compare(self.comparison)
        debugger.run_beside(self.second)
        debugger.export_with(lambda request: self.write(run, request))
        for line in self.set_breakpoints(debugger):
            print_text(line)
        done = run_commands(debugger, self.arguments.command)
        self.comparison = debugger.handed_in
        if not done:
            return WRONG
        if self.arguments.plain and not debugger.finished:
            run_line_mode(debugger)
        return DONE

    def set_breakpoints(self, debugger: Debugger) -> list[str]:
        """--break; returns a line for each condition that is true already."""
        try:
            made = [debugger.add_breakpoint(condition) for condition in self.arguments.breaks]
            return already_true_lines(debugger, made)
        except BpdebugError as error:
            raise error.at(key="--break") from None


def own_heading(run: Run) -> list[str]:
    """The heading above the check of the gradients; none where no [backward] is judged below."""
    if not run.problem.backward:
        return []
    from bpdebug.mistakes.own.report import HEADING

    return [HEADING]


def is_command(line: str, name: str) -> bool:
    """True for a line with the debugger command of this name."""
    from bpdebug.debugger.commands.lookup import look_up

    words = line.split(None, 1)
    try:
        return bool(words) and look_up(words[0]).name == name
    except BpdebugError:
        return False


def print_columns(rows: Iterable[tuple[str, str]]) -> None:
    """Print rows of two texts, the second ones below one another."""
    rows = list(rows)
    width = max((len(first) for first, _ in rows), default=0)
    for first, second in rows:
        print(f"{first.ljust(width)}  {second}")


def short_path(path: Path) -> str:
    """A path as the user would type it: relative where it is below the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
