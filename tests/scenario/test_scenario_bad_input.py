"""Mistakes in the expression form: one clear error with its file, its key and a remedy."""

from __future__ import annotations

import os
import re

import pytest

from bpdebug.check import check_expectations
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.scenario.scenarios import EXPRESSION, fails, failure, write

WHOLE_FILES = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\t\n", "the file is empty"),
    "binary": (bytes(range(256)) * 4, "not UTF-8 text (line 2)"),
    "latin": ('title = "é"'.encode("latin-1"), "not UTF-8 text (line 1)"),
    "nul": (b"title = \x00", "not valid TOML"),
    "no value": (b"[inputs]\nx = \n", "(at line 2, column 5)"),
    "no bracket": (b"[inputs\nx = 1", "(at line 1, column 8)"),
    "unclosed": (b'title = "abc', "(at line 1, column 13, the end of the file)"),
    "a name without quotes": ("[inputs]\nŷ = 1".encode(), 'in quotes: "ŷ" = …'),
    "key twice": (b"[inputs]\nx = 1\nx = 2\n", "(at line 3, column 6)"),
    "table twice": (b"[inputs]\n[run]\n[inputs]\n", "not valid TOML"),
    "deep lists": (b"a = " + b"[" * 50_000, "nested too deep"),
    "deep tables": (b"a = " + b"{a=" * 50_000, "nested too deep"),
    "deep keys": (b".".join([b"a"] * 100_000) + b" = 1", "more than 32 parts"),
    "deep headers": (b"[" + b" . ".join([b'"a"'] * 100_000) + b"]", "more than 32 parts"),
    "huge integer": (b"x = 1\na = " + b"9" * 10_000, "too many digits (line 2)"),
    "only a title": (b'title = "x"', "no [graph] and no [network]"),
    "too large": (b"#" * (10 * 2**20 + 1), "10,485,761 bytes, more than"),
}


@pytest.mark.parametrize("case", WHOLE_FILES)
def test_files_that_are_no_scenario(tmp_path, case):
    data, said = WHOLE_FILES[case]
    error = failure(write(tmp_path, data))
    assert said in error.problem


def test_a_file_that_is_not_there(tmp_path):
    assert "no such file" in failure(tmp_path / "none.toml").problem


def test_a_folder_and_a_pipe_are_not_opened(tmp_path):
    assert "folder" in failure(tmp_path).problem
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in failure(tmp_path / "pipe").problem


