"""Losses of pairs of numbers, and their reductions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import log, pi
from typing import Any

import torch
from torch.nn import functional
from torch.nn._reduction import legacy_get_string

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import Declared, of, refuse
from bpdebug.recording.from_torch.functions.tensors import constant, paired
from bpdebug.recording.written import RefusedError, Written, alike


def reduction_of(reduction: str, size_average: Any = None, reduce: Any = None) -> str:
    """How a loss is reduced: "mean", "sum" or "none"."""
    if size_average is not None or reduce is not None:
        return str(legacy_get_string(size_average, reduce, emit_warning=False))
    return reduction


def reducing(*functions: Any) -> Callable[[Declared], Declared]:
    """Declare the translation of losses that have `size_average` and `reduce` before `reduction`.

    The translation takes `reduction` alone: what the older two say is what it is given.
    """

    def declare(translation: Declared) -> Declared:
        signature = inspect.signature(translation)
        parameters = list(signature.parameters.values())
        at = list(signature.parameters).index("reduction")
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        older = [inspect.Parameter(name, kind, default=None) for name in ("size_average", "reduce")]
        both = signature.replace(parameters=[*parameters[:at], *older, *parameters[at:]])

        def translated(*args: Any, **kwargs: Any) -> Written:
            given = both.bind(*args, **kwargs)
            given.apply_defaults()
            how = given.arguments
            how["reduction"] = reduction_of(
                how["reduction"], how.pop("size_average"), how.pop("reduce")
            )
            made: Written = translation(**how)
            return made

        translated.__signature__ = both  # type: ignore[attr-defined]
        of(*functions)(translated)
        return translation

    return declare


def reduced(losses: Any, reduction: str) -> Written:
    """The mean or sum of losses, or they themselves."""
    if reduction == "none":
        return losses if isinstance(losses, Written) else alike(losses)
    return formula(f"{reduction}(losses)", losses=losses)


@reducing(functional.mse_loss)
def mse_loss(
    input: Any,
    target: Any,
    reduction: str = "mean",
    weight: Any = None,
) -> Written:
    """The square of the error"""
    if weight is not None:
        return weighted("square(input - target)", input, target, weight, reduction)
    if input.shape == target.shape and input.ndim <= 2 and reduction != "none":
        text = "mean_squared_error(input, target, reduction=how)"
        return formula(text, input=input, target=target, how=reduction)
    return reduced(formula("square(input - target)", input=input, target=target), reduction)


def weighted(text: str, input: Any, target: Any, weight: Any, how: str) -> Written:
    """A loss with a weight for every entry; its mean is over the sum of the weights."""
    losses = formula(f"weight * {text}", weight=weight, input=input, target=target)
    if how != "mean":
        return reduced(losses, how)
    total = weight.expand(torch.broadcast_shapes(input.shape, target.shape)).sum()
    return formula("sum(losses) / total", losses=losses, total=total.item())


def composite(op: str, option: str = "") -> Any:
    """The translation of a loss that is a composite, whose one option is PyTorch's own."""

    def made(input: Any, target: Any, how: str, weight: Any, value: Any = None) -> Written:
        more = f", {option}={option}" if option else ""
        input, target = paired(input, target)
        given = {option: float(value)} if option else {}
        if weight is not None:
            text = f'weight * {op}(input, target, reduction="none"{more})'
            losses = formula(text, input=input, target=target, weight=weight, **given)
            if how != "mean":
                return reduced(losses, how)
            return formula("sum(losses) / total", losses=losses, total=float(weight.sum()))
        text = f"{op}(input, target, reduction=how{more})"
        return formula(text, input=input, target=target, how=how, **given)

    return made


@reducing(functional.l1_loss)
def l1_loss(
    input: Any,
    target: Any,
    reduction: str = "mean",
    weight: Any = None,
) -> Written:
    """The size of the error"""
    if weight is not None:
        return weighted("abs(input - target)", input, target, weight, reduction)
    made: Written = composite("l1")(input, target, reduction, None)
    return made


