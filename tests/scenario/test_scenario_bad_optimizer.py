"""Mistakes in [optimizer], in schedules and in optimizers of single parameters."""

import pytest

from bpdebug.optimizer import OPTIMIZERS, SCHEDULES
from tests.scenario.scenarios import EXPRESSION, fails, failure, loaded, write

OLD = 'name = "sgd"\nlearning_rate = 0.5\n'
MISTAKES = [
    ('name = "sgd"\nmomentum = 0.9', "optimizer", "unknown key 'momentum'"),
    ('name = "adam"\nbeta_1 = 0.9', "optimizer", "did you mean 'beta1'?"),
    ('name = "adam"\nlr = 0.1', "optimizer", "unknown key 'lr'; here that is learning_rate"),
    ('name = "adam"\nbetas = [0.9, 0.99]', "optimizer", "here that is beta1 and beta2"),
    ('name = "rmsprop"\nalpha = 0.9', "optimizer", "here that is rho"),
    ('name = "momentum"\nnesterov = true', "optimizer", 'here that is name = "nesterov"'),
    (
        'name = "adam"\nbeta1 = 1.0',
        "optimizer.beta1",
        "and below 1, not 1; 0.9 is usual",
    ),
    ('name = "adam"\nbeta2 = -0.1', "optimizer.beta2", "not -0.1; 0.999 is usual"),
    ('name = "adam"\nbeta2 = nan', "optimizer.beta2", "must be a finite number"),
    ('name = "adam"\neps = -1e-8', "optimizer.eps", "must be at least 0"),
    ('name = "adam"\namsgrad = 1', "optimizer.amsgrad", "must be true or false"),
    ('name = "adadelta"\nrho = 1.5', "optimizer.rho", "at least 0 and below 1, not 1.5"),
    ('name = "momentum"\nmomentum = -0.9', "optimizer.momentum", "at least 0, not -0.9"),
    ('name = "nesterov"\nmomentum = 0', "optimizer.momentum", "must be above 0, not 0"),
    ('name = "momentum"\ndampening = 2', "optimizer.dampening", "at least 0 and at most 1"),
    ('name = "sgd"\nweight_decay = -1', "optimizer.weight_decay", "must be at least 0, not -1"),
    ('name = "sgd"\nweight_decay = "1"', "optimizer.weight_decay", "number, not the text '1'"),
    ('name = "sgd"\nclip_value = 0', "optimizer.clip_value", "must be above 0, not 0"),
    ('name = "sgd"\nclip_norm = -1.0', "optimizer.clip_norm", "must be above 0, not -1"),
    ('name = "sgd"\nclip_norm = inf', "optimizer.clip_norm", "must be a finite number"),
    ('name = "sgd"\nclip_norm = 1\nclip_value = 1', "optimizer.clip_value", "choose one of them"),
    ('name = "adagrad"\nlr_decay = -1', "optimizer.lr_decay", "must be at least 0"),
    ('name = "adam"\nlearning_rate = 0', "optimizer.learning_rate", "above 0, not 0"),
    ('name = "adam"\nsteps_taken = -1', "optimizer.steps_taken", "must be from 0"),
    # schedules
    ('name = "sgd"\nschedule = "step"', "optimizer.schedule", "must be a table such as { name ="),
    ('name = "sgd"\nschedule = {}', "optimizer.schedule", "the key 'name' is missing"),
    ('name = "sgd"\nschedule = { name = "cos" }', "optimizer.schedule.name", "unknown: 'cos'"),
    (
        'name = "sgd"\nschedule = { name = "step" }',
        "optimizer.schedule",
        "the key 'every' is missing: iterations between two cuts",
    ),
    (
        'name = "sgd"\nschedule = { name = "step", every = 0 }',
        "optimizer.schedule.every",
        "must be from 1",
    ),
    (
        'name = "sgd"\nschedule = { name = "step", every = 2.5 }',
        "optimizer.schedule.every",
        "must be a whole number",
    ),
    (
        'name = "sgd"\nschedule = { name = "step", every = 2, factor = 0 }',
        "optimizer.schedule.factor",
        "must be above 0, not 0; 0.1 is usual",
    ),
    (
        'name = "sgd"\nschedule = { name = "step", every = 2, gamma = 0.5 }',
        "optimizer.schedule",
        "unknown key 'gamma'; here that is factor",
    ),
    (
        'name = "sgd"\nschedule = { name = "cosine", over = 9, lowest = -1 }',
        "optimizer.schedule.lowest",
        "must be at least 0",
    ),
    (
        'name = "sgd"\nlearning_rate = 0.1\nschedule = { name = "cosine", over = 9, lowest = 1 }',
        "optimizer.schedule.lowest",
        "must be at most the learning rate 0.1",
    ),
    (
        'name = "sgd"\nschedule = { name = "warmup", start = 1.5 }',
        "optimizer.schedule.start",
        "above 0 and at most 1, not 1.5",
    ),
]


