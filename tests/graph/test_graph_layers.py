"""Where the δ of a graph stand."""

import pytest

from bpdebug.graph import find_layers
from bpdebug.graph.layers import _Search
from bpdebug.run import Run
from bpdebug.scenario import find, load, load_text
from tests.scenario.scenarios import loaded

BASE = """
[inputs]
x = [0.1, 0.2]
y = [0.0, 1.0, 0.0]
[parameters]
W1 = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6], [0.7, -0.8]]
b1 = [0.1, 0.2, 0.3, 0.4]
W2 = [[0.1, -0.2, 0.3, 0.4], [0.5, 0.6, -0.7, 0.8], [0.9, 1.0, 1.1, -1.2]]
b2 = [0.1, 0.2, 0.3]
[graph]
z1 = "W1 @ x + b1"
h1 = "sigmoid(z1)"
z2 = "W2 @ h1 + b2"
"""


def layers(text, tmp_path):
    graph = Run(loaded(tmp_path, text)).graph()
    return [graph.nodes[layer.pre_activation].name for layer in find_layers(graph)]


@pytest.mark.parametrize(
    "rest",
    [
        'L = "cross_entropy(z2, y)"',
        'ce = "cross_entropy(z2, y)"\nreg = "sum(W1*W1) + sum(W2*W2)"\nL = "ce + 0.01 * reg"',
        'd = "z2 - y"\nL = "mean(d ** 2)"',
        'y_hat = "sigmoid(z2)"\nerr = "y - y_hat"\nL = "0.5 * sum(err * err)"',
        'y_hat = "sigmoid(z2)"\nd = "y_hat - y"\nsq = "d ** 2"\nL = "0.5 * sum(sq)"',
        'p = "softmax(z2)"\nL = "negative_log_likelihood(p, y)"',
    ],
)
def test_an_error_or_a_penalty_is_no_layer(rest, tmp_path):
    assert layers(BASE + rest, tmp_path) == ["z1", "z2"]


def test_a_linear_unit_has_its_delta_at_the_output(tmp_path):
    text = """
[inputs]
x = 2.0
[parameters]
w = 0.5
b = 0.1
[graph]
y_hat = "w * x + b"
L = "(1 - y_hat) ** 2"
"""
    assert layers(text, tmp_path) == ["y_hat"]


@pytest.mark.parametrize(
    "name",
    [
        "computation_graph",
        "chain_rule",
        "published/olah_fanout",
        "optimizers_valley",
        "published/micrograd_readme",
        "published/dlfs_apple_orange",
        "published/baydin_ad_survey",
    ],
)
def test_a_graph_without_weights_has_no_layer(name):
    assert Run(load(find(name))).graph().layers == ()


def test_a_long_chain_is_no_problem(tmp_path):
    entries = "\n".join(f'a{i + 1} = "a{i} + 1"' for i in range(3000))
    text = f"[parameters]\na0 = 0.5\n[graph]\n{entries}\n"
    assert layers(text, tmp_path) == []


def test_what_stands_behind_the_products_of_a_sum_is_looked_up_once(monkeypatch):
    """A sum of 300 products, which is the loss: no way up is walked a second time."""
    asked = []
    belongs = _Search.belongs

    def counted(self, index, user):
        asked.append((index, user))
        return belongs(self, index, user)

    monkeypatch.setattr(_Search, "belongs", counted)
    sums = "".join(f's{i + 1} = "s{i} + dot(w, x)"\n' for i in range(300))
    text = f'[inputs]\nx = [1.0, 2.0]\n[parameters]\nw = [0.1, 0.2]\n[graph]\ns0 = "sum(x)"\n{sums}'
    assert load_text(text, name="sums").build(None).layers == ()
    assert len(asked) == len(set(asked)) > 300


SEQUENCE = """
[inputs]
x = [[0.5, -1.0, 2.0], [1.0, 0.2, -0.3], [0.1, 0.4, 0.9]]
s = [0.1, 0.2]
[parameters]
W = { shape = [ROWS, 3], init = "xavier_uniform", seed = 1 }
U = { shape = [ROWS, 2], init = "xavier_uniform", seed = 2 }
b = { shape = [ROWS], init = "normal", seed = 3 }
d = { shape = [ROWS], init = "normal", seed = 4 }
V = [[0.1, 0.2]]
[graph]
h = "CALL"
y_hat = "V @ h[-1]"
L = "sum(y_hat ** 2)"
"""


@pytest.mark.parametrize(
    ("call", "rows", "gates"),
    [
        ("rnn(x, s, W, U, b, d)", 2, "z"),
        ("gru(x, s, W, U, b, d)", 6, "z_r z_z z_n"),
        ("lstm(x, s, s, W, U, b, d)", 8, "z_i z_f z_g z_o"),
    ],
)
def test_the_gates_of_all_steps_are_one_layer(call, rows, gates, tmp_path):
    """They are slices of weighted sums with the same weights."""
    text = SEQUENCE.replace("CALL", call).replace("ROWS", str(rows))
    graph = Run(loaded(tmp_path, text)).graph()
    found = [(graph.nodes[one.pre_activation].name, one.number) for one in find_layers(graph)]
    steps = [(f"h.step{k}.{gate}", 1) for k in (1, 2, 3) for gate in gates.split()]
    assert found == [*steps, ("y_hat", 2)]


def test_the_projections_of_attention_stand_side_by_side(tmp_path):
    text = """
[inputs]
x = [[0.5, -1.0], [1.0, 0.2], [0.1, 0.4]]
[parameters]
W = { shape = [6, 2], init = "xavier_uniform", seed = 1 }
b = { shape = [6], init = "normal", seed = 3 }
V = { shape = [2, 2], init = "xavier_uniform", seed = 2 }
c = [0.1, 0.2]
[graph]
a = "multi_head_attention(x, x, x, W, b, V, c, heads=2)"
L = "sum(tanh(a))"
"""
    graph = Run(loaded(tmp_path, text)).graph()
    found = [(graph.nodes[one.pre_activation].name, one.number) for one in find_layers(graph)]
    assert found == [("a.q", 1), ("a.k", 1), ("a.v", 1), ("a", 2)]
