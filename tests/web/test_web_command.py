"""--serve on the command line: what it refuses, where it listens, and what it starts."""

import importlib.util
import os
import socket
import subprocess
import sys

import pytest

from bpdebug.cli import serving
from bpdebug.cli.arguments import parser
from bpdebug.cli.main import main
from bpdebug.errors import BpdebugError
from bpdebug.web.address import listen, url


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """The extra counts as installed, and no server starts."""
    monkeypatch.setattr(serving, "find_spec", lambda name: importlib.util.find_spec("json"))


def refused(capsys, *arguments):
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("bpdebug: error: ")
    assert err.count("\n") == 1
    return err


def test_without_the_extra_the_error_names_it(capsys, monkeypatch):
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    assert "pip install 'bpdebug[web]'" in refused(capsys, "two_layer", "--serve")


@pytest.mark.parametrize(
    "option", [["--check"], ["--export", "-"], ["-c", "where"], ["--plain"],
               ["--list"], ["--diagnose"]],
)  # fmt: skip
def test_what_needs_no_screen_has_no_place_in_a_browser(capsys, option):
    key = "--command" if option[0] == "-c" else option[0]
    assert f"{key}: the screen is in the browser" in refused(
        capsys, "two_layer", "--serve", *option
    )


def test_host_and_port_belong_to_serve(capsys):
    assert "--host: " in refused(capsys, "two_layer", "--host", "127.0.0.1")
    assert "--port: " in refused(capsys, "two_layer", "--port", "8000")


def test_mistakes_are_told_before_the_server_starts(capsys):
    assert "two_layre" in refused(capsys, "two_layre", "--serve")
    assert "unknown name 'q'" in refused(capsys, "two_layer", "--serve", "--break", "q")
    assert "--break: name the scenario" in refused(capsys, "--serve", "--break", "W2")
    assert "name a scenario" in refused(capsys, "", "--serve")


HOSTILE = ["a b.toml", "it's.toml", '"; touch owned; ".toml', "$(touch owned).toml", "-x.toml"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_word_of_the_childs_command(name, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bpdebug"])
    given = parser().parse_args(["--serve", "--digits=3", "--break=-1 < loss", "--", name])
    words = serving.program(given)
    again = parser().parse_args(words[words.index("bpdebug") + 1 :])
    assert words[0] == sys.executable
    assert (again.scenario, again.digits, again.breaks) == (name, 3, ["-1 < loss"])
    assert not again.serve


def test_the_child_takes_no_module_from_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "random.py").write_text("raise SystemExit('taken from the folder')")
    monkeypatch.chdir(tmp_path)
    words = serving.program(parser().parse_args(["--serve", "two_layer"]))
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"}
    done = subprocess.run([*words, "-c", "where"], capture_output=True, text=True, env=kept)
    assert done.returncode == 2  # the scenario ends the options: `-c` is one word too many
    assert "taken from the folder" not in done.stderr
    assert "unrecognized arguments: -c where" in done.stderr


PROGRAM = """
import numpy as np
import bpdebug
from pathlib import Path

def loss(x, w):
    return np.square(x @ w).mean()

def make():
    with open(Path(__file__).with_name("ran.txt"), "a") as ran:
        ran.write("x")
    return bpdebug.trace(loss, x=np.eye(3), parameters={"w": np.ones(3)}, iterations=4)

def bundled():
    return bpdebug.load("xor", iterations=7)
"""


@pytest.mark.parametrize(("function", "many"), [("make", 4), ("bundled", 7)])
def test_a_program_runs_once_and_its_recording_is_served(function, many, tmp_path, monkeypatch):
    (tmp_path / "served.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    seen = []

    def serve(given, title):
        words = serving.program(given)
        again = parser().parse_args(words[words.index("bpdebug") + 1 :])
        for _ in range(2):
            assert main([again.scenario, f"--iterations={again.iterations}", "-c", "where"]) == 0
        seen.append((given.scenario, title, again.iterations))
        return 0

    monkeypatch.setattr(serving, "serve", serve)
    assert main([f"{tmp_path / 'served.py'}:{function}", "--serve"]) == 0
    ((folder, title, iterations),) = seen
    assert not os.path.exists(folder)
    assert iterations == many
    assert title == {"make": "loss in served.py", "bundled": "XOR"}[function]
    if function == "make":
        assert (tmp_path / "ran.txt").read_text() == "x"
    sys.modules.pop("served", None)


def test_the_first_free_port_is_taken_and_one_asked_for_is_not_exchanged():
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        taken = first.getsockname()[1]
        assert taken < second.getsockname()[1]
        with pytest.raises(BpdebugError, match=r"--port: cannot listen on port \d+: .* or 0 for"):
            listen("127.0.0.1", taken)


@pytest.mark.parametrize("host", ["", "203.0.113.9", "no such name.invalid"])
def test_a_host_that_is_not_this_machine_is_an_error(host):
    with pytest.raises(BpdebugError, match=r"^--host: "):
        listen(host, 0)


def test_the_address_shown_can_be_opened():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port = made.getsockname()[1]
        assert url(made, "0.0.0.0") == f"http://127.0.0.1:{port}/"
        assert url(made, "::1") == f"http://[::1]:{port}/"
