"""Multi-head attention, as torch.nn.MultiheadAttention and the layers of transformers call it."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.attention import (
    Scores,
    added,
    attended,
    is_causal_mask,
    weights_of,
)
from bpdebug.recording.from_torch.functions.dropout import mask_of
from bpdebug.recording.from_torch.functions.shape import turned
from bpdebug.recording.from_torch.functions.table import RUNS, of, signature_of
from bpdebug.recording.from_torch.functions.tensors import constant
from bpdebug.recording.written import RefusedError, Result, Written, entry
from bpdebug.records import record

attend = functional.multi_head_attention_forward


@record
class Heads:
    """The sizes of a call, whose tokens are (tokens, batch, width), or (tokens, width)."""

    count: int
    width: int
    queries: int
    keys: int
    batch: int | None

    @property
    def lead(self) -> tuple[int, ...]:
        """The sizes in front of tokens and width."""
        return () if self.batch is None else (self.batch,)

    def examples_first(self, value: Any) -> Any:
        """A value with the tokens of each example together, or turned back from that."""
        return value if self.batch is None else turned(value, 0, 1, 3)

    def apart(self, value: Any, tokens: int) -> Any:
        """A value cut into heads: (batch, heads, tokens, width of a head)."""
        shape = (*self.lead, tokens, self.count, self.width // self.count)
        text = "swapaxes(reshape(value, shape=shape), axis1=-3, axis2=-2)"
        return formula(text, value=value, shape=shape)

    def joined(self, value: Any) -> Any:
        """The heads beside each other again."""
        shape = (*self.lead, self.queries, self.width)
        text = "reshape(swapaxes(value, axis1=-3, axis2=-2), shape=shape)"
        return formula(text, value=value, shape=shape)


def run(*args: Any, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
    """What is called in the place of multi-head attention: it knows which weights were dropped."""
    given = signature_of(attend).bind(*args, **kwargs)
    given.apply_defaults()
    call, drawn = given.arguments, None
    if call["dropout_p"] and call["training"]:
        query, key = call["query"], call["key"]
        lead = () if query.ndim == 2 else (query.shape[1],)
        weights = query.new_ones((*lead, call["num_heads"], len(query), len(key)))
        drawn = mask_of(lambda ones: functional.dropout(ones, call["dropout_p"]), weights)
    return attend(*args, **kwargs), {"drawn": drawn}


RUNS[attend] = run


def mask_given(attn_mask: Any, key_padding_mask: Any, heads: Heads) -> torch.Tensor | None:
    """What is added to the scores, (batch, heads, queries, keys) where it differs along these."""
    mask = None
    if attn_mask is not None:
        if attn_mask.requires_grad:
            raise RefusedError(
                "multi-head attention with a learned mask has no op; write "
                "scaled_dot_product_attention"
            )
        mask = added(attn_mask) if attn_mask.dtype == torch.bool else attn_mask.detach().double()
        if mask.ndim == 3:
            mask = mask.reshape(*heads.lead, heads.count, heads.queries, heads.keys)
    if key_padding_mask is not None:
        hidden = key_padding_mask
        padding = added(hidden) if hidden.dtype == torch.bool else hidden.detach().double()
        padding = padding if heads.batch is None else padding[:, None, None]
        mask = padding if mask is None else mask + padding
    return mask


def projections(call: dict[str, Any], heads: Heads) -> tuple[Written, Written, Written]:
    """Queries, keys and values of the tokens, each cut into heads.

    Their names are others than those of the lines of the composite, beside which they may stand.
    """
    found = []
    for at, (short, name) in enumerate({"q": "query", "k": "key", "v": "value"}.items()):
        rows = (slice(at * heads.width, (at + 1) * heads.width),)
        bias, weight = call["in_proj_bias"], call[f"{short}_proj_weight"]
        made = formula(
            "tokens @ weight.T" + ("" if bias is None else " + bias"),
            tokens=heads.examples_first(call[name]),
            weight=picked(call["in_proj_weight"], rows) if weight is None else weight,
            bias=None if bias is None else picked(bias, rows),
        )
        plural = {"q": "queries", "k": "keys", "v": "values"}[short]
        made = heads.apart(entry(made, plural), heads.keys if at else heads.queries)
        found.append(entry(made, f"{name}_heads"))
    q, k, v = found
    return q, k, v


def composite(call: dict[str, Any], heads: Heads, scores: Scores) -> Written:
    """The composite, with the tokens of each example together."""
    names = ("in_proj_weight", "in_proj_bias", "out_proj_weight", "out_proj_bias")
    mask = [] if scores.mask is None else [scores.mask]
    return formula(
        "multi_head_attention(*operands, heads=heads, causal=causal)",
        operands=(
            *(heads.examples_first(call[name]) for name in ("query", "key", "value")),
            *(call[name] for name in names),
            *mask,
        ),
        heads=heads.count,
        causal=scores.causal,
    )


def written_out(
    call: dict[str, Any], heads: Heads, scores: Scores, parts: tuple[Written, Written, Written]
) -> Written:
    """The lines of the composite, for what it does not take."""
    bias = call["out_proj_bias"]
    return formula(
        "joined @ weight.T" + ("" if bias is None else " + bias"),
        joined=heads.joined(entry(attended(*parts, scores), "heads")),
        weight=call["out_proj_weight"],
        bias=bias,
    )


@of(attend)
def translated(*args: Any, drawn: Any = None, **kwargs: Any) -> Result:
    """The output, and the weights where they are wanted"""
    given = signature_of(attend).bind(*args, **kwargs)
    given.apply_defaults()
    call = given.arguments
    if (
        any(call[one] is not None for one in ("bias_k", "static_k", "static_v"))
        or call["add_zero_attn"]
    ):
        raise RefusedError(
            "multi-head attention with add_bias_kv, add_zero_attn or static keys has no op; "
            "leave these options out"
        )
    query, key = call["query"], call["key"]
    batch = query.shape[1] if query.ndim == 3 else None
    heads = Heads(call["num_heads"], query.shape[-1], len(query), len(key), batch)
    mask = mask_given(call["attn_mask"], call["key_padding_mask"], heads)
    causal = is_causal_mask(mask)
    scores = Scores(
        *(heads.queries, heads.keys, heads.width // heads.count),
        None if mask is None or causal else constant(mask, "mask"),
        *(causal, call["dropout_p"] if call["training"] else 0.0, drawn),
    )
    parts = projections(call, heads)
    packed = not call["use_separate_proj_weight"] and key.shape == call["value"].shape
    biased = call["in_proj_bias"] is not None and call["out_proj_bias"] is not None
    if packed and biased and not scores.rate and (heads.count > 1 or scores.mask is None):
        made = composite(call, heads, scores)
    else:
        made = written_out(call, heads, scores, parts)
    output = heads.examples_first(made) if batch is None else turned(made, 0, 1, 3)
    if not call["need_weights"]:
        return output, None
    weights = weights_of(*parts[:2], scores)
    if call["average_attn_weights"]:
        weights = formula("mean(weights, axis=-3)", weights=weights)
    return output, weights
