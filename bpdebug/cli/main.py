"""The entry of the command line, and its exit status.

Everything beyond the arguments is imported when it is needed: `--version` and `--help` load no
numpy, and only a screen loads Textual.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from bpdebug.cli.arguments import parser
from bpdebug.cli.signals import Terminated

DONE, DIFFERENT, WRONG, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""The variables from which numpy's linear algebra takes its number of threads when it is loaded."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run bpdebug with these arguments; returns the exit status."""
    one_thread()
    try:
        return run_arguments(argv)
    except Terminated:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED


def one_thread() -> None:
    """Let numpy multiply matrices in a single thread, unless the user's environment says otherwise.

    The matrices of a debugged network are small: several threads wait for one another longer than
    they compute, on a busy machine many times longer. And with one thread the last bits of a
    product are the same on machines with any number of cores.
    """
    for name in BLAS_THREADS if not any(map(os.environ.get, BLAS_THREADS)) else ():
        os.environ[name] = "1"


def run_arguments(argv: Sequence[str] | None) -> int:
    """Run bpdebug with these arguments; returns the exit status, also where its output fails."""
    try:
        arguments = parser().parse_args(argv)
        status = version() if arguments.version else run_program(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader of the pipe has seen enough; that is no mistake.
        from bpdebug.export.target import drop_output

        drop_output()
        return DONE
    except OSError as error:
        return failed_output(error)


def version() -> int:
    """--version"""
    from bpdebug.version import __version__

    print(f"bpdebug {__version__}")
    return DONE


def run_program(arguments: argparse.Namespace) -> int:
    """Run the tasks without garbage collection during start-up; returns the exit status."""
    # Nearly everything that start-up makes stays; collecting garbage in it takes a third of the
    # time to the first screen. Collection resumes when the screen is up, or here at the latest.
    gc.disable()
    try:
        return run_tasks(arguments)
    finally:
        gc.enable()


def run_tasks(arguments: argparse.Namespace) -> int:
    """Run the tasks; returns the exit status. An error is printed."""
    from bpdebug.cli.streams import prepare_streams, print_error
    from bpdebug.cli.tasks import Tasks
    from bpdebug.errors import BpdebugError
    from bpdebug.wording import DIGITS, Script

    script = Script(arguments.digits or DIGITS, prepare_streams())
    try:
        return Tasks(arguments, script).run()
    except BpdebugError as error:
        print_error(str(error))
        return WRONG
    except MemoryError:
        print_error("there is not enough memory for this; take smaller arrays or a smaller batch")
        return WRONG


def failed_output(error: OSError) -> int:
    """Report that standard output cannot be written; returns the exit status."""
    from bpdebug.cli.streams import print_error
    from bpdebug.export.target import drop_output

    drop_output()
    print_error(f"standard output: {error.strerror or error}; nothing more was written")
    return WRONG
