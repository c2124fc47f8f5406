"""Attention: what queries take from the values of keys that are like them."""

from __future__ import annotations

from math import sqrt
from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.dropout import dropped, mask_of
from bpdebug.recording.from_torch.functions.table import RUNS, of
from bpdebug.recording.from_torch.functions.tensors import constant
from bpdebug.recording.written import RefusedError, Written, entry
from bpdebug.records import record

INFINITY = float("inf")
attend = functional.scaled_dot_product_attention


def added(hidden: torch.Tensor) -> torch.Tensor:
    """What is added to scores: −∞ where a key is hidden from a query, and 0 elsewhere."""
    return torch.zeros(hidden.shape, dtype=torch.float64).masked_fill(hidden.cpu(), -INFINITY)


def is_causal_mask(mask: torch.Tensor | None) -> bool:
    """Whether what is added to scores hides from every query the keys behind it, and no others."""
    if mask is None or mask.requires_grad or mask.ndim != 2:
        return False
    future = torch.ones(mask.shape, dtype=torch.bool).triu(1)
    return bool(torch.equal(mask.detach().cpu().double(), added(future)))


@record
class Scores:
    """How the scores of queries and keys become weights."""

    queries: int
    keys: int
    width: int
    """How many numbers a query has, and a key."""
    mask: Any = None
    """What is added to the scores."""
    causal: bool = False
    """Whether a query does not see the keys behind it; then there is no other mask."""
    rate: float = 0.0
    """The share of the weights that is dropped."""
    drawn: torch.Tensor | None = None
    """Which weights were kept."""


def attended(query: Any, key: Any, value: Any, scores: Scores) -> Written:
    """The composite; or its lines, where some of the weights are dropped by a mask of their own."""
    if scores.rate:
        return formula("weights @ value", weights=weights_of(query, key, scores), value=value)
    return formula(
        "scaled_dot_product_attention(*operands, causal=causal)",
        operands=(query, key, value, *([] if scores.mask is None else [scores.mask])),
        causal=scores.causal,
    )


def weights_of(query: Any, key: Any, scores: Scores) -> Written:
    """softmax(q·kᵀ/√d + mask), as the composite has it, and dropped where they are."""
    mask = scores.mask
    if scores.causal:
        future = torch.ones((scores.queries, scores.keys), dtype=torch.bool).triu(1)
        mask = constant(added(future), "future")
    more, rows = ("", "") if mask is None else (" + mask", ", masked=True")
    products = formula(
        f"query * scale @ swapaxes(key){more}",
        query=query,
        key=key,
        mask=mask,
        scale=1 / sqrt(scores.width),
    )
    weights = formula(f"softmax(products{rows})", products=entry(products, "scores"))
    if scores.drawn is None:
        return entry(weights, "weights")
    return entry(dropped(entry(weights, "weights"), scores.rate, scores.drawn), "dropped")


def run_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    *args: Any,
    **kwargs: Any,
) -> tuple[Any, dict[str, Any]]:
    """What is called in the place of attention: it knows which weights were dropped."""
    drawn = None
    if dropout_p:
        lead = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
        weights = query.new_ones((*lead, query.shape[-2], key.shape[-2]))
        drawn = mask_of(lambda ones: functional.dropout(ones, dropout_p), weights)
    result = attend(query, key, value, attn_mask, dropout_p, *args, **kwargs)
    return result, {"drawn": drawn}


RUNS[attend] = run_attention


@of(attend)
def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    *,
    drawn: Any = None,
) -> Written:
    """softmax(q·kᵀ/√d + mask)·v; a mask of truth values is True where a query sees a key"""
    if enable_gqa:
        raise RefusedError(
            "scaled_dot_product_attention with enable_gqa=True has no op; repeat keys and values "
            "by repeat_interleave"
        )
    mask = attn_mask
    if mask is not None and mask.dtype == torch.bool:
        mask = added(~mask)
    causal = is_causal or is_causal_mask(mask)
    if causal:
        mask = None
    elif mask is not attn_mask:
        mask = constant(mask, "mask")
    sizes = (query.shape[-2], key.shape[-2], query.shape[-1])
    scores = Scores(*sizes, mask, causal, dropout_p, drawn)
    if scale is not None and abs(scale * sqrt(query.shape[-1]) - 1) > 1e-12:
        factor = scale * sqrt(query.shape[-1])
        query = formula("query * factor", query=query, factor=factor)
    return attended(query, key, value, scores)
