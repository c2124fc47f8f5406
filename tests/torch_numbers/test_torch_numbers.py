"""Every stored number of PyTorch, to a relative and absolute error of 1e-10."""

import json
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from bpdebug.expression.build import build
from bpdebug.graph import Engine, GraphBuilder, Kind
from tests.torch_numbers.families import FAMILIES

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
CASES = [
    pytest.param(family, case, id=f"{family}-{case.name}")
    for family in FAMILIES
    for case in import_module(f"tests.torch_numbers.{family}").CASES
]


@cache
def stored(family):
    return json.loads(Path(__file__).with_name(f"{family}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("family", "case"), CASES)
def test_values_and_gradients_are_those_of_pytorch(family, case):
    wanted = stored(family)[case.name]
    value = np.array(wanted["value"], float)
    operands = case.operands()
    builder = GraphBuilder()
    for name, array in operands.items():
        kind = Kind.INPUT if name in case.data else Kind.PARAMETER
        builder.leaf(name, kind, array.shape, gradient=name not in case.data)
    builder.leaf("weights", Kind.INPUT, value.shape)
    y = build(case.expression, builder, "y")
    graph = builder.finish(build("sum(weights * y)", builder, "L"))
    leaves = {graph.names[name]: array for name, array in operands.items()}
    leaves[graph.names["weights"]] = case.weights(value.shape)
    recorded = Engine(graph).run(leaves)
    np.testing.assert_allclose(recorded.values[y], value, **CLOSE)
    for name, gradient in wanted["gradients"].items():
        found = recorded.gradients[graph.names[name]]
        np.testing.assert_allclose(found, np.array(gradient, float), **CLOSE, err_msg=name)