@pytest.mark.parametrize(("new", "key", "said"), MISTAKES)
def test_a_mistake_names_its_key_and_the_remedy(tmp_path, new, key, said):
    fails(tmp_path, EXPRESSION, OLD, new + "\n", key, said)


OWN = "{ value = [0.35, 0.35], optimizer = { name = 'adam', beta1 = 2 } }"
PARAMETERS = [
    (OWN, "parameters.b1.optimizer.beta1", "at least 0 and below 1, not 2"),
    ("{ value = [1, 1], optimizer = 'adam' }", "parameters.b1.optimizer", "must be a table"),
    (
        "{ value = [1, 1], frozen = true, optimizer = { name = 'adam' } }",
        "parameters.b1",
        "a frozen parameter is never updated",
    ),
    (
        "{ value = [1, 1], optimizer = { name = 'adam', steps_taken = 3 } }",
        "parameters.b1.optimizer.steps_taken",
        "for all parameters",
    ),
    ("{ value = [1, 1], state = { m = [1, 1] } }", "parameters.b1.state", "keeps none"),
    (
        "{ value = [1, 1], optimizer = { name = 'adam' }, state = { s = [1, 1] } }",
        "parameters.b1.state",
        "there is no state 's'; known are m, v",
    ),
    (
        "{ value = [1, 1], optimizer = { name = 'adam' }, state = { m = [1] } }",
        "parameters.b1.state.m",
        "has shape (1), but its parameter has (2)",
    ),
]


@pytest.mark.parametrize(("new", "key", "said"), PARAMETERS)
def test_a_mistake_in_a_parameters_own_optimizer(tmp_path, new, key, said):
    fails(tmp_path, EXPRESSION, "[0.35, 0.35]", new, key, said)


def test_an_optimizer_of_one_parameter_needs_one_for_the_others(tmp_path):
    own = "{ value = [1, 1], optimizer = { name = 'adam' } }"
    text = EXPRESSION.replace("[0.35, 0.35]", own).replace("[optimizer]\n" + OLD, "")
    error = failure(write(tmp_path, text))
    assert (error.key, "there is no [optimizer]" in error.problem) == ("parameters.b1", True)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_setting_can_be_given(tmp_path, name):
    """What the README's table promises to be a key is one, and its default leaves all as it is."""
    for key, setting in OPTIMIZERS[name].settings.items():
        given = "" if setting.default is None else f"{key} = {setting.default_text()}\n"
        problem = loaded(tmp_path, EXPRESSION.replace(OLD, f'name = "{name}"\n{given}'))
        assert problem.rule is not None
        assert problem.settings == OPTIMIZERS[name].rule().settings


def test_every_schedule_can_be_given(tmp_path):
    for name, schedule in SCHEDULES.items():
        inner = ", ".join([f'name = "{name}"', *(f"{key} = 1" for key in schedule.settings)])
        text = EXPRESSION.replace(
            OLD, f'name = "sgd"\nlearning_rate = 2\nschedule = {{ {inner} }}\n'
        )
        rule = loaded(tmp_path, text).rule
        assert rule is not None
        assert len(rule.shared) == (name != "constant")
