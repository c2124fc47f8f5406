"""`bpdebug model.py:make`: the file is run, which is said, and its run is opened."""

import sys
from pathlib import Path

import numpy as np
import pytest

from bpdebug.api.program import program_of
from bpdebug.cli.main import main
from bpdebug.errors import BpdebugError
from bpdebug.run.by_name import gradients_by_name

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

def noted():
    w = np.ones(3, dtype=np.float32)
    return bpdebug.trace(loss, x=np.ones((2, 3)), parameters={"w": w})

def layers():
    def loss(x, W1, W2):
        return np.square(np.maximum(x @ W1, 0) @ W2).mean()

    own = {"W1": np.array([[0.5, -0.2], [0.3, 0.8]]), "W2": np.array([[0.7, 0.1], [-0.4, 0.6]])}
    return bpdebug.trace(loss, x=np.array([[1.0, 2.0], [-0.5, 0.3]]), parameters=own)

def bundled():
    return bpdebug.load("two_layer")

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


@pytest.mark.parametrize(
    "path",
    ["recorded.py.toml", "folder.py", "folder.py/", "folder.py/scenario.toml", "a.py:b.toml"],
)
def test_a_scenario_with_the_name_of_a_program_is_one(path, tmp_path, monkeypatch, capsys):
    if ":" in path and sys.platform == "win32":
        pytest.skip("no name of a file there")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / path if path.endswith(".toml") else tmp_path / path / "scenario.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text('title = "Mine"\n[parameters]\nw = 1.0\n[graph]\nL = "w * 2"\n')
    assert main([path, "-c", "goto $", "-c", "print grad(w)"]) == 0
    assert main(["xor", "--iterations", "3", "--with", path, "-c", "curves loss"]) == 0
    out, err = capsys.readouterr()
    assert "grad(w) = 2" in out
    assert not err


@pytest.mark.parametrize("written", ["program.py:fails", "program.py:mak", "broken.py:make"])
def test_an_error_leaves_the_process_as_it_was(written, program):
    before = [*sys.path], sys.modules.keys() - {"beside"}
    with pytest.raises(BpdebugError):
        program_of(str(program.parent / written)).run()
    assert ([*sys.path], sys.modules.keys() - {"beside"}) == before


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
        ("program.py:fails", "program.py:36: it raised IndexError: index 7 is out of bounds"),
        ("program.py:leaves", "program.py:39: it raised SystemExit: no data"),
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


def test_a_recording_is_known_by_what_the_user_typed(program, capsys):
    assert main([f"{program}:noted", "-c", "where"]) == 0
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"bpdebug: note: {program}:noted: computed in float64 here: w (float32)"


@pytest.mark.parametrize(
    ("function", "file"), [("noted", "program.py:noted"), ("bundled", "two_layer.toml")]
)
def test_a_session_is_saved_for_the_program_or_for_the_file(function, file, program, monkeypatch):
    opened = []
    monkeypatch.setattr("bpdebug.cli.tasks.require_terminal", lambda: None)
    monkeypatch.setattr("bpdebug.tui.start.run_app", opened.append)
    main([f"{program}:{function}"])
    (app,) = opened
    assert Path(app.debugger.run.problem.file).name == file
    assert app._saved_session is not None


def test_a_mistake_is_told_apart_in_the_file_of_a_scenario_alone(program, tmp_path, capsys):
    right = program_of(f"{program}:layers").run()._run.iteration(1)
    gradients = gradients_by_name(right)
    np.savez(tmp_path / "theirs.npz", W1=2 * gradients["W1"], W2=gradients["W2"])
    theirs, target = str(tmp_path / "theirs.npz"), str(tmp_path / "apart.toml")
    assert main([f"{program}:layers", "--against", theirs, "--separate", target]) == 2
    assert "--separate: it needs the file of a scenario; save" in capsys.readouterr().err


def test_a_loss_of_pytorch_is_recorded(tmp_path, capsys):
    pytest.importorskip("torch")
    (tmp_path / "net.py").write_text(
        "import torch\n\n\ndef make():\n    model = torch.nn.Linear(3, 2)\n"
        "    return model(torch.ones(4, 3)).square().mean()\n",
        encoding="utf-8",
    )
    assert main([f"{tmp_path / 'net.py'}:make", "-c", "goto $", "-c", "list all"]) == 0
    assert "weight" in capsys.readouterr().out


RECORDS = """
import torch
import bpdebug

def make():
    model = torch.nn.Linear(3, 2)
    for _ in range(2):
        model(torch.ones(4, 3)).sum().backward()
    with bpdebug.record(model) as run:
        loss = model(torch.ones(4, 3)).square().mean()
    return {returned}

def twice():
    with bpdebug.record() as run:
        return make()
"""


@pytest.mark.parametrize(
    ("function", "returned", "status", "said"),
    [
        ("make", "run", 0, "∂loss/∂bias"),
        ("make", "loss", 2, "make returned Tensor; let it return what bpdebug.trace or"),
        ("twice", "run", 2, "a block is being recorded already; end it before another begins"),
    ],
)
def test_a_function_may_record_a_block_itself(function, returned, status, said, tmp_path, capsys):
    pytest.importorskip("torch")
    (tmp_path / "net.py").write_text(RECORDS.format(returned=returned), encoding="utf-8")
    given = [f"{tmp_path / 'net.py'}:{function}", "-c", "goto $", "-c", "info loss"]
    assert main(given) == status
    assert said in "".join(capsys.readouterr())
