"""Code that writes into tensors: the recording has what they stand for afterwards."""

from __future__ import annotations

import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from tests.recording.from_torch.blocks import agrees, lines, record  # noqa: E402


def weights(*shape):
    torch.manual_seed(0)
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def plus(h, w):
    h += 1.0
    return h


def column(h, w):
    h[:, 0] = 0.0
    return h


def columns(h, w):
    h[:, 1:3] = w[0, :2] * 2.0
    return h


def rows_by_index(h, w):
    h[torch.tensor([2, 0])] = w[:2] * 3.0
    return h


def masked(h, w):
    h[h < 0] = 0.5
    return h


def through_a_view(h, w):
    h[:, 0].mul_(3.0)
    return h


def through_a_flat_view(h, w):
    h.view(-1).mul_(w.reshape(-1))
    return h


def a_view_after_its_base(h, w):
    first = h[:, 0]
    h.mul_(w)
    return first


def one_view_after_another(h, w):
    rows, whole = h[1:], h.t()
    rows[:, 2] = w[0, 0]
    return whole.square()


def copied(h, w):
    out = torch.zeros(3, 4, dtype=torch.float64)
    out.copy_(h[0])
    return out * w


def collected(h, w):
    out = torch.zeros(3, 4, dtype=torch.float64)
    for row in range(3):
        out[row] = h[row] * w[row]
    return out


def cleared(h, w):
    g = h * 2
    h.zero_()
    h.add_(w)
    return g * h


def activation(h, w):
    return torch.nn.functional.relu(h, inplace=True) * w


def method(h, w):
    return h.sigmoid_() * w


def part_plus(h, w):
    h[1:] += w[:-1]
    return h


def one_cell(h, w):
    h[1, 2] = w[0, 0].exp()
    return h * w


def whole(h, w):
    h[:] = w[0, 0].exp()
    return h * w


def snapshot(h, w):
    """The value before the write was used, too."""
    before = h * 2.0
    h.add_(before)
    return before * h


def filled(h, w):
    h[0].fill_(2.0)
    return h * w


@pytest.mark.parametrize(
    "write",
    [
        plus,
        column,
        columns,
        rows_by_index,
        masked,
        through_a_view,
        through_a_flat_view,
        a_view_after_its_base,
        one_view_after_another,
        copied,
        collected,
        cleared,
        activation,
        method,
        part_plus,
        one_cell,
        whole,
        snapshot,
        filled,
    ],
)
def test_gradients_after_a_write_are_those_of_pytorch(write):
    w = weights(3, 4)

    def block():
        return (write(w * 1.5, w) * w.exp().sum()).sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])


def test_what_is_written_after_the_block_changes_no_recording():
    w, x = weights(3, 4), torch.ones(3, 4, dtype=torch.float64)
    made = record(None, lambda: (w * x).sum())
    made.loss.backward()
    with torch.no_grad():
        w.mul_(0)
        x.mul_(0)
    assert made.recording.arrays["x"].sum() == 12
    agrees(made.recording, [("w", w)])


def test_a_mask_stands_as_a_choice():
    w = weights(3)

    def block():
        h = w * 2.0
        h[h < 0] = 0.0
        return h.sum()

    assert any("where(" in line for line in lines(record(None, block).recording))


def test_a_change_of_data_is_seen():
    w, x = weights(3), torch.ones(3, dtype=torch.float64)

    def block():
        first = (w + x).square().sum()
        x.mul_(3.0)
        return first + (w + x).square().sum()

    made = record(None, block)
    made.loss.backward()
    agrees(made.recording, [("w", w)])


@pytest.mark.parametrize("through", ["data", "no_grad", "detach"])
def test_a_change_that_no_gradient_sees_is_refused(through):
    w = weights(3)

    def block():
        h = w * 2.0
        if through == "data":
            h.data.mul_(3.0)
        elif through == "detach":
            h.detach().mul_(3.0)
        else:
            with torch.no_grad():
                h.mul_(3.0)
        return h.sum()

    with pytest.raises(BpdebugError, match=r"test_recording_writes.py.*changed"):
        record(None, block)


def test_a_parameter_that_changes_before_it_is_used_is_refused():
    model = torch.nn.Linear(3, 2)

    def block():
        torch.nn.init.zeros_(model.weight)
        return model(torch.ones(1, 3)).sum()

    with pytest.raises(BpdebugError, match=r"weight.*changed"):
        record(model, block)
