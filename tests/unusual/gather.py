"""Rows by their numbers: a row that is taken twice gets two terms in each cell, another none."""

import numpy as np

from bpdebug.ops import IndexMap, Op, Partial
from bpdebug.record import record
from tests.unusual.ragged import ragged


@record
class Rows(IndexMap):
    """The terms of a cell: one for every time that its row was taken."""

    cell_shape: tuple
    upstream_shape: tuple
    local_shape: tuple
    rows: tuple

    def terms_of(self, cells):
        row, column = np.divmod(cells[:, None], self.cell_shape[1])
        taken = np.arange(len(self.rows))[None, :]
        return ragged(
            np.array(self.rows)[None, :] == row, taken * self.cell_shape[1] + column, 0 * taken
        )


def select(shapes, options):
    output = (len(options["rows"]), shapes[0][1])
    return output, (Rows(shapes[0], output, (), options["rows"]),)


GATHER = Op(
    "gather",
    ("a",),
    forward=lambda a, *, rows: np.asarray(a)[list(rows)],
    select=select,
    options={"rows": (0,)},
    text="gather({a})",
    latex=r"\mathrm{{gather}}({a})",
    family="shape",
    partials=(Partial(lambda y, a, **options: np.float64(1.0), "1", "1", "{y} is the cell {a}"),),
)
