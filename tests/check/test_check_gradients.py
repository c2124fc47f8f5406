"""Gradients against differences: the verdict is right at every scale, and on kinks it is none."""

import numpy as np
import pytest

from bpdebug.check.differences import Verdict
from bpdebug.check.gradients import check_array, check_gradients, shared_out
from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY, Partial
from bpdebug.records import replace
from bpdebug.run import Run, progress
from tests.graphs import chain, drawn, network, residual, two_layer_problem
from tests.op_cases import CASES, Case, weighted


def of_one(name, at, *, before=1.0, after=1.0, other=None):
    """The pass of L = after·op(before·x) for one number x."""
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    inner = builder.apply(REGISTRY["multiply"], (builder.constant(before), x))
    operands = (inner,) if other is None else (inner, builder.constant(other))
    op = builder.apply(REGISTRY[name], operands)
    graph = builder.finish(
        builder.apply(REGISTRY["multiply"], (builder.constant(after), op), name="L")
    )
    return Engine(graph).run({x: np.asarray(at)})


def verdict(run, factor=1.0, plus=0.0):
    """The verdict on x's gradient, made wrong by a factor or an addition."""
    gradient = run.gradients[0] * factor + plus
    changed = replace(run, gradients=[gradient, *run.gradients[1:]])
    found = check_array(changed, 0)
    if found.skipped:
        return Verdict.NOT_CHECKABLE
    return Verdict.AGREES if found.ok else Verdict.DIFFERS


def test_the_published_network_agrees():
    found = check_gradients(Run(two_layer_problem()))
    assert [(c.name, c.checked, c.ok) for c in found] == [
        ("W1", 4, True),
        ("b1", 2, True),
        ("W2", 4, True),
        ("b2", 2, True),
    ]
    assert all(c.worst is not None and c.worst.relative_error < 1e-8 for c in found)
    assert all(c.agreeing == c.checked and not c.unresolved for c in found)


@pytest.mark.parametrize("case", CASES[::3], ids=str)
def test_the_ops_agree(case: Case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    for leaf in case.differentiable:
        found = check_array(run, leaf)
        assert found.ok
        assert not found.skipped
        assert found.agreeing == found.entries


SMOOTH = [
    ("exp", 0.7),
    ("sigmoid", -1.3),
    ("tanh", 0.4),
    ("sin", 2.0),
    ("log", 1.7),
    ("sqrt", 0.3),
    ("square", -1.5),
    ("softplus", 3.0),
    ("gelu", -0.6),
]


@pytest.mark.parametrize("loss_scale", [1e-150, 1e-12, 1.0, 1e12, 1e150])
@pytest.mark.parametrize("scale", [1e-100, 1e-9, 1.0, 1e9, 1e100])
@pytest.mark.parametrize(("name", "at"), SMOOTH)
def test_the_verdict_is_right_at_every_scale(name, at, scale, loss_scale):
    run = of_one(name, at * scale, before=1 / scale, after=loss_scale)
    assert verdict(run) is Verdict.AGREES
    for factor in (1.001, 0.999, -1.0, 0.0, 2.0, 1e-6):
        assert verdict(run, factor) is Verdict.DIFFERS, factor


@pytest.mark.parametrize("steep", [1e3, 1e6, 1e9])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "sin"])
def test_a_function_much_steeper_than_its_argument_is_large(name, steep):
    """x is 1, but the function turns within 1/steep of it."""
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    moved = builder.apply(REGISTRY["subtract"], (x, builder.constant(1.0 - 0.3 / steep)))
    inner = builder.apply(REGISTRY["multiply"], (builder.constant(steep), moved))
    graph = builder.finish(builder.apply(REGISTRY[name], (inner,), name="L"))
    run = Engine(graph).run({x: np.asarray(1.0)})
    assert verdict(run) is Verdict.AGREES
    for factor in (1.05, -1.0, 0.0):
        assert verdict(run, factor) is Verdict.DIFFERS


def test_a_small_slope_beside_a_large_loss():
    """The loss is a million, the slope a millionth: rounding hides it from small steps."""
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    small = builder.apply(REGISTRY["multiply"], (builder.constant(1e-6), x))
    graph = builder.finish(builder.apply(REGISTRY["add"], (builder.constant(1e6), small), name="L"))
    run = Engine(graph).run({x: np.asarray(0.5)})
    assert verdict(run) is Verdict.AGREES
    assert verdict(run, -10.0) is Verdict.DIFFERS


def test_entries_of_very_different_sizes_are_each_right():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (4,), gradient=True)
    graph = builder.finish(
        builder.apply(REGISTRY["sum"], (builder.apply(REGISTRY["log"], (x,)),), name="L")
    )
    run = Engine(graph).run({x: np.array([1e-9, 1e-3, 1.0, 1e6])})
    assert check_array(run, x).ok
    gradient = np.asarray(run.gradients[x])
    for at in range(4):
        wrong = gradient.copy()
        wrong[at] *= 1.02
        found = check_array(replace(run, gradients=[wrong, *run.gradients[1:]]), x)
        assert found.differing == 1
        assert found.worst is not None
        assert found.worst.cell == (at,)


@pytest.mark.parametrize(
    ("name", "at", "other"),
    [
        ("relu", 0.0, None),
        ("leaky_relu", 0.0, None),
        ("abs", 0.0, None),
        ("norm", 0.0, None),
        ("maximum", 1.5, 1.5),
        ("minimum", 1.5, 1.5),
    ],
)
def test_a_kink_is_not_checkable_and_never_wrong(name, at, other):
    run = of_one(name, at, other=other)
    assert verdict(run) is Verdict.NOT_CHECKABLE
    found = check_array(run, 0)
    assert found.ok
    (reason,) = found.skipped
    assert reason.startswith(f"on the kink of {name} at ")
    assert reason.endswith(f": {run.graph.nodes[3 if other is None else 4].op.at_kink}")


