"""A convolution: the kernel w lies on x, moved by `stride`, over a border of zeros."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bpdebug.ops import EdgeText, IndexMap, Op, Partial
from bpdebug.record import record
from tests.unusual.ragged import grid, ragged


def columns(cells, shape):
    return [axis[:, None] for axis in np.unravel_index(cells, shape)]


@record
class ByInput(IndexMap):
    """The terms of an input cell: every kernel cell that lay on it, in every output channel."""

    cell_shape: tuple
    upstream_shape: tuple
    local_shape: tuple
    stride: int
    padding: int
    local_operand = 1

    def terms_of(self, cells):
        n, c, h, w = columns(cells, self.cell_shape)
        o, a, b = grid(self.local_shape[0], *self.local_shape[2:])
        i, down = np.divmod(h + self.padding - a, self.stride)
        j, right = np.divmod(w + self.padding - b, self.stride)
        rows, across = self.upstream_shape[2:]
        there = (down == 0) & (right == 0) & (i >= 0) & (j >= 0) & (i < rows) & (j < across)
        upstream = np.where(there, ((n * self.local_shape[0] + o) * rows + i) * across + j, 0)
        _, channels, high, wide = self.local_shape
        return ragged(there, upstream, ((o * channels + c) * high + a) * wide + b)


@record
class ByKernel(IndexMap):
    """The terms of a kernel cell: every place at which it lay on an input cell."""

    cell_shape: tuple
    upstream_shape: tuple
    local_shape: tuple
    stride: int
    padding: int
    local_operand = 0

    def terms_of(self, cells):
        o, c, a, b = columns(cells, self.cell_shape)
        batch, outputs, rows, across = self.upstream_shape
        n, i, j = grid(batch, rows, across)
        h, w = i * self.stride + a - self.padding, j * self.stride + b - self.padding
        _, channels, high, wide = self.local_shape
        there = (h >= 0) & (w >= 0) & (h < high) & (w < wide)
        upstream = ((n * outputs + o) * rows + i) * across + j
        return ragged(
            there, upstream, np.where(there, ((n * channels + c) * high + h) * wide + w, 0)
        )


def select(shapes, options):
    (n, _, high, wide), (o, _, a, b) = shapes
    s, p = options["stride"], options["padding"]
    output = (n, o, (high + 2 * p - a) // s + 1, (wide + 2 * p - b) // s + 1)
    x, w = shapes
    return output, (ByInput(x, output, w, s, p), ByKernel(w, output, x, s, p))


def forward(x, w, *, stride, padding):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijab,ocab->noij", windows, w)


CONV2D = Op(
    "conv2d",
    ("x", "w"),
    forward=forward,
    select=select,
    options={"stride": 1, "padding": 0},
    edge_text=lambda layout, operand: EdgeText(function=("spread", "slide")[operand]),
    text="conv2d({x}, {w})",
    latex=r"\mathrm{{conv2d}}({x}, {w})",
    family="convolution",
    partials=(
        Partial(
            lambda y, x, w, **options: w,
            "{w}",
            "{w}",
            "{x} lies under {w} on the way to {y}: move it by 1, and {y} moves by {w}",
        ),
        Partial(
            lambda y, x, w, **options: x,
            "{x}",
            "{x}",
            "{w} lies on {x} on the way to {y}: move it by 1, and {y} moves by {x}",
        ),
    ),
)
