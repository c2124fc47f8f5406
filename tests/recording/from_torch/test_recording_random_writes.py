"""Random code that makes views and writes through them, held against PyTorch's gradients."""

from __future__ import annotations

import random

import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from tests.recording.from_torch.blocks import agrees, record  # noqa: E402

VIEWS = [
    lambda t: t[0],
    lambda t: t[..., 1:],
    lambda t: t[..., ::2],
    lambda t: t.reshape(-1),
    lambda t: t.unsqueeze(0),
    lambda t: t.squeeze(0),
    lambda t: t.flatten(),
    lambda t: t.transpose(0, -1),
    lambda t: t.narrow(0, 0, 1),
]
WRITES = [
    lambda t, s: t.mul_(s),
    lambda t, s: t.add_(1.5),
    lambda t, s: t.sub_(s * 0.5),
    lambda t, s: t.sigmoid_(),
    lambda t, s: t.copy_(s),
    lambda t, s: t.fill_(0.25),
    lambda t, s: t.__setitem__(0, s),
    lambda t, s: t.__setitem__((..., 0), 2.0),
    lambda t, s: t.__setitem__(t.detach() > 0.5, 0.5),
    lambda t, s: t.clamp_(-1.0, 1.0),
    lambda t, s: t.masked_fill_(t.detach() < -0.5, 0.1),
    lambda t, s: t.zero_(),
]


def program(seed, w):
    """A number that random views and writes make of w."""
    pick = random.Random(seed)
    known = [(w * 1.25).clone(), (w.exp() * 0.5).clone()]
    known += [one.reshape(one.shape) for one in known[:1]]
    for _ in range(pick.randint(3, 9)):
        tensor = pick.choice(known)
        if tensor.numel() == 0 or tensor.ndim == 0:
            continue
        kind = pick.random()
        if kind < 0.4:
            known.append(pick.choice(VIEWS)(tensor))
        elif kind < 0.8:
            pick.choice(WRITES)(tensor, w.mean() * 2.0)
        else:
            known.append(tensor + 0.5)
    return sum((one * one).sum() if at % 2 else one.sum() for at, one in enumerate(known))


def theirs(seed, w):
    """PyTorch's gradient; None where PyTorch refuses the program, or it has overwritten w."""
    try:
        program(seed, w).backward()
    except (RuntimeError, IndexError):
        return None
    gradient, w.grad = w.grad, None
    return gradient if gradient.any() else None


def check(seed):
    torch.manual_seed(seed)
    w = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    if theirs(seed, w) is None:
        return
    made = record(None, lambda: program(seed, w))
    made.loss.backward()
    agrees(made.recording, [("w", w)])


@pytest.mark.parametrize("seed", range(40))
def test_random_writes(seed):
    check(seed)


@pytest.mark.thorough
def test_many_random_writes():
    for seed in range(40, 600):
        try:
            check(seed)
        except (AssertionError, BpdebugError) as error:
            if "is empty" in str(error):  # a slice without cells, which no scenario has
                continue
            raise AssertionError(f"seed {seed}: {error}") from error
