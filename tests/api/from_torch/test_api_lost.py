"""Gradients that are lost, that are rounding alone, or that come by several names."""

import pytest

import bpdebug

torch = pytest.importorskip("torch")


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, s):
        ctx.save_for_backward(s)
        return z * s

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0], None


class Scaled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(3, 2)
        self.s = torch.nn.Parameter(torch.tensor([0.5, 2.0]))
        self.unused = torch.nn.Linear(2, 2)

    def forward(self, x):
        return Scale.apply(self.fc(x), self.s)


def test_a_gradient_that_a_backward_does_not_return_is_missed():
    torch.manual_seed(1)
    model = Scaled()
    with bpdebug.record(model) as run:
        loss = model(torch.randn(4, 3)).square().mean()
    loss.backward()
    verdict = run.compare(model)
    assert not verdict
    assert "1 parameter (s) without .grad counted as 0" in str(verdict)
    assert "2 parameters (unused.weight, unused.bias) without .grad left out" in str(verdict)


@pytest.mark.parametrize("seed", [0, 7, 10])
def test_rounding_before_a_batch_norm_is_no_mistake(seed):
    torch.manual_seed(seed)
    nn = torch.nn
    model = nn.Sequential(
        *(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)),
    )
    with bpdebug.record(model) as run:
        loss = nn.functional.cross_entropy(model(torch.randn(8, 3, 16, 16)), torch.arange(8))
    loss.backward()
    assert run.compare(model), str(run.compare(model))


def test_gradients_go_round_by_all_names():
    model = torch.nn.Sequential(torch.nn.Linear(3, 2))
    with bpdebug.record(model) as run:
        loss = model(torch.ones(4, 3)).square().mean()
    assert loss > 0
    gradients = {name: one for name, one in run.gradients().items() if "weight" in name}
    assert len(gradients) == 2
    assert run.compare(gradients)
    gradients["0.weight"] = 2 * gradients["0.weight"]
    with pytest.raises(bpdebug.BpdebugError, match="given twice, and not alike"):
        run.compare(gradients)


def test_what_is_no_optimizer_is_refused():
    with pytest.raises(bpdebug.BpdebugError, match="a str is no optimizer"):
        bpdebug.record(torch.nn.Linear(2, 2), "adam")


def test_the_loss_that_was_taken_is_told():
    model = torch.nn.Linear(3, 2)
    with bpdebug.record(model) as run:
        wanted = model(torch.ones(4, 3)).square().mean()
        norm = sum(one.norm() for one in model.parameters())
    assert norm > 0
    wanted.backward()
    assert "the loss that was recorded is norm, of test_api_lost.py:" in str(run.compare(model))
