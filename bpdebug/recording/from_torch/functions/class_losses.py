"""Losses of classes: cross-entropy of logits, and of logarithms of probabilities."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.losses import reduction_of
from bpdebug.recording.from_torch.functions.shape import permuted
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.from_torch.functions.tensors import constant, numbers
from bpdebug.recording.written import RefusedError, Written, alike, data

SUM_TOLERANCE = 1e-6
"""How far the probabilities of a row may be from a sum of 1 in the op `cross_entropy`."""


def as_rows(input: Any) -> Any:
    """Scores with one row an example: classes stand along axis 1, behind it are more examples."""
    if input.ndim <= 2:
        return input
    axes = (0, *range(2, input.ndim), 1)
    return reshaped_rows(permuted(input, axes), input)


def reshaped_rows(made: Written, input: Any) -> Written:
    """The rows of all examples below each other."""
    return formula("reshape(made, shape=shape)", made=made, shape=(-1, int(input.shape[1])))


@of(functional.cross_entropy)
def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Written:
    """−ln softmax(input) of the right class, or of probabilities"""
    how = reduction_of(reduction, size_average, reduce)
    if weight is not None and weight.requires_grad:
        raise RefusedError("cross_entropy with learned weights of classes has no op")
    if target.is_floating_point():
        return of_probabilities(input, target, weight, how, label_smoothing)
    kept = target != ignore_index
    plain = weight is None and not label_smoothing and bool(kept.all())
    if plain and how != "none":
        labels = target if target.ndim <= 1 else constant(target.reshape(-1), "labels")
        text = "cross_entropy(rows, labels, reduction=how)"
        return formula(text, rows=as_rows(input), labels=labels, how=how)
    axis = 1 if input.ndim > 2 else -1
    logs = formula("log_softmax(input, axis=axis)", input=input, axis=axis)
    if label_smoothing:
        return smoothed(logs, input, target, weight, kept, how, label_smoothing)
    return of_labels(logs, input, target, weight, kept, how)


@of(functional.nll_loss)
def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Written:
    """Minus the entry of the right class"""
    how = reduction_of(reduction, size_average, reduce)
    return of_labels(alike(input), input, target, weight, target != ignore_index, how)


def of_labels(
    logs: Written, input: Any, target: Any, weight: Any, kept: torch.Tensor, how: str
) -> Written:
    """Minus the logarithms of the right classes of all examples that are kept.

    The mean is over the weights of the right classes.
    """
    labels = torch.where(kept, target, 0)
    shares = kept.double() if weight is None else weight.detach().double()[labels] * kept
    if how == "none":
        losses = picked(logs, places(input, labels))
        plain = weight is None and bool(kept.all())
        text = "-losses" if plain else "-shares * losses"
        return formula(text, losses=losses, shares=constant(shares, "shares"))
    if not bool(kept.any()):
        if how == "mean":
            raise RefusedError("a mean without labels is NaN; all of them are ignore_index")
        return formula("0 * sum(logs)", logs=logs)
    at = tuple(one[kept] for one in indices(input, labels))
    key = tuple(constant(one, name) for one, name in zip(at, names(input), strict=True))
    losses = picked(logs, key)
    if weight is None:
        return formula(f"-{how}(losses)", losses=losses)
    given = constant(shares[kept], "shares")
    text = "-sum(shares * losses)" + (" / total" if how == "mean" else "")
    return formula(text, shares=given, losses=losses, total=float(shares.sum()))


def indices(input: Any, labels: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The places of the right classes along every axis of the scores."""
    if input.ndim == 1:
        return (labels,)
    grid = torch.meshgrid(*(torch.arange(n) for n in labels.shape), indexing="ij")
    first, *rest = grid
    return (first, labels, *rest)


def names(input: Any) -> tuple[str, ...]:
    """What the places along every axis of the scores are called."""
    if input.ndim == 1:
        return ("label",)
    return ("rows", "labels", *(f"along_{axis}" for axis in range(2, input.ndim)))


def places(input: Any, labels: torch.Tensor) -> tuple[Written, ...]:
    """The places of the right classes as an index."""
    found = zip(indices(input, labels), names(input), strict=True)
    return tuple(constant(one, name) for one, name in found)


def smoothed(
    logs: Written,
    input: Any,
    target: Any,
    weight: Any,
    kept: torch.Tensor,
    how: str,
    smoothing: float,
) -> Written:
    """−Σ of the logarithms, weighted by labels of which a share is spread over all classes."""
    axis = 0 if input.ndim == 1 else 1
    classes = input.shape[axis]
    labels = torch.where(kept, target, 0)
    weights = torch.ones(classes, dtype=torch.float64)
    weights = weights if weight is None else weight.detach().double()
    hot = torch.nn.functional.one_hot(labels, classes).double()
    shares = (hot * (1 - smoothing) + smoothing / classes) * weights * kept[..., None]
    total = float((weights[labels] * kept).sum())
    shares = shares.movedim(-1, axis)
    return summed(logs, data(numbers(shares), "shares"), axis, how, total)


def summed(logs: Written, shares: Any, axis: int, how: str, total: float) -> Written:
    """−Σ shares·logs over the classes, summed or divided by a total for "sum" and "mean"."""
    if how == "none":
        return formula("-sum(shares * logs, axis=axis)", shares=shares, logs=logs, axis=axis)
    text = "-sum(shares * logs)" + (" / total" if how == "mean" and total != 1 else "")
    return formula(text, shares=shares, logs=logs, total=total)


def of_probabilities(input: Any, target: Any, weight: Any, how: str, smoothing: float) -> Written:
    """−Σ target·ln softmax(input), where the mean is over the examples."""
    axis = 0 if input.ndim == 1 else 1
    sums = target.detach().sum(axis)
    distributions = bool((target >= 0).all()) and bool(((sums - 1).abs() <= SUM_TOLERANCE).all())
    if weight is None and not smoothing and distributions and how != "none" and input.ndim <= 2:
        text = "cross_entropy(input, target, reduction=how)"
        return formula(text, input=input, target=target, how=how)
    shares: Any = target
    if smoothing:
        kept, spread = 1 - smoothing, smoothing / input.shape[axis]
        shares = formula("kept * target + spread", target=target, kept=kept, spread=spread)
    if weight is not None:
        key = (slice(None), *[None] * (input.ndim - 2)) if input.ndim > 2 else ()
        weights = picked(weight, key) if key else weight
        shares = formula("weights * shares", weights=weights, shares=shares)
    last = axis if input.ndim > 2 else -1
    logs = formula("log_softmax(input, axis=axis)", input=input, axis=last)
    return summed(logs, shares, axis, how, float(input.numel() // input.shape[axis]))
