"""inspect, terms and paths as they are typed."""

import re

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.tensors.statistics import bin_edges, statistics
from bpdebug.debugger.tensors.tensor import tensor_at
from bpdebug.expression.tree import Aspect
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from tests.graphs import chain, drawn, network, two_layer_problem

NAN, INF = float("nan"), float("inf")


def session(name="two_layer", *lines, unicode=True):
    made = Debugger(Run(load(find(name))), Script(unicode=unicode))
    for line in lines:
        assert made.execute(line).ok, line
    return made


def said(debugger, line):
    reply = debugger.execute(line)
    assert reply.ok, reply.text
    return reply.text


def refused(debugger, line):
    reply = debugger.execute(line)
    assert not reply.ok
    return reply.text


# Tensors.


def test_a_gradient_is_inspected_as_far_as_it_has_come():
    debugger = session("two_layer", "goto 13")
    text = said(debugger, "inspect grad(W2)")
    assert text.startswith("∂L/∂W₂: gradient, shape (2, 2), partial: 3 of 4 cells")
    assert "not computed yet 1" in text
    assert "·" in text.splitlines()[-1]
    assert "-0.0227402" not in text.replace("−", "-")
    assert "min −0.0226025   max 0.0826676" in text


def test_what_is_not_computed_yet_has_no_statistics():
    text = said(session(), "inspect delta(1)")
    assert text.splitlines()[0] == "δ₁: gradient, shape (2), not computed yet"
    assert "min" not in text
    assert "not computed yet 2" in text


def test_change_and_new_value_stand_once_the_update_has_run():
    debugger = session()
    assert "not computed yet" in said(debugger, "inspect change(W2)")
    said(debugger, "goto $")
    moment = debugger.moment
    node = moment.graph.names["W2"]
    before, change, new = (
        tensor_at(moment, node, aspect, Script())
        for aspect in (Aspect.VALUE, Aspect.CHANGE, Aspect.NEW)
    )
    assert change.known.all()
    np.testing.assert_allclose(before.values + change.values, new.values, rtol=1e-15)
    np.testing.assert_array_equal(new.values, moment.value(node))
    assert before.title.endswith("before the update")


def test_what_has_no_gradient_or_update_says_so():
    debugger = session()
    assert "no gradient" in refused(debugger, "inspect grad(x)")
    assert "no update" in refused(debugger, "inspect new(z1)")
    assert "did you mean" in refused(debugger, "inspect W3")


def test_without_a_name_it_is_what_is_written_here():
    assert said(session("two_layer", "goto W2"), "inspect").startswith("∂L/∂W₂: gradient")
    assert said(session(), "inspect").startswith("L: value")


def test_statistics_are_those_of_the_finite_known_cells():
    values = np.array([[3.0, 0.0, NAN], [-4.0, INF, 99.0]])
    known = np.array([[True, True, True], [True, True, False]])
    found = statistics(values, known)
    assert (found.cells, found.pending, found.zeros) == (6, 1, 1)
    assert (found.nan, found.infinite) == (1, 1)
    assert (found.least, found.most, found.norm) == (-4.0, 3.0, 5.0)
    assert found.mean == pytest.approx(-1 / 3)
    assert found.spread == pytest.approx(float(np.std([3.0, 0.0, -4.0])))
    assert sum(found.bins) == 3


def test_statistics_of_the_very_large_do_not_overflow():
    found = statistics(np.array([1e300, -1e300, 1e300]), np.full(3, True))
    assert np.isfinite([found.mean, found.spread, found.norm]).all()
    assert found.norm == pytest.approx(1e300 * 3**0.5)
    edges = bin_edges(found)
    assert edges[0][0] == -1e300
    assert edges[-1][1] == 1e300
    assert statistics(np.full(7, 0.1), np.full(7, True)).mean == 0.1


def test_histogram_counts_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=5000)
    found = statistics(values, np.full(5000, True))
    expected, _ = np.histogram(values, bins=len(found.bins))
    assert list(found.bins) == expected.tolist()


def test_the_next_nan_goes_round_and_the_largest_is_by_size():
    moment = session("two_layer", "goto $").moment
    seen = tensor_at(moment, moment.graph.names["W2"], Aspect.VALUE, Script())
    assert seen.next_not_finite((0, 0)) is None
    assert seen.largest() == (1, 1)
    strange = type(seen)(
        0, Aspect.VALUE, "W", np.array([[NAN, -9.0], [1.0, INF]]), np.full((2, 2), True)
    )
    assert strange.next_not_finite((0, 0)) == (1, 1)
    assert strange.next_not_finite((1, 1)) == (0, 0)
    assert strange.largest() == (0, 1)


# Terms.


def test_the_terms_of_a_cell_with_their_ticks_and_running_sum():
    text = said(session("two_layer", "goto 18"), "terms h1[0]")
    assert text.splitlines()[0] == "∂L/∂h₁[0] = 0.0363503, the sum of 2 terms"
    assert re.search(r"tick 17  δ₂\[0\] · W₂\[0,0\] +=  ?0\.138499 +× 0\.4 = +0\.0553994", text)
    assert "Σ 0.0363503" in text


def test_terms_of_the_future_are_dots():
    debugger = session("two_layer", "goto 17")
    text = said(debugger, "terms grad(h1)[0]")
    assert "1 of 2 terms computed, partial until tick 18" in text
    first, second = text.splitlines()[1:]
    assert "0.0553994" in first
    assert "0." not in second
    assert "·" in second
    assert "none computed yet" in said(debugger, "terms W1[1, 1]")


