"""Numbers that pick cells are checked when a scenario is opened: all rows, for every batch."""

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario import load

SCENARIO = """
[inputs]
{inputs}
[parameters]
E = {{ shape = [5, 2], init = "normal", seed = 1 }}
[graph]
x = "{x}"
L = "sum(x)"
[run]
iterations = 9
{run}
"""
ROWS = "t = [[1, 2, 9], [2, 1, 9], [3, 4, 9], [0, 0, 9], [{0}, 0, 9]]"


def opened(folder, inputs, x, run=""):
    path = folder / "picked.toml"
    path.write_text(SCENARIO.format(inputs=inputs, x=x, run=run), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("inputs", "x", "said"),
    [
        ("t = [[1, 2], [5, 0]]", "E[t]", "graph.x: t[1,0] is 5, out of range for axis 0 of E, "),
        ("t = [[1, -6]]", "E[t]", "t[0,1] is -6, out of range for axis 0 of E, which has size 5"),
        ("t = [1, 2]", "E[:, t]", "t[1] is 2, out of range for axis 1 of E, which has size 2; use"),
        ("t = 7", "E[t]", "t is 7, out of range for axis 0 of E"),
        ("t = [1, 2.5]", "E[t]", "t[1] is 2.5, which is not a whole number"),
        ("t = [1, inf]", "E[t]", "t[1] is inf, which is not a whole number"),
        ("t = [1, 2]", "E[E[0]]", "cells of one, as in E[tokens[0]]; 'E' is a parameter"),
        ("t = [1, 2]", "E[t + 1]", "indices must be an input of whole numbers"),
        ("t = [1, 2]", "E[-t]", "'-t' is computed by negate"),
        ("t = { value = [1, 2], gradient = true }", "E[t]", "leave out gradient = true"),
        ("t = [1, 2]", "E[t, t, 0]", "3 indices for shape (5, 2), which has 2 axes"),
        ("t = [1, 0]\nu = [1, 0, 1]", "E[t, u]", "index arrays of shapes (2) and (3) do not"),
        ("t = [1, 2]", "E[s]", "unknown name 's'"),
        ("t = [1, 2]", "E[[1, 2]]", "a literal array belongs into [inputs] as data"),
        ("t = [1, 2]", "E[t:]", "an index is a whole number, a slice of them, an input of them"),
        ("t = [1, 2]", "embedding(t, E)", "write `E[tokens]`, with tokens as an input of whole"),
        ("t = [1, 2]", "gather(E, t)", "write an index, such as `x[rows]`"),
        ("t = [1, 2]", "x1[t]", "unknown name 'x1'"),
    ],
)
def test_what_is_no_index_is_said(tmp_path, inputs, x, said):
    with pytest.raises(BpdebugError) as raised:
        opened(tmp_path, inputs, x)
    assert said in str(raised.value)


def test_all_rows_are_checked_not_those_of_the_first_batch(tmp_path):
    with pytest.raises(BpdebugError, match=r"t\[4,0\] is 7, out of range for axis 0 of E"):
        opened(tmp_path, ROWS.format(7), "E[t[:, :2]]", "batch_size = 2")
    run = Run(opened(tmp_path, ROWS.format(4), "E[t[:, :2]]", "batch_size = 2"))
    assert [run.iteration(number).loss for number in range(1, 10)]


def test_a_cell_that_can_come_to_stand_in_an_index_is_checked_in_every_row(tmp_path):
    """`t[0]` is the first row of each batch, which may be any; the columns 0 and 1 are good."""
    with pytest.raises(BpdebugError, match=r"t\[0,2\] is 9"):
        opened(tmp_path, ROWS.format(4), "E[t[0]]", "batch_size = 2")
    assert opened(tmp_path, ROWS.format(4), "E[t[0, :2]]", "batch_size = 2")
    assert opened(tmp_path, ROWS.format(4), "E[t[:, 0:2].T]", "batch_size = 2")
    with pytest.raises(BpdebugError, match=r"t\[0,2\] is 9"):
        opened(tmp_path, ROWS.format(4), "E[concat(t[:, 0], t[:, 2])]")


def test_rows_that_only_a_full_batch_has_are_refused_for_the_last_batch(tmp_path):
    text = "z = [[1, 2], [3, 4], [5, 6]]\nrows = { value = [0, 1], batch = false }"
    assert opened(tmp_path, text, "(z @ E.T)[rows]")
    with pytest.raises(BpdebugError, match=r"rows\[1\] is 1, out of range for axis 0"):
        opened(tmp_path, text, "(z @ E.T)[rows]", "batch_size = 2")
    picked = "rows = { value = [0, 1], batch = false }\ncolumn = [[3.0], [0.0], [9.0]]"
    with pytest.raises(BpdebugError, match=r"column\[2,0\] is 9, out of range for axis 1"):
        opened(tmp_path, picked, "E.T[rows][:, column[:, 0]]", "batch_size = 2")
