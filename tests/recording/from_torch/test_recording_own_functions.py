"""A function with a backward pass of the user's own is recorded by what its forward computes."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from torch.autograd.function import once_differentiable  # noqa: E402

from tests.recording.from_torch.blocks import agrees, gradients, lines, record  # noqa: E402


class Rectified(torch.autograd.Function):
    """Right."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * (x > 0)


class Scaled(torch.autograd.Function):
    """Right: several inputs, one of them no tensor, two results, a context set up apart."""

    @staticmethod
    def forward(x, w, factor):
        hidden = x * w
        return hidden * factor, hidden.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, factor = inputs
        ctx.save_for_backward(x, w, output[1])
        ctx.factor = factor

    @staticmethod
    @once_differentiable
    def backward(ctx, first, second):
        x, w, exp = ctx.saved_tensors
        inner = first * ctx.factor + second * exp
        return inner * w, inner * x, None


class Wrong(torch.autograd.Function):
    """Wrong by a factor."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.square()

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * x


class InPlace(torch.autograd.Function):
    """Right, and its forward writes into what it made."""

    @staticmethod
    def forward(ctx, x):
        out = x.detach().clone()
        out[out < 0] = 0.0
        out *= 3.0
        ctx.save_for_backward(x)
        return out

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return 3.0 * upstream * (x > 0)


class WithNumpy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.from_numpy(np.exp(x.detach().numpy()))

    @staticmethod
    def backward(ctx, upstream):
        return upstream


apply_before = Rectified.apply


def weights(*shape):
    torch.manual_seed(0)
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def rectified(w):
    return (Rectified.apply(w * 2.0) * w).sum()


def taken_before(w):
    return (apply_before(w * 2.0) * w).sum()


def scaled(w):
    first, second = Scaled.apply(w * 2.0, w, 3.0)
    return (first * second).sum()


def in_place(w):
    return (InPlace.apply(w * 2.0) * w).sum()


@pytest.mark.parametrize("block", [rectified, taken_before, scaled, in_place])
def test_the_gradient_is_derived_from_the_forward(block):
    w = weights(3, 4)
    made = record(None, lambda: block(w))
    made.loss.backward()
    agrees(made.recording, [("w", w)])


def test_it_is_remembered_which_function_it_was():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(3, 3)

        def forward(self, x):
            return Wrong.apply(self.fc(x)) + Wrong.apply(x)

    model = torch.nn.ModuleDict({"net": Net()})
    made = record(model, lambda: model["net"](torch.ones(2, 3)).sum())
    first, second = made.recording.own_functions
    assert (first.name, first.group, second.group) == ("Wrong", "net.Wrong", "net.Wrong_2")
    file, _, line = first.line.rpartition(":")
    assert file == __file__
    assert open_line(int(line)).strip() == "@staticmethod"
    assert "net.Wrong: the backward pass of Wrong" in made.recording.text


def open_line(number):
    with open(__file__, encoding="utf-8") as file:
        return file.read().splitlines()[number - 1]


def test_a_wrong_backward_is_no_fault_of_the_recording():
    w, v = weights(3), weights(3)
    made = record(None, lambda: (Wrong.apply(w * 2.0) * v).sum())
    made.loss.backward()
    ours = gradients(made.recording)
    agrees(made.recording, [("v", v)])
    np.testing.assert_allclose(ours["w"], 2 * w.grad.numpy(), rtol=1e-12)


def test_a_backward_that_fails_does_not_run():
    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, upstream):
            raise AssertionError("must not be called")

    w = weights(3)
    made = record(None, lambda: Fails.apply(w * 2.0).sum())
    np.testing.assert_allclose(gradients(made.recording)["w"], 4.0)


def test_numpy_in_a_forward_is_refused():
    w = weights(3)
    with pytest.raises(BpdebugError, match=r"WithNumpy.forward computes .* outside of PyTorch"):
        record(None, lambda: WithNumpy.apply(w * 2.0).sum())


def test_the_forward_is_a_group():
    w = weights(3)
    made = record(None, lambda: sum(Scaled.apply(w * 2.0, w, 3.0)).sum())
    assert any(line.startswith('"Scaled.') for line in lines(made.recording))


def test_functions_are_as_they_were_after_the_block():
    forward, apply = Rectified.forward, torch.autograd.Function.__dict__["apply"]
    w = weights(3)
    record(None, lambda: rectified(w))
    with pytest.raises(ZeroDivisionError):
        record(None, lambda: rectified(w) / (1 // 0))
    assert Rectified.forward is forward
    assert "apply" not in vars(torch.autograd.function._SingleLevelFunction)
    assert torch.autograd.Function.__dict__["apply"] is apply
    assert "forward" not in vars(type("Derived", (Rectified,), {}))


def test_hooks_change_gradients_and_are_not_proved():
    w = weights(3)

    def block():
        h = w * 2.0
        h.register_hook(lambda gradient: gradient * 10)
        return h.square().sum()

    made = record(None, block)
    made.loss.backward()
    np.testing.assert_allclose(gradients(made.recording)["w"], w.grad / 10)


def test_backward_hooks_of_modules_are_not_proved():
    model = torch.nn.ModuleDict({"a": torch.nn.Linear(3, 3), "b": torch.nn.Linear(3, 1)}).double()
    model["b"].register_full_backward_hook(lambda module, grad_in, grad_out: (grad_in[0] * 5,))
    made = record(model, lambda: model["b"](torch.tanh(model["a"](weights(2, 3).detach()))).sum())
    made.loss.backward()
    ours = gradients(made.recording)
    np.testing.assert_allclose(ours["b.weight"], model["b"].weight.grad)
    np.testing.assert_allclose(5 * ours["a.weight"], model["a"].weight.grad)


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoints_are_recorded(reentrant):
    from torch.utils.checkpoint import checkpoint

    w, v = weights(3), weights(3)

    def block():
        return checkpoint(lambda h: (h * v).exp(), w * 2.0, use_reentrant=reentrant).sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w), ("v", v)])