def test_many_terms_are_cut_and_say_where_the_rest_is():
    graph = network((2, 3, 2), batch=50)
    values = {graph.nodes[i].name: value for i, value in drawn(graph).items()}
    parameters = {name: values[name] for name in ("W1", "b1", "W2", "b2")}
    data = {name: values[name] for name in ("x", "y")}
    made = Debugger(
        Run(two_layer_problem(build=lambda rows: graph, data=data, parameters=parameters))
    )
    lines = said(made, "terms W2[0, 0]").splitlines()
    first = made.first_tick_of(graph.names["W2"])
    assert len(lines) == 22
    assert lines[-1] == f"  the first 20 of 50; the rest are ticks {first + 20} to {first + 49}"


def test_each_contribution_has_its_heading():
    debugger = session("published/olah_fanout", "goto $")
    name = next(
        node.name
        for node in debugger.moment.graph.nodes
        if len(debugger.moment.graph.into.get(node.index, ())) > 1
    )
    text = said(debugger, f"terms {name}")
    assert "contribution 1 of 2, line" in text
    assert "contribution 2 of 2, line" in text


def test_the_loss_and_a_wrong_cell_say_what_is_the_matter():
    debugger = session()
    assert "starts the backward pass" in said(debugger, "terms L")
    assert "shape is (2, 2)" in refused(debugger, "terms W2[0, 7]")
    assert "name one cell, such as [1, 1]" in refused(debugger, "terms W2")
    assert "an index is a whole number" in refused(debugger, "terms W2[0, x]")
    assert "no gradient" in refused(debugger, "terms x[0]")


@pytest.mark.parametrize(
    "text", ["W2[0, 1]", "grad(W2)[0,1]", "grad(W2[0, 1])", "W2 [-2, -1]", "W2[0,1] "]
)
def test_a_cell_may_be_named_in_several_ways(text):
    assert said(session("two_layer", "goto $"), f"terms {text}").startswith("∂L/∂W₂[0,1] = ")


# Paths.


def test_paths_add_up_to_the_gradient_and_say_so():
    text = said(session(), "paths W1[0, 1]")
    assert "W₁[0,1] reaches L by 2 paths" in text
    assert "the sum of all products is 0.000877135; ∂L/∂W₁[0,1] = 0.000877135" in text
    assert "not written before tick 24): they agree" in text
    assert "74.4 %  W₁[0,1] → z₁[0] → h₁[0] → z₂[0] → ŷ[0] → L" in text
    assert "= 0.1 × 0.241301 × 0.4 × 0.186816 × 0.741365" in text
    assert "× (−0.217072)" in text
    assert text.splitlines()[-1] == "these are all of them"


def test_of_many_paths_the_largest_are_shown_with_their_share():
    text = said(session("iris"), "paths W1[0, 0]")
    found = re.search(r"showing 20 of ([\d,]+) paths: ([\d.]+) % of the sum", text)
    assert found
    assert int(found[1].replace(",", "")) > 20
    assert 0 < float(found[2]) < 100


def test_the_middle_of_a_long_path_is_left_out():
    graph, leaves = chain(30)
    parameters = {graph.nodes[i].name: value for i, value in leaves.items()}
    made = Debugger(
        Run(two_layer_problem(build=lambda rows: graph, data={}, parameters=parameters))
    )
    (line,) = [line for line in said(made, "paths x").splitlines() if "100 %" in line]
    names = line.split("%")[1].split(" → ")
    assert [name.strip() for name in names] == [
        *("x", "c₀", "c₁", "c₂", "c₃", "c₄", "…"),
        *("c₂₃", "c₂₄", "c₂₅", "c₂₆", "c₂₇", "c₂₈", "c₂₉"),
    ]


def test_nan_is_agreed_upon_too():
    text = said(session("nan_birth", "goto $"), "paths W1[0, 0]")
    assert "the sum of all products is NaN" in text
    assert "they agree" in text


def deep(tmp_path, end):
    """A scenario whose paths double with each of 1,100 squares, and what its loss is made by."""
    path = tmp_path / "deep.toml"
    squares = [f'a{k + 1} = "sin(a{k}) * a{k}"' for k in range(1100)]
    lines = ["[parameters]", "w = 0.5", "[graph]", 'a0 = "1 * w"', *squares, f'L = "{end}"']
    path.write_text("\n".join(lines), encoding="utf-8")
    made = Debugger(Run(load(path)))
    assert made.execute("goto $").ok
    return made


def test_more_paths_than_a_float_holds_are_told_as_a_bound(tmp_path):
    text = said(deep(tmp_path, "a1100"), "paths w")
    assert text.startswith("w reaches L by more than 10^300 paths, all of them with")
    assert text.endswith("showing 20 of more than 10^300 paths")


def test_of_more_paths_than_a_float_holds_those_that_are_not_dead_are_counted(tmp_path):
    text = said(deep(tmp_path, "0 * a1100 + w"), "paths w")
    assert text.startswith("w reaches L by more than 10^300 paths, all but 1 of them with a fac")


def test_paths_wait_for_the_forward_pass():
    assert "forward pass has not come to the loss" in refused(
        session("two_layer", "goto 2"), "paths W1[0, 0]"
    )
    assert "the loss itself" in refused(session(), "paths L")


@pytest.mark.parametrize("line", ["inspect grad(W2)", "terms h1[0]", "paths W1[0, 1]"])
def test_in_ascii_every_answer_is_ascii(line):
    assert said(session("two_layer", "goto 17", unicode=False), line).isascii()


def test_a_problem_without_an_optimizer_has_neither_change_nor_new_value():
    debugger = Debugger(Run(two_layer_problem(rule=None)))
    assert "there is no optimizer" in refused(debugger, "inspect change(W1)")
