"""Where gradients end: detached tensors, frozen parameters, data, and what is refused."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from bpdebug.recording.from_torch.recording import TorchRecording  # noqa: E402
from tests.recording.from_torch.blocks import agrees, gradients, lines, record  # noqa: E402


def weights(*shape, dtype=torch.float64):
    torch.manual_seed(0)
    return torch.randn(*shape, dtype=dtype, requires_grad=True)


def detached(w):
    return (w * w.detach()).sum()


def data(w):
    return (w * w.data.exp()).sum()


def without_gradients(w):
    with torch.no_grad():
        scale = w.square().sum()
    return (w * scale).sum()


def without_gradients_by_decorator(w):
    @torch.no_grad()
    def scale(w):
        return w.abs().max() + 1.0

    return (w * scale(w)).sum()


def inference(w):
    with torch.no_grad():
        keep = (w > 0).double()
    return (w * keep).sum()


def picked(w):
    return w[w.argmax()] * 2.0


def item(w):
    return (w * w.sum().item()).sum()


def number(w):
    return (w * float(w.sum())).sum()


def through_numpy(w):
    return (w * torch.from_numpy(w.detach().numpy())).sum()


def listed(w):
    return (w * torch.tensor(w.tolist(), dtype=torch.float64)).sum()


def detached_in_place(w):
    h = w * 3.0
    h = h.clone().detach_()
    return (h * w).sum()


@pytest.mark.filterwarnings("ignore:Converting a tensor")
@pytest.mark.parametrize(
    "block",
    [
        detached,
        data,
        without_gradients,
        without_gradients_by_decorator,
        inference,
        picked,
        item,
        number,
        through_numpy,
        listed,
        detached_in_place,
    ],
)
def test_what_has_no_gradient_is_data(block):
    w = weights(4)
    made = record(None, lambda: block(w))
    made.loss.backward()
    agrees(made.recording, [("w", w)])


@pytest.mark.filterwarnings("ignore:Converting a tensor")
@pytest.mark.parametrize("block", [detached, data, without_gradients, item, number, through_numpy])
def test_it_is_noted_that_it_is_data(block):
    w = weights(4)
    (note,) = record(None, lambda: block(w)).recording.notes
    assert note.endswith("in this scenario they are data, as they were here")


def test_a_number_that_only_leaves_is_not_noted():
    w = weights(4)

    def block():
        loss = w.square().sum()
        assert f"loss {loss.item():.3f}"
        return loss

    assert record(None, block).recording.notes == ()


def test_a_frozen_parameter_is_frozen_and_its_gradient_is_shown():
    torch.manual_seed(0)
    model = torch.nn.ModuleDict(
        {"first": torch.nn.Linear(3, 4), "second": torch.nn.Linear(4, 1)}
    ).double()
    model["first"].weight.requires_grad_(False)
    x = torch.randn(5, 3).double()

    def block():
        return model["second"](torch.tanh(model["first"](x))).square().mean()

    made = record(model, block)
    made.loss.backward()
    agrees(made.recording, model.named_parameters())
    problem = made.recording.problem()
    assert model["first"].weight.grad is None
    assert problem.frozen == {"first.weight"} or "first.weight" in str(problem.frozen)
    assert np.abs(gradients(made.recording)["first.weight"]).max() > 0


def test_buffers_have_their_names():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("scale", torch.tensor([1.0, 2.0, 3.0]))
            self.w = torch.nn.Parameter(torch.ones(3))

        def forward(self, x):
            return (x * self.scale * self.w).sum()

    model = Net()
    made = record(model, lambda: model(torch.ones(2, 3)))
    assert "scale" in made.recording.arrays
    assert "scale * w" in made.recording.text


def test_a_tensor_from_before_the_block_is_refused():
    w = weights(4)
    h = w * 2
    with pytest.raises(BpdebugError, match=r"outside of the recorded block \(MulBackward0\)"):
        record(None, lambda: (h * w).sum())


@pytest.mark.parametrize(
    ("dtype", "said"),
    [
        (torch.bfloat16, r"torch\.bfloat16.*float64 or float32"),
        (torch.float16, r"torch\.float16.*float64 or float32"),
        (torch.complex64, "complex numbers"),
    ],
)
def test_other_kinds_of_numbers_are_refused(dtype, said):
    w = weights(4, dtype=dtype)
    with pytest.raises(BpdebugError, match=said):
        record(None, lambda: (w * w).sum().abs())


def test_autocast_is_refused():
    model, x = torch.nn.Linear(3, 2), torch.randn(4, 3)

    def block():
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return model(x).sum()

    with pytest.raises(BpdebugError, match=r"bfloat16.*autocast"):
        record(model, block)


def test_sparse_tensors_are_refused():
    w = weights(3, 3)
    with pytest.raises(BpdebugError, match="to_dense"):
        record(None, lambda: (torch.sparse.mm(torch.eye(3).double().to_sparse(), w)).sum())


def test_vmap_is_refused():
    w = weights(3, 3)
    with pytest.raises(BpdebugError, match=r"test_recording_gradients_end\.py"):
        record(None, lambda: torch.func.vmap(lambda row: (row * row).sum())(w).sum())


def test_expanded_and_shared_tensors():
    w, x = weights(3), torch.arange(3.0).double()

    def block():
        wide = w.expand(4, 3) * x.expand(4, 3)
        return (wide * wide).sum() + (x * w).sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])


def test_whole_numbers_and_truths_are_data():
    w = weights(5, 3)
    index, keep = torch.tensor([4, 0, 0]), torch.tensor([True, False, True])

    def block():
        rows = w[index + 0]
        return torch.where(keep, rows, rows * 2.0).sum() + (rows * keep).sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])


def test_tensors_in_a_list_are_parameters_with_their_places():
    torch.manual_seed(0)
    layers = [torch.randn(3, 3, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    x = torch.randn(2, 3).double()
    with TorchRecording(None, None, sys._getframe()) as made:
        h = x
        for w in layers:
            h = torch.tanh(h @ w)
        loss = h.square().mean()
    loss.backward()
    agrees(made.recording, [(f"layers_{at}", w) for at, w in enumerate(layers)])


def test_single_precision_is_kept():
    w = weights(4, dtype=torch.float32)
    made = record(None, lambda: (w * w).sum())
    made.loss.backward()
    assert 'dtype = "float32"' in made.recording.text
    agrees(made.recording, [("w", w)], 1e-5)


def test_single_and_double_are_computed_as_doubles():
    w = weights(4, dtype=torch.float32)
    x = torch.randn(4).double()
    made = record(None, lambda: (w * x).exp().sum())
    made.loss.backward()
    assert "float32" not in made.recording.text
    agrees(made.recording, [("w", w)], 1e-5)


def test_how_a_batch_and_a_mask_are_made_is_data():
    w, rows = weights(3), [torch.tensor([1.0, 2.0, 3.0]).double() * at for at in range(4)]

    class Net(torch.nn.Module):
        def forward(self, x):
            mask = 1.0 - torch.triu(torch.ones(4, 3).double())
            return ((x - 1.0) * mask * w).sum()

    net = Net()

    def block():
        batch = torch.stack([row / 2 for row in rows])
        return net(batch)

    made = record(net, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])
    assert lines(made.recording) == ['loss = "sum((x - 1) * mask * w)"']


def test_data_that_needs_a_gradient_from_inside_the_block_on():
    x = weights(3).detach()

    w = weights(3)

    def block():
        first = (w * x).sum()
        x.requires_grad_()
        return first + x.square().sum()

    made = record(None, block)
    made.loss.backward()
    np.testing.assert_allclose(x.grad, 2 * x.detach())
    agrees(made.recording, [("w", w), ("x", x)])


def test_a_teacher_without_gradients_is_data():
    torch.manual_seed(0)
    teacher, student = torch.nn.Linear(3, 2).double(), torch.nn.Linear(3, 2).double()
    x = weights(4, 3).detach()

    def block():
        with torch.no_grad():
            target = teacher(x)
        return (student(x) - target).square().mean()

    made = record(student, block)
    made.loss.backward()
    agrees(made.recording, student.named_parameters())
    assert "target" in made.recording.arrays
