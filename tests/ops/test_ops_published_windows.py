"""Convolution and pooling on the published test examples of other frameworks.

- burn (github.com/tracel-ai/burn): the files conv1d, conv2d, maxpool2d and avgpool2d of
  crates/burn-autodiff/src/tests and crates/burn-tensor/src/tests/module. Operands count up from 0,
  and every upstream cell is 1.
- TensorFlow (github.com/tensorflow/tensorflow): conv_ops_test.py and pooling_ops_test.py of
  tensorflow/python/kernel_tests/nn_ops. Operands and upstream gradients count up from 1; channels
  come last there.
- PyTorch: the shapes of the examples of torch.nn.Conv2d and torch.nn.MaxPool2d.
"""

from math import prod

import numpy as np
import pytest

from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY

BURN_FORWARD = {
    "conv2d simple": (
        (1, 2, 4, 4), (2, 2, 3, 3), {"padding": 1},
        [1196, 1796, 1916, 1264, 1881, 2793, 2946, 1923, 2313, 3405, 3558, 2307, 1424, 2072, 2156,
         1380, 2709, 4173, 4509, 3065, 4582, 7006, 7483, 5056, 5878, 8914, 9391, 6304, 4089, 6177,
         6477, 4333],
    ),
    "conv2d groups": (
        (1, 2, 5, 5), (2, 1, 3, 3), {"groups": 2},
        [312, 348, 384, 492, 528, 564, 672, 708, 744, 3724, 3841, 3958, 4309, 4426, 4543, 4894,
         5011, 5128],
    ),
    "conv2d complex": (
        (2, 3, 4, 5), (4, 3, 3, 2), {"padding": (1, 2), "stride": (2, 3), "dilation": (1, 2)},
        [1845, 3789, 1926, 3210, 6465, 3228, 4276, 9082, 4789, 8071, 16834, 8737, 6707, 14375,
         7652, 12932, 27203, 14246, 9138, 19668, 10515, 17793, 37572, 19755, 5445, 10629, 5166,
         8070, 15645, 7548, 14356, 28882, 14509, 22651, 45454, 22777, 23267, 47135, 23852, 37232,
         75263, 38006, 32178, 65388, 33195, 51813, 105072, 53235],
    ),
}  # fmt: skip
"""By name: shapes of x and w, options, and the result with a bias that counts up."""

