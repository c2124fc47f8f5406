"""With `finite = false`, NaN and infinities are there to be looked at, not refused."""

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.export import export
from bpdebug.formats import FORMATS
from bpdebug.mistakes import judge, judge_own, report_lines
from bpdebug.mistakes.handed import Precision
from bpdebug.run import Run
from bpdebug.run.birth import birth_of
from bpdebug.scenario import load, load_text
from bpdebug.wording import Script
from tests.scenario.scenarios import failure, write

NAN = float("nan")
TEXT = """
[inputs]
x = {x}
y = [0, 1]
[parameters]
W = {W}
b = [0.0, 0.1]
[graph]
z = "x @ W.T + b"
h = "relu(z)"
L = "cross_entropy(h, y)"
[optimizer]
name = "adam"
[run]
iterations = 3
"""
X, W = "[[0.5, -1.2], [1.0, 0.3]]", "[[0.2, -0.4], [0.6, 0.1]]"
IN_DATA = TEXT.format(x="{ value = [[0.5, nan], [1.0, 0.3]], finite = false }", W=W)
IN_PARAMETER = TEXT.format(x=X, W="{ value = [[0.2, -0.4], [nan, 0.1]], finite = false }")
INFINITE = IN_PARAMETER.replace("nan", "inf")
ALL = {"data": IN_DATA, "parameter": IN_PARAMETER, "infinite": INFINITE}


def run_of(text, **archives):
    return Run(load_text(text, name="mine", archives=archives))


@pytest.mark.parametrize("bad", [NAN, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["x", "W"])
def test_arrays_of_a_file_and_in_memory_may_hold_anything(tmp_path, bad, name):
    array = np.array([[0.5, bad], [1.0, 0.3]])
    entry = '{ file = "a.npz", key = "it", finite = false }'
    text = TEXT.format(**{"x": X, "W": W, name: entry})
    np.savez(tmp_path / "a.npz", it=array)
    for problem in (
        load(write(tmp_path, text)),
        load_text(text, name="mine", archives={"a.npz": {"it": array}}),
    ):
        held = (problem.data | problem.parameters)[name]
        assert np.array_equal(held, array, equal_nan=True)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (IN_DATA.replace("false", "true"), "inputs.x", "finite = false"),
        (IN_PARAMETER.replace("false", "true"), "parameters.W", "finite = false"),
        (INFINITE.replace(", finite = false", ""), "parameters.W", "finite = false"),
        (IN_DATA.replace("false", "0"), "inputs.x.finite", "must be true or false"),
        (IN_DATA.replace("nan", "1e999"), "inputs.x", "past float64's range at [0, 1]"),
        (
            IN_DATA.replace("= false", "= false, standardize = true"),
            "inputs.x.standardize",
            "data with NaN has no mean",
        ),
        (
            TEXT.format(x=X, W='{ shape = [2, 2], init = "ones", finite = false }'),
            "parameters.W.finite",
            "has no effect",
        ),
    ],
)
def test_what_finite_does_not_allow(tmp_path, text, key, said):
    error = failure(write(tmp_path, text))
    assert error.key.startswith(key)
    assert said in error.problem


def test_states_of_an_optimizer_may_hold_anything_too(tmp_path):
    state = "{ m = [[0, nan], [0, 0]], v = { file = 'a.npz', key = 'v' } }"
    entry = f"{{ value = {W}, state = {state}, finite = false }}"
    run = run_of(TEXT.format(x=X, W=entry), **{"a.npz": {"v": np.full((2, 2), np.inf)}})
    birth = birth_of(run.iteration(1))
    assert birth is not None
    assert birth.position == run.iteration(1).timeline.update_tick(0)
    text = TEXT.format(x=X, W=entry.replace(", finite = false", "").replace("'a.npz'", "'b.npz'"))
    assert "NaN (not a number) at [0, 1]" in failure(write(tmp_path, text)).problem


