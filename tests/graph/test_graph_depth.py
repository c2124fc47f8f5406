"""Depth counts layers: branches side by side and uses of the same weights share a number."""

from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.ticks import Ruler, Timeline
from tests.scenario.scenarios import loaded

TOWERS = """
[inputs]
a = [1.0, -0.5]
b = [0.2, 0.4]
[parameters]
W = [[0.9, 0.1], [0.3, 0.5]]
V = [[0.1, 0.2], [0.6, -0.5]]
P = [[0.4, -0.1], [0.3, 0.2]]
Q = [[0.7, 0.2], [-0.3, 0.5]]
[graph]
ha = "tanh(W @ a)"
ua = "P @ ha"
hb = "tanh(V @ b)"
ub = "Q @ hb"
L = "sum((ua - ub) ** 2)"
"""


def layers(graph):
    return [
        (layer.number, graph.nodes[layer.pre_activation].name, layer.alone)
        for layer in graph.layers
    ]


def written(text, tmp_path):
    return Run(loaded(tmp_path, text)).graph()


def test_twin_towers_are_side_by_side(tmp_path):
    assert layers(written(TOWERS, tmp_path)) == [
        (1, "z_ha", False),
        (2, "ua", False),
        (1, "z_hb", False),
        (2, "ub", False),
    ]


def test_gates_are_one_layer_at_both_steps():
    graph = Run(load(find("published/gomez_lstm_2step"))).graph()
    assert {number for number, _, _ in layers(graph)} == {1}
    assert [len(part.layers) for part in Timeline(graph).stretches] == [4, 4]


def test_an_rnn_has_the_layers_of_one_step_and_each_step_is_a_part_of_the_pass():
    graph = Run(load(find("published/bptt_scalar_rnn_3step"))).graph()
    timeline = Timeline(graph)
    assert [(number, name) for number, name, _ in layers(graph)] == [
        (1, "a1"),
        (2, "y1"),
        (1, "a2"),
        (2, "y2"),
        (1, "a3"),
        (2, "y3"),
    ]
    met = [graph.nodes[part.layers[0].pre_activation].name for part in timeline.stretches]
    assert met == ["y3", "y2", "y1", "a3", "a2", "a1"]
    assert len(timeline.ends(Ruler.LAYER)) >= 6


def test_a_weight_and_its_transpose_are_two_layers(tmp_path):
    graph = written(
        "[inputs]\nx = [1.0, -0.5]\n[parameters]\nW = [[0.9, 0.1], [0.3, 0.5], [0.2, 0.7]]\n"
        "[graph]\nh = 'tanh(W @ x)'\ny = 'W.T @ h'\nL = 'sum((y - x) ** 2)'",
        tmp_path,
    )
    assert layers(graph) == [(1, "z_h", True), (2, "y", True)]


def test_the_longest_way_counts(tmp_path):
    graph = written(
        "[inputs]\nx = [1.0, -0.5]\n[parameters]\nW = [[0.9, 0.1], [0.3, 0.5]]\n"
        "V = [[0.2, 0.3], [0.4, 0.1]]\nU = [[0.1, 0.2], [0.2, 0.1]]\n"
        "[graph]\nskip = 'U @ x'\nh = 'tanh(W @ x)'\ny = 'sigmoid(V @ h + skip)'\n"
        "L = 'sum((y - x) ** 2)'",
        tmp_path,
    )
    assert layers(graph) == [(1, "z_h", True), (2, "z_y", True)]
