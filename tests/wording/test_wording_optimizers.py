"""Optimizers in words: every line of every rule in symbols, with numbers, in LaTeX and in ASCII."""

from __future__ import annotations

import re

import pytest

from bpdebug.optimizer import OPTIMIZERS
from bpdebug.run import Run
from bpdebug.wording import (
    Script,
    first_cell,
    optimizer_line,
    optimizer_text,
    update_formula,
    update_operands,
    update_symbols,
    update_why,
)
from tests.graphs import two_layer_problem
from tests.optimizer.cases import CASES


def second(name, schedule="constant", planned=None, **settings):
    """The graph, and the update lines of the second iteration for W1."""
    rule = OPTIMIZERS[name].rule(settings, schedule, planned)
    iteration = Run(two_layer_problem(rule=rule, settings=rule.settings)).iteration(2)
    graph = iteration.recorded.graph
    return graph, [u for u in iteration.updates if u.parameter == graph.names["W1"]]


def test_adam_line_by_line():
    graph, lines = second("adam", learning_rate=0.1)
    assert [update_symbols(graph, line, Script()) for line in lines] == [
        "m ← β₁·m + (1 − β₁)·∂L/∂W₁",
        "v ← β₂·v + (1 − β₂)·(∂L/∂W₁)²",
        "m̂ ← m/(1 − β₁^t)   (W₁)",
        "v̂ ← v/(1 − β₂^t)   (W₁)",
        "W₁ ← W₁ − α·m̂/(√v̂ + ε)",
    ]
    told = first_cell(graph, lines[2], Script())
    assert re.fullmatch(r"m̂\[0,0\] ← [0-9.e−]+/\(1 − 0\.9²\) = [0-9.e−]+", told)


def test_a_gradient_that_was_changed_is_g():
    graph, lines = second("sgd", clip_value=0.001, weight_decay=0.1)
    assert [update_symbols(graph, line, Script()) for line in lines] == [
        "g ← max(−c, min(c, ∂L/∂W₁))",
        "g ← g + λ·W₁",
        "W₁ ← W₁ − α·g",
    ]


def test_the_norm_of_all_gradients_is_written_out():
    graph, lines = second("sgd", clip_norm=0.05)
    symbols, numbers, latex = update_formula(graph, lines[0], Script())
    assert symbols == "‖∇L‖ ← √(Σ ‖∂L/∂θ‖²)"
    assert re.fullmatch(r"‖∇L‖ ← √\([0-9.e−]+( \+ [0-9.e−]+){3}\) = 0\.[0-9]+", numbers)
    assert latex.startswith(r"\lVert \nabla L \rVert \leftarrow")
    assert update_operands(graph, lines[0], Script()) == []


def test_a_schedule_makes_the_rate_from_the_first_one():
    graph, lines = second("sgd", "step", {"every": 1.0, "factor": 0.5}, learning_rate=0.4)
    assert update_symbols(graph, lines[0], Script()) == "α ← α₀·γ^⌊(t − 1)/n⌋"
    assert update_formula(graph, lines[0], Script())[1] == "α ← 0.4 × 0.5^⌊(2 − 1)/1⌋ = 0.2"
    assert update_symbols(graph, lines[1], Script()) == "W₁ ← W₁ − α·∂L/∂W₁"
    assert " − 0.2 × " in first_cell(graph, lines[1], Script())


def test_what_stands_in_a_line_has_its_name():
    graph, lines = second("nesterov")
    titles = [[title for title, _ in update_operands(graph, line, Script())] for line in lines]
    assert titles == [
        ["v before", "∂L/∂W₁", "v new"],
        ["∂L/∂W₁", "v", "u"],
        ["W₁ before", "u", "W₁ new"],
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_every_line_can_be_written_in_every_script(case):
    rule = OPTIMIZERS[case.name].rule(case.settings, case.schedule, case.planned)
    iteration = Run(two_layer_problem(rule=rule, settings=rule.settings)).iteration(2)
    graph = iteration.recorded.graph
    for line in iteration.updates[: len(rule.steps)]:
        symbols, numbers, latex = update_formula(graph, line, Script())
        assert "{" not in symbols + numbers
        assert latex.count("{") == latex.count("}")
        assert not re.search(r"[^\x00-\x7f]", latex)
        for text in (*update_formula(graph, line, Script(unicode=False))[:2],):
            assert text.isascii()
            assert text.count("(") == text.count(")")
        assert update_why(graph, line, Script(unicode=False)).isascii()
        assert first_cell(graph, line, Script(unicode=False)).isascii()
    assert optimizer_text(rule, rule.settings, Script(unicode=False)).isascii()


def test_all_about_an_optimizer():
    rule = OPTIMIZERS["adagrad"].rule({"learning_rate": 0.5})
    text = optimizer_text(rule, rule.settings, Script())
    assert text.startswith("adagrad, α = 0.5, ε = 1e−10\n  s ← s + g²\n")
    assert "θ ← θ − α/(√s + ε)·g" in text
    assert "torch.optim.Adagrad: ε outside the root" in text


NOTES = (
    ("rmsprop", {"eps_inside": True}, "√(s + ε)", "ε outside the root, no"),
    ("rmsprop", {"centered": True}, "Centred", "The velocity"),
    ("rmsprop", {}, "ε outside the root", "Centred"),
    ("adagrad", {"eps_inside": True}, "but for ε", ": ε outside the root"),
    ("momentum", {"momentum": 0.8, "dampening": 0.5}, "(momentum=0.8, dampening=0.5)", "the whole"),
    ("momentum", {"momentum": 0.8}, "adds the whole gradient", "momentum=0.9"),
    ("momentum", {"momentum": 0.0}, "no velocity", "momentum=0.9"),
    ("nesterov", {"momentum": 0.5}, "momentum=0.5, nesterov=True", "momentum=0.9"),
    ("adam", {}, "torch.optim.Adam", "AMSGrad"),
    ("adam", {"amsgrad": True}, "AMSGrad takes the maximum", "never grows"),
    ("adamw", {"weight_decay": 0.0}, "it is Adam", "decay comes first"),
)


@pytest.mark.parametrize(("name", "settings", "said", "unsaid"), NOTES)
def test_the_variant_is_that_of_the_settings(name, settings, said, unsaid):
    rule = OPTIMIZERS[name].rule(settings)
    assert said in rule.note
    text = optimizer_text(rule, rule.settings, Script())
    assert unsaid not in text.split("\n", 1)[1].rpartition("this is")[2]
    assert "never grows" not in text


def test_the_headline_names_what_is_switched_on():
    rule = OPTIMIZERS["rmsprop"].rule({"centered": True, "maximize": True})
    assert optimizer_line(rule, rule.settings, Script()).endswith(", centered, maximize")
    rule = OPTIMIZERS["adam"].rule({"amsgrad": True})
    assert optimizer_line(rule, rule.settings, Script()).endswith(", amsgrad")
    rule = OPTIMIZERS["adam"].rule({"amsgrad": False})
    assert optimizer_line(rule, rule.settings, Script()).endswith(" = 1e−8")