# Of the expression form: (what is replaced, by what, the error's key, what it says).
CHANGES = [
    # unknown and missing tables and keys
    ("title =", "titel =", "", "did you mean 'title'?"),
    ("[optimizer]", "[optimiser]", "", "unknown key 'optimiser'; did you mean 'optimizer'?"),
    ("[graph]", "[grpah]", "", "did you mean 'graph'?"),
    ("iterations = 2", "iteration = 2", "run", "did you mean 'iterations'?"),
    ("learning_rate", "learning_rat", "optimizer", "did you mean 'learning_rate'?"),
    ('name = "sgd"', "", "optimizer", "the key 'name' is missing"),
    ('name = "sgd"', 'name = "sdg"', "optimizer.name", "did you mean 'sgd'?"),
    ('name = "sgd"', 'name = "\\u001b[31m"', "optimizer.name", r"'\x1b[31m'"),
    ("title =", '"\\n\\u001b" =', "", r"unknown key '\n\x1b'"),
    # wrong types
    ('"Two layers"', "3", "title", "must be a text in quotes, not the number 3"),
    ("[run]\niterations = 2", "[[run]]", "run", "must be a table, written [run]"),
    ("iterations = 2", 'iterations = "2"', "run.iterations", "whole number, not the text '2'"),
    ("iterations = 2", "iterations = 2.5", "run.iterations", "whole number, not the number 2.5"),
    ("iterations = 2", "iterations = true", "run.iterations", "whole number, not true"),
    ("iterations = 2", "iterations = 0", "run.iterations", "must be from 1 to"),
    ("iterations = 2", "iterations = -5", "run.iterations", "must be from 1 to"),
    ("iterations = 2", f"iterations = {10**30}", "run.iterations", "must be from 1 to"),
    ("iterations = 2", "seed = -1", "run.seed", "must be from 0"),
    ("iterations = 2", "batch_size = 0", "run.batch_size", "must be from 1"),
    ("iterations = 2", "batch_size = 3", "run.batch_size", "'x' has only 2 rows"),
    ("0.5\n", "0\n", "optimizer.learning_rate", "above 0, not 0"),
    ("0.5\n", "-0.5\n", "optimizer.learning_rate", "above 0, not -0.5"),
    ("0.5\n", "nan\n", "optimizer.learning_rate", "must be a finite number"),
    ("0.5\n", "inf\n", "optimizer.learning_rate", "must be a finite number"),
    ("0.5\n", '"fast"\n', "optimizer.learning_rate", "must be a number, not the text"),
    # arrays
    (
        "[0.05, 0.10]",
        "[[1, 2], [3]]",
        "inputs.x",
        "a list of 2 and one of 1 stand side by side at [1]",
    ),
    ("[0.05, 0.10]", "[1, [2]]", "inputs.x", "a list stands beside numbers at [1]"),
    ("[0.05, 0.10]", "[[1], 2]", "inputs.x", "a number stands beside lists at [1]"),
    ("[0.05, 0.10]", "[[1], [1, 2]]", "inputs.x", "give every row the same length"),
    ("[0.05, 0.10]", "[]", "inputs.x", "the array is empty"),
    ("[0.05, 0.10]", "[[], []]", "inputs.x", "the array is empty"),
    ("[0.05, 0.10]", "[0.05, true]", "inputs.x", "must be a number, not true at [1]"),
    ("[0.05, 0.10]", "[[0.05, 'a']]", "inputs.x", "must be a number, not the text 'a' at [0, 1]"),
    ("[0.05, 0.10]", "2024-01-01", "inputs.x", "must be a number, not a date"),
    ("[0.05, 0.10]", "[{}]", "inputs.x", "must be a number, not a table at [0]"),
    ("[0.05, 0.10]", "[0.05, nan]", "inputs.x", "NaN (not a number) at [1]"),
    ("[0.35, 0.35]", "[0.35, -inf]", "parameters.b1", "range at [1]; give a finite number"),
    ("[0.05, 0.10]", "[0.05, 1e999]", "inputs.x", "infinite or past float64's range at [1]"),
    ("[0.05, 0.10]", f"[0.05, {10**400}]", "inputs.x", "infinite or past float64's range at [1]"),
    ("[0.05, 0.10]", "[" * 9 + "1" + "]" * 9, "inputs.x", "more than 8 axes"),
    ("[0.35, 0.35]", "true", "parameters.b1", "must be a number, not true"),
    ("[0.35, 0.35]", "{}", "parameters.b1", "has no values"),
    ("[0.35, 0.35]", "{ frozen = true }", "parameters.b1", "has no values"),
    ("[0.35, 0.35]", "{ vaule = 1 }", "parameters.b1", "did you mean 'value'?"),
    ("[0.35, 0.35]", "{ value = [1, 1], frozen = 1 }", "parameters.b1.frozen", "true or false"),
    ("[0.35, 0.35]", "{ value = { a = 1 } }", "parameters.b1.value", "must be numbers"),
    ("[0.35, 0.35]", "{ value = 1, gradient = true }", "parameters.b1", "unknown key 'gradient'"),
    # inits
    (
        "[0.35, 0.35]",
        '{ shape = [2], init = "zero" }',
        "parameters.b1.init",
        "did you mean 'zeros'?",
    ),
    ("[0.35, 0.35]", '{ init = "zeros" }', "parameters.b1", "the key 'shape' is missing"),
    (
        "[0.35, 0.35]",
        '{ shape = [0], init = "zeros" }',
        "parameters.b1.shape",
        "from 1 to 2,147,483,648, not 0",
    ),
    (
        "[0.35, 0.35]",
        '{ shape = [-2], init = "zeros" }',
        "parameters.b1.shape",
        "from 1 to 2,147,483,648, not -2",
    ),
    ("[0.35, 0.35]", '{ shape = "2", init = "zeros" }', "parameters.b1.shape", "whole numbers"),
    ("[0.35, 0.35]", '{ shape = [2.0], init = "zeros" }', "parameters.b1.shape", "whole numbers"),
    ("[0.35, 0.35]", '{ shape = [true], init = "zeros" }', "parameters.b1.shape", "whole numbers"),
    (
        "[0.35, 0.35]",
        f'{{ shape = [{10**18}], init = "zeros" }}',
        "parameters.b1.shape",
        "from 1 to 2,147,483,648, not 1000000000000000000",
    ),
    (
        "[0.35, 0.35]",
        '{ shape = [9000, 9000], init = "ones" }',
        "parameters.b1",
        "81,000,000 elements",
    ),
    ("[0.35, 0.35]", '{ shape = [2], init = "normal", seed = -1 }', "parameters.b1.seed", "from 0"),
    (
        "[0.35, 0.35]",
        '{ shape = [2], init = "ones", gain = 2 }',
        "parameters.b1",
        "unknown key 'gain'",
    ),
    ("[0.35, 0.35]", '{ shape = 2, init = "normal", std = inf }', "parameters.b1.std", "finite"),
    ("[0.35, 0.35]", '{ shape = 99, init = "normal", std = 1e308 }', "parameters.b1", "infinite"),
    # names
    ("b1 = [", "1b = [", "parameters.'1b'", "cannot be a name"),
    ("b1 = [", '"b 1" = [', "parameters.'b 1'", "cannot be a name"),
    ("b1 = [", '"" = [', "parameters.''", "cannot be a name"),
    ("b1 = [", '"\\u001b" = [', r"parameters.'\x1b'", "cannot be a name"),
    ("b1 = [", "'0.b' = [", "parameters.'0.b'", "as in model.0.b"),
    ("b1 = [", "'0.5' = [", "parameters.'0.5'", "needs a name in front of it"),
    ("b1 = [", "'b.0x' = [", "parameters.'b.0x'", "cannot be a name"),
    ("b1 = [", "'b.0__2' = [", "parameters.'b.0__2'", "cannot be a name"),
    ("b1 = [", "'b.٣' = [", "parameters.'b.٣'", "cannot be a name"),
    ("b1 = [", "'b..0' = [", "parameters.'b..0'", "cannot be a name"),
    ("b1 = [", "b.0 = [", "parameters.b", "a name with dots stands in quotes"),
    ("b1 = [", "b" * 101 + " = [", "parameters", "longer than 100 characters"),
    ("b1 = [", "lambda = [", "parameters.lambda", "a word of the language"),
    ("b1 = [", "any = [", "parameters.any", "the name of a function"),
    ("b1 = [", "grad = [", "parameters.grad", "the name of a function"),
    ("b1 = [", "x = [", "parameters.x", "defined twice"),
    ("z1 =", "W1 =", "graph.W1", "defined twice"),
    ("z1 =", "isnan =", "graph.isnan", "the name of a function"),
    ("h1 =", "'ｚ１' =", "graph.ｚ１", "'z1' is defined twice"),
    # expressions
    ('"sigmoid(z1)"', "1", "graph.h1", "must be a text in quotes"),
    ('"sigmoid(z1)"', '""', "graph.h1", "the expression is empty"),
    ("sigmoid(z1)", "sigmoid(z1", "graph.h1", "'(' is never closed"),
    ("sigmoid(z1)", "sigmod(z1)", "graph.h1", "did you mean 'sigmoid'?"),
    ("sigmoid(z1)", "sigmoid(zz1)", "graph.h1", "did you mean 'z1'?"),
    ("sigmoid(z1)", "sigmoid(z1.0)", "graph.h1", "unknown name 'z1.0'; did you mean 'z1'?"),
    ("sigmoid(z1)", "z1.real", "graph.h1", "'.real' is not allowed"),
    ("sigmoid(z1)", "().__class__", "graph.h1", "'.__class__' is not allowed"),
    ("sigmoid(z1)", "z1[5]", "graph.h1", "5 is out of range"),
    ("sigmoid(z1)", "sum(z1, axis=1)", "graph.h1", "axis 1 is out of range"),
    ("W1 @ x + b1", "W1 @ x + concat(b1, b1)", "graph.z1", "shapes (2) and (4)"),
    (
        "x = [0.05, 0.10]",
        "x = [1, 2, 3]",
        "graph.z1",
        "a of shape (2, 2) has j = 2, but b of shape (3)",
    ),
    ("sigmoid(z1)", "sigmoid(h1)", "graph.h1", "a cycle: h1 → h1"),
    ("W1 @ x + b1", "W1 @ x + y_hat", "graph.z1", "a cycle: z1 → y_hat → z2 → h1 → z1"),
    ('h1 = "sigmoid(z1)"', 'h1 = "sigmoid(z0)"\nz0 = "z1 + 1"', "graph.h1", "before it is defined"),
    (
        "half_squared_error(y_hat, y)",
        "(y_hat - y) ** 2",
        "graph.L",
        "'L' has shape (2), but must be",
    ),
    ("half_squared_error(y_hat, y)", "sum(y)", "graph.L", "nothing to differentiate"),
    ('title = "Two layers"', 'loss = "LL"', "loss", "did you mean 'L'?"),
    ('title = "Two layers"', 'loss = "x"', "loss", "there is no entry 'x' in [graph]"),
    ('title = "Two layers"', "loss = 3", "loss", "must be a text"),
    # files
    ("[0.35, 0.35]", '{ file = "none.csv" }', "parameters.b1.file", "there is no file 'none.csv'"),
    ("[0.35, 0.35]", '{ file = "none.npz" }', "parameters.b1.file", "there is no file 'none.npz'"),
    (
        "[0.35, 0.35]",
        '{ file = "a.txt" }',
        "parameters.b1.file",
        "give a .csv, .npz, .npy or .s",
    ),
    ("[0.35, 0.35]", "{ file = 3 }", "parameters.b1.file", "must be a text"),
    ("[0.35, 0.35]", '{ file = "\\u0000.csv" }', "parameters.b1.file", r"'\x00.csv'"),
    ("[0.35, 0.35]", f'{{ file = "{"a" * 5000}.csv" }}', "parameters.b1.file", "…'"),
    ("[0.35, 0.35]", '{ file = "a.csv", key = "b" }', "parameters.b1.key", "use 'columns'"),
    ("[0.35, 0.35]", '{ file = "a.npz", columns = ["b"] }', "parameters.b1.columns", "use 'key'"),
    # expectations
    ("[run]", "[expect]\n[run]", "expect", "each written [[expect]]"),
    ("[run]", "[[expect]]\n[run]", "expect #1", "the key 'value' is missing"),
    ("[run]", '[[expect]]\nvalue = "L"\n[run]', "expect #1", "the key 'is' is missing"),
    ("[run]", '[[expect]]\nvalue = "L"\nis = 1.5\n[run]', "expect #1.is", "a number in quotes"),
    ("[run]", '[[expect]]\nvalue = "L"\nis = "x"\n[run]', "expect #1.is", "a number in quotes"),
    ("[run]", '[[expect]]\nvalue = "LL"\nis = "1"\n[run]', "expect #1.value", "did you mean 'L'?"),
    ("[run]", '[[expect]]\nvalue = "L("\nis = "1"\n[run]', "expect #1.value", "never closed"),
    (
        "[run]",
        '[[expect]]\nvalue = "grad(x)"\nis = "1"\n[run]',
        "expect #1.value",
        "has no gradient",
    ),
    (
        "[run]",
        '[[expect]]\nvalue = "grad(W)"\nis = "1"\n[run]',
        "expect #1.value",
        "unknown name 'W'",
    ),
    ("[run]", '[[expect]]\nvalue = "delta(3)"\nis = "1"\n[run]', "expect #1.value", "are 1 to 2"),
    (
        "[run]",
        '[[expect]]\niteration = 3\nvalue = "L"\nis = "1"\n[run]',
        "expect #1.iteration",
        "iteration 3 is never run",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "said"), CHANGES, ids=[ascii(f"{c[2]}: {c[3][:20]}") for c in CHANGES]
)
def test_mistakes_in_the_expression_form(tmp_path, old, new, key, said):
    fails(tmp_path, EXPRESSION, old, new, key, said)


