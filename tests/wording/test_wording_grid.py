"""Tensors as grids: windows around a cell, pending cells, nothing large ever written."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.wording import Script, array_text, cell_texts, grid_lines, summary, window


def test_a_matrix_with_pending_cells_and_a_lit_one():
    values = np.array([[1.5, -0.25], [0.125, np.nan]])
    known = np.array([[True, True], [True, False]])
    assert grid_lines(values, Script(), known, cell=(0, 1)) == [
        " 1.5   [−0.25]",
        " 0.125    ·",
    ]


@pytest.mark.parametrize(
    ("shape", "cell", "rows", "columns"),
    [
        ((20, 30), (0, 0), range(4), range(5)),
        ((20, 30), (19, 29), range(16, 20), range(25, 30)),
        ((20, 30), (10, 12), range(8, 12), range(10, 15)),
        ((3, 2), None, range(3), range(2)),
        ((7, 20, 30), (6, 1, 2), range(4), range(5)),
    ],
)
def test_the_window_holds_the_cell(shape, cell, rows, columns):
    part = window(shape, cell, 4, 5)
    assert (part.rows, part.columns) == (rows, columns)
    assert part.whole == (shape == (3, 2))
    shown = np.zeros(shape)
    if cell is not None:
        shown[cell] = 1
        assert shown[part.where].sum() == 1


def test_vectors_lie_or_stand():
    row = grid_lines(np.arange(20.0), Script(), cell=(10,), columns=3)
    assert row == [" 9 [10] 11 …", "columns 9–11 of 20"]
    column = grid_lines(np.arange(20.0), Script(), cell=(10,), rows=3, column=True)
    assert column == ["  9", "[10]", " 11", "rows 9–11 of 20"]
    assert grid_lines(np.float64(2.5), Script()) == [" 2.5"]


def test_a_cell_of_a_batch_of_matrices():
    lines = grid_lines(np.zeros((3, 2, 2)), Script(), cell=(2, 0, 1))
    assert lines[-1] == "[2,:,:]"


def test_a_large_tensor_is_cut_before_it_is_written():
    class Watched(np.ndarray):
        """Says which cells are turned into numbers."""

        read = 0

        def __getitem__(self, key):
            found = super().__getitem__(key)
            if np.ndim(found) == 0:
                Watched.read += 1
            return found

    large = np.zeros((3000, 3000)).view(Watched)
    lines = grid_lines(large, Script(), cell=(1500, 1500))
    assert len(lines) == 9
    assert max(map(len, lines)) < 80
    assert Watched.read < 100


def test_one_line():
    assert (
        array_text(np.array([[1.0, -2.5], [np.nan, np.inf]]), Script()) == "[[1, −2.5], [NaN, ∞]]"
    )
    assert array_text(np.float64(3), Script()) == "3"
    assert array_text(np.zeros((20, 30)), Script()) == summary(np.zeros((20, 30)), Script())
    assert summary(np.array([[3.0, 0.0], [0.0, -4.0]]), Script()) == "2×2, ‖·‖ 5, from −4 to 3"
    assert summary(np.array([3.0, -4.0]), Script(unicode=False)) == "2, norm 5, from -4 to 3"


def test_columns_are_aligned():
    texts = cell_texts(np.array([[1.0, 10.5], [-20.25, 3.0]]), Script())
    assert texts == [["  1   ", "10.5"], ["−20.25", " 3  "]]
