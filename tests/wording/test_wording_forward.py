"""Cells of forward results in numbers."""

import pytest

from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from bpdebug.wording.forward import forward_cell, forward_why
from bpdebug.wording.script import SCREEN


def first_pass(source):
    return Run(load(source)).iteration(1).recorded


def written(run, name, cell=(), script=SCREEN, **options):
    return forward_cell(run, run.graph.node(name).index, cell, script, **options)


def test_a_sum_of_products_is_written_out_and_a_long_one_is_a_window():
    run = first_pass(find("two_layer"))
    whole = "z₂[1] = 0.5 × 0.59327 + 0.55 × 0.596884 + 0.6 = 1.22492"
    assert written(run, "z2", (1,)) == whole
    assert (
        written(run, "z2", (1,), most=1, summand=1) == "z₂[1] = … + 0.55 × 0.596884 + 0.6 = 1.22492"
    )
    assert written(run, "z2", (1,), Script(3, unicode=False)) == (
        "z2[1] = 0.5 * 0.593 + 0.55 * 0.597 + 0.6 = 1.22"
    )


def test_an_elementwise_op_has_a_number_for_each_operand_broadcast_as_numpy_does(tmp_path):
    path = tmp_path / "spread.toml"
    path.write_text(
        "[inputs]\nx = [[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]]\n[parameters]\nb = [[0.5], [-0.5]]\n"
        'c = 2.0\n[graph]\ns = "x - b"\nq = "s ** 2"\nm = "q * c"\nL = "sum(m)"\n'
    )
    run = first_pass(path)
    assert written(run, "s", (0, 1)) == "s[0,1] = −2 − 0.5 = −2.5"
    assert written(run, "s", (1, 2)) == "s[1,2] = 6 − (−0.5) = 6.5"
    assert written(run, "q", (0, 1)) == "q[0,1] = (−2.5)² = 6.25"
    assert written(run, "m", (0, 1)) == "m[0,1] = 6.25 × 2 = 12.5"


@pytest.mark.parametrize("name", ["x", "L"])
def test_a_leaf_and_a_formula_of_whole_arrays_have_none(name):
    run = first_pass(find("two_layer"))
    assert written(run, name, (0,) if name == "x" else ()) == ""


def test_the_reason_for_a_result_tells_whether_the_way_back_comes_by(tmp_path):
    path = tmp_path / "beside.toml"
    path.write_text(
        '[inputs]\nx = 2.0\n[parameters]\nw = 3.0\n[graph]\ns = "x * x"\nz = "w * s"\nL = "z * z"\n'
    )
    graph = first_pass(path).graph
    assert "leaves it out" in forward_why(graph, graph.node("s").index)
    assert "this op's local derivative" in forward_why(graph, graph.node("z").index)
    assert "begins here" in forward_why(graph, graph.node("L").index)