@pytest.mark.parametrize(("name", "other"), [("sqrt", None), ("power", 0.5), ("log", None)])
def test_an_infinite_gradient_is_never_agreement(name, other):
    found = check_array(of_one(name, 0.0, other=other), 0)
    assert not found.ok
    assert (found.strange.count, found.strange.first, found.strange.value) == (1, (), np.inf)


def test_a_tie_in_max_is_not_checkable():
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (3,), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["max"], (x,), name="L"))
    found = check_array(Engine(graph).run({x: np.array([2.0, 1.0, 2.0])}), x)
    reason = "on the kink of max at L: entries that tie for the maximum share the gradient evenly"
    assert (found.agreeing, found.differing, found.skipped) == (1, 0, {reason: 2})


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_beside_a_kink_it_is_checkable(gap, sign):
    run = of_one("relu", sign * gap)
    assert verdict(run) is Verdict.AGREES
    assert verdict(run, plus=0.5) is Verdict.DIFFERS


def test_elu_is_smooth_at_zero_with_alpha_one():
    assert verdict(of_one("elu", 0.0)) is Verdict.AGREES


def test_a_kink_that_an_entry_does_not_touch_is_none_of_its_business():
    """x is 0 there, so moving the weight moves nothing on the kink."""
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.INPUT, (2,))
    w = builder.leaf("w", Kind.PARAMETER, (2,), gradient=True)
    z = builder.apply(REGISTRY["multiply"], (w, x), name="z")
    h = builder.apply(REGISTRY["relu"], (z,), name="h")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (h,), name="L"))
    run = Engine(graph).run({x: np.array([0.0, 2.0]), w: np.array([0.7, 0.3])})
    found = check_array(run, w)
    assert (found.agreeing, found.skipped) == (2, {})


def test_a_wrong_derivative_in_an_op_is_found():
    wrong = replace(
        REGISTRY["tanh"],
        partials=(Partial(lambda y, x: 1.0 - y, "", "", ""),),
    )
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, (2, 3), gradient=True)
    h = builder.apply(wrong, (x,))
    graph = builder.finish(builder.apply(REGISTRY["sum"], (h,), name="L"))
    run = Engine(graph).run({x: np.linspace(-1, 1.6, 6).reshape(2, 3)})
    found = check_array(run, x)
    assert found.differing == 6
    assert found.worst is not None
    assert found.worst.relative_error > 0.1


def test_a_gradient_of_nan_beside_a_finite_loss_differs():
    run = of_one("tanh", 0.4)
    assert verdict(run, float("nan")) is Verdict.DIFFERS
    assert verdict(run, float("inf")) is Verdict.DIFFERS


def test_a_loss_of_nan_is_not_checkable():
    found = check_array(of_one("log", -1.0), 0)
    assert not found.compared
    assert found.skipped == {"the loss is not finite": 1}


def test_a_dead_unit_agrees_on_zero():
    run = of_one("relu", -3.0)
    assert verdict(run) is Verdict.AGREES
    assert verdict(run, plus=1e-3) is Verdict.DIFFERS


def test_a_large_array_is_sampled_the_same_way_each_time():
    graph = network((40, 30, 2), 3, activation="relu")
    run = Engine(graph).run(drawn(graph))
    leaf = graph.names["W1"]
    found = check_array(run, leaf, budget=6 * 50_000 * 100)
    assert 8 <= found.checked < found.entries == 1200
    assert found.ok
    assert found == check_array(run, leaf, budget=6 * 50_000 * 100)


def test_relu_network_in_a_batch_agrees():
    graph = network((6, 5, 3), 8, activation="relu")
    run = Engine(graph).run(drawn(graph))
    for name in ("W1", "b1", "W2", "b2"):
        found = check_array(run, graph.names[name])
        assert found.ok
        assert found.agreeing == found.entries


def test_inputs_are_checked_when_they_ask_for_a_gradient():
    graph, leaves = residual(2)
    problem = two_layer_problem(
        1,
        build=lambda rows: graph,
        data={"x": leaves[graph.names["x"]]},
        parameters={"w": leaves[graph.names["w"]]},
    )
    assert [c.name for c in check_gradients(Run(problem))] == ["w", "x"]


def test_a_parameter_that_does_not_reach_the_loss_has_nothing_to_check():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    unused = builder.leaf("unused", Kind.PARAMETER, (2,), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["tanh"], (w,), name="L"))
    run = Engine(graph).run({w: np.asarray(0.3), unused: np.ones(2)})
    found = check_array(run, unused)
    assert found.ok
    assert found.checked == 0
    assert "does not reach the loss" in found.note


def test_a_chain_of_5000_ops_is_checked():
    graph, leaves = chain(5000)
    found = check_array(Engine(graph).run(leaves), 0)
    assert found.ok
    assert found.agreeing == 1


def test_a_budget_is_shared_equally_and_what_is_not_needed_goes_to_the_others():
    assert shared_out([10, 10], [1, 1], 1000) == [10, 10]
    assert shared_out([10, 1000, 1000], [1, 1, 1], 210) == [10, 100, 100]
    assert shared_out([1000, 1000], [1, 4], 800) == [400, 100]
    assert shared_out([1000, 5], [10, 10], 0) == [8, 5]  # a few of each, whatever they cost


def test_progress_counts_up_to_the_whole(monkeypatch):
    seen = []
    run = Run(two_layer_problem())
    run.progress = lambda done, total: seen.append((done, total))
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    check_gradients(run)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert 0 < seen[-1][0] < seen[-1][1]
