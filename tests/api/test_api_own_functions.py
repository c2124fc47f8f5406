"""A verdict on a model says in whose backward pass the mistake is."""

import pytest

import bpdebug

torch = pytest.importorskip("torch")


class Doubled(torch.autograd.Function):
    """Wrong: the factor is forgotten."""

    @staticmethod
    def forward(ctx, x):
        return 2.0 * x

    @staticmethod
    def backward(ctx, upstream):
        return upstream


class Squared(torch.autograd.Function):
    """Right."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return 2.0 * x * upstream


class Swished(torch.autograd.Function):
    """Wrong: the product rule is forgotten; several ops, so that it is a group."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return torch.sigmoid(x) * upstream


def verdict_on(*functions):
    """The verdict on layers with these functions behind them, in their order."""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(3, 3, dtype=torch.float64) for _ in functions]
    model = torch.nn.ModuleList(layers)
    with bpdebug.record(model) as run:
        h = torch.randn(4, 3, dtype=torch.float64)
        for layer, function in zip(layers, functions, strict=True):
            h = function.apply(layer(h))
        loss = h.mean()
    loss.backward()
    return run.compare(model)


@pytest.mark.parametrize(
    ("functions", "wrong"),
    [
        ([Doubled, Squared], "Doubled"),
        ([Squared, Doubled], "Doubled"),
        ([Swished, Squared], "Swished"),
        ([Squared, Swished, Squared], "Swished"),
    ],
)
def test_the_function_with_the_mistake_is_named(functions, wrong):
    verdict = verdict_on(*functions)
    assert not verdict
    named = [note for note in verdict.notes if "your own" in note]
    assert len(named) == 1, str(verdict)
    assert named[0].startswith(f"the mistake is in the backward pass of your own {wrong}, ")


def test_right_functions_are_not_mentioned():
    verdict = verdict_on(Squared, Squared)
    assert verdict, str(verdict)
    assert verdict.notes == ()
