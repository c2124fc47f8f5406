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
HOOKS = "Using `torch.compile.* global hooks on modules"
"""A warning about hooks of the recording, which counts each module by what it is."""


@contextmanager
def eager() -> Iterator[None]:
    """Let what torch.compile has made run as it was before, step by step.

    BpdebugError where the compiler is in use, and PyTorch is too old to leave it out.
    """
    # The compiler takes long to import; where nothing has loaded it, nothing was compiled.
    if "torch._dynamo" not in sys.modules:
        yield
        return
    if not hasattr(torch.compiler, "set_stance"):
        raise BpdebugError(
            f"PyTorch {torch.__version__} cannot run compiled code step by step; install PyTorch "
            "2.6 or later, or record before anything is compiled"
        )
    with torch.compiler.set_stance("force_eager"), ignored(HOOKS):
        yield


@contextmanager
def ignored(message: str) -> Iterator[None]:
    """Ignore warnings with a message; filters that the user sets meanwhile stay."""
    before = list(warnings.filters)
    warnings.filterwarnings("ignore", message)
    ours = warnings.filters[0]
    try:
        yield
    finally:
        # `catch_warnings` would put all filters back as they were.
        filters: Any = warnings.filters
        if ours not in before and ours in filters:
            filters.remove(ours)


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
