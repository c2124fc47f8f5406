"""A right backward function is called right: at any sizes, in any precision, written any way."""

import functools

import numpy as np
import pytest

from bpdebug.graph import Engine
from bpdebug.mistakes import judge_function
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.mistakes.by_hand import softmax
from tests.mistakes.functions import BATCH_NORM, CLASSIC, MLP, PROGRAMS, SHARES, one_hot
from tests.mistakes.judging import statuses
from tests.readme import README

LESSONS = sorted((README.parent / "scenarios").rglob("*.toml"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_agrees(name, tmp_path):
    verdict = PROGRAMS[name].verdict(tmp_path)
    assert verdict.verdict == "agrees"
    assert verdict.agrees
    assert {status for status, _ in statuses(verdict).values()} == {"agrees"}
    assert not verdict.explanations
    assert verdict.draws >= 3


@pytest.mark.thorough
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_right_gradients_of_every_lesson_agree(path):
    run = Run(load(path))
    problem, given = run.problem, run.graph(1)

    def backward(**arrays):
        shapes = {name: np.shape(values) for name, values in arrays.items()}
        own = all(given.node(name).shape == shape for name, shape in shapes.items())
        graph = given if own else problem.reshape(shapes)(None)
        leaves = {graph.names[n]: np.asarray(v, problem.dtype) for n, v in arrays.items()}
        gradients = Engine(graph, problem.dtype).run(leaves).gradients
        found = [node for node in graph.nodes if node.name and gradients[node.index] is not None]
        return {node.name: gradients[node.index] for node in found if node.index != graph.loss}

    verdict = judge_function(run, backward)
    assert verdict.verdict == "agrees"
    assert verdict.draws >= 3


def test_the_verdict_says_on_what_it_was_tried(tmp_path):
    verdict = CLASSIC.verdict(tmp_path)
    assert verdict.notes == ("also tried on 4 sets of fresh data, 3 of them of other sizes",)


def fused(x, w, W, gamma, beta):
    """Batch normalisation in the closed form of its derivative, not step by step."""
    z = x @ W.T
    inverse = 1 / np.sqrt(z.var(axis=0) + 0.01)
    n = (z - z.mean(axis=0)) * inverse
    d_o = w * (1 - np.tanh(gamma * n + beta) ** 2)
    d_n = d_o * gamma
    d_z = inverse * (d_n - d_n.mean(axis=0) - n * (d_n * n).mean(axis=0))
    return {"W": d_z.T @ x, "gamma": (d_o * n).sum(axis=0), "beta": d_o.sum(axis=0)}


def test_another_way_to_write_it_agrees(tmp_path):
    assert judge_function(BATCH_NORM.run(tmp_path), fused).verdict == "agrees"


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_rounding_is_no_mistake(kind, tmp_path):
    right = CLASSIC.function()

    def backward(**arrays):
        return {name: found.astype(kind) for name, found in right(**arrays).items()}

    assert judge_function(CLASSIC.run(tmp_path), backward).verdict == "agrees"


def test_single_precision_within_is_no_mistake(tmp_path):
    right = CLASSIC.function()

    def backward(x, y, W1, b1, W2, b2):
        return right(x.astype(np.float32), y, *map(np.float32, (W1, b1, W2, b2)))

    assert judge_function(CLASSIC.run(tmp_path), backward).verdict == "agrees"


def test_a_run_in_single_precision_agrees_and_its_mistakes_are_named(tmp_path):
    run = CLASSIC.run(tmp_path, '\n[run]\ndtype = "float32"\n')
    kinds = set()

    def backward(x, y, W1, b1, W2, b2):
        kinds.update((x.dtype, W1.dtype, y.dtype))
        return CLASSIC.function()(x, y, W1, b1, W2, b2)

    assert judge_function(run, backward).verdict == "agrees"
    assert kinds == {np.dtype(np.float32), np.dtype(np.int64)}
    wrong = judge_function(run, CLASSIC.function({"d_z1": "d_h1"}))
    assert wrong.explanations[0].mistakes[0].id == "missing-local-derivative"


def test_central_differences_agree(tmp_path):
    def backward(x, t, W, b, step=1e-4):
        given = {"W": W, "b": b}
        found = {}
        for name, values in given.items():
            found[name] = np.zeros_like(values)
            for cell in np.ndindex(values.shape):
                both = []
                for sign in (1, -1):
                    moved = {**given, name: values.copy()}
                    moved[name][cell] += sign * step
                    p = softmax(x @ moved["W"] + moved["b"])
                    both.append(0.5 * np.sum((p - t) ** 2) / len(x))
                found[name][cell] = (both[0] - both[1]) / (2 * step)
        return found

    assert judge_function(SHARES.run(tmp_path), backward).verdict == "agrees"


def test_a_size_that_is_a_number_in_the_function_is_no_mistake(tmp_path):
    verdict = CLASSIC.verdict(tmp_path, {"d_z2": "(p - one_hot(y, p)) / 6"})
    assert verdict.verdict == "agrees"
    assert any(note.startswith("right at the sizes given") for note in verdict.notes)


def test_a_size_that_is_a_number_in_the_forward_pass_is_no_mistake(tmp_path):
    text = SHARES.scenario.replace("half_squared_error(p, t)", "sum((p - t) ** 2) / 8")
    verdict = judge_function(SHARES.run(tmp_path, text=text), SHARES.function())
    assert verdict.verdict == "agrees"


def test_a_function_that_fails_at_other_sizes_is_judged_at_those_given(tmp_path):
    wrong = {"d_z2": "(p - np.eye(4)[y]) / len(x)"}
    verdict = CLASSIC.verdict(tmp_path, wrong)
    assert verdict.verdict == "agrees"
    assert any("stopped by an error" in note for note in verdict.notes)


def on_a_kink():
    """The text of the classic network where every pre-activation is 0."""
    lines = CLASSIC.scenario.splitlines()
    zero = {"W1": np.zeros((3, 5)).tolist(), "b1": [0.0] * 5}
    return "\n".join(
        f"{line[:2]} = {zero[line[:2]]}" if line.startswith(("W1 =", "b1 =")) else line
        for line in lines
    )


@pytest.mark.parametrize("slope", ["d_h1 * (z1 >= 0)", "d_h1 * (0.5 * (z1 > 0) + 0.5 * (z1 >= 0))"])
def test_a_kink_makes_nothing_wrong(slope, tmp_path):
    run = CLASSIC.run(tmp_path, text=on_a_kink())
    verdict = judge_function(run, CLASSIC.function({"d_z1": slope}))
    assert verdict.verdict == "agrees"
    assert statuses(verdict)["grad(b1)"] == ("undecidable", None)


def test_a_mistake_beside_a_kink_is_named(tmp_path):
    run = CLASSIC.run(tmp_path, text=on_a_kink())
    wrong = {"d_z1": "d_h1 * (z1 >= 0)", "d_b2": "d_z2.mean(axis=0)"}
    verdict = judge_function(run, CLASSIC.function(wrong))
    assert [one.id for one in verdict.explanations[0].mistakes] == ["averaged-again"]


def test_a_tie_makes_nothing_wrong(tmp_path):
    text = """
[inputs]
x = [[1.0, 1.0], [2.0, 0.0]]
[parameters]
W = [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
[graph]
m = "max(x @ W, axis=1)"
L = "sum(m * m)"
"""

    def backward(x, W):
        z = x @ W
        d_z = np.zeros_like(z)
        d_z[np.arange(len(z)), z.argmax(axis=1)] = 2 * z.max(axis=1)  # the first of the largest
        return {"W": x.T @ d_z}

    assert judge_function(CLASSIC.run(tmp_path, text=text), backward).verdict == "agrees"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"d_y_hat": "y_hat - y"}, "their loss is a sum, the scenario's a mean over 6"),
        ({"d_y_hat": "2 * (y_hat - y) / len(x)"}, "their loss has no ½, the scenario's has one"),
    ],
)
def test_another_convention_is_told(wrong, says, tmp_path):
    verdict = MLP.verdict(tmp_path, wrong)
    assert verdict.verdict == "convention"
    assert [one.setting for one in verdict.conventions] == [says]