BURN_BACKWARD = {
    "conv1d padding": (
        (2, 2, 4), (2, 2, 3), {"padding": 2},
        [24, 24, 24, 24, 42, 42, 42, 42] * 2, [44, 44, 44, 76, 76, 76] * 2, 12,
    ),
    "conv1d stride": (
        (2, 2, 4), (2, 2, 3), {"padding": 1, "stride": 2},
        [8, 16, 8, 10, 14, 28, 14, 16] * 2, [10, 20, 24, 18, 36, 40] * 2, 4,
    ),
    "conv1d dilation": (
        (2, 2, 4), (2, 2, 3), {"padding": 1, "dilation": 2},
        [6, 8, 8, 10, 12, 14, 14, 16] * 2, [8, 22, 14, 16, 38, 22] * 2, 4,
    ),
    "conv1d groups": (
        (2, 2, 4), (2, 1, 3), {"padding": 1, "groups": 2},
        [1, 3, 3, 3, 7, 12, 12, 9] * 2, [30, 44, 36, 54, 76, 60], 8,
    ),
    "conv2d different channels": (
        (2, 2, 4, 4), (3, 2, 3, 3), {"padding": 1},
        [240, 369, 369, 252, 387, 594, 594, 405, 387, 594, 594, 405, 276, 423, 423, 288,
         348, 531, 531, 360, 549, 837, 837, 567, 549, 837, 837, 567, 384, 585, 585, 396] * 2,
        [378, 516, 396, 552, 752, 576, 450, 612, 468,
         666, 900, 684, 936, 1264, 960, 738, 996, 756] * 3, 32,
    ),
    "conv2d different kernel size": (
        (1, 2, 4, 4), (2, 2, 3, 4), {"padding": 1},
        [116, 180, 192, 132, 198, 306, 324, 222, 198, 306, 324, 222, 148, 228, 240, 164,
         212, 324, 336, 228, 342, 522, 540, 366, 342, 522, 540, 366, 244, 372, 384, 260],
        [27, 45, 54, 39, 52, 84, 96, 68, 51, 81, 90, 63,
         123, 189, 198, 135, 180, 276, 288, 196, 147, 225, 234, 159] * 2, 12,
    ),
    "conv2d different padding": (
        (1, 2, 4, 4), (2, 2, 3, 3), {"padding": (1, 2)},
        [138] * 4 + [234] * 8 + [174] * 4 + [246] * 4 + [396] * 8 + [282] * 4,
        [66, 66, 66, 120, 120, 120, 114, 114, 114,
         258, 258, 258, 376, 376, 376, 306, 306, 306] * 2, 24,
    ),
    "conv2d stride 2": (
        (1, 2, 6, 6), (2, 2, 3, 3), {"padding": 1, "stride": 2},
        [26, 52, 26, 52, 26, 28, 52, 104, 52, 104, 52, 56, 26, 52, 26, 52, 26, 28,
         52, 104, 52, 104, 52, 56, 26, 52, 26, 52, 26, 28, 32, 64, 32, 64, 32, 34,
         44, 88, 44, 88, 44, 46, 88, 176, 88, 176, 88, 92, 44, 88, 44, 88, 44, 46,
         88, 176, 88, 176, 88, 92, 44, 88, 44, 88, 44, 46, 50, 100, 50, 100, 50, 52],
        [56, 84, 90, 84, 126, 135, 120, 180, 189,
         200, 300, 306, 300, 450, 459, 336, 504, 513] * 2, 9,
    ),
    "conv2d different dilation": (
        (1, 2, 6, 6), (2, 2, 3, 3), {"padding": 1, "dilation": (2, 3)},
        [18, 0, 20, 20, 0, 22, 42, 0, 46, 46, 0, 50, 42, 0, 46, 46, 0, 50,
         54, 0, 58, 58, 0, 62, 54, 0, 58, 58, 0, 62, 30, 0, 32, 32, 0, 34,
         36, 0, 38, 38, 0, 40, 78, 0, 82, 82, 0, 86, 78, 0, 82, 82, 0, 86,
         90, 0, 94, 94, 0, 98, 90, 0, 94, 94, 0, 98, 48, 0, 50, 50, 0, 52],
        [18, 51, 33, 60, 140, 80, 72, 159, 87,
         126, 267, 141, 204, 428, 224, 180, 375, 195] * 2, 8,
    ),
    "conv2d groups": (
        (1, 2, 5, 5), (2, 1, 3, 3), {"groups": 2},
        [0, 1, 3, 3, 2, 3, 8, 15, 12, 7, 9, 21, 36, 27, 15, 9, 20, 33, 24, 13, 6, 13, 21, 15, 8,
         9, 19, 30, 21, 11, 21, 44, 69, 48, 25, 36, 75, 117, 81, 42, 27, 56, 87, 60, 31,
         15, 31, 48, 33, 17],
        [54, 63, 72, 99, 108, 117, 144, 153, 162, 279, 288, 297, 324, 333, 342, 369, 378, 387], 9,
    ),
    "conv2d groups stride 2": (
        (1, 4, 4, 4), (4, 1, 3, 3), {"padding": 1, "stride": 2, "groups": 4},
        [4, 8, 4, 5, 8, 16, 8, 10, 4, 8, 4, 5, 7, 14, 7, 8,
         13, 26, 13, 14, 26, 52, 26, 28, 13, 26, 13, 14, 16, 32, 16, 17,
         22, 44, 22, 23, 44, 88, 44, 46, 22, 44, 22, 23, 25, 50, 25, 26,
         31, 62, 31, 32, 62, 124, 62, 64, 31, 62, 31, 32, 34, 68, 34, 35],
        [5, 10, 12, 10, 20, 24, 18, 36, 40, 21, 42, 44, 42, 84, 88, 50, 100, 104,
         37, 74, 76, 74, 148, 152, 82, 164, 168, 53, 106, 108, 106, 212, 216, 114, 228, 232], 4,
    ),
    "conv2d groups different channels": (
        (1, 3, 4, 4), (6, 1, 3, 3), {"groups": 3},
        [9, 20, 24, 13, 24, 52, 60, 32, 36, 76, 84, 44, 21, 44, 48, 25,
         45, 92, 96, 49, 96, 196, 204, 104, 108, 220, 228, 116, 57, 116, 120, 61,
         81, 164, 168, 85, 168, 340, 348, 176, 180, 364, 372, 188, 93, 188, 192, 97],
        [10, 14, 18, 26, 30, 34, 42, 46, 50] * 2 + [74, 78, 82, 90, 94, 98, 106, 110, 114] * 2
        + [138, 142, 146, 154, 158, 162, 170, 174, 178] * 2, 4,
    ),
    "conv2d complex": (
        (1, 2, 4, 5), (3, 2, 2, 3), {"padding": (1, 2), "stride": (1, 2), "dilation": (2, 3)},
        [36, 39, 0, 39, 42, 81, 87, 0, 87, 93, 81, 87, 0, 87, 93, 45, 48, 0, 48, 51,
         54, 57, 0, 57, 60, 117, 123, 0, 123, 129, 117, 123, 0, 123, 129, 63, 66, 0, 66, 69],
        [15, 42, 27, 30, 72, 42, 75, 162, 87, 90, 192, 102] * 3, 8,
    ),
}  # fmt: skip
"""By name: shapes of x and w, options, ∂L/∂x, ∂L/∂w, and every cell of ∂L/∂b."""


