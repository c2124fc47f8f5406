"""Where an op's data, shapes and labels begin and end to be good: on both sides of every bound."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression.build import unknown_name
from bpdebug.ops import REGISTRY

PROBABILITY_ROWS = ("cross_entropy", "negative_log_likelihood")


def complaint(name: str, *operands: object) -> str | None:
    op = REGISTRY[name]
    assert op.validate is not None
    return op.validate(*(np.asarray(one, dtype=float) for one in operands), **op.options)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("t", [0.0, 0.5, 1.0])
def test_probabilities_reach_from_0_to_1(p, t):
    assert complaint("binary_cross_entropy", [p], [t]) is None


@pytest.mark.parametrize("outside", [-1e-12, 1 + 1e-12])
def test_a_probability_outside_is_refused_on_either_side(outside):
    assert "prediction" in str(complaint("binary_cross_entropy", [outside], [0.5]))
    assert "target" in str(complaint("binary_cross_entropy", [0.5], [outside]))


@pytest.mark.parametrize("name", PROBABILITY_ROWS)
def test_a_row_of_probabilities_may_be_off_by_what_printing_rounds(name):
    assert complaint(name, [0.2, 0.8], [0.3333333, 0.6666666]) is None
    assert "sums to" in str(complaint(name, [0.2, 0.8], [0.33333, 0.66666]))
    assert "row 1" in str(complaint(name, [[0.2, 0.8]] * 2, [[0.5, 0.5], [0.5, 0.51]]))
    assert "from 0 to 1" in str(complaint(name, [0.2, 0.8], [-1e-9, 1 + 1e-9]))


@pytest.mark.parametrize("name", PROBABILITY_ROWS)
def test_labels_count_from_0_to_one_less_than_the_classes(name):
    scores = [[0.2, 0.3, 0.5]] * 2
    assert complaint(name, scores, [0, 2]) is None
    assert "3 classes are 0 to 2" in str(complaint(name, scores, [0, 3]))
    assert "out of range" in str(complaint(name, scores, [-1, 0]))
    assert "whole number" in str(complaint(name, scores, [0, 0.5]))


@pytest.mark.parametrize("shape", [(0,), (2, 0), (-2,), (-1, -1)])
def test_a_size_of_a_reshape_is_1_or_more_and_one_is_left_open(shape):
    with pytest.raises(BpdebugError, match="no shape; sizes are 1 or more, at most one is -1"):
        REGISTRY["reshape"].layout(((2, 3),), {"shape": shape})


@pytest.mark.parametrize(
    ("key", "good"), [((2,), True), ((-3,), True), ((3,), False), ((-4,), False)]
)
def test_an_index_reaches_both_ends_and_no_further(key, good):
    op = REGISTRY["index"]
    if good:
        assert op.layout(((3,),), {"key": key}).shape == ()
    else:
        with pytest.raises(BpdebugError, match="use -3 to 2"):
            op.layout(((3,),), {"key": key})


@pytest.mark.parametrize("count", [8, 9])
def test_an_unknown_name_is_told_8_names_and_whether_there_are_more(count):
    names = [f"value_{k}" for k in range(count)]
    said = unknown_name("qq", names)
    assert said.endswith(f"there are {', '.join(names[:8])}{', …' if count > 8 else ''}")


def test_a_cell_that_a_slice_leaves_out_has_no_term():
    (where,) = REGISTRY["index"].layout(((5,),), {"key": (slice(1, 5, 2),)}).maps
    assert where is not None
    spans = [where.span(cell) for cell in range(5)]
    assert [last - first for first, last in spans] == [0, 1, 0, 1, 0]
    assert [first for first, _ in spans] == [0, 0, 1, 1, 2]
