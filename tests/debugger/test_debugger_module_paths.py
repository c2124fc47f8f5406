"""Names with numbers, `blocks.0.mlp.2.weight`, in commands, and as the lines of a group show it."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.breakpoints.evaluation import MomentEnvironment
from bpdebug.debugger.short_names import written_out
from bpdebug.expression import evaluate
from bpdebug.run import Run
from bpdebug.tui.dialogs.completion import completer
from bpdebug.wording import Script, edge_formula, gradient_name, inside, node_name, value_formula
from tests.debugger.module_paths import SCENARIO
from tests.debugger.test_debugger_typing import CUT, answer, loads

RUN = Run(loads(SCENARIO))
WEIGHT = "blocks.0.mlp.2.weight"


@pytest.fixture
def debugger():
    return Debugger(RUN)


def value(debugger, text):
    return np.asarray(evaluate(text, MomentEnvironment(debugger.moment)))


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
@pytest.mark.parametrize("group", [None, *RUN.graph().groups])
def test_what_is_shown_in_a_group_is_typed_while_the_cursor_is_in_it(debugger, group, unicode):
    graph = RUN.graph()
    found = graph.groups.get(group)
    script = inside(graph, found, Script(unicode=unicode))
    if found is not None:
        debugger.fold([name for name in graph.groups if name != group], folded=False)
        debugger.goto(str(debugger.timeline.spans.of(group, backward=True)[0].start + 1))
        assert debugger.moment.groups[-1].group.name.startswith(group)
    here = debugger.moment
    recorded = RUN.iteration(1).recorded
    debugger.goto(str(debugger.timeline.backward_end))
    shown = [(node_name(graph, i, script), v) for i, v in enumerate(recorded.values)]
    shown += [(value_formula(graph, i, script), v) for i, v in enumerate(recorded.values)]
    shown += [(gradient_name(graph, i, script), recorded.gradients[i]) for i in graph.into]
    for text, wanted in shown:
        if not any(mark in text for mark in CUT):
            whole = written_out(here, text)
            assert value(debugger, whole) == pytest.approx(np.asarray(wanted)), (text, whole)


def test_a_number_keeps_the_name_of_its_list_on_the_screen():
    graph = RUN.graph()
    script = inside(graph, graph.groups["blocks.0.mlp"], Script())
    left = {edge_formula(graph, edge, script).left for edge in graph.edges}
    assert {"∂loss/∂mlp.2.b₁", "∂loss/∂mlp.1", "∂loss/∂blocks.1.mlp.2.b₁"} <= left
    assert "blocks" not in graph.groups


@pytest.mark.parametrize(
    "line",
    [
        f"goto {WEIGHT}",
        f"goto ∂loss/∂{WEIGHT}[0,1]",
        f"until {WEIGHT}",
        f"info {WEIGHT}",
        f"inspect grad({WEIGHT})",
        f"terms {WEIGHT}[0, 1]",
        f"paths {WEIGHT}[0, 1]",
        f"find {WEIGHT}",
        f"watch norm(grad({WEIGHT})) < 1",
        f"break {WEIGHT} if norm(dloss/d{WEIGHT}) < 1",
        "break blocks.0",
        "break blocks.0.mlp.2 -> blocks.0.mlp.1",
        "unfold blocks.0",
        "info blocks.0.mlp",
        "curves norm(blocks.0.mlp.0.bias)",
        f"print {WEIGHT}.T @ blocks.0.mlp.2.T",
        "print -blocks.0.mlp.2[0, 1] + 2.5*blocks.0.mlp.2.b₁ - .5",
        "print norm(blocks.0)",
    ],
)
def test_every_command_takes_such_a_name(debugger, line):
    reply = debugger.execute(line)
    assert reply.ok, reply.text


def test_numbers_behind_a_name_are_counted_right(debugger):
    debugger.goto(str(debugger.timeline.backward_end))
    typed = value(debugger, "2.5*blocks.0.mlp.2.b1 - .5*-blocks.0.mlp.2.b₁[0]")
    assert typed == pytest.approx(2.5 * np.array([0.1, 0.2, 0.3]) + 0.05)
    debugger.last()
    assert value(debugger, f"state({WEIGHT}, m)").shape == (3, 2)


@pytest.mark.parametrize(
    ("text", "says", "marked"),
    [
        ("x + blocks.7.mlp.0.bias", "did you mean 'blocks.1.mlp.0.bias'", "blocks.7.mlp.0.bias"),
        ("2*x.0", "unknown name 'x.0'", "x.0"),
        ("norm(blocks.0.mlp.2.b2)", "did you mean 'blocks.0.mlp.2.b1'", "blocks.0.mlp.2.b2"),
        ("mlp.2.b1 + x", "'blocks.0.mlp.2.b1' or 'blocks.1.mlp.2.b1'", "mlp.2.b1"),
        ("norm(blocks)", "unknown name 'blocks'", "blocks"),
    ],
)
def test_a_misspelt_name_is_marked_where_it_stands(debugger, text, says, marked):
    problem, line, carets = answer(debugger, f"print {text}").split("\n")
    assert says in problem
    start = line.index(marked)
    assert carets == " " * start + "^" * len(marked)


def test_what_is_typed_short_means_the_group_where_the_cursor_is(debugger):
    for number in (0, 1):
        debugger.execute(f"goto blocks.{number}.mlp.1")
        assert f"blocks.{number}.mlp.2.b1 = [" in answer(debugger, "print mlp.2.b₁")
        assert answer(debugger, "print ln_1.bias").startswith(f"blocks.{number}.ln_1.bias =")
    watched = answer(debugger, "watch norm(mlp.0.bias)")
    assert "norm(blocks.1.mlp.0.bias)" in watched
    assert debugger.execute("break mlp if norm(∂loss/∂mlp.2.b₁) > 9").ok
    assert debugger.breakpoints[-1].text == "blocks.1.mlp if norm(∂loss/∂blocks.1.mlp.2.b1) > 9"
    answer(debugger, "goto mlp.0.bias")
    assert debugger.moment.graph.nodes[debugger.moment.node].name == "blocks.1.mlp.0.bias"


def test_curves_are_named_short_too_but_a_family_by_its_word(debugger):
    debugger.execute("goto blocks.1.mlp.1")
    table = answer(debugger, "curves norm(mlp.2.b1), delta")
    assert "a norm(blocks.1.mlp.2.b1)" in table
    assert "b norm(delta(1))" in table
    text = '[parameters]\n"net.w" = 2.0\n[graph]\n"net.grad" = "net.w ** 2"\nL = "net.grad"\n'
    assert "norm(grad(net.w))" in answer(Debugger(Run(loads(text))), "curves grad")


@pytest.mark.parametrize(
    "text", ["loss", "state(x, m)", "mean(x)", "sum(x, axis=0)", "'mlp'", "x.mlp", "grad(x)", "δ₁"]
)
def test_words_that_mean_something_already_stay(debugger, text):
    debugger.execute("goto blocks.1.mlp.1")
    assert written_out(debugger.moment, text) == text


def test_the_prompt_completes_such_names(debugger):
    complete = completer(debugger, None)
    assert "blocks.0.mlp.2.weight" in complete("print grad(blocks.0.mlp.2").words
    assert complete("print 2*blocks.0.mlp.2.w") == (len("print 2*"), [WEIGHT])
    assert not complete("print mlp.2.w").words
    debugger.execute("goto blocks.1.mlp.1")
    assert complete("print mlp.2.w").words == ["mlp.2.weight"]
