"""The state at a tick, against a replay that does every multiplication one after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.ticks import Phase, Status, Timeline, gradient_at, term_at
from tests.graphs import drawn, network, random_graph, recorded, residual, two_layer

CHOICES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=5
)
BUILT = {
    "two layers": two_layer,
    "a batch": lambda: (g := network((3, 4, 2), 5), drawn(g)),
    "residual": lambda: residual(3),
    "softmax": lambda: (g := network((3, 4, 2), 5, activation="softmax"), drawn(g)),
}


def replay(run, timeline):
    """Yield every position of the backward pass with all gradients as lists of what was added.

    This is the definition: walk the ticks, multiply, add into the cell.
    """
    graph = run.graph
    sums: dict[int, np.ndarray] = {}
    known: dict[int, np.ndarray] = {}
    sums[graph.loss] = np.asarray(1.0)
    known[graph.loss] = np.asarray(True)
    yield timeline.forward + 1, sums, known
    for position in range(timeline.forward + 2, timeline.backward_end + 1):
        tick = timeline.decode(position)
        assert tick.phase is Phase.BACKWARD
        edge = graph.edges[tick.index]
        index_map = run.index_map(edge)
        place = index_map.locate(tick.term)
        local = np.broadcast_to(run.local(edge), index_map.local_shape)
        shape = graph.nodes[edge.operand].shape
        node = sums.setdefault(edge.operand, np.zeros(shape))
        seen = known.setdefault(edge.operand, np.zeros(shape, dtype=bool))
        node[place.cell] += (
            np.asarray(run.gradients[edge.output])[place.upstream] * (local[place.local])
        )
        # A cell is known once it has been reached; one without terms, once the edge is done.
        seen[place.cell] = True
        if tick.term + 1 == tick.terms:
            seen[...] = True
        yield position, sums, known


def compare(built):
    run, timeline = recorded(built)
    for position, sums, known in replay(run, timeline):
        for node in run.graph.nodes:
            state = gradient_at(run, timeline, node.index, position)
            if not run.graph.has_gradient(node.index):
                assert state.status is Status.NONE
                continue
            values, mask = state.window()
            wanted = known.get(node.index, np.zeros(node.shape, dtype=bool))
            np.testing.assert_array_equal(mask, wanted)
            assert state.status is not Status.NONE
            assert (state.status is Status.PENDING) == (node.index not in sums)
            assert np.all(np.isnan(values[~mask]))
            if node.index in sums:
                np.testing.assert_allclose(
                    values[mask], sums[node.index][mask], rtol=1e-12, atol=1e-15
                )


@pytest.mark.parametrize("name", BUILT)
def test_the_state_at_every_tick_is_what_brute_force_replay_gives(name):
    compare(BUILT[name]())


@settings(max_examples=15, deadline=None)
@given(CHOICES)
def test_the_same_on_random_graphs(choices):
    compare(random_graph(choices))


@settings(max_examples=25, deadline=None)
@given(CHOICES)
def test_the_last_tick_equals_the_whole_gradient(choices):
    run, timeline = recorded(random_graph(choices))
    for node in run.graph.nodes:
        state = gradient_at(run, timeline, node.index, timeline.backward_end)
        if not run.graph.has_gradient(node.index):
            continue
        assert state.status is Status.WHOLE
        values, mask = state.window()
        assert mask.all()
        assert state.final().all()
        np.testing.assert_array_equal(values, run.gradients[node.index])


@settings(max_examples=15, deadline=None)
@given(CHOICES)
def test_a_term_says_what_stood_there_and_what_stands_there_now(choices):
    run, timeline = recorded(random_graph(choices))
    graph = run.graph
    for edge in graph.edges:
        start, end = timeline.edge_span(edge.index)
        for number in range(end - start):
            term = term_at(run, timeline, edge, number)
            before, known_before = gradient_at(run, timeline, edge.operand, start + number).window()
            after, known = gradient_at(run, timeline, edge.operand, start + number + 1).window()
            cell = term.indices.cell
            assert known[cell]
            assert term.after == after[cell]
            assert (term.before is not None) == bool(known_before[cell])
            if term.before is not None:
                assert term.before == before[cell]
            assert term.product == term.upstream * term.local
            assert term.after == pytest.approx((term.before or 0.0) + term.product, rel=1e-9)
            assert 0 <= term.summand < term.summands


def test_a_cell_that_is_final_never_changes_again():
    run, timeline = recorded(residual(2))
    for node in run.graph.nodes:
        if not run.graph.has_gradient(node.index):
            continue
        whole = np.asarray(run.gradients[node.index])
        for position in range(timeline.total + 1):
            state = gradient_at(run, timeline, node.index, position)
            final = state.final()
            np.testing.assert_array_equal(state.window()[0][final], whole[final])


def test_a_window_is_the_part_of_the_whole():
    graph = network((3, 4, 2), 5)
    run, timeline = recorded((graph, drawn(graph)))
    node = graph.names["W1"]
    where = (slice(1, 3), slice(0, 2))
    for position in range(timeline.forward, timeline.total + 1, 3):
        state = gradient_at(run, timeline, node, position)
        values, mask = state.window()
        part, part_mask = state.window(where)
        np.testing.assert_array_equal(part, values[where])
        np.testing.assert_array_equal(part_mask, mask[where])
        np.testing.assert_array_equal(state.final(where), state.final()[where])


def test_the_seed():
    run, timeline = recorded(two_layer())
    loss = run.graph.loss
    assert gradient_at(run, timeline, loss, timeline.forward).status is Status.PENDING
    after = gradient_at(run, timeline, loss, timeline.forward + 1)
    assert after.status is Status.WHOLE
    assert after.window()[0] == 1.0


def test_contributions_are_counted():
    run, timeline = recorded(residual(1))
    x = run.graph.names["x"]
    first, second = run.graph.into[x]
    assert (first.nth, second.nth, second.of) == (1, 2, 2)
    half = gradient_at(run, timeline, x, timeline.edge_span(first.index)[1])
    assert (half.status, half.arrived, half.expected) == (Status.PARTIAL, 1, 2)
    assert not half.final().any()
    one_more = gradient_at(run, timeline, x, timeline.edge_span(second.index)[0] + 1)
    assert one_more.final().tolist() == [True, False]


def test_a_cell_without_terms_holds_nothing_before_its_edge_is_done():
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (3, 4), gradient=True)
    part = builder.apply(REGISTRY["index"], (a,), {"key": (slice(0, 3, 2), slice(3, 0, -2))})
    graph = builder.finish(builder.apply(REGISTRY["sum"], (part,)))
    timeline = Timeline(graph)
    run = Engine(graph).run({a: np.arange(12.0).reshape(3, 4)})
    start, end = timeline.edge_span(graph.into[a][0].index)
    assert end - start == 4
    for done in range(1, 4):
        state = gradient_at(run, timeline, a, start + done)
        values, known = state.window()
        assert known.sum() == done == state.reached
        assert state.reachable == 4
        assert set(zip(*np.nonzero(known), strict=True)) <= {(0, 1), (0, 3), (2, 1), (2, 3)}
        assert not state.final()[1].any()
    values, known = gradient_at(run, timeline, a, end).window()
    assert known.all()
    assert values.sum() == 4
