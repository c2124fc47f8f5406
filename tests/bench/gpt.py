"""A GPT of two blocks on 64 tokens: a recorded pass against numpy by hand, and against PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from math import pi, sqrt
from typing import Any

import numpy as np

from bpdebug.expression import build
from bpdebug.graph import Engine, Graph, GraphBuilder, Kind
from bpdebug.ops import Array, Shape
from tests.bench.memory import keep_freed_memory
from tests.bench.table import Row, compared
from tests.bench.timing import in_turn

TOKENS, WIDTH, HEADS, WORDS, BLOCKS = 64, 64, 4, 65, 2
DATA = ("tokens", "targets")
EPS = 1e-5
Values = Mapping[str, Array]
Found = dict[str, Array]
Kept = tuple[Array, ...]
"""What a backward pass needs again."""

BLOCK = {
    "ln1": "layer_norm({x}, {b}.g1, {b}.b1)",
    "qkv": "{b}.ln1 @ {b}.Wqkv.T + {b}.bqkv",
    "q": "permute(reshape({b}.qkv[:, 0:{c}], shape={cut}), axes=(1, 0, 2))",
    "k": "permute(reshape({b}.qkv[:, {c}:{cc}], shape={cut}), axes=(1, 0, 2))",
    "v": "permute(reshape({b}.qkv[:, {cc}:{ccc}], shape={cut}), axes=(1, 0, 2))",
    "heads": "scaled_dot_product_attention({b}.q, {b}.k, {b}.v, causal=True)",
    "joined": "reshape(permute({b}.heads, axes=(1, 0, 2)), shape=({t}, {c}))",
    "mid": "{x} + ({b}.joined @ {b}.Wo.T + {b}.bo)",
    "ln2": "layer_norm({b}.mid, {b}.g2, {b}.b2)",
    "h": "gelu({b}.ln2 @ {b}.W1.T + {b}.c1)",
    "out": "{b}.mid + ({b}.h @ {b}.W2.T + {b}.c2)",
}


def shapes(tokens: int, width: int) -> dict[str, Shape]:
    """The shapes of inputs and parameters by name."""
    c = width
    found: dict[str, Shape] = {"tokens": (tokens,), "targets": (tokens,)}
    found |= {"E": (WORDS, c), "P": (tokens, c)}
    for k in range(BLOCKS):
        block = {
            "g1": (c,),
            "b1": (c,),
            "Wqkv": (3 * c, c),
            "bqkv": (3 * c,),
            "Wo": (c, c),
            "bo": (c,),
            "g2": (c,),
            "b2": (c,),
            "W1": (4 * c, c),
            "c1": (4 * c,),
            "W2": (c, 4 * c),
            "c2": (c,),
        }
        found |= {f"block{k}.{name}": shape for name, shape in block.items()}
    return found | {"g": (c,), "b": (c,), "W": (WORDS, c)}


def network(tokens: int, width: int) -> Graph:
    """Embeddings, blocks of attention and a dense network, and the loss of every next token."""
    builder = GraphBuilder()
    for name, shape in shapes(tokens, width).items():
        kind = Kind.INPUT if name in DATA else Kind.PARAMETER
        builder.leaf(name, kind, shape, gradient=name not in DATA)
    build("E[tokens] + P", builder, "x")
    x = "x"
    sizes = {"t": tokens, "c": width, "cc": 2 * width, "ccc": 3 * width}
    for k in range(BLOCKS):
        b, cut = f"block{k}", (tokens, HEADS, width // HEADS)
        for name, expression in BLOCK.items():
            build(expression.format(b=b, x=x, cut=cut, **sizes), builder, f"{b}.{name}")
        x = f"{b}.out"
    build(f"layer_norm({x}, g, b)", builder, "ln")
    build("ln @ W.T", builder, "logits")
    build("cross_entropy(logits, targets)", builder, "L")
    return builder.finish(builder.names["L"])


def drawn(tokens: int, width: int) -> dict[str, Array]:
    """Values of inputs and parameters by name."""
    rng = np.random.default_rng(0)
    values = {name: rng.normal(0, 0.1, shape) for name, shape in shapes(tokens, width).items()}
    return values | {name: rng.integers(0, WORDS, tokens).astype(float) for name in DATA}


def norm(x: Array, g: Array, b: Array) -> tuple[Array, Kept]:
    """A layer norm over the last axis."""
    centred = x - x.mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPS)
    normed = centred * rstd
    return normed * g + b, (normed, rstd)


def norm_back(d: Array, g: Array, kept: Kept) -> tuple[Array, Array, Array]:
    """∂L/∂x, ∂L/∂g and ∂L/∂b."""
    normed, rstd = kept
    to_normed = d * g
    along = (to_normed * normed).mean(axis=-1, keepdims=True)
    to_x = rstd * (to_normed - to_normed.mean(axis=-1, keepdims=True) - normed * along)
    return to_x, (d * normed).sum(axis=0), d.sum(axis=0)


def gelu(x: Array) -> tuple[Array, Array]:
    """The gelu by tanh, and that tanh."""
    curved = np.tanh(sqrt(2 / pi) * x * (1 + 0.044715 * x * x))
    return 0.5 * x * (1 + curved), curved


def gelu_back(d: Array, x: Array, curved: Array) -> Array:
    """∂L/∂x."""
    steep = sqrt(2 / pi) * (1 + 3 * 0.044715 * x * x)
    return np.asarray(d * 0.5 * (1 + curved + x * (1 - curved * curved) * steep))


def attend(qkv: Array, future: Array) -> tuple[Array, Kept]:
    """Causal attention of all heads, joined again."""
    tokens = len(qkv)
    q, k, v = qkv.reshape(tokens, 3, HEADS, -1).transpose(1, 2, 0, 3)
    scores = (q @ k.transpose(0, 2, 1)) * q.shape[-1] ** -0.5 + future
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    joined = (weights @ v).transpose(1, 0, 2).reshape(tokens, -1)
    return joined, (q, k, v, weights)


def attend_back(d: Array, kept: Kept) -> Array:
    """∂L/∂qkv."""
    q, k, v, weights = kept
    tokens = len(d)
    heads = d.reshape(tokens, HEADS, -1).transpose(1, 0, 2)
    to_weights = heads @ v.transpose(0, 2, 1)
    to_scores = weights * (to_weights - (to_weights * weights).sum(axis=-1, keepdims=True))
    to_scores *= q.shape[-1] ** -0.5
    to_v = weights.transpose(0, 2, 1) @ heads
    to_qkv = np.stack([to_scores @ k, to_scores.transpose(0, 2, 1) @ q, to_v])
    return to_qkv.transpose(2, 0, 1, 3).reshape(tokens, -1)


def block(x: Array, v: Values, b: str, future: Array) -> tuple[Array, tuple[Any, ...]]:
    """A block's result, and what its backward pass needs again."""
    n1, norm1 = norm(x, v[f"{b}.g1"], v[f"{b}.b1"])
    joined, attention = attend(n1 @ v[f"{b}.Wqkv"].T + v[f"{b}.bqkv"], future)
    mid = x + (joined @ v[f"{b}.Wo"].T + v[f"{b}.bo"])
    n2, norm2 = norm(mid, v[f"{b}.g2"], v[f"{b}.b2"])
    z = n2 @ v[f"{b}.W1"].T + v[f"{b}.c1"]
    h, curved = gelu(z)
    out = mid + (h @ v[f"{b}.W2"].T + v[f"{b}.c2"])
    return out, (n1, norm1, attention, joined, n2, norm2, z, curved, h)


