"""Normalisation by batch, layer, group or instance, with or without weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import spread
from bpdebug.recording.written import Written, data


def weights(weight: Any, bias: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """gamma and beta; ones and zeros where a norm has none."""
    return {
        "gamma": data(np.ones(shape), "ones") if weight is None else weight,
        "beta": data(np.zeros(shape), "zeros") if bias is None else bias,
    }


@of(functional.batch_norm)
def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Written:
    """By channel, with the statistics of the batch, or those that were learned"""
    if not training:
        return by_statistics(input, running_mean, running_var, weight, bias, eps)
    given = weights(weight, bias, (input.shape[1],))
    return formula("batch_norm(input, gamma, beta, eps=eps)", input=input, eps=float(eps), **given)


def by_statistics(input: Any, mean: Any, var: Any, weight: Any, bias: Any, eps: float) -> Written:
    """(x − mean)/√(var + ε)·weight + bias, with a mean and a variance that are data."""
    text = "(input - mean) / sqrt(var + eps)"
    text += "" if weight is None else " * weight"
    text += "" if bias is None else " + bias"
    vectors = {"mean": mean, "var": var, "weight": weight, "bias": bias}
    given = {
        name: None if one is None else spread(one, input.ndim) for name, one in vectors.items()
    }
    return formula(text, input=input, eps=float(eps), **given)


@of(functional.layer_norm)
def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Written:
    """Over the last axes"""
    given = weights(weight, bias, tuple(normalized_shape))
    return formula("layer_norm(input, gamma, beta, eps=eps)", input=input, eps=float(eps), **given)


@of(functional.rms_norm)
def rms_norm(
    input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None
) -> Written:
    """Over the last axes, without the mean"""
    gamma = weights(weight, None, tuple(normalized_shape))["gamma"]
    small = torch.finfo(input.dtype).eps if eps is None else float(eps)
    return formula("rms_norm(input, gamma, eps=eps)", input=input, gamma=gamma, eps=small)


@of(functional.group_norm)
def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Written:
    """By groups of channels, every example by itself"""
    given = weights(weight, bias, (input.shape[1],))
    return formula(
        "group_norm(input, gamma, beta, groups=groups, eps=eps)",
        input=input,
        groups=int(num_groups),
        eps=float(eps),
        **given,
    )


@of(functional.instance_norm)
def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Written:
    """By channel, every example by itself"""
    if use_input_stats:
        return group_norm(input, input.shape[1], weight, bias, eps)
    return by_statistics(input, running_mean, running_var, weight, bias, eps)


of(torch.layer_norm)(
    lambda input, normalized_shape, weight=None, bias=None, eps=1e-5, cudnn_enable=True: layer_norm(
        input, normalized_shape, weight, bias, eps
    )
)
of(torch.rms_norm)(rms_norm)
refuse(
    "local_response_norm has no op; use a layer norm or a batch norm",
    functional.local_response_norm,
)
