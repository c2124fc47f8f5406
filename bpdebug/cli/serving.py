"""--serve: the debugger in a browser."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bpdebug.cli.streams import print_text
from bpdebug.errors import BpdebugError
from bpdebug.wording import safe

if TYPE_CHECKING:
    from bpdebug.api.scenario_run import ScenarioRun
    from bpdebug.run import Run

HOST = "127.0.0.1"
NOT_INSTALLED = "textual-serve is not installed; install it with: pip install 'bpdebug[web]'"
NO_AUTHENTICATION = (
    "warning: there is no authentication; "
    "everyone who reaches {host} can use the debugger and read the scenario"
)
SCREENLESS = ("export", "check", "diagnose", "command", "plain", "list")


def check_options(given: argparse.Namespace) -> None:
    """BpdebugError for an option that --serve cannot use, or that needs --serve."""
    if not given.serve:
        for name in ("host", "port"):
            if getattr(given, name) is not None:
                raise BpdebugError("it says where --serve listens; add --serve", key=f"--{name}")
        return
    for name in SCREENLESS:
        if getattr(given, name):
            raise BpdebugError("the screen is in the browser; leave it out", key=f"--{name}")
    if given.breaks and not given.tour and given.scenario is None:
        raise BpdebugError("name the scenario that it stops in", key="--break")
    if find_spec("textual_serve") is None:
        raise BpdebugError(NOT_INSTALLED, key="--serve")


def serve(given: argparse.Namespace, title: str) -> int:
    """Serve until Ctrl+C; `title` is the scenario's, empty where visitors choose a scenario."""
    from bpdebug.web.address import listen, url
    from bpdebug.web.hosts import is_loopback
    from bpdebug.web.server import Server

    host = HOST if given.host is None else given.host
    listening = listen(host, given.port)
    with listening:
        if not is_loopback(host):
            print_text(NO_AUTHENTICATION.format(host=safe(host)), sys.stderr)
        print_text(f"serving {safe(title) or 'the bundled scenarios'} at {url(listening, host)}")
        print_text("Ctrl+C ends it")
        name = f"bpdebug: {safe(title)}" if title else "bpdebug"
        Server(program(given), host=host, title=name).run(listening)
    return 0


def serve_recorded(given: argparse.Namespace, recorded: ScenarioRun, run: Run) -> int:
    """Serve what a program gave, saved in a folder for the time; no visitor runs the program.

    `run` is the run of it, with as many iterations as the options say.
    """
    with TemporaryDirectory(prefix="bpdebug-") as folder:
        place = Path(folder) / "recorded"
        recorded._origin.save(place)
        own = {"scenario": str(place), "iterations": given.iterations or run.iterations}
        return serve(argparse.Namespace(**{**vars(given), **own}), run.problem.title)


def program(given: argparse.Namespace) -> list[str]:
    """The command that starts a visitor's debugger, with the server's own options."""
    import bpdebug

    # Python would look for modules in the working folder first, and find a visitor's random.py.
    beside = Path(bpdebug.__file__).parent.parent == Path.cwd()
    words = [sys.executable, *([] if beside else ["-P"]), "-m", "bpdebug"]
    words += [f"--detail={given.detail}"]
    words += [] if given.digits is None else [f"--digits={given.digits}"]
    words += [] if given.format is None else [f"--format={given.format}"]
    words += [] if given.iterations is None else [f"--iterations={given.iterations}"]
    words += [f"--break={condition}" for condition in given.breaks]
    words += [f"--with={text}" for text in given.second]
    words += ["--tour"] if given.tour else []
    return [*words, *([] if given.scenario is None else ["--", given.scenario])]
