"""Runs for tests of the diagnosis: texts of scenarios, and random networks that learn."""

from itertools import pairwise

import numpy as np

from bpdebug.diagnosis import diagnose
from bpdebug.run import Run
from bpdebug.wording import Script
from tests.scenario.scenarios import loaded

ACTIVATIONS = ["tanh", "relu", "sigmoid", "gelu", "leaky_relu", "elu"]
OPTIMIZERS = {"sgd": 0.1, "momentum": 0.03, "adam": 0.02, "rmsprop": 0.005}


def run_of(folder, text, **replaced):
    """The run of a scenario's text."""
    return Run(loaded(folder, text, **replaced))


def diagnosed(folder, text):
    """The diagnosis of a scenario's text."""
    return diagnose(run_of(folder, text), Script())


def ids(findings):
    """The ids of findings and, behind each, of its symptoms."""
    return [each for one in findings for each in (one.id, *ids(one.symptoms))]


def arrays(**named):
    """Lines of a TOML table."""
    return "\n".join(f"{name} = {np.asarray(value).tolist()}" for name, value in named.items())


def network(seed, *, iterations=150):
    """A random dense network on random data: rows or columns, one line a layer or two, any loss."""
    rng = np.random.default_rng(seed)
    columns, one_line, classes = rng.random(3) < 0.5
    activation = ACTIVATIONS[rng.integers(len(ACTIVATIONS))]
    optimizer = list(OPTIMIZERS)[rng.integers(len(OPTIMIZERS))]
    rows, inputs, width = rng.integers(8, 40), rng.integers(1, 4), rng.integers(6, 20)
    sizes = [inputs, *[width] * rng.integers(1, 4), 3 if classes else 1]
    x = rng.normal(size=(rows, inputs))
    f = np.sin(x.sum(axis=1)) + x[:, 0]
    y = np.eye(3)[np.digitize(f, [-0.5, 0.5])] if classes else f[:, None]
    data, parameters, graph, h = {"x": x, "y": y}, {}, [], "x"
    for at, (before, after) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{at}"] = rng.normal(size=(after, before)) * np.sqrt(1.5 / before)
        parameters[f"b{at}"] = np.zeros((after, 1) if columns else after)
        z = f"W{at} @ {h} + b{at}" if columns else f"{h} @ W{at}.T + b{at}"
        last = at == len(sizes) - 1
        if one_line and not last:
            graph.append(f'h{at} = "{activation}({z})"')
        else:
            graph.append(f'z{at} = "{z}"')
            graph += [] if last else [f'h{at} = "{activation}(z{at})"']
        h = f"z{at}" if last else f"h{at}"
    if columns:
        data = {name: value.T for name, value in data.items()}
    squares = f"mean(({h} - y) ** 2)"
    entropy = f"-sum(y * log_softmax({h}, axis={0 if columns else 1})) / {rows}"
    graph.append(f'L = "{entropy if classes else squares}"')
    batch = "" if columns or classes else f"batch_size = {rows // 2}"
    return f"""
[inputs]
{arrays(**data)}
[parameters]
{arrays(**parameters)}
[graph]
{chr(10).join(graph)}
[optimizer]
name = "{optimizer}"
learning_rate = {OPTIMIZERS[optimizer]}
[run]
iterations = {iterations}
{batch}
"""
