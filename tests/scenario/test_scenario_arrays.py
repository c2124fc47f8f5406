"""Where arrays come from: numbers, inits, .csv and .npz files."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.scenario import load
from tests.scenario.scenarios import failure, loaded, write

TEXT = """
[inputs]
x = {x}
[parameters]
w = {w}
[graph]
L = "sum(w) + sum(x)"
[run]
seed = {seed}
"""


def parameter(folder, w, seed=0):
    """The values that an entry of [parameters] comes to."""
    return loaded(folder, TEXT.format(x=1, w=w, seed=seed)).parameters["w"]


def given(folder, x):
    """The values that an entry of [inputs] comes to."""
    return loaded(folder, TEXT.format(x=x, w=1, seed=0)).data["x"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3", np.array(3.0)),
        ("-0.5", np.array(-0.5)),
        ("[1, 2.5]", np.array([1.0, 2.5])),
        ("[[1], [2]]", np.array([[1.0], [2.0]])),
        ("[[[1, 2]], [[3, 4]]]", np.array([[[1.0, 2.0]], [[3.0, 4.0]]])),
        ("{ value = [1, 2] }", np.array([1.0, 2.0])),
        ("[1e-320, 1_000]", np.array([1e-320, 1000.0])),
    ],
)
def test_numbers(tmp_path, written, expected):
    for found in (given(tmp_path, written), parameter(tmp_path, written)):
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, expected)
        assert found.shape == expected.shape


@pytest.mark.parametrize(
    ("init", "low", "high", "spread"),
    [
        ("zeros", 0, 0, 0),
        ("ones", 1, 1, 0),
        ("uniform", 0, 1, 1 / np.sqrt(12)),
        ("normal", -6, 6, 1),
        # 60 units, 40 inputs
        ("xavier_uniform", -np.sqrt(6 / 100), np.sqrt(6 / 100), np.sqrt(2 / 100)),
        ("xavier_normal", -1, 1, np.sqrt(2 / 100)),
        ("he_uniform", -np.sqrt(6 / 40), np.sqrt(6 / 40), np.sqrt(2 / 40)),
        ("he_normal", -2, 2, np.sqrt(2 / 40)),
    ],
)
def test_inits_have_their_range_and_spread(tmp_path, init, low, high, spread):
    w = parameter(tmp_path, f'{{ shape = [60, 40], init = "{init}" }}')
    assert w.shape == (60, 40)
    assert low <= w.min() <= w.max() <= high
    assert w.std() == pytest.approx(spread, rel=0.05)


def test_settings_of_inits(tmp_path):
    assert np.all(parameter(tmp_path, '{ shape = 3, init = "constant", value = 0.1 }') == 0.1)
    w = parameter(tmp_path, '{ shape = [50, 50], init = "uniform", low = -3, high = -2 }')
    assert -3 <= w.min() < -2.9 < -2.1 < w.max() <= -2
    w = parameter(tmp_path, '{ shape = [50, 50], init = "normal", mean = 10, std = 0.1 }')
    assert w.mean() == pytest.approx(10, abs=0.02)
    assert w.std() == pytest.approx(0.1, rel=0.1)
    plain = parameter(tmp_path, '{ shape = [5, 5], init = "xavier_uniform", seed = 1 }')
    wide = parameter(tmp_path, '{ shape = [5, 5], init = "xavier_uniform", gain = 2, seed = 1 }')
    np.testing.assert_allclose(wide, 2 * plain)


def test_seeds_decide_what_is_drawn(tmp_path):
    free, own = '{ shape = 4, init = "normal" }', '{ shape = 4, init = "normal", seed = 7 }'
    assert np.array_equal(parameter(tmp_path, free, seed=1), parameter(tmp_path, free, seed=1))
    assert not np.array_equal(parameter(tmp_path, free, seed=1), parameter(tmp_path, free, seed=2))
    assert np.array_equal(parameter(tmp_path, own, seed=1), parameter(tmp_path, own, seed=2))


def test_parameters_without_a_seed_differ_and_do_not_depend_on_one_another(tmp_path):
    text = '[parameters]\n{}b = {{ shape = 4, init = "normal" }}\n[graph]\nL = "sum(b)"'
    alone = loaded(tmp_path, text.format(""))
    both = loaded(tmp_path, text.format('a = { shape = 4, init = "normal" }\n'))
    assert np.array_equal(alone.parameters["b"], both.parameters["b"])
    assert not np.array_equal(both.parameters["a"], both.parameters["b"])


def test_csv_columns(tmp_path):
    write(tmp_path, "\ufefflength, width,species\n1,2.5,0\n\n3,-4e1,1\n", "data.csv")
    several = given(tmp_path, '{ file = "data.csv", columns = ["width", "length"] }')
    np.testing.assert_array_equal(several, [[2.5, 1.0], [-40.0, 3.0]])
    one = given(tmp_path, '{ file = "data.csv", columns = ["species"] }')
    np.testing.assert_array_equal(one, [0.0, 1.0])
    every = given(tmp_path, '{ file = "data.csv" }')
    np.testing.assert_array_equal(every, [[1.0, 2.5, 0.0], [3.0, -40.0, 1.0]])


def test_a_text_column_that_is_not_asked_for_does_not_matter(tmp_path):
    write(tmp_path, "名字,值\n甲,1\n乙,2\n", "data.csv")
    np.testing.assert_array_equal(
        given(tmp_path, '{ file = "data.csv", columns = ["值"] }'), [1, 2]
    )


def test_standardize(tmp_path):
    write(tmp_path, "a,b,c\n1,5,1e6\n2,5,3e6\n3,5,2e6\n", "data.csv")
    x = given(tmp_path, '{ file = "data.csv", standardize = true }')
    np.testing.assert_allclose(x.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(0), [1, 0, 1])
    x = given(tmp_path, "{ value = [1, 2, 3], standardize = true }")
    np.testing.assert_allclose(x, [-np.sqrt(1.5), 0, np.sqrt(1.5)])


@pytest.mark.parametrize("dtype", ["float64", "float32", ">f4", "int8", "uint16", "int64"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_arrays(tmp_path, dtype, order, save):
    array = np.asarray(np.arange(6).reshape(2, 3), dtype=dtype, order=order)
    save(tmp_path / "w.npz", **{"fc.weight": array, "other": np.ones(1)})
    found = parameter(tmp_path, '{ file = "w.npz", key = "fc.weight", frozen = true }')
    np.testing.assert_array_equal(found, [[0, 1, 2], [3, 4, 5]])
    assert found.dtype == np.float64


def test_an_archive_with_one_array_needs_no_key(tmp_path):
    np.savez(tmp_path / "w.npz", np.float64(2.5))
    assert parameter(tmp_path, '{ file = "w.npz" }') == 2.5


def test_paths_are_relative_to_the_scenario(tmp_path, monkeypatch):
    (tmp_path / "lesson" / "data").mkdir(parents=True)
    write(tmp_path / "lesson" / "data", "a\n1\n2\n", "a.csv")
    path = write(
        tmp_path / "lesson", TEXT.format(x='{ file = "data/a.csv", columns = ["a"] }', w=1, seed=0)
    )
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(load(path).data["x"], [1.0, 2.0])


def test_weights_of_a_network_from_a_file(tmp_path):
    np.savez(tmp_path / "w.npz", w=np.array([[1.0, 2.0]]), b=np.array([3.0]))
    text = """
    [inputs]
    x = [1, 1]
    y = [0]
    [network]
    loss = "squared_error"
    [[network.layers]]
    units = 1
    weights = { file = "w.npz", key = "w" }
    bias = { file = "w.npz", key = "b" }
    """
    problem = loaded(tmp_path, text)
    np.testing.assert_array_equal(problem.parameters["W1"], [[1.0, 2.0]])
    np.testing.assert_array_equal(problem.parameters["b1"], [3.0])


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ('init = "constant"', "parameters.w", "the key 'value' is missing: what every entry is"),
        ('init = "uniform", low = -0.5', "parameters.w", "'high' is missing; give both, or none"),
        ('init = "uniform", high = 0.5', "parameters.w", "'low' is missing; give both, or none"),
        ('init = "uniform", low = 1, high = 1', "parameters.w.high", "above low, which is 1"),
        ('init = "uniform", low = 1, high = 0', "parameters.w.high", "above low, which is 1"),
        ('init = "normal", std = 0', "parameters.w.std", "must be above 0"),
        ('init = "normal", std = -1', "parameters.w.std", "must be above 0"),
        ('init = "xavier_normal", gain = 0', "parameters.w.gain", "must be above 0"),
        ('init = "zeros", seed = 1', "parameters.w.seed", "zeros draws nothing; leave it out"),
        ('init = "ones", seed = 1', "parameters.w.seed", "ones draws nothing"),
        ('init = "constant", value = 1, seed = 1', "parameters.w.seed", "draws nothing"),
        ('init = "he_normal", std = 1', "parameters.w", "unknown key 'std'"),
        ('init = "normal", value = 1', "parameters.w", "unknown key 'value'"),
    ],
)
def test_no_setting_of_an_init_is_made_up_or_ignored(tmp_path, given, key, said):
    text = f'[parameters]\nw = {{ shape = 2, {given} }}\n[graph]\nL = "sum(w)"\n'
    error = failure(write(tmp_path, text))
    assert (error.key, said in error.problem) == (key, True), str(error)


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ('init = "uniform"', 'init = "uniform", low = 0, high = 1'),
        ('init = "normal"', 'init = "normal", mean = 0, std = 1'),
        ('init = "xavier_uniform"', 'init = "xavier_uniform", gain = 1'),
    ],
)
def test_the_defaults_of_an_init_are_those_of_the_documentation(tmp_path, given, same):
    one, other = (parameter(tmp_path, f"{{ shape = 4, {text} }}") for text in (given, same))
    np.testing.assert_array_equal(one, other)
