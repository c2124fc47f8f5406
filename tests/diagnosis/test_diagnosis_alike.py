"""Units that are alike are found whatever order a processor adds their products up in."""

import numpy as np
import pytest

from bpdebug.graph.faults import alike_units


@pytest.mark.parametrize("inputs", [2, 7, 64, 300])
@pytest.mark.parametrize("units", [3, 5, 13, 33])
def test_equal_columns_give_units_that_are_alike(inputs, units):
    random = np.random.default_rng(inputs)
    rows, column = random.normal(size=(50, inputs)), random.normal(size=(inputs, 1))
    assert alike_units(rows @ np.repeat(column, units, axis=1), 1)


def test_the_order_of_the_sums_does_not_matter():
    one, other = (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)
    assert one != other
    assert alike_units(np.array([[one, other, one]]), 1)


def test_units_that_differ_are_not_alike_units():
    assert not alike_units(np.array([[1.0, 1.0 + 1e-9, 1.0]]), 1)
    assert not alike_units(np.array([[1.0], [1.0]]), 1)
    assert not alike_units(np.array([[0.0, 1e-300]]), 1)


def test_units_may_be_rows_where_the_examples_are_columns():
    columns = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    assert alike_units(columns, 0)
    assert not alike_units(columns, 1)
    assert not alike_units(columns, None)
