"""A transposed convolution: every cell of x spreads the kernel over a result cut by `padding`."""

import numpy as np

from bpdebug.ops import EdgeText, IndexMap, Op, Partial
from bpdebug.records import record
from tests.unusual.ragged import columns, grid, ragged


@record
class ByInput(IndexMap):
    """The terms of an input cell: every cell of the result that it spread to."""

    cell_shape: tuple
    upstream_shape: tuple
    local_shape: tuple
    stride: int
    padding: int
    local_operand = 1

    def terms_of(self, cells):
        n, c, h, w = columns(cells, self.cell_shape)
        o, a, b = grid(*self.local_shape[1:])
        _, outputs, rows, across = self.upstream_shape
        _, _, high, wide = self.local_shape
        i, j = h * self.stride + a - self.padding, w * self.stride + b - self.padding
        there = (i >= 0) & (j >= 0) & (i < rows) & (j < across)
        upstream = np.where(there, ((n * outputs + o) * rows + i) * across + j, 0)
        return ragged(there, upstream, ((c * outputs + o) * high + a) * wide + b)


@record
class ByKernel(IndexMap):
    """The terms of a kernel cell: every input cell that it was multiplied with."""

    cell_shape: tuple
    upstream_shape: tuple
    local_shape: tuple
    stride: int
    padding: int
    local_operand = 0

    def terms_of(self, cells):
        c, o, a, b = columns(cells, self.cell_shape)
        batch, channels, high, wide = self.local_shape
        n, h, w = grid(batch, high, wide)
        _, outputs, rows, across = self.upstream_shape
        i, j = h * self.stride + a - self.padding, w * self.stride + b - self.padding
        there = (i >= 0) & (j >= 0) & (i < rows) & (j < across)
        upstream = np.where(there, ((n * outputs + o) * rows + i) * across + j, 0)
        return ragged(there, upstream, ((n * channels + c) * high + h) * wide + w)


def select(shapes, options):
    (n, _, high, wide), (_, o, a, b) = shapes
    s, p = options["stride"], options["padding"]
    output = (n, o, (high - 1) * s + a - 2 * p, (wide - 1) * s + b - 2 * p)
    x, w = shapes
    return output, (ByInput(x, output, w, s, p), ByKernel(w, output, x, s, p))


def forward(x, w, *, stride, padding):
    (n, o, rows, across), _ = select((x.shape, w.shape), {"stride": stride, "padding": padding})
    whole = np.zeros((n, o, rows + 2 * padding, across + 2 * padding))
    for i, j in np.ndindex(*x.shape[2:]):
        part = np.einsum("nc,coab->noab", x[:, :, i, j], w)
        at, across_at = i * stride, j * stride
        whole[:, :, at : at + w.shape[2], across_at : across_at + w.shape[3]] += part
    return whole[:, :, padding : padding + rows, padding : padding + across]


TRANSPOSED = Op(
    "transposed",
    ("x", "w"),
    forward=forward,
    select=select,
    options={"stride": 1, "padding": 0},
    edge_text=lambda layout, operand: EdgeText(function=("gathered", "slide")[operand]),
    text="transposed({x}, {w})",
    latex=r"\mathrm{{transposed}}({x}, {w})",
    family="convolution",
    partials=(
        Partial(
            lambda y, x, w, **options: w,
            "{w}",
            "{w}",
            "{x} is spread by {w} on the way to {y}: move it by 1, and {y} moves by {w}",
        ),
        Partial(
            lambda y, x, w, **options: x,
            "{x}",
            "{x}",
            "{w} spreads {x} on the way to {y}: move it by 1, and {y} moves by {x}",
        ),
    ),
)
