"""Spans of groups: they nest, cover their groups, and fold the rulers as a slow reading does."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.graph import GraphBuilder, Kind
from bpdebug.graph.groups import Origin, around
from bpdebug.ops import REGISTRY
from bpdebug.ticks import Ruler, Timeline
from bpdebug.ticks.group_gradients import contribution, edges_of, entered_by, left_by
from tests.graphs import network, random_graph, recorded

CHOICES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=9
)
NAMES = ["", "a", "a.b", "a.b.c", "a.d", "e", "e.b"]
GROUPS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=9)
FOLDED = st.frozensets(st.sampled_from(NAMES[1:]))


def timeline_of(choices, groups, updates=2):
    return Timeline(random_graph(choices, groups=groups)[0], updates)


def members(timeline, *, backward):
    """The names of the groups of each forward op or edge."""
    graph = timeline.graph
    nodes = [e.output for e in graph.edges] if backward else graph.forward_order
    return [list(around(graph.nodes[node].group)) for node in nodes]


@settings(max_examples=60, deadline=None)
@given(CHOICES, GROUPS)
def test_spans_are_the_longest_runs_of_their_groups_and_nest(choices, groups):
    timeline = timeline_of(choices, groups)
    for backward in (False, True):
        names = members(timeline, backward=backward)
        spans = [span for span in timeline.spans.all if span.backward == backward]
        for group in timeline.graph.groups:
            mine = timeline.spans.of(group, backward=backward)
            covered = [at for span in mine for at in range(span.first, span.last + 1)]
            assert covered == [at for at, inside in enumerate(names) if group in inside]
            assert all(a.last + 1 < b.first for a, b in pairwise(mine))
        for span in spans:
            if backward:
                ends = timeline.edge_span(span.first)[0], timeline.edge_span(span.last)[1]
            else:
                ends = span.first, span.last + 1
            assert (span.start, span.end) == ends
            parent = None if span.parent is None else timeline.spans.all[span.parent]
            assert (parent is None) == (not span.group.depth)
            if parent is not None:
                assert parent.first <= span.first <= span.last <= parent.last
                assert span.group.name.startswith(f"{parent.group.name}.")


@settings(max_examples=60, deadline=None)
@given(CHOICES, GROUPS)
def test_looking_a_position_up_is_looking_at_every_span(choices, groups):
    timeline = timeline_of(choices, groups)
    spans = timeline.spans
    for position in range(timeline.total + 1):
        inside = [s.index for s in spans.all if s.start < position < s.end]
        assert [s.index for s in spans.inside(position)] == inside
        at = [s.index for s in spans.all if s.start < position <= s.end]
        assert [s.index for s in spans.at(position)] == at
    for edge in timeline.graph.edges:
        found = [s.index for s in spans.all if s.backward and s.first <= edge.index <= s.last]
        assert [s.index for s in spans.around_edge(edge.index)] == found


@settings(max_examples=80, deadline=None)
@given(CHOICES, GROUPS, FOLDED)
def test_a_folded_group_has_no_stop_inside_unless_the_cursor_is_inside(choices, groups, folded):
    timeline = timeline_of(choices, groups)
    ends = timeline.ends(Ruler.EDGE)
    for position in range(timeline.total + 1):
        closed = [
            span
            for span in timeline.spans.all
            if span.group.name in folded and not span.start < position < span.end
        ]
        seen = timeline.seen(Ruler.EDGE, folded, position)
        assert list(seen) == [e for e in ends if not any(s.start < e < s.end for s in closed)]
        assert timeline.seen(Ruler.EDGE, frozenset(), position) is ends


@settings(max_examples=60, deadline=None)
@given(CHOICES, GROUPS)
def test_finish_leaves_the_innermost_group_else_the_layer(choices, groups):
    timeline = timeline_of(choices, groups)
    ends = timeline.ends(Ruler.LAYER)
    for position in range(timeline.total):
        inside = timeline.spans.inside(position)
        seen = timeline.seen(Ruler.LAYER, frozenset(), position)
        after = next(end for end in seen if end > position)
        before = max((end for end in seen if end < position), default=0)
        if inside:
            assert after == inside[-1].end
            assert before == inside[-1].start
        else:
            following = next(end for end in ends if end > position)
            beyond = [s.end for s in timeline.spans.all if s.start < following < s.end]
            assert after == max([following, *beyond])


def test_the_layers_of_a_network_are_layers_to_finish():
    graph = network((2, 3, 2))
    builder = GraphBuilder()
    for node in graph.nodes:
        if node.op is None:
            builder.leaf(node.name, node.kind, node.shape, gradient=node.needs_gradient)
            continue
        group = f"layer{node.name[-1]}" if node.name[-1].isdigit() else "layer2"
        with builder.inside("" if node.name == "L" else group, layer=True):
            builder.apply(node.op, node.operands, node.options, name=node.name)
    grouped = builder.finish(builder.names["L"])
    assert [group.origin for group in grouped.groups.values()] == [Origin.LAYER] * 2
    plain, timeline = Timeline(graph, 2), Timeline(grouped, 2)
    for position in range(timeline.total + 1):
        seen = timeline.seen(Ruler.LAYER, frozenset(), position)
        assert list(seen) == list(plain.ends(Ruler.LAYER))
    spans = timeline.spans.of("layer1", backward=True)
    assert [span.end for span in spans] == [timeline.backward_end]
    (last,) = timeline.spans.of("layer2", backward=True)
    assert last.end in timeline.ends(Ruler.LAYER)


def test_entries_that_take_turns_make_several_spans():
    builder = GraphBuilder()
    at = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for k, group in enumerate("abab"):
        with builder.inside(group):
            at = builder.apply(REGISTRY["sin"], (at,), name=f"{group}.{k}".replace(".", "_"))
    timeline = Timeline(builder.finish(at))
    assert [(s.start, s.end) for s in timeline.spans.of("a", backward=False)] == [(0, 1), (2, 3)]
    assert [(s.start, s.end) for s in timeline.spans.of("a", backward=True)] == [(6, 7), (8, 9)]


@settings(max_examples=40, deadline=None)
@given(CHOICES, GROUPS)
def test_what_leaves_all_parts_of_a_pass_is_the_gradient(choices, groups):
    run, timeline = recorded(random_graph(choices, groups=groups))
    graph = run.graph
    outermost = [s for s in timeline.spans.all if s.backward and s.parent is None]
    for span in outermost:
        outputs = {edge.output for edge in edges_of(graph, span)}
        assert set(entered_by(graph, span)) <= outputs
        for operand, edges in left_by(graph, span).items():
            assert operand not in outputs
            assert contribution(run, edges).shape == graph.nodes[operand].shape
            assert all(span.first <= edge.index <= span.last for edge in edges)