def test_an_empty_graph_and_one_that_is_too_large(tmp_path):
    assert "is empty" in failure(write(tmp_path, "[graph]")).problem
    many = "".join(f'n{at} = "w"\n' for at in range(20_001))
    error = failure(write(tmp_path, f"[parameters]\nw = 1\n[graph]\n{many}"))
    assert (error.key, "20,001 entries, more than 20,000" in error.problem) == ("graph", True)


def test_many_large_arrays_are_refused_before_they_are_made(tmp_path):
    entry = '= { shape = [40_000_000], init = "zeros" }\n'
    text = "[parameters]\n" + "".join(f"w{at} {entry}" for at in range(3)) + '[graph]\nL = "w0[0]"'
    error = failure(write(tmp_path, text))
    assert (error.key, "100,000,000 elements together" in error.problem) == ("parameters.w2", True)


def test_values_that_would_be_too_large_together_are_refused_before_they_are_made(tmp_path):
    entries = "".join(f'm{at} = "outer(u, u) * 2"\n' for at in range(5))
    text = f'[parameters]\nu = {{ shape = 6000, init = "ones" }}\n[graph]\n{entries}L = "m0[0, 0]"'
    error = failure(write(tmp_path, text))
    assert (error.key, "together" in error.problem) == ("graph.m1", True)


