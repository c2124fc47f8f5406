"""Terms of cells that have unequally many of them."""

import numpy as np

from bpdebug.ops import Terms


def ragged(there, upstream, local):
    """The terms where `there` is true; a row a cell, and the three broadcast to one shape."""
    there, upstream, local = np.broadcast_arrays(there, upstream, local)
    begin = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    return Terms(begin, upstream[there], local[there])


def grid(*extents):
    """Every index of an array of this shape, one array an axis, as rows to set beside cells."""
    return [axis.reshape(1, -1) for axis in np.indices(extents)]


def columns(cells, shape):
    """The indices of cells, one array an axis, as a column each."""
    return [axis[:, None] for axis in np.unravel_index(cells, shape)]
