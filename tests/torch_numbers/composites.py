"""Composites, over their options and at their edges, against PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.torch_numbers.case import TorchCase

INF = float("inf")
MASK = [[0.0, -INF, 0.0, 0.5], [-INF] * 4, [-INF, -INF, -INF, 0.0]]
"""A query that does not see a key, a query that sees none, and a query that sees a single key."""


def batched(F: Any, x: Any, g: Any, b: Any, eps: float = 1e-5) -> Any:
    """Batch normalisation by the batch's own statistics."""
    return F.batch_norm(x, None, None, g, b, training=True, eps=eps)


def single(F: Any, x: Any, g: Any, b: Any) -> Any:
    """Batch normalisation of one row, which the functional module refuses."""
    import torch

    return torch.batch_norm(x, g, b, None, None, True, 0.1, 1e-5, False)


def losses(name: str, torch_name: str, **options: Any) -> list[TorchCase]:
    """A loss with each reduction, over predictions from -2 to 2."""
    given = "".join(f", {option}={value}" for option, value in options.items())

    def of(how: str) -> Callable[..., Any]:
        return lambda F, x, t: getattr(F, torch_name)(x, t, reduction=how, **options)

    return [
        TorchCase(
            f"{name}{given} {how}",
            f'{name}(x, t, reduction="{how}"{given})',
            {"x": (4, 3), "t": (4, 3)},
            of(how),
        )
        for how in ("mean", "sum", "none")
    ]


def divergence(name: str, expression: str, **options: Any) -> TorchCase:
    """A divergence of rows of log-probabilities; one target is 0 and another 1."""
    target = [[0.2, 0.8, 0.0], [0.0, 1.0, 0.0]]
    return TorchCase(
        name,
        expression,
        {"x": (2, 3)},
        lambda F, x, t: F.kl_div(F.log_softmax(x, -1), t, **options),
        given={"t": target},
        data=("t",),
    )


def attention(
    name: str,
    shapes: dict[str, Any],
    call: str,
    given: dict[str, Any] | None = None,
    **options: Any,
) -> TorchCase:
    """Attention; a mask that is given as data gets no gradient."""

    def torch(F: Any, q: Any, k: Any, v: Any, mask: Any = None) -> Any:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, **options)

    data = tuple(given or {})
    return TorchCase(
        name, f"scaled_dot_product_attention({call})", shapes, torch, given=given or {}, data=data
    )


def heads(name: str, query: Any, key: Any, call: str, *, count: int, mask: Any = None) -> TorchCase:
    """Attention with several heads over (batch, tokens, 4); its weights as PyTorch has them."""
    shapes = {
        "x": query,
        "m": key,
        "W": (12, 4),
        "b": (12,),
        "V": (4, 4),
        "c": (4,),
    }

    def torch(F: Any, x: Any, m: Any, W: Any, b: Any, V: Any, c: Any) -> Any:
        seen = None if mask is None else x.new_tensor(mask)
        found, _ = F.multi_head_attention_forward(
            x.transpose(0, 1),
            m.transpose(0, 1),
            m.transpose(0, 1),
            *(4, count, W, b, None, None, False, 0.0, V, c),
            attn_mask=seen,
            need_weights=False,
        )
        return found.transpose(0, 1)

    return TorchCase(name, f"multi_head_attention(x, m, m, W, b, V, c{call})", shapes, torch)


def cell(name: str, torch_name: str, gates: int, states: str, batch: tuple[int, ...]) -> TorchCase:
    """A step of a recurrent network, by the cell of PyTorch that has these weights."""
    units = 2 * gates
    shapes = {"x": (*batch, 3)} | dict.fromkeys(states, (*batch, 2))
    shapes |= {"W": (units, 3), "U": (units, 2), "b": (units,), "d": (units,)}

    def torch(F: Any, x: Any, W: Any, U: Any, b: Any, d: Any, **given: Any) -> Any:
        import torch

        found = getattr(torch, torch_name)
        if len(states) > 1:
            return torch.stack(lstm_step(x, given["h"], given["c"], (W, U, b, d)))
        rows = (one if batch else one[None] for one in (x, given["h"]))
        made = found(*rows, W, U, b, d)
        return made if batch else made[0]

    shown = f" batch of {batch[0]}" if batch else ""
    return TorchCase(f"{name}{shown}", f"{name}(x, {', '.join(states)}, W, U, b, d)", shapes, torch)


def lstm_step(x: Any, h: Any, c: Any, weights: Any) -> Any:
    """A step of PyTorch's LSTM, for a vector or a batch."""
    import torch

    if x.dim() > 1:
        return torch.lstm_cell(x, (h, c), *weights)
    return [one[0] for one in torch.lstm_cell(x[None], (h[None], c[None]), *weights)]


