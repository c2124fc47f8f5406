"""The lines of an update rule, in symbols and in numbers."""

from __future__ import annotations

from bpdebug.run import Run
from bpdebug.wording import Script, update_formula, update_symbols, update_why
from tests.graphs import two_layer_problem


def first_update(name: str):
    iteration = Run(two_layer_problem()).iteration(1)
    graph = iteration.recorded.graph
    return graph, next(u for u in iteration.updates if u.parameter == graph.names[name])


def test_symbols_numbers_and_latex():
    graph, line = first_update("W2")
    symbols, numbers, latex = update_formula(graph, line, Script(), (0, 0))
    assert symbols == update_symbols(graph, line, Script()) == "W₂ ← W₂ − α·∂L/∂W₂"
    assert numbers == "W₂[0,0] ← 0.4 − 0.5 × 0.082167 = 0.358916"
    assert latex == (r"W_{2} \leftarrow W_{2} - \alpha \frac{\partial L}{\partial W_{2}}")


def test_a_negative_gradient_stands_in_brackets():
    graph, line = first_update("W2")
    numbers = update_formula(graph, line, Script(), (1, 0))[1]
    assert numbers == "W₂[1,0] ← 0.5 − 0.5 × (−0.0226025) = 0.511301"


def test_without_a_cell_the_norms_are_told():
    graph, line = first_update("b2")
    assert (
        update_formula(graph, line, Script())[1]
        == "‖b₂‖: 0.848528 → 0.815425, ‖change‖ = 0.0718215"
    )


def test_ascii_and_the_sentence():
    graph, line = first_update("W2")
    symbols, numbers, _ = update_formula(graph, line, Script(unicode=False), (0, 0))
    assert symbols == "W2 <- W2 - alpha*dL/dW2"
    assert numbers == "W2[0,0] <- 0.4 - 0.5 * 0.082167 = 0.358916"
    assert update_why(graph, line, Script()).startswith(
        "The gradient points uphill, so W₂ takes a step"
    )
