"""Where an export goes: whole or not at all, and never in the place of what is no file."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.export import export
from bpdebug.export.target import open_sink
from bpdebug.run import Run
from tests.graphs import two_layer_problem

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from bpdebug.errors import BpdebugError
from bpdebug.export import export
from bpdebug.run import Run
from tests.graphs import two_layer_problem
problem = two_layer_problem({iterations}, title="两层 δ")
try:
    export(Run(problem), "{target}", format="{kind}", detail="term")
except BpdebugError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
assert not [name for name in sys.modules if name.split(".")[0] in ("textual", "rich")]
"""


def run() -> Run:
    return Run(two_layer_problem(1))


def program(target: str = "-", kind: str = "text", iterations: int = 1) -> list[str]:
    return [sys.executable, "-c", PROGRAM.format(target=target, kind=kind, iterations=iterations)]


def environment(encoding: str = "utf-8") -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}


def leftovers(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".bpdebug")]


def test_a_failure_leaves_the_old_file_whole(tmp_path):
    target = tmp_path / "trace.txt"
    target.write_text("the old one")

    def half_an_export():
        with open_sink(target) as sink:
            sink.write("half of the new one")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_an_export()
    assert target.read_text() == "the old one"
    assert leftovers(tmp_path) == []


def test_an_old_file_is_replaced_and_keeps_its_mode(tmp_path):
    target = tmp_path / "trace.txt"
    target.write_text("the old one")
    target.chmod(0o640)
    export(run(), target)
    assert target.read_text("utf-8").startswith("two layers")
    assert target.stat().st_mode & 0o777 == 0o640
    assert leftovers(tmp_path) == []


def test_a_new_file_has_the_usual_mode(tmp_path):
    usual, made = tmp_path / "usual", tmp_path / "made"
    usual.touch()
    export(run(), made)
    assert made.stat().st_mode == usual.stat().st_mode


def test_a_link_is_followed(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(folder / "real.txt")
    export(run(), link)  # dangling so far
    export(run(), link)
    assert link.is_symlink()
    assert (folder / "real.txt").read_text("utf-8").startswith("two layers")


def test_a_device_is_written_and_stays(tmp_path):
    export(run(), "/dev/null")
    assert not Path("/dev/null").is_file()
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    export(run(), link)
    assert link.is_symlink()


def test_a_pipe_is_written_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    export(run(), pipe)
    reader.join()
    assert read[0].startswith("two layers")
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "it is a folder; name a file in it"),
        ("none/trace.txt", "make the folder first"),
        ("none/", "there is no such folder; make the folder first"),
        ("file/", "Not a directory; part of the path is a file"),
        ("file/trace.txt", "Not a directory; part of the path is a file"),
        ("a" * 300 + ".txt", "too long; choose a shorter name"),
        ("nul\0.txt", "choose another name"),
        ("loop", "a symbolic link leads back to itself"),
    ],
)
def test_a_place_that_cannot_be_written(tmp_path, name, message):
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(BpdebugError, match=message):
        export(run(), f"{tmp_path}/{name}")
    assert sorted(os.listdir(tmp_path)) == ["file", "loop"]


def test_a_full_disk_is_one_clear_error():
    with pytest.raises(BpdebugError, match="No space left on device; free some space"):
        export(Run(two_layer_problem(50)), "/dev/full", detail="term")


def test_full_standard_output_is_one_clear_error():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            program(), cwd=ROOT, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "standard output: cannot write the export: No space left on device; "
        "free some space or choose another place"
    ]


def test_closed_standard_output_is_one_clear_error():
    done = subprocess.run(
        f"exec {shlex.join(program())} >&-",
        shell=True, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "standard output: cannot write the export: it is closed; name a file instead"
    ]


def test_a_closed_pipe_ends_quietly():
    process = subprocess.Popen(
        program(iterations=2000),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().decode("utf-8") == "两层 δ\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-16", "utf-8"])
def test_standard_output_in_any_encoding_loses_no_line(encoding):
    done = subprocess.run(
        program(), cwd=ROOT, env=environment(encoding), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    whole = subprocess.run(
        program(), cwd=ROOT, env=environment(), capture_output=True, check=True
    ).stdout.decode("utf-8")
    assert len(text.splitlines()) == len(whole.splitlines())
    # What is not Unicode shows formulas in ASCII.
    formula = "∂L/∂W₂ = δ₂ · h₁ᵀ" if encoding.startswith("utf") else "dL/dW2 = delta2 @ h1.T"
    assert formula in text
    assert "\\u03b4" not in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_json_is_json_in_any_encoding(encoding):
    done = subprocess.run(
        program(kind="json"), cwd=ROOT, env=environment(encoding), capture_output=True, check=True
    )
    assert json.loads(done.stdout.decode(encoding))["scenario"]["title"] == "两层 δ"


def test_standard_output_under_its_other_names(tmp_path):
    target = tmp_path / "out.txt"
    with target.open("wb") as out:
        subprocess.run(program("/dev/stdout"), cwd=ROOT, env=environment(), stdout=out, check=True)
    assert "两层" in target.read_text("utf-8")
    assert leftovers(tmp_path) == []
