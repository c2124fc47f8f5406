"""Rows one after the other, each as often as it says: of some rows many terms, of others none."""

import numpy as np

from bpdebug.ops import IndexMap, Op, Partial
from bpdebug.records import record
from tests.unusual.ragged import ragged


@record
class Repeated(IndexMap):
    """The terms of a cell: one for every repetition of its row."""

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
    rows = np.repeat(np.arange(shapes[0][0]), options["times"])
    output = (len(rows), shapes[0][1])
    return output, (Repeated(shapes[0], output, (), tuple(rows.tolist())),)


REPEAT = Op(
    "repeat",
    ("a",),
    forward=lambda a, *, times: np.repeat(np.asarray(a), times, axis=0),
    select=select,
    options={"times": (1,)},
    text="repeat({a})",
    latex=r"\mathrm{{repeat}}({a})",
    family="shape",
    partials=(Partial(lambda y, a, **options: np.float64(1.0), "1", "1", "{y} is the cell {a}"),),
)
