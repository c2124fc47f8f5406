"""JSON is for programs: it parses, it adds up, and it has the keys of the interface."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bpdebug.export import export
from bpdebug.export.json_form import array_chunks, json_text
from bpdebug.expression.build import build
from bpdebug.graph import GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import OPTIMIZERS, RULES
from bpdebug.run import Problem, Run
from bpdebug.wording.script import ASCII
from tests.graphs import MAZUR, network, residual, two_layer_problem

STEP = [
    "tick",
    "phase",
    "output",
    "operand",
    "formula",
    "upstream",
    "local",
    "contribution",
    "accumulated",
    "terms",
]


def traced(problem: Problem, tmp_path, detail: str = "edge", iterations: int | None = None):
    target = tmp_path / "trace.json"
    export(Run(problem, iterations), target, detail=detail)
    return json.loads(target.read_text("utf-8"))


def residual_problem() -> Problem:
    graph, leaves = residual(3)
    parameters = {graph.nodes[i].name: value for i, value in leaves.items()}
    return Problem("joins", lambda rows: graph, {}, parameters)


def test_the_document(tmp_path):
    trace = traced(two_layer_problem(iterations=2), tmp_path)
    assert list(trace) == ["format", "version", "scenario", "iterations"]
    assert (trace["format"], trace["version"]) == ("bpdebug-trace", 1)
    assert trace["scenario"] == {"title": "two layers", "loss": "L"}
    assert [it["iteration"] for it in trace["iterations"]] == [1, 2]
    first = trace["iterations"][0]
    assert list(first) == [
        "iteration",
        "loss",
        "values",
        "gradients",
        "deltas",
        "updates",
        "steps",
    ]
    assert first["loss"] == pytest.approx(0.298371109)
    assert first["gradients"]["W2"][0][0] == pytest.approx(0.082167041)
    assert list(first["deltas"]) == ["z2", "z1"]
    assert list(first["updates"]["W2"]) == ["before", "gradient", "change", "after"]
    assert first["updates"]["W2"]["after"][0][0] == pytest.approx(0.35891648)
    assert trace["iterations"][1]["values"]["W2"] == first["updates"]["W2"]["after"]


def test_the_steps(tmp_path):
    run = Run(two_layer_problem(iterations=1))
    timeline = run.iteration(1).timeline
    steps = traced(two_layer_problem(iterations=1), tmp_path)["iterations"][0]["steps"]
    backward = [step for step in steps if step["phase"] == "backward"]
    assert all(list(step) == STEP for step in backward)
    assert backward[2] == {
        "tick": timeline.edge_span(2)[1],
        "phase": "backward",
        "output": "z2",
        "operand": "W2",
        "formula": "∂L/∂W₂ = δ₂ · h₁ᵀ",
        "upstream": pytest.approx([0.138498562, -0.038098237]),
        "local": pytest.approx([0.593269992, 0.596884378]),
        "contribution": backward[2]["contribution"],
        "accumulated": backward[2]["contribution"],
        "terms": 4,
    }
    ticks = [step["tick"] for step in steps]
    assert ticks == sorted(ticks)
    assert ticks[-1] == timeline.total
    assert [s["phase"] for s in steps][:6] == ["forward"] * 5 + ["seed"]
    assert [s["operand"] for s in steps if s["phase"] == "update"] == ["W1", "b1", "W2", "b2"]


def test_contributions_accumulate_to_the_gradient(tmp_path):
    trace = traced(residual_problem(), tmp_path)["iterations"][0]
    steps = [step for step in trace["steps"] if step["phase"] == "backward"]
    for name in ("w", "x", "h0"):
        parts = [step for step in steps if step["operand"] == name]
        assert len(parts) > 1
        total = np.zeros(())
        for step in parts:
            total = total + np.array(step["contribution"])
            np.testing.assert_array_equal(step["accumulated"], total)
            assert ("+=" in step["formula"]) == (step is not parts[0])
        assert parts[-1]["accumulated"] == trace["gradients"][name]


def test_the_products_of_an_edge_add_up_to_its_contribution(tmp_path):
    trace = traced(two_layer_problem(iterations=1), tmp_path, "term")["iterations"][0]
    for step in trace["steps"]:
        if step["phase"] != "backward":
            continue
        assert list(step) == [*STEP, "products"]
        assert len(step["products"]) == step["terms"]
        total = np.zeros(np.shape(step["contribution"]))
        for product in step["products"]:
            assert list(product) == ["cell", "upstream", "local", "product"]
            assert product["product"] == product["upstream"] * product["local"]
            total[tuple(product["cell"])] += product["product"]
        np.testing.assert_allclose(total, step["contribution"], rtol=1e-14)


def test_layers(tmp_path):
    trace = traced(two_layer_problem(iterations=1), tmp_path, "layer")["iterations"][0]
    layers = [step for step in trace["steps"] if step["phase"] == "backward"]
    assert [(s["layer"], s["operands"]) for s in layers] == [
        (2, ["y_hat", "z2", "W2", "b2", "h1"]),
        (1, ["z1", "W1", "b1"]),
    ]
    assert [s["delta"] for s in layers] == [trace["deltas"]["z2"], trace["deltas"]["z1"]]
    whole = traced(two_layer_problem(iterations=1), tmp_path)["iterations"][0]["steps"]
    assert sum(s["terms"] for s in layers) == sum(s.get("terms", 0) for s in whole)


def test_numbers_that_json_lacks_are_strings(tmp_path):
    endless = {k: np.array(v) for k, v in MAZUR.items()}
    endless["W2"][0, 0] = np.inf
    problem = two_layer_problem(iterations=2, parameters=endless)
    target = tmp_path / "trace.json"
    export(Run(problem), target, detail="term")

    def refuse(constant: str):
        raise AssertionError(f"{constant} is no JSON")

    trace = json.loads(target.read_text("utf-8"), parse_constant=refuse)
    first, last = trace["iterations"]
    assert first["values"]["W2"][0][0] == "Infinity"
    assert first["values"]["y_hat"][0] == 1.0
    assert first["gradients"]["h1"] == ["NaN", pytest.approx(-0.0209540, rel=1e-4)]
    assert last["loss"] == "NaN"
    edge = next(s for s in first["steps"] if s.get("operand") == "h1")
    assert "NaN" in [product["product"] for product in edge["products"]]


def softmax_problem(rows: int, classes: int) -> Problem:
    graph = network((2, classes), batch=rows, activation="softmax", loss="squared_error")
    rng = np.random.default_rng(0)
    return Problem(
        "softmax",
        lambda _: graph,
        {"x": rng.normal(size=(rows, 2)), "y": rng.normal(size=(rows, classes))},
        {"W1": rng.normal(size=(classes, 2)), "b1": rng.normal(size=(classes,))},
        rule=RULES["sgd"],
        settings={"learning_rate": 0.1},
    )


def jacobian_step(trace):
    steps = trace["iterations"][0]["steps"]
    return next(step for step in steps if step.get("operand") == "z1")


def test_a_small_jacobian_is_written_whole(tmp_path):
    step = jacobian_step(traced(softmax_problem(2, 3), tmp_path))
    local, upstream = np.array(step["local"]), np.array(step["upstream"])
    assert local.shape == (2, 3, 3)
    np.testing.assert_allclose(
        np.einsum("nk,nak->na", upstream, local), step["contribution"], rtol=1e-12
    )
    assert "local_shape" not in step


def test_a_large_jacobian_is_not_built(tmp_path):
    step = jacobian_step(traced(softmax_problem(30, 20), tmp_path))
    assert step["local"] is None
    assert step["local_shape"] == [30, 20, 20]


def test_frozen_parameters_have_no_update(tmp_path):
    problem = two_layer_problem(iterations=1, frozen=frozenset({"b1", "b2"}))
    trace = traced(problem, tmp_path)["iterations"][0]
    assert list(trace["updates"]) == ["W1", "W2"]
    assert "b1" in trace["gradients"]


def test_names_and_titles_are_data(tmp_path):
    builder = GraphBuilder()
    name = builder.leaf("权重", Kind.PARAMETER, (2,), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["sum"], (name,), name="损失"))
    title = 'a "quoted" \\ title\x1b[31m\n\u202e\x9b 两层'
    problem = Problem(title, lambda rows: graph, {}, {"权重": np.array([1.0, 2.0])})
    target = tmp_path / "trace.json"
    export(Run(problem), target)
    raw = target.read_text("utf-8")
    assert not any(c in raw for c in "\x1b\u202e\x9b")
    assert "两层" in raw
    trace = json.loads(raw)
    assert trace["scenario"] == {"title": title, "loss": "损失"}
    assert trace["iterations"][0]["values"]["权重"] == [1.0, 2.0]
    assert json.loads(json_text(title, ASCII)) == title
    assert json_text(title, ASCII).isascii()


@pytest.mark.parametrize("shape", [(), (3,), (20_001,), (150, 70), (3, 4000, 2)])
def test_large_arrays_come_in_pieces(shape):
    array = np.random.default_rng(0).normal(size=shape)
    pieces = list(array_chunks(array))
    np.testing.assert_array_equal(json.loads("".join(pieces)), array)
    assert max(map(len, pieces)) < 8192 * 25


def twice_problem() -> Problem:
    """A problem in which one expression stands twice, and a long one."""
    builder = GraphBuilder()
    builder.leaf("h1", Kind.PARAMETER, (2, 3), gradient=True)
    text = "sum(h1 * h1) + mean(h1 * h1) + sum(tanh(h1 - mean(h1, axis=0, keepdims=True)))"
    build(text, builder, "L")
    graph = builder.finish(builder.names["L"])
    return Problem("twice", lambda rows: graph, {}, {"h1": np.arange(6.0).reshape(2, 3)})


def test_an_expression_written_twice_has_two_names(tmp_path):
    steps = traced(twice_problem(), tmp_path)["iterations"][0]["steps"]
    made = [step["output"] for step in steps if step["phase"] == "forward"]
    assert len(set(made)) == len(made)
    assert {"h1 * h1", "h1 * h1 #2"} <= set(made)
    back = [step for step in steps if step["phase"] == "backward"]
    assert {step["output"] for step in back} <= set(made)
    into = [step["formula"] for step in back if step["operand"] == "h1 * h1 #2"]
    assert into == ["∂L/∂(h₁ ⊙ h₁)#2 = ∂L/∂mean(h₁ ⊙ h₁) · 1/6"]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_no_form_cuts_an_expression(tmp_path, form):
    target = tmp_path / "trace"
    export(Run(twice_problem()), target, format=form, detail="term")
    text = target.read_text("utf-8")
    assert "∂L/∂mean(h₁, axis=0, keepdims=True)" in text or form == "markdown"
    assert r"\partial \mathrm{mean_{axis=0" in text or form != "markdown"
    assert "…" not in text
    assert "node " not in text


def test_a_line_that_all_parameters_share_has_no_operand(tmp_path):
    rule = OPTIMIZERS["sgd"].rule({"clip_norm": 0.1})
    trace = traced(two_layer_problem(rule=rule, settings=rule.settings), tmp_path)
    lines = [s["operand"] for s in trace["iterations"][0]["steps"] if s["phase"] == "update"]
    assert lines[:4] == [None, None, "W1", "W1"]
