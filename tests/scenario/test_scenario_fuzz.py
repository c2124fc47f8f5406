"""Whatever a scenario file holds, it loads or the project's own error says why."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.run import Problem, Run
from bpdebug.scenario import bundled, load
from tests.scenario.scenarios import CNN, DEEP, EXPRESSION, NETWORK, ROWS

TEXTS = [EXPRESSION, NETWORK, ROWS, DEEP, CNN] + [
    path.read_text(encoding="utf-8")
    for name, path, _ in bundled()
    if name in ("iris", "published/gomez_lstm_2step", "published/cs231n_gate_patterns")
]
PIECES = [
    *["[", "]", "{", "}", "=", ",", ".", '"', "'", '"""', "#", "\n", "\\", "-", " "],
    *["0", "-1", "1e999", "nan", "true", "[]", "{}", '""', "2.5", "9" * 400, "1979-05-27"],
    *["[[1], 2]", "[[]]", '"x"', "[run]\n", "[[expect]]\n", "[graph]\n", "[network]\n", "x", "W1"],
    *["gradient = true\n", "batch_size = 2\n", "units = 3\n", "frozen", "\x00", "\x1b", "权"],
    *['{ init = "normal" }', '{ shape = [3, 2], init = "ones" }', '{ file = "iris.csv" }'],
    *["reduction", '"softmax"', '"cross_entropy"', "sigmoid", "sum(", ").T", "[0]", " @ ", "seed"],
    *["kind = 'conv2d'", "'embedding'", "'dropout'", "[2, 2]", "residual = 'x'", "input = 'h1'"],
    *["padding = 9\n", "groups = 2\n", "penalty = { l2 = 1 }\n", "mask = 'keep'\n", "size = 2\n"],
]


@st.composite
def mutated(draw):
    """A scenario with some of its lines and characters replaced, dropped, doubled or swapped."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "insert", "replace", "value"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "value":
                key, equals, _ = lines[at].partition("=")
                lines[at] = key + equals + draw(st.sampled_from(PIECES))
            case kind:
                line = lines[at]
                start = draw(st.integers(0, len(line)))
                end = start if kind == "insert" else draw(st.integers(start, len(line)))
                lines[at] = line[:start] + draw(st.sampled_from(PIECES)) + line[end:]
        text = "\n".join(lines) or " "
    return text


def load_or_say(data: bytes) -> Problem | None:
    """The problem; None when a proper error was raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(data)
        try:
            return load(path)
        except BpdebugError as error:
            first, *rest = str(error).split("\n")
            if first != quoted(first, len(first))[1:-1] or len(first) > 1_000 or len(rest) > 2:
                pytest.fail(f"not a plain error: {error!r}")
            return None


@settings(max_examples=250, deadline=None)
@given(mutated())
def test_mutated_scenarios(text):
    problem = load_or_say(text.encode())
    if problem is not None and problem.batch_size is None:
        iteration = Run(problem).iteration(1)
        assert np.shape(iteration.recorded.values[iteration.recorded.graph.loss]) == ()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes(data):
    load_or_say(data)


WORDS = re.findall(r"\w+", "value file init shape seed frozen gradient key units name")
KEYS = re.findall(
    r"\w+",
    """title description loss inputs parameters graph network optimizer run expect layers x y w
    units activation weights bias kind channels kernel size rate vocabulary width residual
    input frozen penalty layout l2 reduction name learning_rate iterations batch_size seed value is
    iteration source L""",
)
values = st.recursive(
    st.integers(-3, 3)
    | st.booleans()
    | st.floats()
    | st.sampled_from(
        [
            "x",
            "sigmoid",
            "zeros",
            "x + w",
            "a.csv",
            "cross_entropy",
            "mean",
            "L",
            "conv2d",
            "embedding",
            "flatten",
            "dropout",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
tables = st.dictionaries(
    st.sampled_from(KEYS), values | st.dictionaries(st.sampled_from(KEYS), values, max_size=4)
)


def written(value) -> str:
    """A value as TOML, all on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


@settings(max_examples=250, deadline=None)
@given(
    tables, st.sampled_from(["", "[graph]\nL = 'w * x'\n", "[network]\nlayers = [{units = 1}]\n"])
)
def test_tables_of_every_shape(top, rest):
    lines = "".join(f"{key} = {written(value)}\n" for key, value in top.items())
    load_or_say((lines + rest).encode())
