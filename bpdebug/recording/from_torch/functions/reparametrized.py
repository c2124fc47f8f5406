"""Weights that PyTorch computes from others, by `torch.nn.utils.parametrizations`."""

from __future__ import annotations

from typing import Any

import torch

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.written import Written


@of(torch._weight_norm)
def weight_norm(v: Any, g: Any, dim: int = 0) -> Written:
    """A direction v at a length g, which has an entry for each place along an axis"""
    axes = tuple(at for at in range(v.ndim) if at != dim % v.ndim)
    return formula(
        "v * (g / sqrt(sum(square(v), axis=axes, keepdims=True)))",
        v=v,
        g=g,
        axes=None if dim == -1 else axes,
    )