def test_a_factor_that_is_the_number_of_rows_by_chance_is_no_convention(tmp_path):
    program = PROGRAMS["classic as many rows as classes"]
    wrong = {"d_z2": "(p - one_hot(y, p)) / len(x) * p.shape[1]"}
    verdict = program.verdict(tmp_path, wrong)
    assert verdict.verdict == "named"
    assert verdict.explanations[0].mistakes[0].id == "constant-factor"


def test_batches_are_handed_over_as_they_are_cut(tmp_path):
    run = CLASSIC.run(tmp_path, "\n[run]\nbatch_size = 4\niterations = 3\n")
    seen = []

    def backward(x, y, W1, b1, W2, b2):
        seen.append(len(x))
        return CLASSIC.function()(x, y, W1, b1, W2, b2)

    assert judge_function(run, backward).verdict == "agrees"
    assert seen[0] == 4
    assert {1, 4} < set(seen)


def remade(folder, rows_of_x):
    """What runs a forward pass anew, in which the number of rows stands as a number."""

    def remake(data, parameters):
        rows = len(data["x"])
        tables = {"inputs": {**data, "rows": np.arange(rows)}, "parameters": parameters}
        text = "".join(
            f"[{table}]\n" + "".join(f"{name} = {v.tolist()}\n" for name, v in arrays.items())
            for table, arrays in tables.items()
        )
        lines = f"""
z = "{rows_of_x.format(rows)} @ W + b"
q = "log_softmax(z)[rows, y]"
L = "-sum(q) / {rows}.0"
"""
        return CLASSIC.run(folder, text=f"{text}[graph]\n{lines}")

    return remake


@pytest.mark.parametrize(
    ("shape", "rows_of_x"), [((4, 3), "x"), ((4, 3, 2), "reshape(x, shape=({}, -1))")]
)
def test_a_forward_pass_that_is_run_anew_may_have_sizes_as_numbers(shape, rows_of_x, tmp_path):
    rng = np.random.default_rng(3)
    remake = remade(tmp_path, rows_of_x)
    run = remake(
        {"x": rng.normal(size=shape), "y": np.array([0, 1, 3, 1.0])},
        {"W": rng.normal(size=(int(np.prod(shape[1:])), 4)), "b": rng.normal(size=4)},
    )
    seen = set()

    def backward(x, y, W, b, times=1):
        seen.add(len(x))
        flat = x.reshape(len(x), -1)
        p = softmax(flat @ W + b)
        d_z = (p - one_hot(y, p)) / len(x) ** times
        return {"W": flat.T @ d_z, "b": d_z.sum(axis=0)}

    verdict = judge_function(run, backward, remake=remake)
    assert verdict.verdict == "agrees"
    assert verdict.draws == 4
    assert {1, 4} < seen
    wrong = judge_function(run, functools.partial(backward, times=2), remake=remake)
    assert [one.id for one in wrong.explanations[0].mistakes] == ["batch-factor"]
