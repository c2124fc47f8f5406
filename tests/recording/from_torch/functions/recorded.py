"""A function of PyTorch in a tiny block: what is recorded, held against PyTorch's own numbers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from bpdebug.recording.from_torch.recording import TorchRecording
from bpdebug.run import Run

NAMES = "abcdefgh"
WORDS = {"torch": torch, "F": functional, "nn": torch.nn, "inf": float("inf")}


class Operands(torch.nn.Module):
    """Parameters a, b, c, … of some shapes."""

    def __init__(self, shapes, low, high, dtype):
        super().__init__()
        for name, shape in zip(NAMES, shapes, strict=False):
            value = low + (high - low) * torch.rand(shape, dtype=torch.float64)
            setattr(self, name, torch.nn.Parameter(value.to(dtype)))


def case(text: str, *shapes: Any, low: float = -2.0, high: float = 2.0, **given: Any) -> Any:
    """A line that makes a tensor, or several, of operands a, b, c, … drawn between two bounds.

    In front of ` || ` stands what makes the modules of the line, and in front of ; what comes
    before. `given` has other names in it: data of its own.
    """
    return text, shapes, low, high, given


def name_of(case: Any) -> str:
    """How the case is called in a report."""
    text, shapes, *_ = case
    return f"{text} of {' '.join('x'.join(map(str, shape)) or '1' for shape in shapes)}"


def words_of(text: str, operands: Operands, given: dict[str, Any]) -> dict[str, Any]:
    """The names in a case; the modules that it makes become those of the operands."""
    words = {**WORDS, **dict(operands.named_parameters()), **given}
    made, bar, _ = text.rpartition(" || ")
    if bar:
        before = set(words)
        exec(made, words)
        for name in set(words) - before - {"__builtins__"}:
            operands.add_module(name, words[name].to(operands.a.dtype))
    return words


def made_by(text: str, words: dict[str, Any]) -> Any:
    """What a case computes."""
    *lines, last = text.rpartition(" || ")[2].split("; ")
    for line in lines:
        exec(line, words)
    return eval(last, words)


def recorded(case: Any, dtype: Any = torch.float64) -> tuple[Any, Operands, torch.Tensor]:
    """Record a case: a weighted sum of all that it makes is the loss."""
    text, shapes, low, high, given = case
    torch.manual_seed(sum(map(ord, text)))
    operands = Operands(shapes, low, high, dtype)
    kept = {
        name: one.to(dtype) if getattr(one, "dtype", None) == torch.float64 else one
        for name, one in given.items()
    }
    words = words_of(text, operands, kept)
    with TorchRecording(operands, None, sys._getframe()) as block:
        made = made_by(text, words)
        results = [made] if isinstance(made, torch.Tensor) else list(made)
        parts = []
        for one in results:
            if isinstance(one, torch.Tensor) and one.is_floating_point():
                weights = torch.linspace(-1, 1.5, max(one.numel(), 1), dtype=dtype)[: one.numel()]
                parts.append((one * weights.reshape(one.shape)).sum())
        loss = sum(parts[1:], parts[0])
    return block.recording, operands, loss


def compare(case: Any, dtype: Any = torch.float64, tolerance: float = 1e-10) -> Any:
    """Assert that the loss and all gradients are PyTorch's; returns the recording."""
    recording, operands, loss = recorded(case, dtype)
    loss.backward()
    found = Run(recording.problem(), 1).iteration(1)
    scale = max(abs(loss.item()), 1.0)
    assert abs(float(found.loss) - loss.item()) <= tolerance * scale, (
        f"loss {float(found.loss)} for {loss.item()}\n{recording.text}"
    )
    pass_ = found.recorded
    for name, parameter in operands.named_parameters():
        ours = pass_.gradients[pass_.graph.names[name]]
        theirs = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        ours = np.zeros(theirs.shape) if ours is None else ours
        scale = max(float(theirs.abs().max()), 1.0) if theirs.numel() else 1.0
        np.testing.assert_allclose(
            ours,
            theirs.numpy(),
            rtol=tolerance,
            atol=tolerance * scale,
            err_msg=f"gradient of {name}\n{recording.text}",
        )
    return recording


def graph_of(recording: Any) -> list[str]:
    """The entries of a recording's graph, without the comments."""
    lines = recording.text.partition("[graph]")[2].partition("\n[")[0].splitlines()
    return [line.partition("  #")[0] for line in lines if line]
