"""`bpdebug model.py:make`: the file is run, which is said, and its run is opened."""

import sys

import pytest

from bpdebug.cli.main import main

PROGRAM = """
import numpy as np
import bpdebug
import beside

def loss(x, w):
    z = x @ w
    return np.square(z).mean()

def make():
    print("working")
    return bpdebug.trace(loss, x=np.ones((2, 3)), parameters={"w": beside.w})

class Model:
    def __call__(self):
        return make()

model = Model()
number = 3

def fails():
    return beside.w[7]

def leaves():
    raise SystemExit("no data")

def empty():
    return None
"""


@pytest.fixture(autouse=True)
def system_as_it_was(monkeypatch):
    """What a program adds to `sys` goes away again."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in ("program", "beside", "broken", "lacking", "net"):
        sys.modules.pop(name, None)


@pytest.fixture
def program(tmp_path):
    """A program with a module beside it."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "beside.py").write_text("import numpy\nw = numpy.ones(3)\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def make(:\n", encoding="utf-8")
    (tmp_path / "lacking.py").write_text("\nimport not_there\n", encoding="utf-8")
    return tmp_path / "program.py"


@pytest.mark.parametrize("function", ["make", "model"])
def test_the_run_of_a_program(function, program, capsys):
    assert main([f"{program}:{function}", "-c", "goto $", "-c", "print grad(w)"]) == 0
    out, err = capsys.readouterr()
    assert "grad(w) = [6, 6, 6]" in out
    assert "working" not in out
    assert err == f"bpdebug: note: runs {program}: {function}()\nworking\n"


def test_iterations_override_those_of_the_recording(program, capsys):
    assert main([f"{program}:make", "--iterations", "3", "-c", "where"]) == 0
    assert "iteration 1/3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("program.py", "program.py: this is a program; name the function in it that gives the run"),
        ("program.py:", "program.py: this is a program; name the function"),
        ("program.py:mak", "there is no function 'mak' in it; did you mean 'make'?"),
        ("program.py:number", "there is no function 'number' in it; it has "),
        (
            "program.py:empty",
            "program.py: empty returned nothing; let it return what bpdebug.trace",
        ),
        ("program.py:fails", "program.py:22: it raised IndexError: index 7 is out of bounds"),
        ("program.py:leaves", "program.py:25: it raised SystemExit: no data"),
        ("broken.py:make", "broken.py:1: it raised SyntaxError"),
        ("lacking.py:make", "lacking.py:2: it raised ModuleNotFoundError: No module named 'not_"),
        ("nowhere.py:make", "nowhere.py: there is no such file"),
    ],
)
def test_what_gives_no_run_is_one_error(written, problem, program, capsys):
    assert main([str(program.parent / written), "-c", "list"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("bpdebug: error: ")
    assert problem in error


def test_a_loss_of_pytorch_is_recorded(tmp_path, capsys):
    pytest.importorskip("torch")
    (tmp_path / "net.py").write_text(
        "import torch\n\n\ndef make():\n    model = torch.nn.Linear(3, 2)\n"
        "    return model(torch.ones(4, 3)).square().mean()\n",
        encoding="utf-8",
    )
    assert main([f"{tmp_path / 'net.py'}:make", "-c", "goto $", "-c", "list all"]) == 0
    assert "weight" in capsys.readouterr().out
