"""Which number of the block is the loss; backward and steps inside of it; what is no loss."""

from __future__ import annotations

import sys
import weakref

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.run import Run

torch = pytest.importorskip("torch")

from bpdebug.recording.from_torch.recording import TorchRecording  # noqa: E402
from tests.recording.from_torch.blocks import agrees, gradients, record  # noqa: E402


def net():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 2).double(), torch.randn(5, 3).double()


def loss_of(recording):
    return Run(recording.problem(), 1).iteration(1).loss


def test_backward_inside_the_block_says_what_the_loss_is():
    model, x = net()
    with TorchRecording(model, None, sys._getframe()) as made:
        loss = model(x).square().mean()
        model(x).sum()
        loss.backward()
    agrees(made.recording, model.named_parameters())
    assert loss_of(made.recording) == pytest.approx(loss.item(), rel=1e-12)
    assert 'loss = "loss"' in made.recording.text


def test_a_step_and_cleared_gradients_inside_the_block_change_nothing():
    model, x = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    before = {name: one.detach().clone() for name, one in model.named_parameters()}
    with TorchRecording(model, optimizer, sys._getframe()) as made:
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        theirs = {name: one.grad.numpy().copy() for name, one in model.named_parameters()}
        optimizer.step()
        optimizer.zero_grad()
    ours = gradients(made.recording)
    for name, one in before.items():
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9)
        np.testing.assert_array_equal(made.recording.arrays[name], one.numpy())
    # The first step of the scenario is the step that was taken.
    after = Run(made.recording.problem(), 1).iteration(1).after
    for name, one in model.named_parameters():
        np.testing.assert_allclose(after[name], one.detach().numpy(), rtol=1e-9)


def test_a_second_forward_pass_after_a_step_is_refused():
    model, x = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def block():
        for _ in range(2):
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()

    with pytest.raises(BpdebugError, match=r"two losses|changed in place"):
        record(model, block, optimizer)


def test_losses_that_accumulate_are_summed():
    model, x = net()
    with TorchRecording(model, None, sys._getframe()) as made:
        for rows in x.split(2):
            (model(rows).square().mean() / 3).backward()
    agrees(made.recording, model.named_parameters())


def test_losses_with_cleared_gradients_in_between_are_refused():
    model, x = net()

    def block():
        model(x).mean().backward()
        model.zero_grad()
        model(x).sum().backward()

    with pytest.raises(BpdebugError, match=r"test_recording_loss\.py:\d+: .*two losses"):
        record(model, block)


def test_a_gradient_given_to_backward_weighs_the_loss():
    model, x = net()
    seed = torch.randn(5, 2).double()
    with TorchRecording(model, None, sys._getframe()) as made:
        model(x).backward(gradient=seed)
    agrees(made.recording, model.named_parameters())


def test_the_function_backward():
    model, x = net()
    with TorchRecording(model, None, sys._getframe()) as made:
        out = model(x)
        torch.autograd.backward(
            [out.sum(), out.square().mean()], [torch.tensor(2.0).double(), None]
        )
    agrees(made.recording, model.named_parameters())


def test_the_last_number_is_the_loss():
    model, x = net()
    with TorchRecording(model, None, sys._getframe()) as made:
        first = model(x).sum()
        loss = first + model(x).square().mean()
        accuracy = (model(x).argmax(1) == 0).double().mean()
    assert accuracy >= 0
    loss.backward()
    agrees(made.recording, model.named_parameters())


def test_the_caller_can_still_call_backward_and_no_grad_is_touched():
    model, x = net()
    with TorchRecording(model, None, sys._getframe()) as made:
        loss = model(x).square().mean()
    assert all(one.grad is None for one in model.parameters())
    loss.backward()
    agrees(made.recording, model.named_parameters())


def test_a_loss_of_several_numbers_is_refused():
    model, x = net()
    with pytest.raises(BpdebugError, match=r"shape \(5, 2\): reduce it"):
        record(model, lambda: model(x))


