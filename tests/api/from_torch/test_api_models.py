"""Models of PyTorch, in the middle of their training: recorded, saved, opened without PyTorch."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import bpdebug

torch = pytest.importorskip("torch")
TOLERANCE = {"float64": (1e-9, 1e-12), "float32": (2e-3, 2e-5)}
OPENED = """
import sys
import numpy as np
import bpdebug
for folder in sys.argv[1:]:
    np.savez(f"{folder}.npz", **bpdebug.load(folder).gradients())
assert not [name for name in sys.modules if name.split(".")[0] == "torch"]
"""
"""Opens saved runs in a process that cannot import PyTorch, and saves their gradients."""


def train(optimizer, loss_of, steps):
    """Take steps with an optimizer."""
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of().backward()
        optimizer.step()
    optimizer.zero_grad()


def close(ours, theirs, dtype):
    """Whether a gradient is PyTorch's, to the rounding of its numbers."""
    relative, absolute = TOLERANCE[dtype]
    return np.allclose(ours, theirs, rtol=relative, atol=absolute)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Every model in both kinds of numbers: its run, its folder, and PyTorch's gradients."""
    from tests.api.from_torch.models import MODELS, made

    found = {}
    for name in MODELS:
        for dtype in TOLERANCE:
            model, loss_of = made(name, getattr(torch, dtype))
            optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
            train(optimizer, loss_of, 3)
            with bpdebug.record(model, optimizer) as run:
                loss = loss_of()
            loss.backward()
            theirs = {
                key: one.grad.numpy().copy()
                for key, one in model.named_parameters(remove_duplicate=False)
            }
            verdict = run.compare(model)
            optimizer.step()
            after = {key: one.detach().numpy().copy() for key, one in model.named_parameters()}
            folder = tmp_path_factory.mktemp("saved") / name.replace(" ", "_")
            run.save(folder)
            found[name, dtype] = run, folder, theirs, after, verdict
    return found


def cases():
    """The names of models, with the kinds of numbers."""
    names = ("mlp", "lenet", "residual", "gpt by hand", "gpt by function", "encoder", "lstm", "gru")
    return [(name, dtype) for name in (*names, "cells", "branching") for dtype in TOLERANCE]


@pytest.mark.parametrize(("name", "dtype"), cases())
def test_the_gradients_and_the_step_are_those_of_pytorch(name, dtype, recorded):
    run, _, theirs, after, verdict = recorded[name, dtype]
    gradients, updates = run.gradients(), run.updates()
    for key, one in theirs.items():
        assert close(gradients[key], one, dtype), key
    most = max(np.abs(one).max() for one in theirs.values())
    for key, one in after.items():
        assert updates[key].after.dtype == dtype
        # Adam turns a gradient that is rounding alone into a whole step.
        clear = np.abs(theirs[key]) > 1e-4 * most
        np.testing.assert_allclose(updates[key].after[clear], one[clear], rtol=1e-3, atol=1e-5)
    assert verdict, str(verdict)


def test_they_are_opened_where_there_is_no_pytorch(recorded, tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('no PyTorch here')\n", encoding="utf-8")
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    folders = {case: str(one[1]) for case, one in recorded.items()}
    subprocess.run(
        [sys.executable, "-c", OPENED, *folders.values()], env=environment, check=True, timeout=300
    )
    for case, folder in folders.items():
        with np.load(f"{folder}.npz") as opened:
            for key, one in recorded[case][0].gradients().items():
                np.testing.assert_array_equal(opened[key], one)


@pytest.mark.parametrize("name", ["mlp", "gpt by hand", "lstm"])
def test_they_are_stepped(name, recorded, capsys):
    from bpdebug.cli.main import main

    folder = str(recorded[name, "float64"][1])
    commands = ["next", "step", "step", "finish", "rstep", "where", "continue", "list"]
    assert main([folder, *(word for one in commands for word in ("-c", one))]) == 0
    assert "Traceback" not in capsys.readouterr().err


# Functions whose backward pass is the user's own.


def with_own(function, backward):
    """A model with a function of its own, and this backward pass of it."""

    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = function(x)
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, g):
            return backward(g, *ctx.saved_tensors)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

        def forward(self, x):
            return self.fc2(Own.apply(self.fc1(x)))

    torch.manual_seed(2)
    return Net().double()


BACKWARDS = {
    "right": (lambda g, x, y: g * torch.sigmoid(x), None),
    "no derivative": (lambda g, x, y: g, "missing-local-derivative"),
    "no upstream": (lambda g, x, y: torch.sigmoid(x), "missing-upstream"),
    "at the output": (lambda g, x, y: g * torch.sigmoid(y), "derivative-at-output"),
    "of tanh": (lambda g, x, y: g * (1 - torch.tanh(x) ** 2), "wrong-derivative"),
    "twice": (lambda g, x, y: 2 * g * torch.sigmoid(x), "constant-factor"),
    "sign": (lambda g, x, y: -g * torch.sigmoid(x), "sign-flipped"),
}


def compared(model):
    """The verdict on the gradients that PyTorch computes with the model's own backward."""
    x, y = torch.randn(5, 3).double(), torch.randn(5, 2).double()
    with bpdebug.record(model) as run:
        loss = (model(x) - y).square().mean()
    loss.backward()
    return run.compare(model)


def test_a_gate_that_looks_at_the_gradient():
    verdict = compared(with_own(lambda x: x.clamp(min=0), lambda g, x, y: g * (g > 0)))
    assert [one.id for one in verdict.explanations[0].mistakes] == ["mask-from-upstream"]
    assert compared(with_own(lambda x: x.clamp(min=0), lambda g, x, y: g * (x > 0)))


@pytest.mark.parametrize("name", BACKWARDS)
def test_a_backward_of_ones_own_is_judged(name):
    backward, mistake = BACKWARDS[name]
    model = with_own(lambda x: torch.log(1 + torch.exp(x)), backward)
    verdict = compared(model)
    if mistake is None:
        assert verdict, str(verdict)
        return
    assert [one.id for one in verdict.explanations[0].mistakes] == [mistake], str(verdict)
    assert any("your own Own" in note for note in verdict.notes), str(verdict)
