"""PyTorch code as it runs becomes a scenario."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bpdebug.run import Run

torch = pytest.importorskip("torch")


def test_a_two_layer_net_is_written_as_its_modules():
    from bpdebug.recording.from_torch.recording import TorchRecording

    torch.manual_seed(0)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = torch.nn.Linear(3, 5), torch.nn.Linear(5, 4)

        def forward(self, x):
            h = torch.relu(self.fc1(x))
            return self.fc2(h)

    model, x, y = Net().double(), torch.randn(6, 3).double(), torch.tensor([0, 1, 2, 3, 1, 0])
    with TorchRecording(model, None, sys._getframe()) as block:
        loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    graph = [
        line.partition("  #")[0] for line in block.recording.text.splitlines() if "  # " in line
    ]
    assert graph == [
        'fc1 = "x @ fc1.weight.T + fc1.bias"',
        'h = "relu(fc1)"',
        'fc2 = "h @ fc2.weight.T + fc2.bias"',
        'loss = "cross_entropy(fc2, y)"',
    ]
    recorded = Run(block.recording.problem(), 1).iteration(1).recorded
    for name, parameter in model.named_parameters():
        ours = recorded.gradients[recorded.graph.names[name]]
        np.testing.assert_allclose(ours, parameter.grad.numpy(), rtol=1e-10, atol=1e-12)
