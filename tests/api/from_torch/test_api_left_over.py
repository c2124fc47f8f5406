"""Gradients that were not cleared, and numbers that are computed after the loss."""

import pytest

import bpdebug

torch = pytest.importorskip("torch")


@pytest.fixture
def model():
    torch.manual_seed(5)
    return torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2))


def test_gradients_that_were_not_cleared_are_told(model):
    x, y = torch.randn(6, 4), torch.randn(6, 2)
    (model(torch.randn(6, 4)) - y).square().mean().backward()
    with bpdebug.record(model) as run:
        loss = (model(x) - y).square().mean()
    loss.backward()
    verdict = run.compare(model)
    assert not verdict
    assert [one.id for one in verdict.explanations[0].mistakes] == ["not-cleared"]
    assert "zero" in str(verdict) or "set all gradients to 0" in str(verdict)
    model.zero_grad()
    (model(x) - y).square().mean().backward()
    assert run.compare(model)


def test_the_loss_is_what_is_called_so(model):
    x, y = torch.randn(6, 4), torch.randint(0, 2, (6,))
    with bpdebug.record(model) as run:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        perplexity = torch.exp(loss)
    assert perplexity > 1
    assert run.loss == pytest.approx(loss.item())
    loss.backward()
    assert run.compare(model)
