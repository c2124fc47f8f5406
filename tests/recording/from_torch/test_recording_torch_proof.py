"""A recording is held against PyTorch's numbers before anybody sees it."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from bpdebug.recording.from_torch.functions import FUNCTIONS  # noqa: E402
from bpdebug.recording.from_torch.proof import near  # noqa: E402
from bpdebug.recording.texts import call  # noqa: E402
from bpdebug.recording.written import DATA, written  # noqa: E402
from tests.recording.from_torch.blocks import agrees, record  # noqa: E402


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.act, self.fc2 = (
            torch.nn.Linear(3, 4),
            torch.nn.Sigmoid(),
            torch.nn.Linear(4, 1),
        )

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_value_that_departs_is_told_with_its_module_and_line(dtype, monkeypatch):
    torch.manual_seed(0)
    model, x = Net().to(dtype), torch.randn(5, 3).to(dtype)
    monkeypatch.setitem(FUNCTIONS, torch.sigmoid, lambda input: written(call("tanh"), input))
    with pytest.raises(BpdebugError) as caught:
        record(model, lambda: model(x).mean())
    said = str(caught.value)
    assert "test_recording_torch_proof.py:" in said
    assert "act: bpdebug computes" in said
    assert "fault of bpdebug" in said


def test_a_gradient_that_is_lost_is_told(monkeypatch):
    torch.manual_seed(0)
    model, x = Net().double(), torch.randn(5, 3).double()
    monkeypatch.setitem(FUNCTIONS, torch.sigmoid, lambda input: DATA)
    with pytest.raises(BpdebugError, match=r"the gradient of fc1\.bias: .*fault of bpdebug"):
        record(model, lambda: model(x).mean())


def test_without_a_proof_nothing_is_compared(monkeypatch):
    model, x = Net().double(), torch.randn(5, 3).double()
    monkeypatch.setitem(FUNCTIONS, torch.sigmoid, lambda input: written(call("tanh"), input))
    assert "tanh" in record(model, lambda: model(x).mean(), prove=False).recording.text


def test_an_error_of_the_recording_itself_is_no_traceback(monkeypatch):
    model, x = Net().double(), torch.randn(5, 3).double()

    def fails(input):
        raise ZeroDivisionError("inside of a translation")

    monkeypatch.setitem(FUNCTIONS, torch.sigmoid, fails)
    done = []

    def block():
        loss = model(x).mean()
        done.append(loss)
        return loss

    with pytest.raises(BpdebugError, match=r"ZeroDivisionError.*fault of bpdebug"):
        record(model, block)
    assert done, "the user's code runs on"


@pytest.mark.parametrize("seed", range(20))
def test_rounding_is_no_alarm(seed):
    torch.manual_seed(seed)
    model = torch.nn.ModuleDict({str("abcdef"[at]): torch.nn.Linear(40, 40) for at in range(6)})
    x = 100 * torch.randn(64, 40)

    def block():
        h = x
        for layer in model.values():
            h = layer(h)
            # Centred, so that the gradients of the biases are rounding alone.
            h = torch.relu((h - h.mean(0)) / (h - h.mean(0)).square().mean(0).sqrt())
        return h.square().mean()

    made = record(model, block)
    made.loss.backward()
    assert made.recording is not None


def test_nan_and_infinities_are_compared_by_their_places():
    holes = np.array([1.0, np.nan, np.inf, -np.inf])
    assert near(holes, holes.copy(), 1e-9, 0.0)
    assert not near(holes, np.array([1.0, np.nan, np.inf, np.inf]), 1e-9, 0.0)
    assert not near(holes, np.array([1.0, 2.0, np.inf, -np.inf]), 1e-9, 0.0)
    assert not near(np.array([1.0, 2.0]), np.array([1.0, 2.1]), 1e-9, 0.0)


def test_a_loss_of_nan_is_recorded():
    w = torch.tensor([1.0, -1.0], dtype=torch.float64, requires_grad=True)
    made = record(None, lambda: w.log().sum())
    made.loss.backward()
    agrees(made.recording, [("w", w)])


def test_what_the_loader_does_not_take_is_told_with_its_line():
    model, x = Net().double(), torch.randn(5, 3).double()

    def block():
        wide = model(x).reshape((1,) * 40 + (5,))
        return wide.mean()

    with pytest.raises(BpdebugError) as caught:
        record(model, block)
    said = str(caught.value)
    assert "test_recording_torch_proof.py:" in said
    assert "wide cannot be recorded" in said


def test_it_is_noted_where_gradients_are_not_proved():
    model, x = Net().double(), torch.randn(5, 3).double()

    def freed():
        loss = model(x).mean()
        torch.autograd.grad(loss, list(model.parameters()))
        return loss

    (note,) = record(model, freed).recording.notes
    assert note.startswith("only the values are held against PyTorch's")
    assert record(model, freed, prove=False).recording.notes == ()
    assert record(model, lambda: model(x).mean()).recording.notes == ()