def test_a_block_without_a_loss_is_refused():
    model, x = net()
    with pytest.raises(BpdebugError, match="computed nothing that depends on a parameter"):
        record(model, lambda: x.sum())
    with pytest.raises(BpdebugError, match="no_grad"), torch.no_grad():
        record(model, lambda: model(x).sum())


def test_the_users_exception_is_raised_untouched_and_all_is_off():
    from torch.nn.modules import module as hooks
    from torch.optim import optimizer as optimizers
    from torch.overrides import _get_current_function_mode_stack

    model, x = net()
    raised = KeyError("mine")
    registries = [
        hooks._global_forward_hooks,
        hooks._global_forward_pre_hooks,
        optimizers._global_optimizer_pre_hooks,
        optimizers._global_optimizer_post_hooks,
    ]
    before = [len(one) for one in registries]

    def block():
        model(x).sum()
        raise raised

    with pytest.raises(KeyError) as caught:
        record(model, block)
    assert caught.value is raised
    assert [len(one) for one in registries] == before
    assert not _get_current_function_mode_stack()


def test_an_exception_inside_a_module_leaves_the_groups_right():
    class Fails(torch.nn.Module):
        def forward(self, x):
            raise ValueError("inside")

    model = torch.nn.ModuleDict({"a": Fails(), "b": torch.nn.Linear(3, 1)}).double()

    def block():
        x = torch.ones(2, 3).double()
        with pytest.raises(ValueError, match="inside"):
            model["a"](x)
        return model["b"](x).sum()

    made = record(model, block)
    assert "b" in made.recording.made
    assert not any(name.startswith("a") for name in made.recording.made)


def test_second_derivatives_are_refused():
    w = torch.randn(3, requires_grad=True, dtype=torch.float64)

    def block():
        (slope,) = torch.autograd.grad((w * w * w).sum(), w, create_graph=True)
        return slope.square().sum()

    with pytest.raises(BpdebugError, match=r"test_recording_loss\.py:\d+: .*grad"):
        record(None, block)


def test_an_array_of_one_number_is_a_loss():
    model, x = net()
    made = record(model, lambda: model(x).square().mean().reshape(1))
    made.loss.backward()
    agrees(made.recording, model.named_parameters())
    assert loss_of(made.recording) == pytest.approx(made.loss.item())


def test_blocks_do_not_nest():
    model, x = net()

    def block():
        with pytest.raises(BpdebugError, match="being recorded already"):
            record(model, lambda: model(x).sum())
        return model(x).sum()

    made = record(model, block)
    made.loss.backward()
    agrees(made.recording, model.named_parameters())


def test_a_block_is_recorded_once():
    model, x = net()
    made = record(model, lambda: model(x).sum())
    with pytest.raises(BpdebugError, match="made once"), made:
        pass


def test_a_recording_that_has_failed_holds_no_tensor():
    model, x = net()
    seen = []

    def block():
        held = [model(x)]
        known = weakref.ref(held[0])
        held.pop().sum().backward()
        seen.append(known() is not None)
        model.zero_grad()
        model(x).sum().backward()
        seen.append(known() is None)
        held.append(model(x))
        after = weakref.ref(held[0])
        held.clear()
        seen.append(after() is None)

    with pytest.raises(BpdebugError, match="gradients were changed between two calls"):
        record(model, block)
    assert seen == [True, True, True]


@pytest.mark.parametrize("gives", [4, 0.5, [0.5], "text"])
def test_a_function_without_a_name_runs_as_it_does_outside(gives):
    class Counts:
        """Called through PyTorch, as a library's own functions on tensors are."""

        def __call__(self, tensor):
            return gives

    model, x = net()

    def block():
        held = torch.overrides.handle_torch_function(Counts(), (x,), model(x))
        assert held == gives
        return model(x).sum()

    made = record(model, block)
    made.loss.backward()
    agrees(made.recording, model.named_parameters())