def test_an_input_that_cannot_be_cut_into_batches(tmp_path):
    text = EXPRESSION.replace("[0.01, 0.99]", "{ value = [1, 2, 3], batch = true }")
    error = failure(write(tmp_path, text.replace("iterations = 2", "batch_size = 1")))
    assert (error.key, "'x', which has 2 rows" in error.problem) == ("inputs.y", True)
    text = '[inputs]\nx = 1\n[parameters]\nw = 1\n[graph]\nL = "w * x"\n[run]\nbatch_size = 1'
    assert "no input has rows" in failure(write(tmp_path, text)).problem


def test_the_iterations_asked_for_are_checked_too(tmp_path):
    for wrong in (0, -1, 10**12):
        with pytest.raises(BpdebugError, match=re.escape("--iterations")):
            load(write(tmp_path, EXPRESSION), iterations=wrong)


def test_an_error_says_the_same_in_every_run(tmp_path):
    """Names are listed in the scenario's order, not in that of a hash."""
    path = write(tmp_path, EXPRESSION + '[[expect]]\nvalue = "qqqq"\nis = "1"\n')
    assert "there are x, y, W1, b1, W2, b2, z1, h1, …" in failure(path).problem


def test_an_expectation_may_ask_for_the_gradient_of_the_loss(tmp_path):
    text = EXPRESSION + '[[expect]]\nvalue = "grad(loss) + grad(L)"\nis = "2"\n'
    (found,) = check_expectations(Run(load(write(tmp_path, text))))
    assert found.agrees


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('[parameters]\na.w = 1\n[graph]\nL = "1"', "parameters.a", '"a.w" = …'),
        ('[inputs]\na.b.w = 1\n[graph]\nL = "1"', "inputs.a", '"a.b.w" = …'),
        ('[inputs]\na.w = { init = "ones" }\n[graph]\nL = "1"', "inputs.a", '"a.w" = …'),
        ('[parameters]\nw = 1\n[graph]\na.z = "w * 2"', "graph.a", '"a.z" = …'),
    ],
)
def test_a_name_with_dots_stands_in_quotes(tmp_path, text, key, said):
    error = failure(write(tmp_path, text))
    assert error.key == key
    assert error.problem.endswith(f"; a name with dots stands in quotes: {said}")
