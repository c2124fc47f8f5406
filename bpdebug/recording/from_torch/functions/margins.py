"""Losses that ask for a margin: between two, between classes, between distances."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.losses import reduced, reducing
from bpdebug.recording.from_torch.functions.reductions import pairwise_distance
from bpdebug.recording.from_torch.functions.table import refuse
from bpdebug.recording.from_torch.functions.tensors import constant
from bpdebug.recording.written import RefusedError, Written


@reducing(functional.margin_ranking_loss)
def margin_ranking_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    reduction: str = "mean",
) -> Written:
    """What is missing to a margin between two, of which the target says which is to be larger"""
    text = "clip(-target * (input1 - input2) + margin, low=0.0)"
    text = text if margin else "clip(-target * (input1 - input2), low=0.0)"
    losses = formula(text, input1=input1, input2=input2, target=target, margin=margin)
    return reduced(losses, reduction)


@reducing(functional.hinge_embedding_loss)
def hinge_embedding_loss(
    input: Any,
    target: Any,
    margin: float = 1.0,
    reduction: str = "mean",
) -> Written:
    """A distance where the target is 1, and what is missing to a margin where it is −1"""
    losses = formula(
        "where(target != 1, clip(margin - input, low=0.0), 0) + where(target != -1, input, 0)",
        input=input,
        target=target,
        margin=margin,
    )
    return reduced(losses, reduction)


@reducing(functional.cosine_embedding_loss)
def cosine_embedding_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    reduction: str = "mean",
) -> Written:
    """1 − cos where the target is 1, and what cos has beyond a margin where it is −1"""
    losses = formula(
        """
        lengths = (sum(square(a), axis=-1) + eps) * (sum(square(b), axis=-1) + eps)
        cosine = sum(a * b, axis=-1) / sqrt(lengths)
        where(target == 1, 1 - cosine, where(target == -1, clip(cosine - margin, low=0.0), 0))
        """,
        a=input1,
        b=input2,
        target=target,
        margin=margin,
        eps=1e-12,
    )
    return reduced(losses, reduction)


@reducing(functional.triplet_margin_loss)
def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Written:
    """What is missing to a margin between the distances from an anchor"""
    given = {
        "near": pairwise_distance(anchor, positive, p, eps),
        "far": pairwise_distance(anchor, negative, p, eps),
        "other": pairwise_distance(positive, negative, p, eps),
    }
    far = "minimum(far, other)" if swap else "far"
    losses = formula(f"clip(margin + near - {far}, low=0.0)", margin=margin, **given)
    return reduced(losses, reduction)


@reducing(functional.multi_margin_loss)
def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    reduction: str = "mean",
) -> Written:
    """What is missing to a margin between the right class and every other"""
    if input.ndim != 2:
        raise RefusedError("multi_margin_loss of a vector has no op; write x[None]")
    rows, classes = input.shape
    right = torch.arange(classes) == target[:, None].cpu()
    scale = (1 - right.double()) / classes
    if weight is not None:
        scale = scale * weight.detach().cpu()[target.cpu()][:, None]
    missing = "missing" if p == 1 else "square(missing)"
    losses = formula(
        f"""
        right = input[rows, target]
        missing = relu(margin - right[:, None] + input)
        sum(others * {missing}, axis=1)
        """,
        input=input,
        rows=constant(torch.arange(rows), "rows"),
        target=target,
        margin=margin,
        others=constant(scale, "others"),
    )
    return reduced(losses, reduction)


@reducing(functional.multilabel_soft_margin_loss)
def multilabel_soft_margin_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
) -> Written:
    """The mean over classes of the binary cross-entropy of logits"""
    text = "target * logsigmoid(input) + (1 - target) * logsigmoid(-input)"
    text = text if weight is None else f"weight * ({text})"
    losses = formula(f"-mean({text}, axis=-1)", input=input, target=target, weight=weight)
    return reduced(losses, reduction)


refuse("multilabel_margin_loss has no op", functional.multilabel_margin_loss)
refuse(
    "triplet_margin_with_distance_loss has no op; call the distances, and write relu of the "
    "margin and their difference",
    functional.triplet_margin_with_distance_loss,
)
