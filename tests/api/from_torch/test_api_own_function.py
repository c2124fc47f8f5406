"""A mistake in an `autograd.Function` of the user: the verdict begins with whose it is."""

import pytest

import bpdebug

torch = pytest.importorskip("torch")


class Squared(torch.autograd.Function):
    """Forgets what came in."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return 2 * x


def test_the_second_line_says_whose_backward_pass_it_is():
    torch.manual_seed(0)
    model = torch.nn.ModuleDict({"a": torch.nn.Linear(4, 5), "b": torch.nn.Linear(5, 2)}).double()
    x, y = torch.randn(3, 4).double(), torch.randn(3, 2).double()
    with bpdebug.record(model) as run:
        loss = (model["b"](Squared.apply(model["a"](x))) - y).square().mean()
    loss.backward()
    verdict = run.compare(model)
    first, second, *rest = str(verdict).splitlines()
    assert first == "2 of 4 arrays differ"
    assert second.startswith("the mistake is in the backward pass of your own Squared, ")
    assert second.endswith("test_api_own_function.py:18")
    assert second in verdict.notes
    assert not any(second in line for line in rest)
