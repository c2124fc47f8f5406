"""The largest number of every window; windows may overlap, and a cell may be in none."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bpdebug.ops import EdgeText, IndexMap, Op, Partial
from bpdebug.record import record
from tests.unusual.conv2d import columns
from tests.unusual.ragged import grid, ragged


@record
class Windows(IndexMap):
    """The terms of a cell: every window that it is in, with its place there."""

    cell_shape: tuple
    upstream_shape: tuple
    local_shape: tuple
    stride: int

    def terms_of(self, cells):
        n, c, h, w = columns(cells, self.cell_shape)
        a, b = grid(*self.local_shape[4:])
        i, down = np.divmod(h - a, self.stride)
        j, right = np.divmod(w - b, self.stride)
        _, channels, rows, across = self.upstream_shape
        there = (down == 0) & (right == 0) & (i >= 0) & (j >= 0) & (i < rows) & (j < across)
        upstream = np.where(there, ((n * channels + c) * rows + i) * across + j, 0)
        size = self.local_shape[4]
        return ragged(there, upstream, (upstream * size + a) * size + b)


def windows(x, size, stride):
    return sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]


def select(shapes, options):
    ((n, c, high, wide),) = shapes
    size, stride = options["size"], options["stride"]
    output = (n, c, (high - size) // stride + 1, (wide - size) // stride + 1)
    return output, (Windows(shapes[0], output, (*output, size, size), stride),)


def is_largest(y, x, *, size, stride):
    return (windows(x, size, stride) == np.asarray(y)[..., None, None]).astype(float)


MAX_POOL = Op(
    "max_pool",
    ("x",),
    forward=lambda x, *, size, stride: windows(x, size, stride).max(axis=(4, 5)),
    select=select,
    options={"size": 2, "stride": 2},
    edge_text=lambda layout, operand: EdgeText(function="unpool"),
    text="max_pool({x})",
    latex=r"\mathrm{{max\_pool}}({x})",
    family="convolution",
    partials=(
        Partial(
            is_largest, "[{x} = {y}]", "[{x} = {y}]", "{y} moves with {x} where that is the largest"
        ),
    ),
)