def block_back(d: Array, v: Values, b: str, kept: tuple[Any, ...], found: Found) -> Array:
    """∂L/∂x of a block; those of its parameters are added to what was found."""
    n1, norm1, attention, joined, n2, norm2, z, curved, h = kept
    found[f"{b}.W2"], found[f"{b}.c2"] = d.T @ h, d.sum(axis=0)
    to_z = gelu_back(d @ v[f"{b}.W2"], z, curved)
    found[f"{b}.W1"], found[f"{b}.c1"] = to_z.T @ n2, to_z.sum(axis=0)
    to_mid, found[f"{b}.g2"], found[f"{b}.b2"] = norm_back(to_z @ v[f"{b}.W1"], v[f"{b}.g2"], norm2)
    d = d + to_mid
    found[f"{b}.Wo"], found[f"{b}.bo"] = d.T @ joined, d.sum(axis=0)
    to_qkv = attend_back(d @ v[f"{b}.Wo"], attention)
    found[f"{b}.Wqkv"], found[f"{b}.bqkv"] = to_qkv.T @ n1, to_qkv.sum(axis=0)
    to_x, found[f"{b}.g1"], found[f"{b}.b1"] = norm_back(
        to_qkv @ v[f"{b}.Wqkv"], v[f"{b}.g1"], norm1
    )
    return np.asarray(d + to_x)


