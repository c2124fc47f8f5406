"""One thread records; what others compute at the same time is none of the recording."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from torch.autograd.function import _SingleLevelFunction  # noqa: E402

from bpdebug.recording.from_torch.recording import TorchRecording  # noqa: E402
from tests.recording.from_torch.blocks import agrees, lines, record  # noqa: E402


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        Square.inside()
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad

    @staticmethod
    def inside():
        """What happens while it runs."""


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(3, 2)

    def forward(self, x):
        return Square.apply(self.fc(x))


def elsewhere(do):
    """Do something in another thread, and wait for it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


def test_what_another_thread_computes_is_not_recorded(monkeypatch):
    torch.manual_seed(0)
    model, other = Net().double(), Net().double()
    x = torch.randn(5, 3).double()
    alone = lines(record(model, lambda: model(x).mean()).recording)

    def train():
        other(x).mean().backward()

    def inside():
        """In the thread that records, another one trains."""
        monkeypatch.setattr(Square, "inside", lambda: None)
        elsewhere(train)

    monkeypatch.setattr(Square, "inside", inside)
    model.fc.register_forward_pre_hook(lambda *_: elsewhere(train))
    recorded = record(model, lambda: model(x).mean())
    assert lines(recorded.recording) == alone
    assert [one.name for one in recorded.recording.own_functions] == ["Square"]
    recorded.loss.backward()
    agrees(recorded.recording, model.named_parameters())


def test_a_step_in_another_thread_pauses_nothing():
    model, x = torch.nn.Linear(3, 1).double(), torch.randn(5, 3).double()
    other = torch.nn.Parameter(torch.ones(2))
    other.grad = torch.ones(2)
    optimizer = torch.optim.SGD([other], lr=0.1)
    stepping, computed = Event(), Event()

    def waits(*_):
        stepping.set()
        computed.wait()

    optimizer.register_step_pre_hook(waits)
    with ThreadPoolExecutor(1) as pool, TorchRecording(model, None, sys._getframe()) as block:
        step = pool.submit(optimizer.step)
        try:
            stepping.wait()
            loss = model(x).mean()
        finally:
            computed.set()
        step.result()
    loss.backward()
    agrees(block.recording, model.named_parameters())


def test_a_second_block_in_another_thread_is_refused():
    model, x = torch.nn.Linear(3, 1).double(), torch.randn(5, 3).double()

    def block():
        return record(model, lambda: model(x).mean()).recording.text

    with TorchRecording(model, None, sys._getframe()) as first:
        with pytest.raises(BpdebugError, match="another thread records a block"):
            elsewhere(block)
        loss = model(x).mean()
    assert loss.requires_grad
    assert first.recording is not None
    assert "apply" not in vars(_SingleLevelFunction)
    assert elsewhere(block)
