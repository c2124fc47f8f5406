"""Which axes of a scenario may have other sizes, and which must have one size."""

import numpy as np
import pytest

from bpdebug.mistakes.fresh.drawing import Likeness
from bpdebug.mistakes.fresh.elsewhere import Elsewhere
from bpdebug.mistakes.fresh.sizes import resizing
from tests.mistakes.functions import PROGRAMS, THREES
from tests.mistakes.judging import run_of
from tests.mistakes.networks import arrays


def resized(run):
    """What may be resized, as names of axes: the examples, then all else."""
    graph = run.graph(1)
    found = resizing(graph, run.problem.data)

    def told(axes):
        return {f"{graph.nodes[node].name}.{at}" for node, at in axes}

    return told(found.batch), [told(one) for one in found.others]


def resized_of(folder, inputs, parameters, graph):
    """The same of a scenario in pieces."""
    lines = "\n".join(f'{name} = "{text}"' for name, text in graph.items())
    text = f"[inputs]\n{inputs}\n[parameters]\n{parameters}\n[graph]\n{lines}\n"
    return resized(run_of(folder, text))


def test_axes_of_one_size_by_chance_are_not_tied(tmp_path):
    batch, others = resized(THREES.run(tmp_path))
    assert batch == {"x.0", "y.0"}
    assert others == [
        {"x.1", "W1.1"},
        {"y.1", "W3.0", "b3.0"},
        {"W1.0", "b1.0", "W2.1"},
        {"W2.0", "b2.0", "W3.1"},
    ]


def test_a_state_that_is_fed_back_ties_both_axes_of_its_weights(tmp_path):
    _, others = resized(PROGRAMS["recurrent"].run(tmp_path))
    assert {"Wx.1", "Wh.0", "Wh.1", "bh.0", "Wy.0"} in others


def test_convolutions_keep_their_windows(tmp_path):
    batch, others = resized_of(
        tmp_path,
        arrays(x=(3, 2, 5, 5)),
        arrays(w=(4, 2, 3, 3), b=(4,), W=(6, 36)),
        {
            "z": "conv2d(x, w, b)",
            "f": "reshape(relu(z), shape=(-1, 36))",
            "L": "mean(square(f @ W.T))",
        },
    )
    assert batch == {"x.0"}
    assert others == [{"x.1", "w.1"}, {"W.0"}]


def test_what_is_joined_is_as_long_as_its_parts(tmp_path):
    text = f"""
[inputs]
{arrays(x=(3, 2), h=(3, 4))}
[parameters]
{arrays(W=(6, 5))}
[graph]
j = "concat(h, x, axis=1)"
L = "sum(square(j @ W))"
"""
    run = run_of(tmp_path, text)
    found = resizing(run.graph(1), run.problem.data)
    shapes = found.shapes(0)
    assert resized(run)[1] == [{"x.1"}, {"h.1"}, {"W.1"}]
    assert shapes["W"][0] == shapes["x"][1] + shapes["h"][1]
    assert len({*shapes["x"], *shapes["h"], shapes["W"][1]}) == 4


def test_rows_by_number_are_tied_to_the_rows_that_they_count(tmp_path):
    batch, others = resized_of(
        tmp_path,
        arrays(x=(4, 3)) + "\nrows = [0, 1, 2, 3]\ny = [1, 0, 4, 2]",
        arrays(W=(3, 5)),
        {"s": "log_softmax(x @ W)", "q": "s[rows, y]", "L": "-mean(q)"},
    )
    assert batch == {"x.0", "rows.0", "y.0"}
    assert others == [{"x.1", "W.0"}, {"W.1"}]


def test_cells_by_number_and_parts_keep_their_axis(tmp_path):
    _, others = resized_of(
        tmp_path,
        arrays(x=(4, 3)),
        arrays(W=(3, 6)),
        {"z": "x @ W", "a": "z[:, :3]", "b": "z[2]", "L": "sum(square(a)) + sum(b)"},
    )
    assert others == [{"x.1", "W.0"}]


def test_a_mask_of_infinities_keeps_its_shape(tmp_path):
    _, others = resized_of(
        tmp_path,
        arrays(x=(2, 3)) + "\nmask = [[0, -inf], [0, 0]]",
        arrays(W=(3, 3)),
        {"a": "x @ W @ x.T + mask", "L": "sum(square(softmax(a)))"},
    )
    assert others == [{"x.1", "W.0", "W.1"}] or others == [{"x.1", "W.0"}, {"W.1"}]


@pytest.mark.parametrize("name", PROGRAMS)
def test_drawn_data_has_the_shapes_and_all_sizes_differ(name, tmp_path):
    run = PROGRAMS[name].run(tmp_path)
    found = resizing(run.graph(1), run.problem.data)
    own = {size for node in run.graph(1).nodes for size in node.shape}
    for number in (0, 1):
        shapes = found.shapes(number)
        elsewhere = Elsewhere(run, run.problem.data)
        drawn = elsewhere.drawn(shapes, number, Likeness.FREE, real=False)
        assert drawn is not None
        graph = drawn.graph(1)
        assert {name: graph.node(name).shape for name in shapes} == shapes
        sizes = [shapes[graph.nodes[node].name][at] for (node, at), *_ in found.others]
        assert len(set(sizes)) == len(sizes)
        assert not own.intersection(sizes)


def test_labels_stay_among_the_classes(tmp_path):
    run = PROGRAMS["tokens"].run(tmp_path)
    found = resizing(run.graph(1), run.problem.data)
    drawn = Elsewhere(run, run.problem.data).drawn(found.shapes(0), 0, Likeness.FREE, real=False)
    assert drawn is not None
    rows = len(drawn.problem.parameters["C"])
    tokens = drawn.problem.data["tokens"]
    assert np.all((tokens >= 0) & (tokens < rows))
    assert len(np.unique(tokens)) < len(tokens)  # so that a row is read twice


def test_what_a_function_is_not_given_keeps_its_pattern(tmp_path):
    text = f"""
[inputs]
{arrays(x=(3, 2))}
start = [0.0, 0.0, 0.0, 0.0]
[parameters]
{arrays(W=(2, 4), U=(4, 4))}
[graph]
L = "sum(square(x @ W + start @ U))"
"""
    run = run_of(tmp_path, text)
    shapes = resizing(run.graph(1), run.problem.data).shapes(0)
    kept = Elsewhere(run, {"x"}).drawn(shapes, 0, Likeness.FREE, real=False)
    drawn = Elsewhere(run, {"x", "start"}).drawn(shapes, 0, Likeness.FREE, real=False)
    assert kept is not None
    assert drawn is not None
    assert not kept.problem.data["start"].any()
    assert drawn.problem.data["start"].all()
