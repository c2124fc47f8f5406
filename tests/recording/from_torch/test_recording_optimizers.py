"""The optimizers of PyTorch, in the middle of a run: recorded, they go on as PyTorch does."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.run import Run

torch = pytest.importorskip("torch")

from tests.recording.from_torch.blocks import agrees  # noqa: E402

ITERATIONS = 3


def made(name):
    """A model and its optimizer."""
    torch.manual_seed(3)
    model = torch.nn.Sequential()
    model.add_module("first", torch.nn.Linear(3, 4))
    model.add_module("act", torch.nn.Tanh())
    model.add_module("second", torch.nn.Linear(4, 2))
    model = model.double()
    weights = [one for key, one in model.named_parameters() if key.endswith("weight")]
    biases = [one for key, one in model.named_parameters() if key.endswith("bias")]
    groups = [{"params": weights}, {"params": biases, "weight_decay": 0.0}]
    optim = torch.optim
    return model, {
        "sgd": lambda: optim.SGD(model.parameters(), lr=0.1),
        "decay": lambda: optim.SGD(model.parameters(), lr=0.1, weight_decay=0.01),
        "momentum": lambda: optim.SGD(model.parameters(), lr=0.1, momentum=0.8),
        "damped": lambda: optim.SGD(model.parameters(), lr=0.1, momentum=0.8, dampening=0.3),
        "nesterov": lambda: optim.SGD(model.parameters(), lr=0.1, momentum=0.8, nesterov=True),
        "maximize": lambda: optim.SGD(model.parameters(), lr=0.1, maximize=True),
        "adam": lambda: optim.Adam(model.parameters(), lr=0.02, betas=(0.8, 0.95)),
        "coupled": lambda: optim.Adam(model.parameters(), lr=0.02, weight_decay=0.1),
        "amsgrad": lambda: optim.Adam(model.parameters(), lr=0.02, amsgrad=True),
        "adamw": lambda: optim.AdamW(model.parameters(), lr=0.02, weight_decay=0.1),
        "groups": lambda: optim.AdamW(groups, lr=0.02, weight_decay=0.1),
        "rmsprop": lambda: optim.RMSprop(model.parameters(), lr=0.02, momentum=0.5, centered=True),
        "adagrad": lambda: optim.Adagrad(
            model.parameters(), lr=0.1, lr_decay=0.1, initial_accumulator_value=0.2
        ),
        "adadelta": lambda: optim.Adadelta(model.parameters(), lr=0.5),
    }[name]()


OPTIMIZERS = (
    *("sgd", "decay", "momentum", "damped", "nesterov", "maximize", "adam", "coupled", "amsgrad"),
    *("adamw", "groups", "rmsprop", "adagrad", "adadelta"),
)


@pytest.mark.parametrize("taken", [0, 2])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_next_steps_are_those_of_pytorch(name, taken):
    from bpdebug.recording.from_torch.recording import TorchRecording

    model, optimizer = made(name)
    x, y = torch.randn(5, 3).double(), torch.randn(5, 2).double()

    def loss_of():
        return (model(x) - y).square().mean()

    def step():
        optimizer.zero_grad()
        loss_of().backward()
        optimizer.step()

    for _ in range(taken):
        step()
    with TorchRecording(model, optimizer, sys._getframe()) as block:
        loss = loss_of()
    assert loss.requires_grad
    run = Run(block.recording.problem(ITERATIONS))
    for at in range(1, ITERATIONS + 1):
        step()
        after = run.iteration(at).after
        for key, one in model.named_parameters():
            np.testing.assert_allclose(after[key], one.detach().numpy(), rtol=1e-10, atol=1e-13)


def test_an_unknown_optimizer_is_told():
    from bpdebug.recording.from_torch.recording import TorchRecording

    model, _ = made("sgd")
    optimizer = torch.optim.NAdam(model.parameters())
    x = torch.randn(5, 3).double()
    with TorchRecording(model, optimizer, sys._getframe()) as block:
        loss = model(x).square().mean()
    assert loss.requires_grad
    assert block.recording.notes == (
        "there are no updates: the optimizer NAdam has no update rule here",
    )
    assert "[optimizer]" not in block.recording.text


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("name", ["adam", "adagrad", "rmsprop"])
def test_a_layer_that_is_unfrozen_later(name, inside):
    """PyTorch counts the steps of each parameter; a scenario has one count for all."""
    from bpdebug.recording.from_torch.recording import TorchRecording

    model, _ = made(name)
    kinds = {"adam": torch.optim.Adam, "adagrad": torch.optim.Adagrad}
    optimizer = kinds.get(name, torch.optim.RMSprop)(model.parameters(), lr=0.02)
    x, unfrozen = torch.randn(5, 3).double(), list(model[0].parameters())

    def step():
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()

    for one in unfrozen:
        one.requires_grad_(False)
    step()
    step()
    for one in unfrozen:
        one.requires_grad_(True)
    optimizer.zero_grad()
    with TorchRecording(model, optimizer, sys._getframe()) as block:
        loss = model(x).square().mean()
        if inside:
            loss.backward()
            optimizer.step()
    if name == "rmsprop":  # whose updates do not depend on the count
        if not inside:
            step()
        after = Run(block.recording.problem(1)).iteration(1).after
        for key, one in model.named_parameters():
            np.testing.assert_allclose(after[key], one.detach().numpy(), rtol=1e-10, atol=1e-13)
        return
    assert block.recording.notes == (
        "there are no updates: parameters that took different numbers of steps have no update rule",
    )
    assert "[optimizer]" not in block.recording.text


def test_parameters_that_take_no_step_have_no_count():
    """One that the loss does not use, and one that was frozen, leave the others their updates."""
    from bpdebug.recording.from_torch.recording import TorchRecording

    model, _ = made("adam")
    model.add_module("unused", torch.nn.Linear(2, 2).double())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    x = torch.randn(5, 3).double()

    def loss_of():
        return model.second(model.act(model.first(x))).square().mean()

    def step():
        optimizer.zero_grad()
        loss_of().backward()
        optimizer.step()

    step()
    for one in model.first.parameters():
        one.requires_grad_(False)
    step()
    with TorchRecording(model, optimizer, sys._getframe()) as block:
        loss = loss_of()
    assert loss.requires_grad
    step()
    after = Run(block.recording.problem(1)).iteration(1).after
    for key, one in model.named_parameters():
        np.testing.assert_allclose(after[key], one.detach().numpy(), rtol=1e-10, atol=1e-13)


def test_a_step_that_raises_does_not_end_the_recording():
    from bpdebug.recording.from_torch.recording import TorchRecording

    class Fails(torch.optim.SGD):
        def step(self, closure=None):
            raise ValueError("no step")

    model, _ = made("sgd")
    optimizer, x = Fails(model.parameters(), lr=0.1), torch.randn(5, 3).double()
    with TorchRecording(model, optimizer, sys._getframe()) as block:
        with pytest.raises(ValueError, match="no step"):
            optimizer.step()
        loss = model(x).square().mean()
    loss.backward()
    assert "second" in block.recording.made
    agrees(block.recording, model.named_parameters())


def test_a_closure_is_told():
    from bpdebug.recording.from_torch.recording import TorchRecording

    model, _ = made("sgd")
    optimizer, x = torch.optim.LBFGS(model.parameters(), max_iter=2), torch.randn(5, 3).double()

    def closure():
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        return loss

    with (
        pytest.raises(BpdebugError, match=r"test_recording_optimizers.py:.*step\(closure\)"),
        TorchRecording(model, optimizer, sys._getframe()),
    ):
        optimizer.step(closure)
    with TorchRecording(model, optimizer, sys._getframe()) as block:
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step(closure)
    assert block.recording is not None
