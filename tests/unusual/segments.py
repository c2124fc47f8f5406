"""The largest number of every segment of a row; segments may overlap, and a cell may be in none."""

import numpy as np

from bpdebug.ops import EdgeText, IndexMap, Op, Partial
from bpdebug.records import record
from tests.unusual.ragged import columns, grid, ragged


@record
class Segments(IndexMap):
    """The terms of a cell: every segment that it is in, with its place in the row."""

    cell_shape: tuple
    upstream_shape: tuple
    bounds: tuple

    @property
    def local_shape(self):
        return (*self.upstream_shape, self.cell_shape[-1])

    def terms_of(self, cells):
        n, c, h, w = columns(cells, self.cell_shape)
        (s,) = grid(len(self.bounds))
        first, last = np.array(self.bounds).T
        there = (w >= first[s]) & (w < last[s])
        _, channels, rows, segments = self.upstream_shape
        upstream = ((n * channels + c) * rows + h) * segments + s
        return ragged(there, upstream, upstream * self.cell_shape[-1] + w)


def pairs(bounds):
    return tuple(zip(bounds[::2], bounds[1::2], strict=True))


def select(shapes, options):
    (shape,) = shapes
    output = (*shape[:-1], len(options["bounds"]) // 2)
    return output, (Segments(shape, output, pairs(options["bounds"])),)


def forward(x, *, bounds):
    return np.stack([x[..., first:last].max(axis=-1) for first, last in pairs(bounds)], axis=-1)


def is_largest(y, x, *, bounds):
    found = (np.asarray(y)[..., None] == x[..., None, :]).astype(float)
    for at, (first, last) in enumerate(pairs(bounds)):
        found[..., at, :first] = found[..., at, last:] = 0
    return found


SEGMENT_MAX = Op(
    "segment_max",
    ("x",),
    forward=forward,
    select=select,
    options={"bounds": (0, 1)},
    edge_text=lambda layout, operand: EdgeText(function="placed"),
    text="segment_max({x})",
    latex=r"\mathrm{{segment\_max}}({x})",
    family="reduction",
    partials=(
        Partial(
            is_largest, "[{x} = {y}]", "[{x} = {y}]", "{y} moves with {x} where that is the largest"
        ),
    ),
)
