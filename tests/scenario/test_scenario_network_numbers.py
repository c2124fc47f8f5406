"""Whole networks have the losses and gradients that PyTorch float64 gives them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.scenario.networks import FOLDER, NETWORKS

NUMBERS = json.loads((FOLDER / "torch_numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NETWORKS)
def test_losses_and_gradients_are_those_of_pytorch(name):
    run = Run(load(FOLDER / f"{name}.toml"))
    first, wanted = run.iteration(1).recorded, NUMBERS[name]
    assert set(wanted["gradients"]) == set(run.problem.parameters)
    for parameter, gradient in wanted["gradients"].items():
        found = first.gradients[first.graph.names[parameter]]
        np.testing.assert_allclose(found, gradient, rtol=1e-10, atol=1e-12, err_msg=parameter)
    losses = [run.iteration(at).loss for at in range(1, run.iterations + 1)]
    np.testing.assert_allclose(losses, wanted["losses"], rtol=1e-10)


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_agree_with_central_differences(name, capsys):
    assert main([str(FOLDER / f"{name}.toml"), "--check"]) == 0, capsys.readouterr().out