def counting(shape, first=0):
    return np.arange(first, first + prod(shape), dtype=float).reshape(shape)


def ran(op, operands, options, upstream=None):
    """The result of an op, and ∂L/∂ of every operand."""
    builder = GraphBuilder()
    leaves = [
        builder.leaf(f"p{at}", Kind.PARAMETER, np.shape(value), gradient=True)
        for at, value in enumerate(operands)
    ]
    y = builder.apply(REGISTRY[op], tuple(leaves), options, name="y")
    weights = np.ones(builder.nodes[y].shape) if upstream is None else upstream
    scaled = builder.apply(REGISTRY["multiply"], (y, builder.constant(weights)))
    total = builder.apply(REGISTRY["sum"], (scaled,), name="L")
    run = Engine(builder.finish(total)).run(dict(enumerate(operands)))
    return run.values[y], [run.gradients[at] for at in leaves]


@pytest.mark.parametrize("name", BURN_FORWARD)
def test_results_of_burn(name):
    x, w, options, wanted = BURN_FORWARD[name]
    found, _ = ran(name.split()[0], [counting(x), counting(w), counting(w[:1])], options)
    np.testing.assert_array_equal(found.reshape(-1), wanted)


@pytest.mark.parametrize("name", BURN_BACKWARD)
def test_gradients_of_burn(name):
    x, w, options, to_x, to_w, each = BURN_BACKWARD[name]
    _, found = ran(name.split()[0], [counting(x), counting(w), counting(w[:1])], options)
    np.testing.assert_array_equal(found[0].reshape(-1), to_x)
    np.testing.assert_array_equal(found[1].reshape(-1), to_w)
    np.testing.assert_array_equal(found[2], np.full(w[0], each))


FOUR = [
    [0.2479, 0.6386, 0.3166, 0.5742],
    [0.7065, 0.1940, 0.6305, 0.8959],
    [0.5416, 0.8602, 0.8129, 0.1662],
    [0.3358, 0.3059, 0.8293, 0.0990],
]
FIVE = [
    [0.5388, 0.0676, 0.7122, 0.8316, 0.0653],
    [0.9154, 0.1536, 0.9089, 0.8016, 0.7518],
    [0.2073, 0.0501, 0.8811, 0.5604, 0.5075],
    [0.4384, 0.9963, 0.9698, 0.4988, 0.2609],
    [0.3391, 0.2230, 0.4610, 0.5365, 0.6880],
]


