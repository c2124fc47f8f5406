"""What the tests of the browser need beside Python, and how they start a server.

Where it is missing they are skipped, and say why; with BPDEBUG_TEST_WEB=1 they fail instead.
"""

import importlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMANDED = os.environ.get("BPDEBUG_TEST_WEB") == "1"


def missing(reason):
    """Skip a whole file of tests, or fail it where its tests are demanded."""
    if DEMANDED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def require(module, extra):
    """The module, which an extra installs."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return missing(f"{module} is not installed: pip install 'bpdebug[{extra}]'")


def chromium():
    """The path of a Chromium that can be driven."""
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    return next(filter(None, found), None) or missing("there is no Chromium on this machine")


def until(check, seconds=60):
    """What a check returns, as soon as that is true; fails when it never is."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


@contextmanager
def serving(folder, *arguments, **variables):
    """A server whose working folder and home is `folder`: its process and its address.

    What it says before the address is the process's `before`.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TEXTUAL", "XDG"))}
    with subprocess.Popen(
        [sys.executable, "-m", "bpdebug", "--serve", "--port", "0", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "HOME": str(folder), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            process.before = []
            while " at http://" not in (line := process.stdout.readline()):
                assert line, f"it did not start: {process.before}"
                process.before.append(line)
            yield process, line.split(" at ")[-1].strip()
        finally:
            process.terminate()
            process.stdout.read()


def children(process):
    """The processes that a process has started and that still run."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True)
    return [int(word) for word in found.stdout.split()]


def files(folder):
    """Every file below a folder."""
    return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())
