"""Graphs that hypothesis invents, at any scale: no false alarm, and a wrong gradient is found."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.check import check_array
from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.records import replace
from tests.graphs import random_graph

CHOICES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(CHOICES, st.integers(-6, 6), st.integers(0, 5))
def test_right_gradients_agree_and_wrong_ones_differ(choices, power, seed):
    graph, leaves = random_graph(choices, seed)
    run = Engine(graph).run({i: value * 10.0**power for i, value in leaves.items()})
    for leaf in range(3):
        gradient = run.gradients[leaf]
        if gradient is None:
            continue
        found = check_array(run, leaf)
        assert found.ok
        wrong = [*run.gradients[:leaf], np.asarray(gradient) * 1.01, *run.gradients[leaf + 1 :]]
        told = check_array(replace(run, gradients=wrong), leaf)
        skipped = sum(found.skipped.values()) + found.unresolved
        assert told.differing >= np.count_nonzero(gradient) - skipped


def test_rounding_where_contributions_cancel_is_no_difference():
    """A shift of every score leaves softmax as it is: the true gradient is 0, not the last bit."""
    builder = GraphBuilder()
    shift = builder.leaf("shift", Kind.PARAMETER, (), gradient=True)
    scores = builder.constant(np.array([0.3, -1.1, 2.2, 0.7]))
    moved = builder.apply(REGISTRY["add"], (scores, shift))
    rows = builder.apply(REGISTRY["softmax"], (moved,))
    weighted = builder.apply(REGISTRY["multiply"], (rows, builder.constant(np.arange(4.0) * 100)))
    graph = builder.finish(builder.apply(REGISTRY["sum"], (weighted,), name="L"))
    for at in np.linspace(-3, 3, 25):
        assert check_array(Engine(graph).run({shift: np.asarray(at)}), shift).ok
