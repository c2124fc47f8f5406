"""Shapes and data that do not fit: one error that names the shapes, the letter and the remedy."""

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.ops import REGISTRY
from tests.op_cases import CASES


@pytest.mark.parametrize(
    ("name", "shapes", "options", "said"),
    [
        ("affine", ((2, 3), (4,), (2,)), {}, "x of shape (4) has j = 4; the two must be equal"),
        ("affine", ((2, 3), (3,), (5,)), {}, "W of shape (2, 3) has i = 2, but b of shape (5)"),
        ("affine", ((2, 3), (), (2,)), {}, "the shapes (2, 3) and scalar and (2) fit no form"),
        ("matmul", ((2, 3), (4, 5)), {}, "a of shape (2, 3) has j = 3, but b of shape (4, 5)"),
        ("matmul", ((2, 3, 4), ()), {}, "'...ij,...jk->...ik' or '...ij,j->...i'"),
        ("add", ((2, 3), (2,)), {}, "along axis -1 (j) one has 2 and the other 3"),
        ("multiply", ((4, 1, 3), (2, 5)), {}, "shapes (4, 1, 3) and (2, 5) do not fit together"),
        ("dot", ((2, 3), (4,)), {}, "a of shape (2, 3) has j = 3, but b of shape (4) has j = 4"),
        ("dot", ((2, 3), ()), {}, "the shapes (2, 3) and scalar fit no form"),
        ("dot", ((2, 3), (5, 3, 4)), {}, "matrix by matrix it is `a @ b`"),
        ("permute", ((2, 3),), {}, "axes name 0 of the 2 axes of shape (2, 3)"),
        ("permute", ((2, 3),), {"axes": (0, 2)}, "axis 2 is out of range for shape (2, 3)"),
        ("permute", ((2, 3),), {"axes": (1, -1)}, "an axis is named twice"),
        ("swapaxes", ((3,),), {}, "axis -2 is out of range for shape (3)"),
        ("squeeze", ((1, 3),), {"axis": 1}, "axis 1 of shape (1, 3) has size 3"),
        ("broadcast_to", ((2, 3),), {"shape": (3,)}, "shape (2, 3) cannot be stretched to (3)"),
        ("broadcast_to", ((3,),), {"shape": (4, 2)}, "shape (3) cannot be stretched to (4, 2)"),
        ("broadcast_to", ((3,),), {"shape": (-1, 3)}, "shape (3) cannot be stretched to (-1, 3)"),
        ("broadcast_to", ((3,),), {"shape": (1,) * 9}, "9 axes are too many; at most 8"),
        ("flip", ((2, 3),), {"axis": 2}, "axis 2 is out of range"),
        ("stack", ((2,), (3,)), {}, "shapes (2) and (3) must be equal; `concat` joins"),
        ("stack", ((2,), (2,)), {"axis": 2}, "axis 2 is out of range for shape (2, 2)"),
        ("stack", ((1,) * 8,), {}, "9 axes are too many; at most 8"),
        ("dropout", ((2,), (2,)), {"rate": 1.0}, "rate is 1, but must be at least 0 and below 1"),
        ("einsum", ((2, 3),), {}, 'its letters are missing; they come first, as in einsum("'),
        ("einsum", ((2, 3), (4, 5)), {"letters": "ij,jk->ik"}, "operand 2 of shape (4, 5) has j"),
        ("einsum", ((2, 3),), {"letters": "ij,jk->ik"}, "has letters for 2 operands, not 1"),
        (
            "einsum",
            ((2, 3, 4),),
            {"letters": "ij->i"},
            "operand 1 has shape (2, 3, 4), but 'ij->i'",
        ),
        ("einsum", ((2, 2),), {"letters": "ii->i"}, "'i' stands twice in 'ii'; a diagonal"),
        ("einsum", ((2, 2),), {"letters": "ij->ii"}, "'i' stands twice behind ->"),
        ("einsum", ((2, 2),), {"letters": "ij->ik"}, "'k' stands behind -> and in no operand's"),
        (
            "einsum",
            ((2, 2),),
            {"letters": "i1->i"},
            "'i1' in 'i1->i' has something else than letters",
        ),
        ("einsum", ((2, 2),), {"letters": "i..->i"}, "something else than letters and one '...'"),
        ("einsum", ((2, 2),), {"letters": "ij->j->i"}, "something else than letters"),
        ("einsum", ((10_000, 1), (10_000,)), {"letters": "ij,k->ijk"}, "100,000,000 cells"),
        ("einsum", ((1,) * 17,), {"letters": "abcdefghijklmnopq"}, "17 axes are too many"),
        (
            "einsum",
            ((1,) * 6, (1,) * 6),
            {"letters": "abcdef,ghijkl"},
            "12 axes are too many; at most 8",
        ),
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
        ("conv2d", ((2, 3, 5, 5),), {}, "conv2d takes 2 or 3 operands (x, w, b), not 1"),
        (
            "conv2d",
            ((5, 5), (4, 3, 2, 2)),
            {},
            "x has shape (5, 5), but its axes are (N, C, H, W), or (C, H, W) for a single example",
        ),
        (
            "conv1d",
            ((2, 3, 5, 5), (4, 3, 2)),
            {},
            "x has shape (2, 3, 5, 5), but its axes are (N, C, L), or (C, L)",
        ),
        (
            "conv2d",
            ((2, 3, 5, 5), (4, 3, 2)),
            {},
            "w has shape (4, 3, 2), but its axes are (outputs, channels of a group, h, w)",
        ),
        (
            "conv2d",
            ((2, 6, 5, 5), (4, 3, 2, 2)),
            {},
            "x of shape (2, 6, 5, 5) has 6 channels, but w of shape (4, 3, 2, 2) is made for 3 in "
            "each group; its axis 1 must be 6, or groups=2 given",
        ),
        (
            "conv2d",
            ((2, 6, 5, 5), (4, 2, 2, 2)),
            {"groups": 2},
            "has 6 channels in 2 groups, but w of shape (4, 2, 2, 2) is made for 2 in each group; "
            "its axis 1 must be 3",
        ),
        (
            "conv2d",
            ((2, 5, 5, 5), (4, 1, 2, 2)),
            {"groups": 2},
            "groups=2 does not divide the 5 channels of x of shape (2, 5, 5, 5)",
        ),
        (
            "conv2d",
            ((2, 6, 5, 5), (5, 3, 2, 2)),
            {"groups": 2},
            "groups=2 does not divide the 5 outputs of w of shape (5, 3, 2, 2)",
        ),
        ("conv2d", ((1, 1, 5, 5), (1, 1, 2, 2)), {"groups": 0}, "groups must be at least 1, not 0"),
        ("conv2d", ((1, 1, 5, 5), (1, 1, 2, 2)), {"stride": 0}, "stride must be at least 1, not 0"),
        (
            "conv2d",
            ((1, 1, 5, 5), (1, 1, 2, 2)),
            {"padding": (0, -1)},
            "padding must be at least 0, not -1",
        ),
        (
            "conv2d",
            ((1, 1, 5, 5), (1, 1, 2, 2)),
            {"dilation": (1, 2, 3)},
            "dilation has 3 numbers; give one number, or 2 of them, one for each axis",
        ),
        (
            "conv2d",
            ((1, 1, 5, 4), (1, 1, 3, 3)),
            {"dilation": 3, "padding": 1},
            "along axis 3 the window reaches over 7 cells (3 places, dilation 3), but x of shape "
            "(1, 1, 5, 4) has 6 there with its padding; make the window smaller, or the padding",
        ),
        ("conv2d", ((1, 1, 2, 4), (1, 1, 3, 3)), {}, "over 3 cells, but x of shape (1, 1, 2, 4)"),
        (
            "conv2d",
            ((1, 1, 5, 5), (3, 1, 2, 2), (1, 3)),
            {},
            "b has shape (1, 3), but w of shape (3, 1, 2, 2) has 3 outputs; b must have shape (3)",
        ),
        ("max_pool2d", ((1, 1, 5, 5),), {"size": 0}, "size must be at least 1, not 0"),
        ("max_pool2d", ((1, 1, 5, 5),), {"size": 6}, "over 6 cells, but x of shape (1, 1, 5, 5)"),
        (
            "avg_pool2d",
            ((1, 1, 5, 5),),
            {"size": 3, "padding": 2},
            "padding 2 is more than half of the window's size 3, so that a window would lie on "
            "padding alone; at most 1 fits",
        ),
        ("max_pool1d", ((5,),), {}, "x has shape (5), but its axes are (N, C, L), or (C, L)"),
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


@pytest.mark.parametrize("case", [one for one in CASES if REGISTRY[one.op].validate], ids=str)
def test_validation_reads_the_operands_that_it_names(case):
    """Of the others it reads their shapes alone, so that they need not be computed."""
    op = REGISTRY[case.op]
    options = {**op.options, **case.options}
    read = op.validated(range(len(case.shapes)))
    assert read
    for operands in (case.operands(), [np.full(shape, 7.0) for shape in case.shapes]):
        first = op.validate(*operands, **options)
        others = set(range(len(operands))) - set(read)
        unknown = [np.full(a.shape, np.nan) if i in others else a for i, a in enumerate(operands)]
        assert op.validate(*unknown, **options) == first