def test_a_state_of_a_file_is_that_of_the_numbers():
    m, v = np.full((2, 2), 0.25), np.full((2, 2), 0.5)
    written = f"{{ value = {W}, state = {{ m = {m.tolist()}, v = {v.tolist()} }} }}"
    key = "{{ file = 'a.npz', key = '{0}' }}"
    filed = f"{{ value = {W}, state = {{ m = {key.format('m')}, v = {key.format('v')} }} }}"
    right = run_of(TEXT.format(x=X, W=written))
    found = run_of(TEXT.format(x=X, W=filed), **{"a.npz": {"m": m, "v": v}})
    passes = (run.iteration(3).recorded for run in (found, right))
    assert np.array_equal(*(one.values[one.graph.names["W"]] for one in passes))


def found_by(run):
    """What the diagnosis finds of numbers that are not finite, also below a cause."""
    findings = diagnose(run, Script()).findings
    every = [*findings, *(one for cause in findings for one in cause.symptoms)]
    return next(one for one in every if one.id == "not-finite")


def test_a_parameter_that_is_given_so_is_named():
    run = run_of(IN_PARAMETER)
    birth = birth_of(run.iteration(1))
    assert birth is not None
    assert (birth.position, birth.cell, birth.parameter) == (0, (1, 0), run.graph().names["W"])
    debugger = Debugger(run)
    reply = debugger.execute("nan")
    assert reply.ok
    assert reply.text.splitlines()[0] == (
        "NaN is there before the first tick: cell [1,0] of W holds it"
    )
    finding = found_by(run)
    assert "is given in iteration 1, tick 0, in the parameter W at [1,0]" in finding.evidence


def test_nan_among_the_data_comes_in_where_it_is_first_used():
    run = run_of(IN_DATA)
    birth = birth_of(run.iteration(1))
    assert birth is not None
    assert (birth.position, birth.cell, birth.from_data) == (1, (0, 0), True)
    reply = Debugger(run).execute("nan")
    assert reply.text.splitlines()[0].startswith(
        "NaN comes in from the data here: cell [0,0] of z = x·Wᵀ + b; operands: "
    )
    assert "NaN comes in from the data at tick 1, in the value of z at [0,0]" in "\n".join(
        check(run).lines()
    )


def test_data_that_nothing_chooses_does_no_harm():
    text = IN_DATA.replace('"x @ W.T + b"', '"where(isnumber, x, 0) @ W.T + b"').replace(
        "[parameters]", "isnumber = [[1, 0], [1, 1]]\n[parameters]"
    )
    run = run_of(text)
    assert birth_of(run.iteration(1)) is None
    assert "NaN in cell [0,1] of x, and it does no harm" in Debugger(run).execute("nan").text


@pytest.mark.parametrize("case", ALL)
def test_everything_takes_such_a_run(case, tmp_path):
    run = run_of(ALL[case])
    report = check(run)
    assert not report.ok
    assert found_by(run).id == "not-finite"
    for name in FORMATS:
        target = tmp_path / f"out.{name}"
        export(run, target, format=name)
        assert target.stat().st_size
    gradients = {"W": np.zeros((2, 2)), "b": np.zeros(2)}
    assert not judge(run, gradients, Precision()).agrees
    debugger = Debugger(run)
    for line in ("list all", "break first_nan", "continue", "goto $", "where", "info W", "nan"):
        reply = debugger.execute(line)
        assert reply.ok, reply.text


def test_gradients_that_are_nan_on_both_sides_agree():
    run = run_of(IN_DATA)
    recorded = run.iteration(1).recorded
    theirs = {name: recorded.gradients[recorded.graph.names[name]] for name in ("W", "b")}
    assert judge(run, theirs, Precision()).agrees
    theirs["W"] = np.zeros((2, 2))
    verdict = judge(run, theirs, Precision())
    assert "grad(W)  is 0 at [0,0], and should be NaN" in "\n".join(report_lines(verdict, Script()))


@pytest.mark.parametrize("case", ALL)
def test_a_backward_pass_of_ones_own_is_judged_on_finite_numbers_too(case):
    lines = '[backward]\nh = "softmax(h) - y"\nz = "grad(h) * (z > 0)"\n'
    run = run_of(ALL[case].replace("[optimizer]", f"{lines}[optimizer]"))
    h, z = judge_own(run).lines
    assert h.own  # the mean over the examples is missing, and the labels are no one-hot rows
    assert not z.own
