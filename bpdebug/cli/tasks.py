"""What the options ask for: the list, the check, the export, the commands, the screen."""

from __future__ import annotations

import argparse
import gc
import sys
from io import RawIOBase
from pathlib import Path

from bpdebug.cli.diagnosing import as_json, check_format
from bpdebug.cli.interrupt import watched
from bpdebug.cli.screens import Screens, refuse_beside_tour, require_terminal, tour_run
from bpdebug.cli.serving import check_options, serve
from bpdebug.cli.signals import Terminated, heeding_sigterm
from bpdebug.cli.streams import remark, say
from bpdebug.debugger import Debugger, ExportRequest
from bpdebug.debugger.breakpoints.not_hit import already_true_lines
from bpdebug.errors import BpdebugError
from bpdebug.run import Run, Selection
from bpdebug.wording import Script, safe

DONE, DIFFERENT, WRONG, INTERRUPTED = 0, 1, 2, 130
NO_SCENARIO = "name a scenario: a file, or one of the names that --list shows"
NO_TARGET = "name a file, or '-' for standard output"


class Tasks:
    """One run of the program."""

    def __init__(self, arguments: argparse.Namespace, script: Script) -> None:
        self.arguments = arguments
        self.script = script
        self.writing = ""
        """Where an export under way goes; empty while there is none."""

    def run(self) -> int:
        """Do what was asked; returns the exit status."""
        given = self.arguments
        check_options(given)
        check_format(given)
        if given.tour:
            return self.tour()
        if given.list:
            return self.list_bundled()
        if given.keys:
            return self.list_keys()
        if given.export == "":
            raise BpdebugError(NO_TARGET, key="--export")
        if given.scenario == "":
            raise BpdebugError(NO_SCENARIO)
        headless = given.check or given.diagnose or given.export or given.command or given.plain
        if given.serve:
            return serve(given, self.load(given.scenario).problem.title if given.scenario else "")
        if given.scenario is None:
            return self.without_scenario(bool(headless))
        source = self.load(given.scenario)
        if not headless:
            return self.open_screen(source)
        self.refuse_idle_selection()
        gc.enable()
        with heeding_sigterm():
            try:
                return self.work(source)
            except Terminated:
                raise
            except KeyboardInterrupt:
                if sys.stderr is not None:
                    say(f"interrupted{self.left()}", sys.stderr)
                return INTERRUPTED

    def work(self, source: Run) -> int:
        """What needs no screen: the check, the export, the commands."""
        given = self.arguments
        for note in source.problem.notes:
            remark(f"{source.problem.file}: {note.key}: {note.text}; {note.remedy}")
        status = self.check(source) if given.check else DONE
        if given.diagnose:
            status = max(status, self.diagnose(source))
        if given.export is not None:
            say(self.export(source))
        if given.command or given.plain:
            status = max(status, self.drive(source))
        return status

    def export(self, source: Run) -> str:
        """--export"""
        wanted = self.request(ExportRequest(str(self.arguments.export)))
        if wanted.target == "-" and sys.stdout is not None and sys.stdout.isatty():
            return self.write(source, wanted)  # where the progress would stand, the trace does
        with watched(source):
            return self.write(source, wanted)

    def refuse_idle_selection(self) -> None:
        """BpdebugError for a selection of iterations that nothing would be exported by."""
        given = self.arguments
        selected = self.selected()
        exports = given.export is not None or given.plain or any(map(exporting, given.command))
        if selected and not exports:
            raise BpdebugError(
                f"{safe(selected[:40])} says which iterations to export, and nothing is exported; "
                "add --export FILE, or give one number to run so many iterations",
                key="--iterations",
            )

    def list_bundled(self) -> int:
        """--list: path and title, one a line."""
        from bpdebug.scenario import bundled

        found = [(safe(near(path)), safe(title)) for _, path, title in bundled()]
        width = max((len(path) for path, _ in found), default=0)
        for path, title in found:
            print(f"{path.ljust(width)}  {title}")
        return DONE

    def list_keys(self) -> int:
        """--keys: the id of every binding and its keys, one a line."""
        from bpdebug.tui.keys.keymap import usual_keys

        found = usual_keys()
        width = max(map(len, found))
        for ident, keys in found.items():
            print(f"{ident.ljust(width)}  {' '.join(keys)}")
        return DONE

    def without_scenario(self, headless: bool) -> int:
        """No SCENARIO: a person may choose one; without a terminal it is a mistake."""
        if headless:
            raise BpdebugError(NO_SCENARIO)
        require_terminal()
        return Screens(self).choose()

    def tour(self) -> int:
        """--tour"""
        refuse_beside_tour(self.arguments)
        if self.arguments.serve:
            return serve(self.arguments, tour_run().problem.title)
        require_terminal()
        return Screens(self).tour()

    def load(self, name: str) -> Run:
        """The run of a scenario, for which every --break has been found good."""
        from bpdebug.scenario import find

        source = self.run_of(find(name))
        if self.arguments.breaks:
            # Whatever is asked for: mistakes are told before the work, and before the screen.
            self.set_breakpoints(Debugger(source, self.script))
        return source

    def run_of(self, path: Path) -> Run:
        """The run, as long as --iterations says, or as the last iteration it selects."""
        from bpdebug.scenario import load

        wanted = self.arguments.iterations
        if not isinstance(wanted, str):
            return Run(load(path, iterations=wanted))
        last = self.selection(wanted).last
        problem = load(path)
        return Run(problem if last <= problem.iterations else load(path, iterations=last))

    @staticmethod
    def selection(text: str) -> Selection:
        """The iterations that --iterations selects."""
        try:
            return Selection.parse(text)
        except BpdebugError as error:
            raise error.at(key="--iterations") from None

    def check(self, source: Run) -> int:
        """--check"""
        from bpdebug.check import check

        with watched(source):
            report = check(source, digits=self.script.digits)
        self.report(report.lines())
        return DONE if report.ok else DIFFERENT

    def diagnose(self, source: Run) -> int:
        """--diagnose"""
        from bpdebug.diagnosis import diagnose, document

        with watched(source):
            found = diagnose(source, self.script)
        if as_json(self.arguments):
            say(document(found))
        else:
            self.report(found.lines())
        return DIFFERENT if found.findings else DONE

    def report(self, lines: list[str]) -> None:
        """Lines for people; an export on standard output is a document without a place for them."""
        if self.arguments.export != "-":
            say("\n".join(lines))
        elif sys.stderr is not None:
            say("\n".join(lines), sys.stderr)

    def request(self, wanted: ExportRequest) -> ExportRequest:
        """What an export shall be, with what the command line said where it says nothing."""
        return ExportRequest(
            wanted.target,
            wanted.format or self.arguments.format or "",
            wanted.detail or self.arguments.detail,
            wanted.iterations or self.selected(),
            wanted.watches,
        )

    def selected(self) -> str:
        """What --iterations selects; empty where it is a number of iterations, or not given."""
        wanted = self.arguments.iterations
        return wanted if isinstance(wanted, str) else ""

    def write(self, source: Run, wanted: ExportRequest) -> str:
        """Write an export; returns what to say about it, nothing for standard output."""
        from bpdebug.export import export, guessed

        if sys.stdout is not None:
            sys.stdout.flush()
        self.writing = wanted.target
        try:
            export(
                source,
                wanted.target,
                format=wanted.format or None,
                detail=wanted.detail,
                digits=self.script.digits,
                iterations=self.within(source, wanted.iterations),
                watches=wanted.watches,
            )
        except Exception:
            self.writing = ""
            raise
        self.writing = ""
        if wanted.target == "-":
            return ""
        return f"wrote {safe(wanted.target)}{guessed(wanted.target, wanted.format)}"

    def left(self) -> str:
        """What an interrupt leaves of an export that was under way."""
        if not self.writing:
            return ""
        path = Path(self.writing)
        whole = self.writing != "-" and (path.is_file() or not path.exists())
        return "; nothing was written" if whole else "; the export is cut short"

    def within(self, source: Run, selected: str) -> Selection | None:
        """The iterations to write; BpdebugError where the run ends before one of them."""
        if not selected:
            return None
        found = self.selection(selected)
        if found.last > source.iterations:
            raise BpdebugError(
                f"iteration {found.last:,} is not there, the run has {source.iterations:,}; "
                "start with a larger --iterations",
                key="--iterations",
            )
        return found

    def drive(self, source: Run) -> int:
        """--command and --plain: the same commands without a screen."""
        from bpdebug.cli.lines import converse, run_commands

        debugger = Debugger(source, self.script)
        debugger.export_with(lambda wanted: self.write(source, self.request(wanted)))
        for line in self.set_breakpoints(debugger):
            say(line)
        if not run_commands(debugger, self.arguments.command):
            return WRONG
        if self.arguments.plain and not debugger.finished:
            converse(debugger)
        return DONE

    def set_breakpoints(self, debugger: Debugger) -> list[str]:
        """--break; returns a line for each condition that is true already."""
        try:
            made = [debugger.add_breakpoint(condition) for condition in self.arguments.breaks]
            return already_true_lines(debugger, made)
        except BpdebugError as error:
            raise error.at(key="--break") from None

    def open_screen(self, source: Run) -> int:
        """The debugger on the terminal."""
        require_terminal()
        return Screens(self).debug(source)

    def stream(self, source: Run, wanted: ExportRequest) -> RawIOBase:
        """An export as a stream of bytes, which a browser downloads."""
        from bpdebug.export.stream import stream

        return stream(
            source,
            wanted.target,
            format=wanted.format or None,
            detail=wanted.detail,
            digits=self.script.digits,
            iterations=self.within(source, wanted.iterations),
            watches=wanted.watches,
        )


def exporting(line: str) -> bool:
    """True for a debugger command that exports."""
    from bpdebug.debugger.commands.lookup import look_up

    words = line.split(None, 1)
    try:
        return bool(words) and look_up(words[0]).name == "export"
    except BpdebugError:
        return False


def near(path: Path) -> str:
    """A path as one would type it here: relative where it is below the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