@pytest.mark.parametrize(
    ("x", "options", "result", "gradient"),
    [
        (
            FOUR,
            {"size": 3, "stride": 1},
            None,
            [[0, 0, 0, 0], [0, 0, 0, 2], [0, 2, 0, 0], [0, 0, 0, 0]],
        ),
        (
            FOUR,
            {"size": 2, "stride": 1, "padding": 1},
            [
                [0.2479, 0.6386, 0.6386, 0.5742, 0.5742],
                [0.7065, 0.7065, 0.6386, 0.8959, 0.8959],
                [0.7065, 0.8602, 0.8602, 0.8959, 0.8959],
                [0.5416, 0.8602, 0.8602, 0.8293, 0.1662],
                [0.3358, 0.3358, 0.8293, 0.8293, 0.0990],
            ],
            [[1, 3, 0, 2], [3, 0, 0, 4], [1, 4, 0, 1], [2, 0, 3, 1]],
        ),
        (
            FIVE,
            {"size": (4, 2), "stride": (1, 2), "padding": (2, 1)},
            [
                [0.9154, 0.9089, 0.8316],
                [0.9154, 0.9089, 0.8316],
                [0.9154, 0.9963, 0.8316],
                [0.9154, 0.9963, 0.8016],
                [0.4384, 0.9963, 0.688],
                [0.4384, 0.9963, 0.688],
            ],
            [[0, 0, 0, 3, 0], [4, 0, 2, 1, 0], [0, 0, 0, 0, 0], [2, 4, 0, 0, 0], [0, 0, 0, 0, 2]],
        ),
    ],
)
def test_max_pooling_of_burn(x, options, result, gradient):
    found, (to_x,) = ran("max_pool2d", [np.array([[x]])], options)
    if result is not None:
        np.testing.assert_array_equal(found[0, 0], result)
    np.testing.assert_array_equal(to_x[0, 0], gradient)


def test_average_pooling_of_burn():
    found, (to_x,) = ran("avg_pool2d", [counting((1, 1, 6, 6))], {"size": 3, "stride": 1})
    np.testing.assert_allclose(found[0, 0], np.add.outer(6 * np.arange(4), np.arange(4)) + 7.0)
    along = np.array([1, 2, 3, 3, 2, 1])
    np.testing.assert_allclose(to_x[0, 0], np.outer(along, along) / 9, rtol=1e-12)
    options = {"size": (3, 4), "stride": (1, 2), "padding": (1, 2)}
    found, (to_x,) = ran("avg_pool2d", [counting((1, 1, 4, 6))], options)
    wanted = [
        [1.1667, 3.0000, 4.3333, 2.5000],
        [3.2500, 7.5000, 9.5000, 5.2500],
        [6.2500, 13.5000, 15.5000, 8.2500],
        [5.1667, 11.0000, 12.3333, 6.5000],
    ]
    np.testing.assert_allclose(found[0, 0], wanted, atol=5e-5)
    np.testing.assert_allclose(to_x[0, 0], np.repeat([[1 / 3], [0.5], [0.5], [1 / 3]], 6, axis=1))


def first_channels(array):
    """From (N, H, W, C) to (N, C, H, W)."""
    return np.moveaxis(array, -1, 1)


def last_channels(array):
    """From (N, C, H, W) to (N, H, W, C)."""
    return np.moveaxis(array, 1, -1)


def kernel(shape):
    """From (kh, kw, C, outputs) to (outputs, C, kh, kw)."""
    return np.transpose(counting(shape, 1), (3, 2, 0, 1))


@pytest.mark.parametrize(
    ("x", "w", "stride", "wanted"),
    [
        (
            (1, 2, 3, 3), (1, 1, 3, 3), 1,
            [30, 36, 42, 66, 81, 96, 102, 126, 150, 138, 171, 204, 174, 216, 258, 210, 261, 312],
        ),
        ((1, 2, 3, 3), (2, 2, 3, 3), 1, [2271, 2367, 2463, 2901, 3033, 3165]),
        (
            (1, 2, 3, 3), (1, 2, 3, 3), 1,
            [231, 252, 273, 384, 423, 462, 690, 765, 840, 843, 936, 1029],
        ),
        ((1, 2, 3, 3), (2, 2, 3, 3), 2, [2271, 2367, 2463]),
        ((1, 3, 6, 1), (2, 2, 1, 1), (1, 2), [58, 78, 98, 118, 138, 158]),
        ((1, 7, 7, 1), (2, 2, 1, 1), 3, [65, 95, 275, 305]),
        ((1, 2, 2, 1), (2, 2, 1, 2), 1, [50, 60]),
    ],
)  # fmt: skip
def test_results_of_tensorflow(x, w, stride, wanted):
    found, _ = ran("conv2d", [first_channels(counting(x, 1)), kernel(w)], {"stride": stride})
    np.testing.assert_array_equal(last_channels(found).reshape(-1), wanted)


