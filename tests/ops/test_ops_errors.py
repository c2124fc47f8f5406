"""Shapes and data that do not fit: one error that names the shapes, the letter and the remedy."""

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.ops import REGISTRY


@pytest.mark.parametrize(
    ("name", "shapes", "options", "said"),
    [
        ("affine", ((2, 3), (4,), (2,)), {}, "x of shape (4) has j = 4; the two must be equal"),
        ("affine", ((2, 3), (3,), (5,)), {}, "W of shape (2, 3) has i = 2, but b of shape (5)"),
        ("affine", ((2, 3), (), (2,)), {}, "the shapes (2, 3) and scalar and (2) fit no form"),
        ("matmul", ((2, 3), (4, 5)), {}, "a of shape (2, 3) has j = 3, but b of shape (4, 5)"),
        ("matmul", ((2, 3, 4), (4, 5)), {}, "'ij,jk->ik' or 'ij,j->i'"),
        ("add", ((2, 3), (2,)), {}, "along axis -1 (j) one has 2 and the other 3"),
        ("multiply", ((4, 1, 3), (2, 5)), {}, "shapes (4, 1, 3) and (2, 5) do not fit together"),
        ("dot", ((2, 3), (3,)), {}, "a has shape (2, 3), but 'i,i->' wants 1 axis there"),
        ("sum", ((2, 3),), {"axis": 2}, "axis 2 is out of range for shape (2, 3)"),
        ("sum", ((),), {"axis": 0}, "a scalar has no axis"),
        ("mean", ((2, 3),), {"axis": (0, -2)}, "an axis is named twice"),
        ("softmax", ((),), {}, "a scalar has no axis"),
        ("softmax", ((3,),), {"axis": 1}, "axis 1 is out of range"),
        ("reshape", ((2, 3),), {"shape": (4, -1)}, "has 6 cells, which do not fill (4, -1)"),
        ("reshape", ((2, 3),), {"shape": (-1, -1)}, "at most one is -1"),
        ("reshape", ((1,),), {"shape": (2,)}, "has 1 cell, which does not fill (2)"),
        ("reshape", ((1,),), {"shape": (1,) * 9}, "9 axes are too many; at most 8"),
        ("reshape", ((2, 3),), {"shape": (0,)}, "sizes are 1 or more"),
        ("concat", ((2, 3), (3, 3)), {"axis": 1}, "must be equal except along axis 1"),
        ("concat", ((), ()), {}, "a scalar has no axis to join along"),
        ("concat", ((2,), (2, 3)), {}, "(2) and (2, 3) must be equal"),
        ("index", ((3,),), {"key": (3,)}, "3 is out of range for axis 0 of shape (3); use -3 to 2"),
        ("index", ((3,),), {"key": (0, 0)}, "2 indices for shape (3), which has 1 axis"),
        ("index", ((3,),), {"key": (slice(2, 2),)}, "the slice at axis 0 of shape (3) is empty"),
        ("pick", ((3,), (2,)), {"key": ("array", 0)}, "2 indices for shape (3), which has 1 axis"),
        ("pick", ((3, 2), (2,)), {"key": ("array", 2)}, "2 is out of range for axis 1 of shape"),
        ("pick", ((3, 2), (4,)), {"key": (slice(3, 3), "array")}, "the slice at axis 0 of shape"),
        (
            "pick",
            ((3, 2), (2,), (3,)),
            {"key": ("array", "array")},
            "index arrays of shapes (2) and (3) do not broadcast",
        ),
        ("pick", ((3,), (2, 1, 1, 1, 1, 1, 1, 1)), {"key": (None, "array")}, "9 axes are too many"),
        ("squared_error", ((2,), (3,)), {}, "the prediction has shape (2) and the target (3)"),
        ("cross_entropy", ((4, 3), (3,)), {}, "labels of shape (4) or probabilities of shape"),
        ("cross_entropy", ((3,), (3,)), {"reduction": "none"}, 'reduction is "mean" or "sum"'),
        ("greater", ((2, 3), (2,)), {}, "along axis -1 (j) one has 2 and the other 3"),
        ("where", ((2,), (2,)), {}, "where takes 3 operands (c, a, b), not 2"),
        ("where", ((2,), (3,), ()), {}, "do not fit together"),
        ("cumsum", ((),), {}, "a scalar has no axis"),
        ("prod", ((2, 3),), {"axis": (0, 2)}, "axis 2 is out of range for shape (2, 3)"),
        ("relu", ((2,), (2,)), {}, "relu takes 1 operand (x), not 2"),
        ("add", ((2,),), {}, "add takes 2 operands (a, b), not 1"),
        ("add", ((1,) * 9, (1,)), {}, "9 axes are too many; at most 8"),
        ("sum", ((1,) * 9,), {}, "9 axes are too many"),
        ("transpose", ((1,) * 9,), {}, "9 axes are too many"),
        ("softmax", ((1,) * 9,), {}, "9 axes are too many"),
    ],
)
def test_shapes_that_do_not_fit(name, shapes, options, said):
    op = REGISTRY[name]
    with pytest.raises(BpdebugError) as caught:
        op.layout(shapes, {**op.options, **options})
    assert said in caught.value.problem
    assert "\n" not in caught.value.problem


@pytest.mark.parametrize(
    ("name", "operands", "said"),
    [
        ("cross_entropy", ([[1.0, 2.0]], [2.0]), "label 2 is out of range; 2 classes are 0 to 1"),
        ("cross_entropy", ([[1.0, 2.0]], [-1.0]), "the label -1 is out of range"),
        ("cross_entropy", ([1.0, 2.0], 0.5), "0.5 is not a whole number"),
        ("cross_entropy", ([1.0, 2.0], [-3.0, 0.0]), "the target holds -3; a probability is"),
        ("cross_entropy", ([1.0, 2.0], [1.0, 2.0]), "the target sums to 3, not 1"),
        (
            "negative_log_likelihood",
            ([[0.5, 0.5]] * 2, [[0.5, 0.5], [0.9, 0.2]]),
            "row 1 of the target sums to 1.1, not 1",
        ),
        ("where", ([1.0, 0.5], 0.0, 1.0), "c holds 0.5; it must be 1 or 0 in each cell"),
        ("binary_cross_entropy", ([0.5], [1.5]), "the target holds a number outside 0 to 1"),
        ("binary_cross_entropy", ([2.0], [1.0]), "the prediction holds a number outside 0 to 1"),
    ],
)
def test_data_that_does_not_fit(name, operands, said):
    op = REGISTRY[name]
    assert op.validate is not None
    assert said in (op.validate(*map(np.asarray, operands), **op.options) or "")


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("cross_entropy", ([[1.0, 2.0]], [1.0])),
        ("cross_entropy", ([[1.0, 2.0]], [[0.25, 0.75]])),
        ("negative_log_likelihood", ([0.5, 0.5], 1.0)),
        ("binary_cross_entropy", ([0.0, 1.0], [0.0, 1.0])),
        ("where", ([0.0, 1.0], np.nan, np.inf)),
    ],
)
def test_data_that_fits(name, operands):
    op = REGISTRY[name]
    assert op.validate is not None
    assert op.validate(*map(np.asarray, operands), **op.options) is None