def numpy_pass(v: Values) -> Callable[[], tuple[float, Found]]:
    """Loss and gradients by matrix products and closed forms, as one writes it."""
    tokens, targets = v["tokens"].astype(int), v["targets"].astype(int)
    rows = np.arange(len(tokens))
    future = np.triu(np.full((len(tokens), len(tokens)), -np.inf), k=1)

    def run() -> tuple[float, Found]:
        x, kept = v["E"][tokens] + v["P"], []
        for k in range(BLOCKS):
            x, needed = block(x, v, f"block{k}", future)
            kept.append(needed)
        last, normed = norm(x, v["g"], v["b"])
        logits = last @ v["W"].T
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        loss = -np.log(shares[rows, targets]).mean()
        d = shares.copy()
        d[rows, targets] -= 1
        d /= len(rows)
        found = {"W": d.T @ last}
        d, found["g"], found["b"] = norm_back(d @ v["W"], v["g"], normed)
        for k in reversed(range(BLOCKS)):
            d = block_back(d, v, f"block{k}", kept[k], found)
        found["P"] = d
        found["E"] = np.zeros_like(v["E"])
        np.add.at(found["E"], tokens, d)
        return float(loss), found

    return run


def torch_pass(v: Values) -> Callable[[], object] | None:
    """Loss and gradients in PyTorch, on one thread of the CPU; None where it is not installed."""
    if find_spec("torch") is None:
        return None
    import torch
    from torch.nn import functional as f

    torch.set_num_threads(1)
    held: dict[str, Any] = {name: torch.from_numpy(np.array(value)) for name, value in v.items()}
    names = [name for name in v if name not in DATA]
    for name in names:
        held[name].requires_grad_()
    tokens, targets = held["tokens"].long(), held["targets"].long()
    width = v["E"].shape[1]

    def torch_block(x: Any, p: Mapping[str, Any]) -> Any:
        n = f.layer_norm(x, (width,), p["g1"], p["b1"], EPS)
        qkv = f.linear(n, p["Wqkv"], p["bqkv"])
        cut = [part.reshape(len(x), HEADS, -1).transpose(0, 1) for part in qkv.split(width, 1)]
        heads = f.scaled_dot_product_attention(*cut, is_causal=True)
        joined = heads.transpose(0, 1).reshape(len(x), width)
        x = x + f.linear(joined, p["Wo"], p["bo"])
        n = f.layer_norm(x, (width,), p["g2"], p["b2"], EPS)
        h = f.gelu(f.linear(n, p["W1"], p["c1"]), approximate="tanh")
        return x + f.linear(h, p["W2"], p["c2"])

    blocks = [
        {name[len(b) :]: t for name, t in held.items() if name.startswith(b)}
        for b in (f"block{k}." for k in range(BLOCKS))
    ]

    def run() -> object:
        x = held["E"][tokens] + held["P"]
        for parameters in blocks:
            x = torch_block(x, parameters)
        logits = f.layer_norm(x, (width,), held["g"], held["b"], EPS) @ held["W"].T
        return torch.autograd.grad(f.cross_entropy(logits, targets), [held[name] for name in names])

    return run


def blocks() -> Iterator[Row]:
    """A forward and recorded backward pass of a GPT, with freed memory kept on both sides."""
    keep_freed_memory()
    graph, values = network(TOKENS, WIDTH), drawn(TOKENS, WIDTH)
    leaves = {graph.names[name]: value for name, value in values.items()}
    ours = partial(Engine(graph).run, leaves)
    what = f"GPT, {BLOCKS} blocks, {TOKENS} tokens"
    yield compared(what, "numpy by hand", in_turn(ours, numpy_pass(values)), 1.1)
    work = torch_pass(values)
    if work is not None:
        yield compared(what, "torch", in_turn(ours, work), 1.5)
