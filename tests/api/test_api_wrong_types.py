"""Whatever is given in the place of an argument, the answer is one sentence of a BpdebugError."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest

import bpdebug


def loss(x, W):
    return ((x @ W) ** 2).sum()


X, W = np.ones((2, 2)), np.ones((2, 2))
RUN = bpdebug.load("two_layer")
OBJECT = object()
NUMBERS = np.zeros(2)
NO_TEXT = [3, 2.5, True, b"x", ["a", 1], {"a": 1}, (), {1, 2}, NUMBERS, OBJECT, len, str, -1]
NO_TABLE = [3, 2.5, True, b"x", "", "x", ["a", 1], (), {1, 2}, NUMBERS, OBJECT, len, {3: 4}]


def exported(**given):
    RUN.export(io.StringIO(), **{"format": "text", "detail": "layer", "iterations": 1, **given})


ARGUMENTS = {
    "load": (bpdebug.load, [*NO_TEXT, None, "", "\0"]),
    "load iterations": (
        lambda given: bpdebug.load("xor", iterations=given),
        [2.5, True, "3", (), [3], NUMBERS, OBJECT, 0, -1, 10**400],
    ),
    "compare scenario": (lambda given: bpdebug.compare(given, {"W1": 1.0}), [*NO_TEXT, None]),
    "compare": (RUN.compare, [3, None, b"x", "x", ["a"], {}, (), {3: W}, NUMBERS, OBJECT]),
    "compare value": (
        lambda given: RUN.compare({"W1": given}),
        [None, b"x", "x", ["a", 1], {"a": 1}, (), {1, 2}, OBJECT, len, 10**400],
    ),
    "iteration": (RUN.gradients, [2.5, True, None, "1", (), [1], NUMBERS, OBJECT, 0, 10**400]),
    "export target": (
        lambda given: RUN.export(given, format="text"),
        [3, True, None, b"x", ["a"], (), NUMBERS, OBJECT, ""],
    ),
    "export format": (lambda given: exported(format=given), [*NO_TEXT, "", "txt"]),
    "export detail": (lambda given: exported(detail=given), [*NO_TEXT, None, "", "edges"]),
    "export iterations": (
        lambda given: exported(iterations=given),
        [2.5, True, b"", "x", "", [], (), {}, NUMBERS, OBJECT, len, 0, -1, 10**400],
    ),
    "export digits": (
        lambda given: exported(digits=given),
        [2.5, 3.0, True, None, "3", (), [3], NUMBERS, OBJECT, 0, 10**400],
    ),
    "export against": (lambda given: exported(against=given), [3, "x", {}, {"W1": W}, OBJECT]),
    "text format": (RUN.text, [*NO_TEXT, ""]),
    "save": (RUN.save, [3, 2.5, True, None, b"x", "", ["a"], (), {}, NUMBERS, OBJECT, "\0"]),
    "debug breaks": (
        lambda given: RUN.debug(breaks=given),
        [3, True, None, b"x", [3], [None], [b"W1"], {"W1": 1}, (W,), NUMBERS, OBJECT, ""],
    ),
    "debug against": (lambda given: RUN.debug(against=given), [3, "x", {}, OBJECT]),
    "trace": (
        lambda given: bpdebug.trace(given, parameters={"W": W}),
        [3, None, "x", b"x", ["a"], NUMBERS, OBJECT, len],
    ),
    "trace parameters": (
        lambda given: bpdebug.trace(loss, x=X, parameters=given),
        [*NO_TABLE, None, {}],
    ),
    "trace parameter": (
        lambda given: bpdebug.trace(loss, x=X, parameters={"W": given}),
        [None, True, b"x", "x", {1, 2}, OBJECT, len, 10**400],
    ),
    "trace optimizer": (
        lambda given: bpdebug.trace(loss, x=X, parameters={"W": W}, optimizer=given),
        [*NO_TABLE, {"name": 3}, {"name": "sg"}, {"name": OBJECT}],
    ),
    "trace iterations": (
        lambda given: bpdebug.trace(loss, x=X, parameters={"W": W}, iterations=given),
        [2.5, True, "3", (), NUMBERS, OBJECT, 0],
    ),
    "trace data": (
        lambda given: bpdebug.trace(loss, given, parameters={"W": W}),
        [None, "x", {1, 2}, OBJECT, len],
    ),
    "record optimizer": (
        lambda given: bpdebug.record(None, given),
        [*NO_TABLE, {}, {"name": "sgd"}],
    ),
    "record iterations": (
        lambda given: bpdebug.record(iterations=given),
        [2.5, True, "3", (), NUMBERS, OBJECT, 0],
    ),
}


@pytest.mark.parametrize(
    ("name", "given"),
    [(name, given) for name, (_, wrong) in ARGUMENTS.items() for given in wrong],
    ids=lambda one: one if isinstance(one, str) and one.isprintable() else type(one).__name__,
)
def test_a_wrong_type_is_one_sentence(name, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(bpdebug.BpdebugError) as caught:
        ARGUMENTS[name][0](given)
    assert str(caught.value).strip()
    assert "\n" not in str(caught.value)
    assert not [*Path(tmp_path).iterdir()]
