"""`bpdebug model.py:make`: a function of the user's own file is run, and gives the run to open."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from bpdebug.api.record import record
from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.printable import quoted, visible
from bpdebug.records import record as plain_record
from bpdebug.scenario.library import program_in

RETURNS = "let it return what bpdebug.trace or bpdebug.record made, or a loss of PyTorch to record"


@plain_record
class Program:
    """A function in a file of Python code."""

    file: Path
    function: str

    @property
    def place(self) -> str:
        """Where the run comes from, as the user types it: `/path/model.py:make`."""
        return f"{self.file}:{self.function}"

    @property
    def told(self) -> str:
        """What is run, as a message says it."""
        return f"{visible(str(self.file))}: {visible(self.function)}()"

    def run(self) -> ScenarioRun:
        """Run the file, then the function, and return the run that this gives.

        What they print goes to standard error. The file stays a module, with its folder the first
        in which Python looks for others, since its functions may be called again. BpdebugError,
        with the file and the line, for what they raise, and where the function returns nothing that
        can be opened; `sys` then has neither any more.
        """
        spec = importlib.util.spec_from_file_location(self.file.stem, self.file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with redirect_stdout(sys.stderr), known_while_it_works(module, str(self.file.parent)):
            with self.errors():
                spec.loader.exec_module(module)
                function = self.member(module)
            return self.opened(function)

    def member(self, module: ModuleType) -> Callable[[], Any]:
        """The function; BpdebugError where the file has none of this name."""
        found = getattr(module, self.function, None)
        if callable(found):
            return found  # type: ignore[no-any-return]
        own = [name for name, one in vars(module).items() if callable(one) and name[0] != "_"]
        hint = did_you_mean(self.function, own) or f"; it has {', '.join(own[:8]) or 'none'}"
        raise BpdebugError(
            f"there is no function {quoted(self.function)} in it{hint}",
            file=visible(str(self.file)),
        )

    def opened(self, function: Callable[[], Any]) -> ScenarioRun:
        """The run that the function gives."""
        if "torch" not in sys.modules:
            return self.run_of(self.called(function))
        # It may be that the function records a block itself, to which this one gives way.
        block = record()
        recorded = block.begin(sys._getframe(), gives_way=True)
        try:
            result = self.called(function)
        except BaseException:
            block.leave()
            raise
        if block.left or not is_loss(result):
            block.leave()
            return self.run_of(result)
        block.__exit__(None, None, None)
        return recorded

    def called(self, function: Callable[[], Any]) -> Any:
        """What the function returns."""
        with self.errors():
            return function()

    def run_of(self, result: Any) -> ScenarioRun:
        """The run that the function returned."""
        if isinstance(result, ScenarioRun):
            return result
        raise BpdebugError(
            f"{self.function} returned {'nothing' if result is None else type(result).__name__}; "
            f"{RETURNS}",
            file=visible(str(self.file)),
        )

    @contextmanager
    def errors(self) -> Iterator[None]:
        """BpdebugError for what the user's code raises, with the innermost line of their file."""
        try:
            yield
        except BpdebugError:
            raise
        except (Exception, SystemExit) as error:
            frames = traceback.extract_tb(error.__traceback__)
            own = [one.lineno for one in frames if Path(one.filename) == self.file]
            line = error.lineno if isinstance(error, SyntaxError) else None
            at = own[-1] if own else line
            text = str(error).strip().splitlines()
            raise BpdebugError(
                f"it raised {type(error).__name__}{f': {visible(text[0])}' if text else ''}; "
                "run the file with python to see all of it",
                file=visible(f"{self.file}{f':{at}' if at else ''}"),
            ) from None


@contextmanager
def known_while_it_works(module: ModuleType, folder: str) -> Iterator[None]:
    """Let Python know a module, and the folder of others beside it; undone after an error."""
    known = sys.modules.setdefault(module.__name__, module)
    sys.path.insert(0, folder)
    try:
        yield
    except BaseException:
        with suppress(ValueError):
            sys.path.remove(folder)
        if known is module and sys.modules.get(module.__name__) is module:
            del sys.modules[module.__name__]
        raise


def program_of(written: str) -> Program | None:
    """The program that `model.py:make` names; None for what names a scenario.

    BpdebugError for a file of Python code that is not there, or without the name of a function.
    """
    named = program_in(written)
    if named is None:
        return None
    file, name = Path(named[0]).absolute(), named[1]
    if not file.is_file():
        raise BpdebugError("there is no such file", file=visible(named[0]))
    if not name:
        raise BpdebugError(
            f"this is a program; name the function in it that gives the run, as in "
            f"{visible(file.name)}:make: {RETURNS}",
            file=visible(named[0]),
        )
    return Program(file, name)


def is_loss(result: Any) -> bool:
    """True for a number of PyTorch that depends on a parameter."""
    return bool(getattr(result, "requires_grad", False)) and callable(
        getattr(result, "backward", None)
    )
