"""Groups come from dotted names and composites; they nest, and know what they read and make."""

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import build
from bpdebug.graph import GraphBuilder, Kind
from bpdebug.graph.groups import own_name, titles
from bpdebug.ops import COMPOSITES
from bpdebug.run import Run
from bpdebug.scenario import load

SCENARIO = """
[inputs]
x = [[0.5, -1.0, 2.0], [1.0, 0.2, -0.3]]

[parameters]
"block1.W" = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [-0.2, 0.3, 0.1]]
g = [1.0, 1.1, 0.9]
b = [0.0, 0.1, 0.2]

[graph]
"block1.attn.z" = "x @ block1.W.T"
"block1.attn.h" = "tanh(block1.attn.z) * 2"
block1 = "x + layer_norm(block1.attn.h, g, b)"
ln = "layer_norm(block1, g, b)"
L = "sum(ln ** 3)"
"""


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "groups.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return Run(load(path)).graph()


def labels(graph, nodes):
    return [graph.nodes[node].label for node in nodes]


def test_groups_stand_before_those_inside_them(graph):
    assert list(graph.groups) == ["block1", "block1.attn", "block1.layer_norm", "ln"]
    assert [group.depth for group in graph.groups.values()] == [0, 1, 1, 0]
    assert [group.title for group in graph.groups.values()][1:3] == ["attn", "layer_norm"]


def test_a_group_has_results_and_operands(graph):
    attn, norm = graph.groups["block1.attn"], graph.groups["ln"]
    assert labels(graph, attn.results) == ["block1.attn.h"]
    assert labels(graph, attn.operands) == ["block1.W", "x"]
    assert labels(graph, norm.operands) == ["block1", "g", "b"]
    assert graph.nodes[graph.groups["block1"].result].name == "block1"


def test_a_group_has_the_nodes_of_those_inside_it(graph):
    inner = set(graph.groups["block1.layer_norm"].nodes)
    assert inner < set(graph.groups["block1"].nodes)
    assert labels(graph, sorted(inner))[:2] == ["block1.layer_norm.mu", "block1.layer_norm.centred"]


def test_only_a_call_of_a_composite_is_one(graph):
    found = {name: group.composite for name, group in graph.groups.items()}
    assert found["ln"] is found["block1.layer_norm"] is COMPOSITES["layer_norm"]
    assert found["block1"] is found["block1.attn"] is None


def test_names_inside_a_composite_are_no_names_of_the_scenario(graph):
    given = {node.name for node in graph.nodes if node.given}
    assert {"ln.mu", "block1.layer_norm", "block1.layer_norm.normed"} <= given
    assert "ln" not in given


def test_two_calls_in_an_entry_are_two_groups():
    builder = GraphBuilder()
    for name in ("x", "g", "b"):
        builder.leaf(name, Kind.PARAMETER, (3,), gradient=True)
    build("layer_norm(layer_norm(x, g, b), g, b) + layer_norm(x, b, g)", builder, "y")
    graph = builder.finish(build("sum(y)", builder, "L"))
    assert list(graph.groups) == ["y", "y.layer_norm", "y.layer_norm_2", "y.layer_norm_3"]
    assert graph.groups["y"].results == (graph.names["y"],)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("layer_norm(x, g)", "layer_norm takes 3 operands (x, gamma, beta), not 2"),
        ("layer_norm(x, g, w)", "layer_norm: gamma has shape (3) and beta (2)"),
        ("layer_norm(x, g, b, epsilon=1)", "layer_norm has no option"),
        ("layer_norm(x, g, b, 1e-5)", "options are given by name, as in layer_norm(a, eps=1e-05)"),
    ],
)
def test_a_wrong_call_is_marked_in_the_scenarios_own_text(text, says):
    builder = GraphBuilder()
    for name, size in (("x", 3), ("g", 3), ("b", 3), ("w", 2)):
        builder.leaf(name, Kind.PARAMETER, (size,), gradient=True)
    with pytest.raises(BpdebugError) as caught:
        build(text, builder, "y")
    assert says in caught.value.problem
    assert text in caught.value.problem


def test_a_line_that_calls_a_composite_is_a_group_inside():
    builder = GraphBuilder()
    shapes = {"x": (2, 3), "s": (4,), "W": (4, 3), "U": (4, 4), "b": (4,), "d": (4,)}
    for name, shape in shapes.items():
        builder.leaf(name, Kind.PARAMETER, shape, gradient=True)
    build("rnn(x, s, W, U, b, d)", builder, "h")
    graph = builder.finish(build("sum(h)", builder, "L"))
    assert list(graph.groups) == ["h", "h.step1", "h.step2"]
    step = graph.groups["h.step2"]
    assert step.composite is COMPOSITES["rnn_cell"]
    assert labels(graph, step.call) == ["x[1]", "h.step1", "W", "U", "b", "d"]
    assert step.options == {"nonlinearity": "tanh"}
    assert graph.nodes[step.result].name == "h.step2"
    assert "h.step2.z" in graph.names


def test_a_line_may_be_a_constant_with_a_name():
    builder = GraphBuilder()
    for name in ("q", "k", "v"):
        builder.leaf(name, Kind.PARAMETER, (3, 4), gradient=True)
    build("scaled_dot_product_attention(q, k, v, causal=True)", builder, "a")
    graph = builder.finish(build("sum(a)", builder, "L"))
    scale, future = graph.node("a.scale"), graph.node("a.future")
    assert (scale.kind, float(scale.value), scale.given) == (Kind.CONSTANT, 0.5, True)
    assert future.value[0].tolist() == [0.0, -float("inf"), -float("inf")]
    assert labels(graph, graph.groups["a"].operands) == ["q", "k", "v"]
    assert graph.nodes[graph.names["a.scores"]].source == "a.scaled @ k.T"


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("blocks.0.attn", "attn"),
        ("net.blocks.10", "blocks.10"),
        ("net.0.1", "net.0.1"),
        ("net.0_2", "net.0_2"),
        ("net", "net"),
    ],
)
def test_a_number_keeps_the_name_before_it(name, own):
    assert own_name(name) == own


def groups_around(names):
    builder = GraphBuilder()
    last = "x"
    builder.leaf("x", Kind.PARAMETER, (2,), gradient=True)
    for name in names:
        with builder.inside(name.rpartition(".")[0]):
            build(f"sin({last})", builder, name)
        last = name
    return builder.finish(build(f"sum({last})", builder, "L")).groups


def test_a_list_of_numbered_groups_is_no_group():
    groups = groups_around(["net.blocks.0.attn.q", "net.blocks.1.mlp.0", "net.blocks.1.h"])
    assert {name: group.depth for name, group in groups.items()} == {
        "net": 0,
        "net.blocks.0": 1,
        "net.blocks.0.attn": 2,
        "net.blocks.1": 1,
        "net.blocks.1.mlp": 2,
    }


@pytest.mark.parametrize("other", ["net.2", "net.head.z"])
def test_a_group_may_have_numbered_groups_and_more(other):
    groups = groups_around(["net.0.z", "net.1.z", other])
    assert len(groups["net"].nodes) == 3
    assert {group.title for group in groups.values()} >= {"net", "net.0", "net.1"}


def test_a_group_is_not_named_twice_where_the_next_has_its_name():
    groups = groups_around(["net.0.attn.z", "net.1"])
    chain = [groups[name] for name in ("net", "net.0", "net.0.attn")]
    assert titles(chain) == ["net.0", "attn"]
    assert titles(chain[:1]) == ["net"]
