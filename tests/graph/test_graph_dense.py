"""What weights are computed from, found in one walk through a graph of any depth."""

from bpdebug.graph import GraphBuilder, Kind
from bpdebug.graph.dense import MOST, origins, sources
from bpdebug.ops import REGISTRY


def product_of(count):
    """w0 · w1 · w2 …: each result is computed from one parameter more."""
    builder = GraphBuilder()
    made = builder.leaf("w0", Kind.PARAMETER, (), gradient=True)
    for k in range(1, count):
        other = builder.leaf(f"w{k}", Kind.PARAMETER, (), gradient=True)
        made = builder.apply(REGISTRY["multiply"], (made, other))
    return builder.finish(made)


def test_the_parameters_behind_a_result_and_none_where_they_are_too_many():
    graph = product_of(MOST + 50)
    found = sources(graph.nodes)
    names = graph.names
    for node in graph.nodes:
        behind = found[node.index]
        assert behind is None or len(behind) <= MOST
    results = [node.index for node in graph.nodes if node.op]
    assert found[results[0]] == {names["w0"], names["w1"]}
    assert len(found[results[MOST - 2]]) == MOST
    assert found[results[MOST - 1]] is None
    assert found[graph.loss] is None


def test_a_deep_chain_shares_one_set():
    builder = GraphBuilder()
    made = w = builder.leaf("w", Kind.PARAMETER, (2, 2), gradient=True)
    for _ in range(5_000):
        made = builder.apply(REGISTRY["transpose"], (made,))
    total = builder.apply(REGISTRY["sum"], (made,), name="L")
    graph = builder.finish(total)
    assert len({id(behind) for behind in sources(graph.nodes)}) == 1
    assert origins(graph.nodes)[made] == w
    assert origins(graph.nodes)[total] == total
