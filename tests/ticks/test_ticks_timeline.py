"""Ticks and rulers: one axis, four views on it."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.ticks import Phase, Ruler, Timeline
from tests.graphs import chain, network, random_graph, recorded, residual, two_layer

CHOICES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=6
)
RULERS = list(Ruler)


@settings(max_examples=40, deadline=None)
@given(CHOICES, st.sampled_from(RULERS), st.integers(0, 3))
def test_back_is_the_inverse_of_forward_on_every_ruler(choices, ruler, updates):
    graph, _ = random_graph(choices)
    timeline = Timeline(graph, updates)
    position, stops = 0, []
    while (following := timeline.after(position, ruler)) is not None:
        assert following > position
        assert timeline.before(following, ruler) == position
        stops.append(following)
        position = following
    assert position == timeline.total
    assert stops == list(timeline.ends(ruler))
    assert timeline.before(0, ruler) is None


@settings(max_examples=40, deadline=None)
@given(CHOICES, st.sampled_from(RULERS), st.data())
def test_a_ruler_stops_at_the_nearest_of_its_marks_from_anywhere(choices, ruler, data):
    timeline = Timeline(random_graph(choices)[0], 2)
    position = data.draw(st.integers(0, timeline.total))
    stops = [0, *timeline.ends(ruler)]
    assert timeline.after(position, ruler) == min((s for s in stops if s > position), default=None)
    assert timeline.before(position, ruler) == max((s for s in stops if s < position), default=None)


@settings(max_examples=40, deadline=None)
@given(CHOICES)
def test_a_coarser_ruler_stops_only_where_a_finer_one_does(choices):
    timeline = Timeline(random_graph(choices)[0], 2)
    for fine, coarse in pairwise(RULERS):
        assert set(timeline.ends(coarse)) <= set(timeline.ends(fine))


@settings(max_examples=40, deadline=None)
@given(CHOICES, st.integers(0, 3))
def test_every_position_decodes_to_its_place(choices, updates):
    graph, _ = random_graph(choices)
    timeline = Timeline(graph, updates)
    told = [timeline.decode(position) for position in range(timeline.total + 1)]
    assert [tick.number for tick in told] == list(range(timeline.total + 1))
    phases = [tick.phase for tick in told]
    terms = sum(graph.index_map(edge).terms for edge in graph.edges)
    assert phases == (
        [Phase.START]
        + [Phase.FORWARD] * len(graph.forward_order)
        + [Phase.SEED]
        + [Phase.BACKWARD] * terms
        + [Phase.UPDATE] * updates
    )
    backward = [(t.index, t.term) for t in told if t.phase is Phase.BACKWARD]
    assert backward == [
        (edge.index, k) for edge in graph.edges for k in range(graph.index_map(edge).terms)
    ]
    for node in graph.forward_order:
        assert told[timeline.forward_tick(node)].index == node
    for line in range(updates):
        assert told[timeline.update_tick(line)].index == line


def test_positions_outside_recorded_time_are_refused():
    timeline = Timeline(two_layer()[0])
    for position in (-1, timeline.total + 1):
        with pytest.raises(IndexError, match="is outside 0 to"):
            timeline.decode(position)


def test_the_stops_of_the_published_example():
    timeline = Timeline(two_layer()[0], updates=4)
    assert timeline.forward == 5
    # y_hat 2, z2 2, W2 4, b2 2, h1 4 | z1 2, W1 4, b1 2
    assert timeline.starts == [6, 8, 10, 14, 16, 20, 22, 26, 28]
    assert timeline.total == 32
    assert list(timeline.ends(Ruler.PASS)) == [5, 28, 32]
    # forward layers end with h1 and y_hat; δ1 begins where ∂L/∂z1 is first written
    assert list(timeline.ends(Ruler.LAYER)) == [2, 4, 5, 20, 28, 32]
    edges = [*range(1, 7), 8, 10, 14, 16, 20, 22, 26, 28, 29, 30, 31, 32]
    assert list(timeline.ends(Ruler.EDGE)) == edges
    # W2 and W1 have one product a cell; h1 has two products for each of its two cells
    backward = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28]
    assert list(timeline.ends(Ruler.CELL)) == [*range(1, 7), *backward, 29, 30, 31, 32]


def test_layers_of_the_backward_pass():
    graph = two_layer()[0]
    timeline = Timeline(graph)
    numbers = [part.number if (part := timeline.stretch_at(e.index)) else 0 for e in graph.edges]
    assert numbers == [2, 2, 2, 2, 2, 1, 1, 1]


def test_a_chain_of_5000_ops_steps():
    run, timeline = recorded(chain(5000))
    assert timeline.total == 5000 + 1 + 5000
    assert timeline.decode(timeline.total).index == 4999
    position = 0
    for _ in range(300):
        position = timeline.after(position, Ruler.EDGE) or 0
    assert position == 300
    assert timeline.before(timeline.total, Ruler.TERM) == timeline.total - 1
    assert run.gradients[0] is not None


def test_sixteen_residual_joins_step():
    graph, _ = residual(16)
    timeline = Timeline(graph)
    assert timeline.total < 500


def test_a_billion_terms_are_decoded_without_being_listed():
    graph = network((784, 1024, 1024, 10), 400, activation="relu", loss="cross_entropy")
    tracemalloc.start()
    timeline = Timeline(graph)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert timeline.total > 10**9
    assert peak < 100_000
    rng = np.random.default_rng(0)
    for position in map(int, rng.integers(timeline.forward + 2, timeline.total + 1, 2000)):
        tick = timeline.decode(position)
        edge = graph.edges[tick.index]
        start, end = timeline.edge_span(tick.index)
        assert start < position <= end
        place = graph.index_map(edge).locate(tick.term)
        for index, shape in (
            (place.cell, graph.nodes[edge.operand].shape),
            (place.upstream, graph.nodes[edge.output].shape),
        ):
            assert len(index) == len(shape)
            assert all(0 <= i < n for i, n in zip(index, shape, strict=True))
        first, last = graph.index_map(edge).span(
            int(np.ravel_multi_index(place.cell, graph.nodes[edge.operand].shape))
        )
        assert first <= tick.term < last
        complete = timeline.after(position - 1, Ruler.CELL)
        assert complete == start + last
        assert timeline.before(complete + 1, Ruler.CELL) == complete