def sequence(
    name: str, module: str, gates: int, states: str, batch: tuple[int, ...], how: str = "tanh"
) -> TorchCase:
    """A sequence of five steps, by the module of PyTorch with a single layer."""
    units = 2 * gates
    shapes = {"x": (5, *batch, 3)} | dict.fromkeys(states, (*batch, 2))
    shapes |= {"W": (units, 3), "U": (units, 2), "b": (units,), "d": (units,)}

    def torch(F: Any, x: Any, W: Any, U: Any, b: Any, d: Any, **given: Any) -> Any:
        from torch import float64, nn
        from torch.func import functional_call

        options = {"nonlinearity": how} if how != "tanh" else {}
        made = getattr(nn, module)(3, 2, dtype=float64, **options)
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        before = tuple(given[state][None] for state in states)
        first = before if len(before) > 1 else before[0]
        return functional_call(made, dict(zip(names, (W, U, b, d), strict=True)), (x, first))[0]

    extra = f', nonlinearity="{how}"' if how != "tanh" else ""
    shown = f" batch of {batch[0]}" if batch else ""
    call = f"{name}(x, {', '.join(states)}, W, U, b, d{extra})"
    return TorchCase(f"{name}{extra}{shown}", call, shapes, torch)


SPREAD = {"a": (2, 3, 4)}
EQUAL = {"a": [[1.5, 1.5, 1.5], [1.0, 2.0, 4.0]]}
NORMED = {"x": (4, 3), "g": (3,), "b": (3,)}

