"""Dropout: the mask that PyTorch draws is data of the recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import RUNS, of
from bpdebug.recording.from_torch.functions.tensors import constant
from bpdebug.recording.written import RefusedError, Written, alike


def mask_of(draw: Callable[[torch.Tensor], torch.Tensor], input: torch.Tensor) -> torch.Tensor:
    """The mask that a dropout is about to draw: it drops ones, and draws the next numbers.

    The dropout itself draws these numbers again.
    """
    kind, devices = "cuda", []
    if input.device.type != "cpu":
        kind, devices = input.device.type, [input.device.index or 0]
    with torch.no_grad(), torch.random.fork_rng(devices, device_type=kind):
        return draw(torch.ones_like(input)) != 0


def runs(function: Any) -> Any:
    """What is called in the place of a dropout: it knows the mask that was drawn."""

    def run(
        input: Any, p: float = 0.5, training: bool = True, inplace: bool = False
    ) -> tuple[Any, dict[str, Any]]:
        drawn = mask_of(lambda ones: function(ones, p), input) if training and p else None
        return function(input, p, training, inplace), {"drawn": drawn}

    return run


def dropped(input: Any, p: float, mask: torch.Tensor) -> Written:
    """What a mask keeps of a value, over the share that is kept."""
    if p == 1:
        return formula("0 * input", input=input)
    mask = constant(mask.double(), "mask")
    return formula("dropout(input, mask, rate=rate)", input=input, mask=mask, rate=float(p))


def dropout(
    input: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    drawn: torch.Tensor | None = None,
) -> Written:
    """input·mask/(1 − p) in training"""
    return alike(input) if drawn is None else dropped(input, p, drawn)


FUNCTIONAL = ("dropout", "dropout1d", "dropout2d", "dropout3d")
for name in FUNCTIONAL:
    function = getattr(functional, name)
    RUNS[function] = runs(function)
    of(function)(dropout)


@of(functional.alpha_dropout, functional.feature_alpha_dropout)
def alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Written:
    """input itself, where nothing is trained"""
    if training and p:
        raise RefusedError("alpha_dropout has no op; write F.dropout")
    return alike(input)


@of(torch.dropout)
def plain_dropout(input: Any, p: float, train: bool) -> Written:
    """input itself, where nothing is trained"""
    if train and p:
        raise RefusedError("torch.dropout has no op; write torch.nn.functional.dropout")
    return alike(input)
