"""The program as a process: what it imports, and how it ends when its streams fail it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import sys
from bpdebug.cli.main import main
try:
    status = main(sys.argv[1:])
except SystemExit as end:
    status = end.code
heavy = [name for name in ("numpy", "textual", "rich") if name in sys.modules]
print(*heavy, file=sys.stderr)
sys.exit(status)
"""


def environment(**changes):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def process(*arguments, code=None, **options):
    start = [sys.executable, "-c", code] if code else [sys.executable, "-m", "bpdebug"]
    return subprocess.run(
        [*start, *arguments],
        env=environment(**options.pop("env", {})),
        capture_output=options.pop("capture_output", True),
        timeout=60,
        **options,
    )


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_neither_numpy_nor_textual(option):
    done = process(option, code=LOADED)
    assert done.returncode == 0
    assert done.stdout.startswith(b"bpdebug " if option == "--version" else b"usage: bpdebug")
    assert done.stderr.split() == []


@pytest.mark.parametrize(
    "arguments",
    [["--export", "-"], ["--check"], ["-c", "where"], ["--plain"]],
)
def test_work_without_a_screen_loads_no_textual(arguments):
    done = process("two_layer", *arguments, code=LOADED, stdin=subprocess.DEVNULL)
    assert done.returncode == 0
    assert done.stderr.split() == [b"numpy"]


def test_python_m_bpdebug_reports_a_mistake_without_a_traceback():
    done = process("two_layre", "--check")
    assert done.returncode == 2
    assert done.stderr.startswith(b"bpdebug: error: two_layre: ")
    assert b"Traceback" not in done.stderr


def test_another_encoding_loses_no_line_and_raises_nothing():
    plain = process("two_layer", "-c", "goto W2", env={"PYTHONIOENCODING": "utf-8"})
    ascii_ = process("two_layer", "-c", "goto W2", env={"PYTHONIOENCODING": "ascii"})
    assert ascii_.returncode == 0
    assert len(ascii_.stdout.splitlines()) == len(plain.stdout.splitlines())
    assert b"dL/dW2 = delta2 @ h1.T" in ascii_.stdout
    assert "∂L/∂W₂ = δ₂ · h₁ᵀ".encode() in plain.stdout


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [(["--export", "-", "--detail", "term", "--iterations", "2000"], 0), (["--plain"], 20_000)],
)
def test_a_closed_pipe_ends_it_quietly(arguments, lines, tmp_path):
    source = tmp_path / "lines"
    source.write_bytes(b"where\n" * lines)
    with source.open("rb") as stdin:
        running = subprocess.Popen(
            [sys.executable, "-m", "bpdebug", "two_layer", *arguments],
            env=environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        errors = running.stderr.read()
        assert running.wait(timeout=60) == 0
        running.stderr.close()
    assert errors == b""


@pytest.mark.parametrize(
    "arguments", [["-c", "help"], ["--export", "-"], ["--list"], ["--help"], ["--version"]]
)
def test_a_full_disk_is_one_error(arguments):
    if not os.path.exists("/dev/full"):
        pytest.fail("this system has no /dev/full; run the tests where it is")
    scenario = [] if arguments[0] in ("--list", "--help", "--version") else ["two_layer"]
    with open("/dev/full", "wb") as full:
        done = process(
            *scenario, *arguments, stdout=full, stderr=subprocess.PIPE, capture_output=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"bpdebug: error: standard output: ")
    assert done.stderr.count(b"\n") == 1


def test_closed_streams_are_no_crash():
    done = subprocess.run(
        f"{sys.executable} -m bpdebug two_layer --plain -c where <&- >&-",
        shell=True, env=environment(), stderr=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == b""


def test_an_export_to_closed_standard_output_is_an_error():
    done = subprocess.run(
        f"{sys.executable} -m bpdebug two_layer --export - >&-",
        shell=True, env=environment(), stderr=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(b"bpdebug: error: standard output: ")


def test_sigterm_during_an_export_leaves_nothing_behind(tmp_path):
    target = tmp_path / "trace.txt"
    running = subprocess.Popen(
        [sys.executable, "-m", "bpdebug", "two_layer", "--detail", "term",
         "--iterations", "10000000", "--export", str(target)],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    while not list(tmp_path.glob(".bpdebug-*.part")):
        assert running.poll() is None
        time.sleep(0.01)
    running.terminate()
    out, _ = running.communicate(timeout=60)
    assert (running.returncode, out) == (143, b"")
    assert list(tmp_path.iterdir()) == []


def test_input_that_is_no_text_is_answered():
    done = process("two_layer", "--plain", input=b"\xff\xfe where\nprint iteration\n")
    assert done.returncode == 0
    assert b"iteration = 1" in done.stdout
    assert done.stderr.startswith(b"bpdebug: error: unknown command")


def test_an_interrupt_cancels_a_long_command_and_the_next_one_is_answered():
    start = [sys.executable, "-m", "bpdebug", "two_layer", "--plain", "--iterations", "10000000"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(start, env=environment(), text=True, **pipes) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("where\n")
        running.stdin.flush()
        assert running.stdout.readline().startswith("iteration 1/10000000")
        running.stdin.write("goto iteration 9000000\n")
        running.stdin.flush()
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        out, errors = running.communicate("print iteration\n", timeout=60)
    assert out.endswith("cancelled; you stand where you stood\niteration = 1\n")
    assert not errors
    assert running.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--export", "b.csv"], "interrupted; nothing was written\n"),
        (["--diagnose"], "interrupted\n"),
        (["-c", "goto $"], "interrupted\n"),
    ],
)
def test_an_interrupt_ends_with_one_sentence_and_130(tmp_path, arguments, said):
    main, own = os.openpty()
    start = [sys.executable, "-m", "bpdebug", "xor", "--iterations", "10000000", *arguments]
    running = subprocess.Popen(
        start, env=environment(), stdout=subprocess.PIPE, stderr=own, cwd=tmp_path
    )
    os.close(own)
    told = ""
    while "Ctrl+C ends it" not in told:
        assert running.poll() is None
        told += os.read(main, 1000).decode()
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    told += os.read(main, 10_000).decode()
    os.close(main)
    assert (running.returncode, out) == (130, b"")
    assert told.replace("\r\n", "\n").endswith(f"\r{said}")
    assert list(tmp_path.iterdir()) == []


def test_a_background_job_goes_on_ignoring_interrupts():
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        start = [sys.executable, "-m", "bpdebug", "two_layer", "--plain", "--iterations", "3000"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        running = subprocess.Popen(start, env=environment(), text=True, **pipes)
    finally:
        signal.signal(signal.SIGINT, usual)
    with running:
        running.stdin.write("where\n")
        running.stdin.flush()
        assert running.stdout.readline().startswith("iteration 1")
        running.send_signal(signal.SIGINT)
        running.stdin.write("goto iteration 3000\n")
        running.stdin.flush()
        running.send_signal(signal.SIGINT)
        out, errors = running.communicate("print iteration\n", timeout=60)
    assert "cancelled" not in out
    assert out.endswith("iteration = 3000\n")
    assert (running.returncode, errors) == (0, "")
