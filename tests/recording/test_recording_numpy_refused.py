"""What cannot be recorded is refused, with the user's line, and never loses a gradient silently."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.recording.from_numpy import trace
from tests.recording.gradients import agrees, graph, rng

R = rng(2)
LEARNED = {"A": R.standard_normal((3, 4)), "v": R.standard_normal(4)}
DATA = {"W": R.standard_normal((3, 4)), "y": np.array([0, 3, 1])}


def function(*lines):
    """A function of A, v, W and y with these lines."""
    names = {"np": np, "math": math}
    code = "def f(A, v, W, y):\n" + "\n".join(f" {one}" for one in lines)
    exec(compile(code, "model.py", "exec"), names)
    return names["f"]


REFUSED = {
    ("return float(A.sum())",): "leave out float()",
    ("s = A.sum().item()", "return s * v.sum()"): ".item() takes a number",
    ("s = A[0].tolist()", "return s[0] * v.sum()"): ".tolist() takes the numbers",
    ("s = np.frombuffer(A.tobytes())", "return (s * s).sum() * v.sum()"): ".tobytes() takes the",
    ("s = v.view('i8') % 7", "return (s * v).sum()"): ".view() takes the numbers",
    ("return math.exp(A.sum()) * v.sum()",): "np.exp for math.exp",
    ("s = int(v[0] * 100)", "return s * v.sum()"): "int() takes a number",
    ("z = W.copy() * 1", "q = z.copy()", "return np.mod(A, 2).sum()"): "np.floor(a / b)",
    ("return np.round(A, 1).sum()",): "its slope is 0 everywhere",
    ("return A.cumprod().sum()",): "np.cumsum(np.log(a))",
    ("return np.linalg.inv(A @ A.T).sum()",): "no op for systems of equations",
    ("return np.fft.fft(v).real.sum()",): "np.fft.fft has no op",
    ("return A.sum(where=W > 0)",): "no op with where=",
    ("return np.sum(A, initial=3.0)",): "no op with initial=",
    ("z = np.zeros(4)", "np.add.at(z, y, v[y])", "return (z**2).sum()"): "np.add.at has no op",
    ("z = np.zeros(3, dtype=int)", "z[0] = v[0]", "return (z * v[:3]).sum()"): "cuts them off",
    ("z = np.arange(4.0)", "z[0] = v[0]", "return (z**2).sum()"): "a plain array takes it",
    ("z = np.arange(4.0)", "q = z", "z += v", "return (q**2).sum()"): "into a plain array here",
    ("A.partition(2)", "return A.sum()"): ".partition has no op",
    ("return A[A > 100].sum() + v.sum()",): "an array without cells",
    ("return np.vectorize(lambda a: a * 2)(A).sum()",): "go into a plain array",
    ("return A @ v",): "a loss is one number",
    ("return A.nothing",): "has no attribute 'nothing'",
    ("return A @ A",): "stopped with ValueError",
    ("return (A * 1j).real.sum()",): "a complex number",
}


@pytest.mark.parametrize("lines", REFUSED)
def test_a_line_is_refused_with_what_to_write(lines):
    with pytest.raises(BpdebugError) as found:
        trace(function(*lines), LEARNED, DATA)
    assert REFUSED[lines] in str(found.value)
    assert "Traceback" not in str(found.value)


def test_the_error_names_the_line_of_the_code():
    with pytest.raises(BpdebugError) as found:
        trace(function("z = A * 2", "z = np.round(z)", "return z.sum()"), LEARNED, DATA)
    assert str(found.value).startswith("model.py:3: np.round has no op")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("return (W**2).sum()",), "none of the parameters A, v"),
        (("pass",), "f returned nothing"),
        (("return {'loss': A.sum()}",), "f returned a dict"),
        (("return 3.0",), "does not depend on the arrays that were given"),
    ],
)
def test_what_is_no_loss_is_said(lines, said):
    with pytest.raises(BpdebugError, match=said):
        trace(function(*lines), LEARNED, DATA)


ALLOWED = {
    "after the loss": (
        "loss = A.sum() * v.sum()",
        "x = float(loss)",
        "np.linalg.inv(A @ A.T)",
        "return loss, x",
    ),
    "a log of numbers": ("seen = []", "seen.append(A.sum().item())", "return A.sum() * 2"),
    "printed the old way": ("s = '%.3f' % A.sum()", "return A.sum() * v.sum()"),
    "printed by f-strings": ("s = f'{A.sum():.3f} {A}' + str(v)", "return A.sum() * v.sum()"),
    "whole numbers of data": ("n = int(y[0]) + 1", "return A[:, :n].sum() * v[y[1]]"),
    "a sum of a generator": ("return sum(row @ v for row in A)",),
    "dicts by data": ("d = {k: 1.0 for k in y}", "return A.sum() * d[y[1]]"),
    "isinstance": (
        "assert isinstance(A, np.ndarray)",
        "assert isinstance(A.sum(), float)",
        "return A.sum()",
    ),
    "numbers of a list": ("return np.sum([a * a for a in v])",),
    "a mask that is drawn": (
        "m = np.random.default_rng(0).random(A.shape) < 0.5",
        "return (A * m).sum()",
    ),
    "a loss of shape (1, 1)": ("return (A.sum() * v.sum()).reshape(1, 1)",),
    "nothing learned in what has no op": ("return (A * np.linalg.pinv(W).T).sum()",),
    "hundreds of ops": ("z = v.sum()", "for i in range(300): z = z + 0.001 * v[0]", "return z"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_loses_no_gradient_is_allowed(name):
    agrees(function(*ALLOWED[name]), LEARNED, **DATA)


def test_branches_and_choices_by_learned_values_are_noted():
    lines = ("s = v.sum()", "if s > 0: s = -s", "return A[0, np.argmax(A[0])] * s")
    notes = agrees(function(*lines), LEARNED, **DATA).notes
    assert notes == (
        "model.py:3 decides by learned values; what was decided there is recorded",
        "np.argmax at model.py:4 chooses by learned values; the recording keeps what this pass "
        "chose",
    )


def test_random_numbers_are_noted():
    recording = trace(function("return (A * np.random.rand(3, 4)).sum()"), LEARNED, DATA)
    assert recording.notes == (
        "random numbers that the code draws are data here; another trace draws others",
    )


def test_float32_is_promoted_and_said():
    small = {name: one.astype(np.float32) for name, one in LEARNED.items()}
    recording = trace(function("return (A * v).sum()"), small, DATA)
    assert recording.notes == ("computed in float64 here: A (float32), v (float32)",)
    assert tuple(note.sentence for note in recording.problem().notes) == recording.notes
    assert recording.arrays["A"].dtype == np.float64


def test_what_the_loader_does_not_take_is_about_the_line():
    lines = ("z = A[None, None, None, None, None, None, None]", "return (z * 2).sum()")
    with pytest.raises(BpdebugError, match=r"model\.py:2: z cannot be recorded: .* too many"):
        trace(function(*lines), LEARNED, DATA)


def test_the_code_prints_once(capsys):
    lines = ("print('here')", "return A.sum() * v.sum()")
    trace(function(*lines), LEARNED, DATA)
    assert capsys.readouterr().out == "here\n"


def test_a_trace_inside_a_traced_function_is_an_error():
    def loss(A):
        trace(lambda v: v.sum(), {"v": np.ones(3)}, {})
        return A.sum()

    with pytest.raises(BpdebugError, match="a trace runs inside a traced function"):
        trace(loss, {"A": np.ones(3)}, {})


def test_no_line_is_known_of_code_without_a_file():
    names = {"np": np}
    exec("f = lambda A: np.round(A).sum()", names)
    with pytest.raises(BpdebugError, match=r"<string>:1: np\.round has no op"):
        trace(names["f"], {"A": np.ones(3)}, {})


def test_the_text_of_a_sum_that_begins_with_0_has_no_0():
    lines = ("loss = 0", "for row in A: loss -= row @ v", "return loss")
    assert graph(agrees(function(*lines), LEARNED, **DATA)) == [
        'row_1 = "A[0]"',
        'loss_1 = "-(row_1 @ v)"',
        'row_2 = "A[1]"',
        'loss_2 = "loss_1 - row_2 @ v"',
        'row = "A[2]"',
        'loss = "loss_2 - row @ v"',
    ]


def test_a_loop_without_end_stops_with_its_line(monkeypatch):
    monkeypatch.setattr("bpdebug.recording.recorder.NODES", 50)
    endless = function("while True:", "    A = A * 1.5")
    with pytest.raises(BpdebugError, match=r"model\.py:3: the code computes more than 100 values"):
        trace(endless, LEARNED, DATA)