@pytest.mark.parametrize(
    ("x", "w", "y", "stride", "to_x", "to_w"),
    [
        ((1, 2, 3, 1), (2, 2, 1, 1), (1, 1, 2, 1), 1, [1, 4, 4, 3, 10, 8], [5, 8, 14, 17]),
        (
            (1, 2, 3, 3), (2, 2, 3, 3), (1, 1, 2, 3), 1,
            [14, 32, 50, 100, 163, 226, 167, 212, 257, 122, 140, 158, 478, 541, 604, 437, 482, 527],
            [17, 22, 27, 22, 29, 36, 27, 36, 45, 32, 43, 54, 37, 50, 63, 42, 57, 72, 62, 85, 108,
             67, 92, 117, 72, 99, 126, 77, 106, 135, 82, 113, 144, 87, 120, 153],
        ),
        (
            (1, 3, 6, 1), (2, 2, 1, 1), (1, 2, 3, 1), (1, 2),
            [1, 2, 2, 4, 3, 6, 7, 12, 11, 18, 15, 24, 12, 16, 15, 20, 18, 24],
            [161, 182, 287, 308],
        ),
        (
            (1, 4, 4, 1), (1, 1, 1, 1), (1, 2, 2, 1), 2,
            [1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0], [78],
        ),
        (
            (1, 2, 2, 1), (2, 2, 1, 2), (1, 1, 1, 2), 1,
            [5, 11, 17, 23], [1, 2, 2, 4, 3, 6, 4, 8],
        ),
    ],
)  # fmt: skip
def test_gradients_of_tensorflow(x, w, y, stride, to_x, to_w):
    """Its gradient of the input is computed with other numbers than that of the kernel, but each
    of them depends only on the other operand."""
    upstream = first_channels(counting(y, 1))
    operands = [first_channels(counting(x, 1)), kernel(w)]
    _, found = ran("conv2d", operands, {"stride": stride}, upstream)
    np.testing.assert_array_equal(last_channels(found[0]).reshape(-1), to_x)
    np.testing.assert_array_equal(np.transpose(found[1], (2, 3, 1, 0)).reshape(-1), to_w)


@pytest.mark.parametrize(
    ("op", "x", "size", "stride", "wanted"),
    [
        ("max_pool2d", (1, 3, 3, 3), 2, 2, [13, 14, 15]),
        ("max_pool2d", (1, 4, 4, 1), 2, (1, 2), [6, 8, 10, 12, 14, 16]),
        ("max_pool2d", (1, 4, 4, 1), 2, (2, 1), [6, 7, 8, 14, 15, 16]),
        ("avg_pool2d", (1, 3, 3, 3), 2, (1, 2), [7, 8, 9, 16, 17, 18]),
        ("avg_pool2d", (1, 3, 3, 3), 2, (2, 1), [7, 8, 9, 10, 11, 12]),
    ],
)
def test_pooling_of_tensorflow(op, x, size, stride, wanted):
    found, _ = ran(op, [first_channels(counting(x, 1))], {"size": size, "stride": stride})
    np.testing.assert_array_equal(last_channels(found).reshape(-1), wanted)


@pytest.mark.parametrize(
    ("op", "shapes", "options", "wanted"),
    [
        ("conv2d", ((20, 16, 50, 100), (33, 16, 3, 3), (33,)), {"stride": 2}, (20, 33, 24, 49)),
        (
            "conv2d",
            ((20, 16, 50, 100), (33, 16, 3, 5)),
            {"stride": (2, 1), "padding": (4, 2), "dilation": (3, 1)},
            (20, 33, 26, 100),
        ),
        ("max_pool2d", ((20, 16, 50, 32),), {"size": (3, 2), "stride": (2, 1)}, (20, 16, 24, 31)),
        ("avg_pool1d", ((1, 1, 7),), {"size": 3, "stride": 2}, (1, 1, 3)),
    ],
)
def test_shapes_of_the_examples_of_pytorch(op, shapes, options, wanted):
    declared = REGISTRY[op]
    assert declared.layout(shapes, {**declared.options, **options}).shape == wanted
