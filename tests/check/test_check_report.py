"""The lines of a report: the verdict, the worst entry with its numbers, and what was left out."""

import numpy as np

from bpdebug.check import check_array
from bpdebug.check.report import Report, array_line
from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.records import replace
from tests.graphs import drawn, network


def relu_pass(values):
    builder = GraphBuilder()
    x = builder.leaf("x", Kind.PARAMETER, np.shape(values), gradient=True)
    h = builder.apply(REGISTRY["relu"], (x,), name="h")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (h,), name="L"))
    return Engine(graph).run({x: np.asarray(values)})


def test_kinks_are_counted_apart():
    found = check_array(relu_pass([0.0, 1.0, -1.0, 0.0]), 0)
    line = array_line(found)
    assert line.startswith("gradient of x, shape (4): 2 entries agree, relative error below 1e-6; ")
    assert line.endswith(
        "; 2 entries not checkable here (on the kink of relu at h: at 0 the slope is taken as 0)"
    )


def test_a_difference_shows_both_numbers():
    run = relu_pass([[3.0, 1.0], [-1.0, 2.0]])
    wrong = np.array([[1.0, 1.0], [0.0, 0.25]])
    found = check_array(replace(run, gradients=[wrong, *run.gradients[1:]]), 0)
    assert array_line(found) == (
        "gradient of x, shape (2, 2): DIFFERS in 1 entry; worst at x[1, 1]: gradient 0.25, "
        "central differences 1, relative error 0.75; 3 entries agree"
    )
    report = Report((found,), ())
    assert not report.ok
    assert report.lines()[-1] == "checked 1 gradient and 0 expectations: 1 DIFFERS"


def test_what_does_not_reach_the_loss_is_not_counted_as_checked():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    builder.leaf("unused", Kind.PARAMETER, (), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["square"], (w,), name="L"))
    run = Engine(graph).run({0: np.asarray(2.0), 1: np.asarray(1.0)})
    report = Report((check_array(run, 0), check_array(run, 1)), ())
    assert report.lines()[-1] == (
        "checked 1 gradient, 1 not checked, and 0 expectations: none differs"
    )


def test_a_scalar_needs_no_index():
    run = relu_pass(2.0)
    found = check_array(replace(run, gradients=[np.asarray(3.0), *run.gradients[1:]]), 0)
    assert "gradient of x, a scalar: DIFFERS in 1 entry; worst at x: gradient 3" in array_line(
        found
    )


def test_a_sample_says_how_much_it_checked():
    graph = network((300, 40, 2), 3)
    found = check_array(Engine(graph).run(drawn(graph)), graph.names["W1"], budget=1)
    assert array_line(found).endswith("; checked 8 of 12,000 entries")
    report = Report((found,), ())
    assert any(
        line.startswith("of 1 gradient only a random sample was checked")
        and line.endswith("8 of 12,000 entries")
        for line in report.lines()
    )


def test_nan_says_why_nothing_was_checked():
    line = array_line(check_array(relu_pass([float("nan"), 1.0]), 0))
    assert line == (
        "gradient of x, shape (2): NOT FINITE in 1 entry; the first, x[0], is NaN; "
        "2 entries not checkable here (the loss is not finite)"
    )
