"""A value of float32 within rounding of a kink is no fault of the recording."""

from __future__ import annotations

import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from bpdebug.recording.from_torch.functions import FUNCTIONS  # noqa: E402
from bpdebug.recording.texts import infix  # noqa: E402
from bpdebug.recording.written import DATA, written  # noqa: E402
from tests.recording.from_torch.blocks import record  # noqa: E402

ROUNDING = 2e-7
NEAR = 2**-23


@pytest.fixture(autouse=True)
def rounds_otherwise(monkeypatch):
    """bpdebug's square is lower than PyTorch's by what another order of sums may make."""

    def lower(input):
        return written(infix("-"), written(infix("*"), input, input), ROUNDING)

    monkeypatch.setitem(FUNCTIONS, torch.square, lower)


def weights(*numbers: float, dtype=torch.float32):
    """Learned numbers whose squares stand beside 1."""
    return torch.tensor(numbers, dtype=dtype, requires_grad=True)


def rectified(w):
    z = torch.square(w)
    h = torch.relu(z - 1)
    return h.sum()


def rectified_by_a_name(w):
    z = torch.square(w)
    shifted = z - 1
    h = torch.relu(shifted)
    return h.sum()


def rectified_at_once(w):
    return torch.relu(torch.square(w) - 1).sum()


def larger(w):
    z = torch.square(w)
    h = torch.maximum(z, torch.ones_like(w))
    return h.sum()


def pooled(w):
    z = torch.square(w)
    both = torch.stack([torch.ones_like(w), z], -1)
    h = torch.nn.functional.max_pool1d(both, 2)
    return h.sum()


@pytest.mark.parametrize(
    ("block", "op"),
    [
        (rectified, "relu at h"),
        (rectified_by_a_name, "relu at h"),
        (rectified_at_once, "relu at loss"),
        (larger, "maximum at h"),
        (pooled, "max_pool1d at h"),
    ],
)
def test_the_run_is_given_with_a_note_of_the_place(block, op):
    w = weights(1 + NEAR, 1.5)
    made = record(None, lambda: block(w))
    (note,) = made.recording.notes
    assert note.startswith(f"{op} (test_recording_torch_kinks.py:")
    assert "a value stands within rounding of the kink" in note
    assert note in [one.text for one in made.proved.problem.notes]


def test_the_note_is_all_that_is_added():
    w = weights(1 + NEAR, 1.5)
    proved = record(None, lambda: rectified(w)).recording
    plain = record(None, lambda: rectified(w), prove=False).recording
    head, note, rest = proved.text.partition("notes = [\n")
    assert note
    assert head + rest.partition("]\n")[2] == plain.text
    assert list(proved.arrays) == list(plain.arrays)


def test_no_note_where_all_values_are_on_one_side():
    w = weights(1.25, 1.5)
    assert record(None, lambda: rectified(w)).recording.notes == ()


def test_a_fault_beside_a_kink_stays_a_fault(monkeypatch):
    monkeypatch.setitem(FUNCTIONS, torch.neg, lambda input: DATA)
    w, v = weights(1 + NEAR, 1.5), weights(1.5, 2.0)

    def block():
        return rectified(w) + torch.neg(v).sum() + v.sum()

    with pytest.raises(BpdebugError, match=r"the gradient of v: .*fault of bpdebug"):
        record(None, block)


def test_in_float64_so_large_a_difference_is_a_fault():
    w = weights(1 + NEAR, 1.5, dtype=torch.float64)
    with pytest.raises(BpdebugError, match="fault of bpdebug"):
        record(None, lambda: rectified(w))