CASES = [
    TorchCase("var", "var(a)", SPREAD, lambda F, a: a.var(correction=0)),
    TorchCase(
        "var correction=1", "var(a, axis=1, correction=1)", SPREAD, lambda F, a: a.var(dim=1)
    ),
    TorchCase(
        "var keepdims",
        "var(a, axis=(0, -1), keepdims=True, correction=2)",
        SPREAD,
        lambda F, a: a.var(dim=(0, -1), keepdim=True, correction=2),
    ),
    TorchCase(
        "var of equals", "var(a, axis=1)", {}, lambda F, a: a.var(1, correction=0), given=EQUAL
    ),
    TorchCase("std", "std(a)", SPREAD, lambda F, a: a.std(correction=0)),
    TorchCase(
        "std correction=1",
        "std(a, axis=-1, keepdims=True, correction=1)",
        SPREAD,
        lambda F, a: a.std(dim=-1, keepdim=True),
    ),
    TorchCase(
        "std of equals", "std(a, axis=1)", {}, lambda F, a: a.std(1, correction=0), given=EQUAL
    ),
    TorchCase(
        "layer_norm", "layer_norm(x, g, b)", NORMED, lambda F, x, g, b: F.layer_norm(x, (3,), g, b)
    ),
    TorchCase(
        "layer_norm over two axes",
        "layer_norm(x, g, b, eps=0.1)",
        {"x": (2, 5, 4, 3), "g": (4, 3), "b": (4, 3)},
        lambda F, x, g, b: F.layer_norm(x, (4, 3), g, b, eps=0.1),
    ),
    TorchCase(
        "layer_norm of equals",
        "layer_norm(x, g, b)",
        {"g": (3,), "b": (3,)},
        lambda F, x, g, b: F.layer_norm(x, (3,), g, b),
        given={"x": EQUAL["a"]},
    ),
    TorchCase(
        "rms_norm",
        "rms_norm(x, g)",
        {"x": (4, 3), "g": (3,)},
        lambda F, x, g: F.rms_norm(x, (3,), g, eps=1e-6),
    ),
    TorchCase(
        "rms_norm of zeros",
        "rms_norm(x, g, eps=0.25)",
        {"g": (3,)},
        lambda F, x, g: F.rms_norm(x, (3,), g, eps=0.25),
        given={"x": [[0.0, 0.0, 0.0], [1.0, -2.0, 0.5]]},
    ),
    TorchCase("batch_norm", "batch_norm(x, g, b)", NORMED, batched),
    TorchCase(
        "batch_norm eps",
        "batch_norm(x, g, b, eps=0.1)",
        NORMED,
        lambda F, x, g, b: batched(F, x, g, b, 0.1),
    ),
    *(
        TorchCase(
            f"batch_norm of {len(shape)} axes",
            "batch_norm(x, g, b)",
            {**NORMED, "x": shape},
            batched,
        )
        for shape in ((4, 3, 2), (2, 3, 4, 5), (2, 3, 4, 1, 5))
    ),
    TorchCase("batch_norm of one", "batch_norm(x, g, b)", {**NORMED, "x": (1, 3)}, single),
    TorchCase(
        "batch_norm of equals",
        "batch_norm(x, g, b)",
        {"g": (3,), "b": (3,)},
        batched,
        given={"x": EQUAL["a"]},
    ),
    *(
        TorchCase(
            f"group_norm of {groups}",
            f"group_norm(x, g, b, groups={groups})",
            {"x": (2, 4, 3, 5), "g": (4,), "b": (4,)},
            lambda F, x, g, b, groups=groups: F.group_norm(x, groups, g, b),
        )
        for groups in (1, 2, 4)
    ),
    TorchCase(
        "normalize", "normalize(x, axis=1)", {"x": (2, 3, 4)}, lambda F, x: F.normalize(x, dim=1)
    ),
    TorchCase(
        "normalize zeros",
        "normalize(x, eps=0.25)",
        {},
        lambda F, x: F.normalize(x, eps=0.25),
        given={"x": [[0.0, 0.0], [0.1, 0.2], [3.0, 4.0]]},
    ),
    TorchCase(
        "cosine_similarity",
        "cosine_similarity(a, b, axis=1)",
        {"a": (2, 3, 4), "b": (3, 4)},
        lambda F, a, b: F.cosine_similarity(a, b, dim=1),
    ),
    TorchCase(
        "cosine_similarity of zeros",
        "cosine_similarity(a, b, eps=0.25)",
        {},
        lambda F, a, b: F.cosine_similarity(a, b, eps=0.25),
        given={
            "a": [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]],
            "b": [[1.0, 2.0], [0.0, 0.0], [4.0, 3.0]],
        },
    ),
    *losses("l1", "l1_loss"),
    *losses("huber", "huber_loss"),
    *losses("huber", "huber_loss", delta=0.7),
    *losses("smooth_l1", "smooth_l1_loss"),
    *losses("smooth_l1", "smooth_l1_loss", beta=0.3),
    *losses("smooth_l1", "smooth_l1_loss", beta=0.0),
    *losses("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits"),
    *losses("kl_divergence", "kl_div", log_target=True),
    *(
        TorchCase(
            f"{name} at its edges",
            f'{name}(x, t, reduction="sum", {option}=0.5)',
            {},
            torch,
            given={"x": [0.5, -0.5, 0.0, 1.0, 0.25], "t": [0.0, 0.0, 0.0, 0.5, -0.25]},
        )
        for name, option, torch in (
            ("huber", "delta", lambda F, x, t: F.huber_loss(x, t, reduction="sum", delta=0.5)),
            (
                "smooth_l1",
                "beta",
                lambda F, x, t: F.smooth_l1_loss(x, t, reduction="sum", beta=0.5),
            ),
        )
    ),
    TorchCase(
        "l1 of equals",
        "l1(x, t)",
        {},
        lambda F, x, t: F.l1_loss(x, t),
        given={"x": [1, 2], "t": [1, 3]},
    ),
    TorchCase(
        "binary_cross_entropy_with_logits far out",
        'binary_cross_entropy_with_logits(x, t, reduction="sum")',
        {},
        lambda F, x, t: F.binary_cross_entropy_with_logits(x, t, reduction="sum"),
        given={"x": [800.0, -800.0, 0.0, 800.0], "t": [1.0, 0.0, 0.5, 0.25]},
    ),
    divergence("kl_divergence", "kl_divergence(log_softmax(x), t)", reduction="mean"),
    *(
        divergence(
            f"kl_divergence {how}",
            f'kl_divergence(log_softmax(x), t, reduction="{how}")',
            reduction=how,
        )
        for how in ("sum", "none", "batchmean")
    ),
    TorchCase(
        "kl_divergence by its target",
        "kl_divergence(x, t)",
        {"x": (2, 3), "t": (2, 3)},
        lambda F, x, t: F.kl_div(x, t, reduction="mean"),
        low=0.1,
    ),
    attention("attention", {"q": (3, 2), "k": (4, 2), "v": (4, 5)}, "q, k, v"),
    attention(
        "attention causal",
        {"q": (3, 2), "k": (4, 2), "v": (4, 5)},
        "q, k, v, causal=True",
        is_causal=True,
    ),
    attention(
        "attention causal, more queries than keys",
        {"q": (4, 2), "k": (3, 2), "v": (3, 5)},
        "q, k, v, causal=True",
        is_causal=True,
    ),
    attention(
        "attention of a stack",
        {"q": (2, 7, 3, 2), "k": (2, 7, 4, 2), "v": (2, 7, 4, 5), "mask": (2, 1, 3, 4)},
        "q, k, v, mask",
    ),
    attention(
        "attention with masked rows",
        {"q": (3, 2), "k": (4, 2), "v": (4, 5)},
        "q, k, v, mask",
        {"mask": MASK},
    ),
    heads("heads, one", (2, 3, 4), (2, 5, 4), "", count=1),
    heads("heads, two", (2, 3, 4), (2, 5, 4), ", heads=2", count=2),
    heads(
        "heads, four and causal",
        (2, 3, 4),
        (2, 3, 4),
        ", heads=4, causal=True",
        count=4,
        mask=[[0.0, -INF, -INF], [0.0, 0.0, -INF], [0.0, 0.0, 0.0]],
    ),
    *(
        cell(name, torch_name, gates, states, batch)
        for name, torch_name, gates, states in (
            ("rnn_cell", "rnn_tanh_cell", 1, "h"),
            ("lstm_cell", "lstm_cell", 4, "hc"),
            ("gru_cell", "gru_cell", 3, "h"),
        )
        for batch in ((), (4,))
    ),
    *(
        sequence(name, module, gates, states, batch)
        for name, module, gates, states in (
            ("rnn", "RNN", 1, "h"),
            ("lstm", "LSTM", 4, "hc"),
            ("gru", "GRU", 3, "h"),
        )
        for batch in ((), (4,))
    ),
    sequence("rnn", "RNN", 1, "h", (4,), how="relu"),
]