@reducing(functional.smooth_l1_loss)
def smooth_l1_loss(
    input: Any,
    target: Any,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Written:
    """A square near 0, over beta, and the size of the error beyond"""
    made: Written = composite("smooth_l1", "beta")(input, target, reduction, None, beta)
    return made


@of(functional.huber_loss)
def huber_loss(
    input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None
) -> Written:
    """A square near 0, and delta times the size of the error beyond"""
    if weight is not None:
        raise RefusedError('huber_loss with weight has no op; multiply the losses of "none"')
    made: Written = composite("huber", "delta")(input, target, reduction, None, delta)
    return made


@reducing(functional.binary_cross_entropy)
def binary_cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
) -> Written:
    """−t·ln p − (1 − t)·ln(1 − p)"""
    if bool((input * (1 - input) < 1e-12).any()):
        raise RefusedError(
            "binary_cross_entropy of a probability that is 0 or 1 is cut off by PyTorch, which has "
            "no op; write F.binary_cross_entropy_with_logits of the logits"
        )
    text = "target * log(input) + (1 - target) * log1p(-input)"
    text = f"({text}) * weight" if weight is not None else text
    text = f"-({text})" if reduction == "none" else f"-{reduction}({text})"
    return formula(text, input=input, target=target, weight=weight)


@reducing(functional.binary_cross_entropy_with_logits)
def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Written:
    """The binary cross-entropy of logits"""
    op = "binary_cross_entropy_with_logits"
    if pos_weight is not None:
        losses = formula(
            "(1 - target) * input + (1 + (pos_weight - 1) * target) * softplus(-input)",
            input=input,
            target=target,
            pos_weight=pos_weight,
        )
    elif weight is None:
        text = f"{op}(input, target, reduction=how)"
        return formula(text, input=input, target=target, how=reduction)
    else:
        losses = formula(f'{op}(input, target, reduction="none")', input=input, target=target)
    if weight is not None:
        losses = formula("weight * losses", weight=weight, losses=losses)
    return reduced(losses, reduction)


@reducing(functional.kl_div)
def kl_div(
    input: Any,
    target: Any,
    reduction: str = "mean",
    log_target: bool = False,
) -> Written:
    """t·(ln t − input)"""
    input, target = paired(input, target)
    return formula(
        "kl_divergence(input, target, reduction=how, log_target=log_target)",
        input=input,
        target=target,
        how=reduction,
        log_target=bool(log_target),
    )


@of(functional.gaussian_nll_loss)
def gaussian_nll_loss(
    input: Any,
    target: Any,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Written:
    """½·(ln var + (input − target)²/var)"""
    if isinstance(var, torch.Tensor):
        if bool((var < eps).any()):
            raise RefusedError(
                "gaussian_nll_loss cuts variances below eps off, which has no op; keep them above "
                "it, as softplus does"
            )
        if var.shape != input.shape and var.shape == input.shape[:-1]:
            key = (*(slice(None),) * var.ndim, None)
            var = formula("var[key]", var=var, key=key)
    text = "0.5 * (log(var) + square(input - target) / var)"
    text += f" + {0.5 * log(2 * pi)!r}" if full else ""
    return reduced(formula(text, input=input, target=target, var=var), reduction)


@of(functional.poisson_nll_loss)
def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Written:
    """e^input − target·input, or input − target·ln(input + eps)"""
    text = "exp(input) - target * input" if log_input else "input - target * log(input + eps)"
    given: dict[str, Any] = {"input": input, "target": target, "eps": eps}
    if full:
        if target.requires_grad:
            raise RefusedError("poisson_nll_loss with full=True of a learned target has no op")
        stirling = target * target.log() - target + 0.5 * (2 * pi * target).log()
        given["stirling"] = constant(torch.where(target > 1, stirling, 0.0), "stirling")
        text += " + stirling"
    return reduced(formula(text, **given), reduction_of(reduction, size_average, reduce))


@of(functional.soft_margin_loss)
def soft_margin_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Written:
    """ln(1 + e^(−target·input))"""
    losses = formula("softplus(-target * input)", input=input, target=target)
    return reduced(losses, reduction_of(reduction, size_average, reduce))


refuse("ctc_loss has no op", functional.ctc_loss)
