"""Recording somebody's forward pass, against the pass alone; a verdict on a backward function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

import bpdebug
from bpdebug.graph import Engine
from bpdebug.ops import Array
from tests.bench.memory import keep_freed_memory
from tests.bench.table import Row, compared
from tests.bench.timing import in_turn

LAYERS = "784-128-10, batch 32"
Found = dict[str, Array]


def dense_loss(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """A network of relus with the softmax and the loss written out, as people write it."""
    h = np.maximum(x @ W1 + b1, 0)
    logits = h @ W2 + b2
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()


def dense_backward(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Found:
    """The gradients of `dense_loss` by hand."""
    z = x @ W1 + b1
    h = np.maximum(z, 0)
    logits = h @ W2 + b2
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    dz = (p @ W2.T) * (z > 0)
    return {"W1": x.T @ dz, "b1": dz.sum(0), "W2": h.T @ p, "b2": p.sum(0)}


def dense() -> tuple[Mapping[str, Array], Mapping[str, Array]]:
    """Data and parameters of 784-128-10 with a batch of 32."""
    rng = np.random.default_rng(0)
    data = {"x": rng.normal(size=(32, 784)), "y": rng.integers(0, 10, 32)}
    weights = {"W1": rng.normal(0, 0.05, (784, 128)), "W2": rng.normal(0, 0.1, (128, 10))}
    return data, {**weights, "b1": np.zeros(128), "b2": np.zeros(10)}


def numpy_functions() -> Iterator[Row]:
    """`bpdebug.trace` against the function, and a verdict on a backward function against a pass."""
    keep_freed_memory()
    data, parameters = dense()
    traced = partial(bpdebug.trace, dense_loss, parameters=parameters, **data)
    plain = partial(dense_loss, **data, **parameters)
    yield compared(f"bpdebug.trace, {LAYERS}", "the function", in_turn(traced, plain, 10), 15)
    run = traced()
    compiled = run._run.compiled()
    assert isinstance(compiled.engine, Engine)
    one_pass = partial(compiled.engine.run, run._run.leaves(1, run._run.problem.parameters))
    assert run.compare(dense_backward)
    times = in_turn(partial(run.compare, dense_backward), one_pass, 5)
    yield compared(f"a verdict on a function, {LAYERS}", "a recorded pass", times, None)


def torch_models() -> Iterator[Row]:
    """Recording a pass of PyTorch, with and without the proof; no rows where it is not there."""
    if find_spec("torch") is None:
        return
    keep_freed_memory()
    for name, model, work in models():
        for proved, told in ((False, "no proof"), (True, "with its proof")):
            times = in_turn(partial(recorded, model, work, proved), work, 10)
            yield compared(f"recording {name}, {told}", "the pass", times, 15)


def recorded(model: Any, work: Callable[[], Any], proved: bool) -> None:
    """Record a forward pass."""
    from bpdebug.recording.from_torch.recording import TorchRecording

    with TorchRecording(model, None, sys._getframe(), prove=proved):
        work()


def models() -> Iterator[tuple[str, Any, Callable[[], Any]]]:
    """Models in float32 with what computes their loss, on one thread of the CPU."""
    import torch
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)
    torch.manual_seed(0)
    lenet, images = small_lenet(), torch.randn(32, 1, 28, 28)
    digits = torch.randint(0, 10, (32,))
    yield "LeNet, batch 32", lenet, lambda: cross_entropy(lenet(images), digits)
    for blocks, width, heads, rows, tokens in ((2, 64, 4, 4, 32), (4, 128, 4, 8, 64)):
        model = small_gpt(blocks, width, heads, tokens)
        text = torch.randint(0, 64, (2, rows, tokens))
        name = f"a GPT, {blocks} blocks of {width}, {rows}×{tokens} tokens"
        yield name, model, partial(next_tokens, model, text)


def next_tokens(model: Any, text: Any) -> Any:
    """The loss of every next token."""
    from torch.nn.functional import cross_entropy

    return cross_entropy(model(text[0]).flatten(0, 1), text[1].flatten())


def small_lenet() -> Any:
    """LeNet with relus and maxima."""
    from torch import nn

    convolutions = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
    convolutions += [nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    layers = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*convolutions, *layers)


def small_gpt(blocks: int, width: int, heads: int, tokens: int) -> Any:
    """A GPT whose lines are those that people write."""
    import torch
    from torch import nn
    from torch.nn import functional as f

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.fc, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x: Any) -> Any:
            cut = (*x.shape[:2], heads, width // heads)
            q, k, v = (
                one.view(cut).transpose(1, 2) for one in self.qkv(self.ln1(x)).split(width, 2)
            )
            y = f.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.proj(y.transpose(1, 2).contiguous().view(x.shape))
            return x + self.out(f.gelu(self.fc(self.ln2(x)), approximate="tanh"))

    class Gpt(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.places = nn.Embedding(64, width), nn.Embedding(tokens, width)
            self.blocks = nn.Sequential(*(Block() for _ in range(blocks)))
            self.ln, self.head = nn.LayerNorm(width), nn.Linear(width, 64, bias=False)

        def forward(self, text: Any) -> Any:
            x = self.tokens(text) + self.places(torch.arange(text.shape[1]))
            return self.head(self.ln(self.blocks(x)))

    return Gpt()
