"""Models and functions that PyTorch has compiled: they run as they were before, or are refused."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from bpdebug.errors import BpdebugError

ORIGINAL = "_orig_mod"
"""Where a model that torch.compile has made holds the model that it was made of."""


@contextmanager
def eager() -> Iterator[None]:
    """Let what torch.compile has made run as it was before, step by step."""
    # The compiler takes long to import; where nothing has loaded it, nothing was compiled.
    if "torch._dynamo" not in sys.modules:
        yield
        return
    with torch.compiler.set_stance("force_eager"), warnings.catch_warnings():
        # The recording's own hooks count each module by what it is, so that this does no harm.
        warnings.filterwarnings("ignore", "Using `torch.compile.* global hooks on modules")
        yield


def originals(models: Any) -> Any:
    """The models as they were before torch.compile.

    BpdebugError for those of torch.jit, whose steps cannot be seen.
    """
    if isinstance(models, torch.nn.Module):
        if ORIGINAL in models._modules:
            return originals(models._modules[ORIGINAL])
        for path, module in models.named_modules():
            if isinstance(module, torch.jit.ScriptModule):
                what = f"the module {path}" if path else "the model"
                raise BpdebugError(
                    f"{what} was compiled by torch.jit, so that its steps cannot be seen; record "
                    "the model that it was made of"
                )
        return models
    if isinstance(models, Mapping):
        return {name: originals(one) for name, one in models.items()}
    return [originals(one) for one in models] if isinstance(models, (list, tuple)) else models
