"""Scenarios that are in order: both forms, batches, names, graphs of every depth."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.graph import Kind
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.scenario.scenarios import EXPRESSION, NETWORK, ROWS, loaded, write


def losses(problem):
    """The loss of every iteration."""
    run = Run(problem)
    return [run.iteration(at).loss for at in range(1, run.iterations + 1)]


def recipe(graph):
    """A graph as plain data."""
    return [(n.name, n.kind, n.shape, n.op and n.op.name, n.operands) for n in graph.nodes]


def test_the_network_form_is_the_expression_form_written_shorter(tmp_path):
    long, short = loaded(tmp_path, EXPRESSION), loaded(tmp_path, NETWORK)
    assert recipe(long.build(None)) == recipe(short.build(None))
    assert losses(long) == losses(short)
    assert long.parameters.keys() == short.parameters.keys() == {"W1", "b1", "W2", "b2"}


def test_the_numbers_of_the_published_example(tmp_path):
    problem = loaded(tmp_path, NETWORK)
    iteration = Run(problem).iteration(1)
    assert iteration.loss == pytest.approx(0.298371109, abs=5e-10)
    assert iteration.after["W1"][0, 0] == pytest.approx(0.149780716, abs=5e-10)


@pytest.mark.parametrize(
    ("changes", "graph"),
    [
        ({'"sigmoid"': '"leaky_relu"\nslope = 0.2'}, "leaky_relu(z1, slope=0.2)"),
        ({'"sigmoid"': '"elu"\nalpha = 2'}, "elu(z1, alpha=2.0)"),
        ({'activation = "sigmoid"\n': ""}, "identity(z1)"),
        ({'"sigmoid"': '"softmax"'}, "softmax(z1)"),
        ({"bias = [0.35, 0.35]": "bias = false"}, None),
        ({"bias = [0.35, 0.35]": 'bias = { init = "zeros" }'}, None),
        ({"bias = [0.35, 0.35]": ""}, None),
    ],
)
def test_what_a_layer_may_say(tmp_path, changes, graph):
    short, long = NETWORK, EXPRESSION
    for old, new in changes.items():
        assert old in short
        short = short.replace(old, new, 1)
    if graph:
        long = long.replace("sigmoid(z1)", graph)
    elif "false" in str(changes):
        long = long.replace("b1 = [0.35, 0.35]", "").replace(" + b1", "")
    else:
        long = long.replace("[0.35, 0.35]", "[0, 0]")
    problems = loaded(tmp_path, long), loaded(tmp_path, short)
    assert recipe(problems[0].build(None)) == recipe(problems[1].build(None))
    assert losses(problems[0]) == losses(problems[1])


@pytest.mark.parametrize(("reduction", "divisor"), [("mean", 2), ("sum", 1)])
def test_the_reduction_is_over_the_rows(tmp_path, reduction, divisor):
    text = f"""
    [inputs]
    x = [[1], [2]]
    y = [[0, 1], [2, 3]]
    [network]
    loss = "squared_error"
    reduction = "{reduction}"
    [[network.layers]]
    units = 2
    weights = [[1], [1]]
    """
    assert Run(loaded(tmp_path, text)).iteration(1).loss == (1 + 0 + 0 + 1) / divisor


@pytest.mark.parametrize("bias", [True, False])
def test_a_network_over_rows(tmp_path, bias):
    text = (
        ROWS
        if bias
        else ROWS.replace("[run]", "[ignored]")
        .replace(
            '\nweights = { init = "xavier_uniform" }',
            '\nweights = { init = "xavier_uniform" }\nbias = false',
        )
        .replace("[ignored]", "[run]")
    )
    problem = loaded(tmp_path, text)
    graph = problem.build(None)
    ops = [node.op.name for node in graph.nodes if node.op]
    dense = ["affine"] if bias else ["transpose", "matmul"]
    assert ops == [*dense, "tanh", *dense, "identity", "cross_entropy"]
    assert graph.node("z1").shape == (5, 4)
    # By hand, without the engine.
    h = problem.data["x"]
    for k in (1, 2):
        h = h @ problem.parameters[f"W{k}"].T + problem.parameters.get(f"b{k}", 0)
        h = np.tanh(h) if k == 1 else h
    logs = h - np.log(np.exp(h).sum(1, keepdims=True))
    expected = -np.mean([logs[at, int(label)] for at, label in enumerate(problem.data["y"])])
    whole = Run(loaded(tmp_path, text.replace("batch_size = 2", ""))).iteration(1)
    assert whole.loss == pytest.approx(expected, rel=1e-14)


def test_batches_cut_inputs_with_as_many_rows_as_the_first(tmp_path):
    text = """
    [inputs]
    x = [[1, 2], [3, 4], [5, 6]]
    t = [1, 2, 3]
    scale = { value = [1, 2, 3], batch = false }
    half = 0.5
    pair = [7, 8]
    [parameters]
    w = [1, 1]
    [graph]
    L = "sum((x @ w - t) ** 2) * half * sum(scale)"
    [run]
    batch_size = 2
    iterations = 4
    """
    problem = loaded(tmp_path, text)
    assert problem.batched == {"x", "t"}
    graph = problem.build(2)
    assert [graph.node(n).shape for n in ("x", "t", "scale", "half", "pair")] == [
        (2, 2),
        (2,),
        (3,),
        (),
        (2,),
    ]
    run = Run(problem)
    assert [len(run.iteration(at).rows) for at in range(1, 5)] == [2, 1, 2, 1]


def test_the_loss_is_the_last_entry_unless_it_is_named(tmp_path):
    text = '[parameters]\nw = 2\n[graph]\na = "w ** 2"\nb = "a * 3"'
    graph = loaded(tmp_path, text).build(None)
    assert graph.nodes[graph.loss].name == "b"
    graph = loaded(tmp_path, 'loss = "a"\n' + text).build(None)
    assert graph.nodes[graph.loss].name == "a"


def test_defaults(tmp_path):
    problem = load(write(tmp_path, '[parameters]\nw = 2\n[graph]\nL = "w"', "my lesson.toml"))
    assert problem.title == "my lesson"
    assert (problem.iterations, problem.batch_size, problem.rule) == (1, None, None)
    assert (problem.description, problem.expectations) == ("", ())


def test_settings_of_the_optimizer(tmp_path):
    assert loaded(tmp_path, EXPRESSION).settings == {"learning_rate": 0.5}
    text = EXPRESSION.replace("learning_rate = 0.5", "")
    assert loaded(tmp_path, text).settings == {"learning_rate": 0.001}


def test_iterations_can_be_overridden(tmp_path):
    assert loaded(tmp_path, EXPRESSION, iterations=7).iterations == 7


def test_expectations_are_kept_as_printed(tmp_path):
    text = EXPRESSION + '[[expect]]\niteration = 2\nvalue = "grad(W2)[0, 0]"\nis = "0.0820"\n'
    (found,) = loaded(tmp_path, text).expectations
    assert (found.iteration, found.value, found.printed) == (2, "grad(W2)[0, 0]", "0.0820")


def test_inputs_that_ask_for_a_gradient_and_parameters_that_are_frozen(tmp_path):
    text = EXPRESSION.replace("x = [0.05, 0.10]", "x = { value = [0.05, 0.10], gradient = true }")
    text = text.replace("b1 = [0.35, 0.35]", "b1 = { value = [0.35, 0.35], frozen = true }")
    problem = loaded(tmp_path, text)
    graph = problem.build(None)
    assert graph.has_gradient(graph.names["x"])
    assert not graph.has_gradient(graph.names["y"])
    assert problem.frozen == {"b1"}
    after = Run(problem).iteration(1).after
    np.testing.assert_array_equal(after["b1"], [0.35, 0.35])
    assert not np.array_equal(after["b2"], [0.60, 0.60])


def test_chinese_names_and_titles(tmp_path):
    text = """
    title = "两层神经网络"
    [inputs]
    "输入" = [0.05, 0.10]
    [parameters]
    "权重" = [[0.15, 0.20], [0.25, 0.30]]
    [graph]
    z = "权重 @ 输入"
    "损失" = "0.5 * sum(sigmoid(z) ** 2)"
    """
    problem = loaded(tmp_path, text)
    assert problem.title == "两层神经网络"
    graph = problem.build(None)
    assert graph.nodes[graph.loss].name == "损失"


def test_text_of_the_scenario_is_kept_as_it_is(tmp_path):
    """Showing it safely is for who shows it."""
    text = EXPRESSION.replace('"Two layers"', r'"[red]\u001b[31mx[/red]"')
    assert loaded(tmp_path, text).title == "[red]\x1b[31mx[/red]"


def test_windows_line_ends_and_a_byte_order_mark(tmp_path):
    data = b"\xef\xbb\xbf" + EXPRESSION.replace("\n", "\r\n").encode()
    assert losses(load(write(tmp_path, data))) == losses(loaded(tmp_path, EXPRESSION))


def test_a_chain_of_five_thousand_entries(tmp_path):
    entries = "".join(f'n{at} = "n{at - 1} * 0.999"\n' for at in range(1, 5_000))
    text = f'[parameters]\nw = 1.0\n[graph]\nn0 = "w + 1"\n{entries}'
    problem = loaded(tmp_path, text)
    graph = problem.build(None)
    assert sum(node.kind is Kind.OP for node in graph.nodes) == 5_000
    iteration = Run(problem).iteration(1)
    (gradient,) = [iteration.recorded.gradients[graph.names["w"]]]
    assert gradient == pytest.approx(0.999**4_999, rel=1e-9)


def test_sixteen_residual_joins(tmp_path):
    entries = "".join(f'r{at} = "r{at - 1} + tanh(r{at - 1})"\n' for at in range(1, 17))
    problem = loaded(tmp_path, f'[parameters]\nw = 0.01\n[graph]\nr0 = "w * 2"\n{entries}')
    graph = problem.build(None)
    assert len(graph.edges) == 16 * 3 + 1


def test_a_sum_of_hundreds_of_terms_in_one_expression(tmp_path):
    text = f'[parameters]\nw = 1.0\n[graph]\nL = "{" + ".join(["w"] * 900)}"'
    iteration = Run(loaded(tmp_path, text)).iteration(1)
    assert iteration.recorded.gradients[0] == 900.0


def test_loading_twice_gives_the_same_problem(tmp_path):
    first, second = loaded(tmp_path, ROWS), loaded(tmp_path, ROWS)
    for name, values in first.parameters.items():
        assert values.tobytes() == second.parameters[name].tobytes()


def test_labels_may_be_many_and_classes_too(tmp_path):
    """One-hot rows must not cost classes × classes."""
    text = """
    [inputs]
    y = 29_999
    [parameters]
    z = { shape = [30_000], init = "zeros" }
    [graph]
    L = "cross_entropy(z, y)"
    """
    assert Run(loaded(tmp_path, text)).iteration(1).loss == pytest.approx(np.log(30_000))


def test_rows_that_would_be_too_many_at_once_are_no_matter_in_batches(tmp_path):
    text = """
    [inputs]
    x = { shape = [60_000, 2], init = "normal" }
    y = { shape = [60_000], init = "zeros" }
    [network]
    loss = "cross_entropy"
    [[network.layers]]
    units = 2_000
    weights = { init = "he_normal" }
    [run]
    batch_size = 64
    """
    assert loaded(tmp_path, text).build(64).node("z1").shape == (64, 2_000)
