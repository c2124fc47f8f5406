"""Changed settings of a scenario: what each changes, what goes with it, and what is refused."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario import find, load, load_text
from tests.scenario.scenarios import EXPRESSION as TWO_ITERATIONS
from tests.scenario.scenarios import loaded

EXPRESSION = TWO_ITERATIONS.replace("iterations = 2", "iterations = 3")
NETWORK = """
[inputs]
x = [[0.0, 1.0], [1.0, 0.5], [0.2, 0.3], [0.9, 0.1]]
y = [[1.0], [0.0], [1.0], [0.0]]
[network]
loss = "half_squared_error"
[[network.layers]]
units = 3
activation = "tanh"
weights = [[-0.5, -0.4], [0.6, -0.8], [0.2, 0.5]]
[[network.layers]]
units = 1
weights = { init = "normal", std = 0.1, seed = 4 }
[optimizer]
name = "momentum"
learning_rate = 0.5
momentum = 0.8
[run]
iterations = 3
[[expect]]
iteration = 3
value = "L"
is = "1.0"
"""


@pytest.fixture
def problem(tmp_path):
    return loaded(tmp_path, EXPRESSION)


def losses(problem):
    run = Run(problem)
    return [run.iteration(number).loss for number in range(1, run.iterations + 1)]


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ("learning_rate=0.1", "learning_rate = 0.5", "learning_rate = 0.1"),
        ("optimizer.learning_rate = .1", "learning_rate = 0.5", "learning_rate = 0.1"),
        ("name=adam", 'name = "sgd"', 'name = "adam"'),
        ('optimizer.name="adam"', 'name = "sgd"', 'name = "adam"'),
        ("run.iterations=4", "iterations = 3", "iterations = 4"),
        ("parameters.b1=[1, -2.5]", "b1 = [0.35, 0.35]", "b1 = [1, -2.5]"),
        (
            "parameters.W1.init=zeros",
            "W1 = [[0.15, 0.20], [0.25, 0.30]]",
            'W1 = { init = "zeros", shape = [2, 2] }',
        ),
        ("parameters.b2.frozen=true", "[0.60, 0.60]", "{ value = [0.60, 0.60], frozen = true }"),
        ('graph.h1="tanh(z1)"', "sigmoid(z1)", "tanh(z1)"),
        ("graph.h1=tanh(z1)", "sigmoid(z1)", "tanh(z1)"),
        (
            "optimizer.schedule.name=exponential",
            "= 0.5\n",
            '= 0.5\nschedule.name = "exponential"\n',
        ),
        (
            "schedule={ name = 'step', every = 1 }",
            "= 0.5\n",
            "= 0.5\nschedule = {name = 'step', every = 1}\n",
        ),
    ],
)
def test_a_change_is_what_the_file_would_have(problem, tmp_path, change, old, new):
    assert EXPRESSION.count(old) == 1
    folder = tmp_path / "changed"
    folder.mkdir()
    wanted = loaded(folder, EXPRESSION.replace(old, new))
    assert losses(problem.variant([change])) == losses(wanted)
    assert losses(wanted) != losses(problem)


def test_several_changes_hold_together_and_the_scenario_stays_as_it_was(problem):
    before = losses(problem)
    made = problem.variant(["learning_rate=0.1", "iterations=5", "seed=7"])
    assert (made.settings["learning_rate"], made.iterations, made.seed) == (0.1, 5, 7)
    assert made.changes == ("learning_rate = 0.1", "iterations = 5", "seed = 7")
    assert losses(problem) == before
    assert problem.changes == ()


def test_an_override_of_the_iterations_holds_where_no_change_is_about_them():
    problem = load(find("xor"), iterations=7)
    assert problem.variant(["learning_rate=0.1"]).iterations == 7
    assert problem.variant(["iterations=9"]).iterations == 9
    assert problem.variant(["learning_rate=0.1"], 5).iterations == 5
    assert problem.variant(["iterations=9"], 5).iterations == 9


def test_settings_that_the_new_optimizer_has_not_go_with_the_old_one(tmp_path):
    made = loaded(tmp_path, NETWORK).variant(["optimizer.name=adam"])
    assert made.rule.name == "adam"
    assert made.settings["learning_rate"] == 0.5
    assert "momentum" not in made.settings


def test_a_setting_that_the_user_gives_is_never_dropped(tmp_path):
    problem = loaded(tmp_path, NETWORK)
    for name, good in (("momentum", True), ("adam", False)):
        changes = ["momentum=0.7", f"name={name}"]
        if good:
            assert problem.variant(changes).settings["momentum"] == 0.7
        else:
            with pytest.raises(BpdebugError, match="unknown key 'momentum'"):
                problem.variant(changes)
    weights = "network.layers.2.weights"
    with pytest.raises(BpdebugError, match="unknown key 'std'"):
        problem.variant([f"{weights}.std=0.3", f"{weights}.init=zeros"])


def test_what_a_layer_draws_is_replaced_without_a_word_about_its_shape(tmp_path):
    problem = loaded(tmp_path, NETWORK)
    made = problem.variant(["network.layers.1.weights.init=zeros"])
    assert not made.parameters["W1"].any()
    made = problem.variant(["network.layers.2.weights.init=ones", "network.layers.1.units=3"])
    assert made.parameters["W2"].tolist() == [[1.0, 1.0, 1.0]]
    made = problem.variant(
        [f"network.layers.1.weights.{one}" for one in ("init=constant", "value=2")]
    )
    assert made.parameters["W1"].tolist() == [[2.0, 2.0]] * 3
    made = problem.variant(["network.layers.2.weights.std=0.2"])
    np.testing.assert_allclose(made.parameters["W2"], 2 * problem.parameters["W2"])
    made = problem.variant(["network.layers.2.weights=[[1, 2, 3]]"])
    assert made.parameters["W2"].tolist() == [[1.0, 2.0, 3.0]]


def test_what_a_scenario_expects_of_itself_is_not_asked_of_a_changed_one(tmp_path):
    problem = loaded(tmp_path, NETWORK)
    assert problem.expectations
    assert problem.variant(["iterations=1"]).expectations == ()


def test_a_name_with_dots_needs_no_quotes(tmp_path):
    text = '[parameters]\n"a.w" = 2.0\n[graph]\nL = "a.w ** 2"\n'
    problem = loaded(tmp_path, text)
    for change in ("parameters.a.w=3", 'parameters."a.w"=3', "parameters.a.w.value=3"):
        assert problem.variant([change]).parameters["a.w"] == 3.0


def test_arrays_in_memory_are_those_of_the_variant_too():
    text = (
        '[parameters]\nw = { file = "a.npz" }\n[graph]\nL = "sum(w)"\n[optimizer]\nname = "sgd"\n'
    )
    problem = load_text(text, name="mine", archives={"a.npz": {"w": np.array([1.0, 2.0])}})
    assert problem.variant(["learning_rate=0.25"]).parameters["w"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("change", ["parameters.w.init=zeros", "parameters.w.value=[0, 0]"])
def test_numbers_that_replace_a_files_have_its_shape(change):
    text = (
        '[parameters]\nw = { file = "a.npz", finite = false, frozen = true }\n'
        '[graph]\nL = "sum(w)"\n[aliases]\n"0.weight" = "w"\n'
    )
    problem = load_text(text, name="mine", archives={"a.npz": {"w": np.array([1.0, np.nan])}})
    made = problem.variant([change])
    assert made.parameters["w"].tolist() == [0.0, 0.0]
    assert made.frozen == {"w"}


def test_another_optimizer_begins_without_the_states_of_the_old_one(tmp_path):
    state = "state = { m = [0.5, 0.5], v = [0.1, 0.1] }"
    own = 'optimizer = { name = "momentum" }, state = { v = 1.0 }'
    problem = loaded(
        tmp_path,
        f"[parameters]\nw = {{ value = [1.0, 2.0], {state} }}\n"
        f'u = {{ value = 2.0, {own} }}\n[graph]\nL = "sum(w**2) * u"\n'
        '[optimizer]\nname = "adam"\nsteps_taken = 7\n',
    )
    same = problem.variant(["name=adam", "learning_rate=0.1"])
    assert (same.steps_taken, same.own_states["w"].keys()) == (7, {"m", "v"})
    for name in ("sgd", "adamw"):
        other = problem.variant([f"name={name}"])
        assert (other.steps_taken, other.own_states["w"]) == (0, {})
        assert other.own_states["u"] == {"v": 1.0}
    assert problem.variant(["name=sgd", "steps_taken=3"]).steps_taken == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("learning_rte=0.1", "did you mean 'learning_rate'?"),
        ("optimizer.learning_rte=0.1", "did you mean 'learning_rate'?"),
        ("lr=0.1", "here that is learning_rate"),
        ("run.batchsize=2", "did you mean 'batch_size'?"),
        ("learning_rate=-1", "optimizer.learning_rate: must be a finite number above 0, not -1"),
        ("learning_rate=fast", "must be a number, not the text 'fast'"),
        ("learning_rate=true", "must be a number, not true"),
        ("iterations=2.5", "run.iterations: must be a whole number"),
        ("iterations=0", "run.iterations: must be from 1"),
        ("name=adma", "did you mean 'adam'?"),
        ("momentum=0.9", "sgd has none"),
        ("W1=[[1, 2], [3, 4]]", "did you mean 'parameters.W1'?"),
        ("parameters.W3=1", "did you mean 'W2'?"),
        ("parameters.b1=[1, 2, 3]", "graph.z1"),
        ("optimizer=adam", "'optimizer' is a table"),
        ("title=other", "no curve depends on 'title'"),
        ("notes=x", "no curve depends on 'notes'"),
        ("expect.is=1", "no curve depends on 'expect'"),
        ("aliases.w=W1", "no curve depends on 'aliases'"),
        ("graph.h1.x=1", "graph.h1 is the text"),
        ("learning_rate", "write KEY=VALUE"),
        ("learning_rate=", "write KEY=VALUE"),
        ("=0.1", "write KEY=VALUE"),
        ("a..b=1", "is no key"),
        ("learning_rate=0.1\nseed=3", "write KEY=VALUE"),
        ("learning_rate={", "is no value"),
    ],
)
def test_a_wrong_change_is_one_error_that_says_what_to_write(problem, change, said):
    with pytest.raises(BpdebugError) as caught:
        problem.variant([change])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("parameters.W1.init=zeros", "network.layers.1.weights"),
        ("network.layers.7.units=2", "has 2 tables"),
        ("network.layers.one.units=2", "has 2 tables"),
        ("network.layers.1.activation=rleu", "did you mean 'relu'?"),
        ("network.loss=squared", "known are"),
        ("batch_size=40", "has only 4 rows"),
    ],
)
def test_a_wrong_change_of_a_network_is_told_as_well(tmp_path, change, said):
    with pytest.raises(BpdebugError) as caught:
        loaded(tmp_path, NETWORK).variant([change])
    assert said in str(caught.value)


def test_learning_rate_without_an_optimizer_says_what_is_missing():
    with pytest.raises(BpdebugError, match=r"there is no \[optimizer\].*optimizer\.name=sgd"):
        load(find("chain_rule")).variant(["learning_rate=0.1"])


KEYS = st.sampled_from(
    [
        *("learning_rate", "name", "optimizer", "optimizer.schedule", "schedule.name", "seed"),
        *("run.iterations", "run.batch_size", "run", "network", "network.layers", "loss"),
        *("network.layers.1", "network.layers.1.weights", "network.layers.2.weights.init"),
        *("network.layers.1.weights.value", "network.layers.1.weights.0", "network.loss.x"),
        *("inputs.x", "inputs.x.value.1", "inputs.y.init", "inputs", "graph.x", "parameters.W1"),
        *("network.layers.2.weights.state.m", "network.layers.1.bias.optimizer.name", "dtype"),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(
        ["0.1", "-1", "1e999", "nan", "adam", "zeros", "[]", "{}", "[[1, 2]]", "true", '"x"']
    ),
    st.sampled_from(["{ init = 'ones' }", "1979-05-27", "[[[", "99999999999999999999", "a\nb"]),
    st.text(max_size=12),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.one_of(KEYS, st.text(max_size=10)), TEXTS), max_size=3))
def test_no_change_raises_anything_but_the_one_error(tmp_path, pairs):
    problem = loaded(tmp_path, NETWORK)
    changes = [f"{key}={text}" for key, text in pairs]
    try:
        made = problem.variant(changes)
    except BpdebugError:
        return
    assert len(made.changes) == len(changes)
