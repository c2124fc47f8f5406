"""Words and signs of numpy and PyTorch: the error says what to write, by what they mean."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, evaluate, hints, parse
from bpdebug.expression.functions import callable_names
from tests.expression.test_expression_evaluate import Shelf

MEANT = {
    "np.dot(W, x)": "A @ b",
    "x.sum()": "'sum(x)'",
    "W.mean(axis=0)": "'mean(W, axis=0)'",
    "W.sum(dim=0)": "'sum(W, axis=0)'",
    "torch.relu(x)": "'relu(x)'",
    "torch.nn.functional.relu(x)": "'relu(x)'",
    "F.cross_entropy(z, y)": "'cross_entropy(z, y)'",
    "F.mse_loss(p, y)": "mean_squared_error(p, y)",
    "where(x, x, y)": "compare it, as in c > 0",
    "where(x > 0, x)": "takes 3 operands (c, a, b), not 2",
    "clamp(x, min=0)": "clip(x, low=0, high=1)",
    "clip(x, min=0)": "write low=…",
    "clip(x, 0, 1)": "options are given by name, as in clip(a, low=-inf)",
    "masked_fill(x, y, 0)": "where(mask, -inf, a)",
    "x.gt(0)": "a > b",
    "torch.logical_not(x)": "1 - (a > 0)",
    "mse_loss(p, y)": "mean_squared_error(p, y)",
    "nll_loss(p, y)": "negative_log_likelihood(p, y)",
    "bce_with_logits(z, y)": "`binary_cross_entropy_with_logits(z, y)`",
    "sum(W, dim=0)": "write axis=…",
    "sum(W, axis=0, keepdim=True)": "write keepdims=True",
    "sum(W, axis=0, keepdims=true)": "write True",
    "x // 2": "`floor(a / b)`",
    "x % 2": "`a - b * floor(a / b)`",
    "swish(x)": "silu(x)",
    "isinf(x)": "abs(x) == inf",
    "np.linalg.norm(W)": "'norm(W)'",
    "linalg.norm(W)": "'norm(W)'",
    "step(x)": "`x > 0`, which is 1 or 0",
    "huber_loss(p, y)": "`huber(p, y)`",
    "torch.var(x)": "`var(x, correction=1)` where the divisor is n - 1",
    "var(x, unbiased=True)": "write correction=1",
    "LayerNorm(x)": "`layer_norm(x, gamma, beta)`",
    "F.layer_norm(x, y, z, 1e-3)": "'layer_norm(x, y, z, eps=1e-3)'",
    "sigmoid_cross_entropy(z, y)": "`binary_cross_entropy_with_logits(z, y)`",
    "softmax_cross_entropy(z, y)": "cross_entropy(z, y)",
    "zeros_like(x)": "values are data",
    "np.exp(x)": "'exp(x)'",
    "W.t()": "'W.T'",
    "W.T()": "'W.T'",
    "W.transpose()": "'W.T'",
    "W @ 2": "2 * x",
    "x && y": "`and`",
    "x || y": "'or'",
    "!x": "`not`",
    "F.dropout(x, 0.5)": "dropout(x, mask, rate=0.5)",
    "nn.Dropout(0.5)(x)": "dropout(x, mask, rate=0.5)",
    "einsum(W, x)": 'einsum("ij,jk->ik", a, b)',
    "torch.einsum('ij,j->i', W, x)": "'einsum(\"ij,j->i\", W, x)'",
    "torch.stack([x, y])": "stack(a, b, axis=0)",
    "W.permute(1, 0)": "'permute(W, axes=(1, 0))'",
    "permute(W, 1, 0)": "permute(a, axes=(0, 2, 1))",
    "permute(W, dims=(1, 0))": "it takes axes",
    "W.swapaxes(0, 1)": "'swapaxes(W, axis1=0, axis2=1)'",
    "W.transpose(0, 1)": "swapaxes(a, axis1=0, axis2=1)",
    "W.mT": "swapaxes(a)",
    "x.expand(3, -1)": "broadcast_to(a, shape=(4, -1))",
    "x[None].squeeze(0)": "'squeeze(x[None], axis=0)'",
    "len(x)": "shapes are fixed",
    "x.shape": "shapes are fixed",
    "x[np.newaxis]": "None as an index",
    "e ** x": "exp(1)",
    "np.pi * x": "3.14159",
    "pi": "3.14159",
    "max(x, y)": "maximum(a, b)",
    "x.sum": "'sum(x)'",
    "argmax(x)": "derivative is 0",
    "BCELoss(p, y)": "binary_cross_entropy(p, y)",
    "W.sum(0)": "'sum(W, axis=0)'",
    "np.mean(W, 1)": "'mean(W, axis=1)'",
    "x.reshape(2, -1)": "'reshape(x, shape=(2, -1))'",
    "x.reshape(2)": "'reshape(x, shape=2)'",
    "np.reshape(x, (2, 1))": "'reshape(x, shape=(2, 1))'",
    "np.expand_dims(x, 1)": "'expand_dims(x, axis=1)'",
    "nn.ReLU()(x)": "'relu(x)'",
    "nn.Softmax(dim=0)(x)": "'softmax(x, axis=0)'",
    "nn.CrossEntropyLoss()(z, y)": "cross_entropy(z, y)",
    "np.inf * x": "write `inf`",
    "α": "`info optimizer`",
    "dropout(x, y, p=0.5)": "no option 'p'; write rate=…",
    "norm(x, p=2)": "norm is the root of the sum of squares",
    "relu(x, p=2)": "relu has no option 'p'; it takes none",
    "gelu(x, approximate='tanh')": "unless exact=True",
    "dropout(x, mask=y)": "mask is an operand, which is given by its place, as in dropout(x, mask)",
    "conv1d(x, W, bias=2 * y)": "b is an operand, which is given by its place",
    "layer_norm(x, weight=y, bias=z)": "gamma is an operand",
    "scaled_dot_product_attention(x, x, x, attn_mask=y)": "mask is an operand",
    "cross_entropy(z, y, weight=p)": "multiply each part of the loss",
    "x[..., 0]": "write a : for each axis that is kept whole",
    "x[]": "there is no index in the brackets",
    "sum(W, axis=99999999999)": "axis must be a whole number from -2,147,483,647 to 2,147,483,647",
    "x[99999999999]": "an index is at most 2,147,483,647",
    "sum(W, 0)": "options are given by name, as in sum(a, axis=0)",
    "Σᵢ W": "sum(a, axis=0)",
    "x[:, :, None]": "shape (2) with new axes has axes 0 to 1, and no axis 2",
}


@pytest.mark.parametrize("text", MEANT)
def test_the_error_says_what_to_write(text):
    shelf = Shelf(W=np.eye(2), x=[1.0, 2.0], y=[1.0, 0.0], z=[1.0, 2.0], p=[0.1, 0.2])
    with pytest.raises(BpdebugError) as caught:
        evaluate(text, shelf)
    said = caught.value.problem
    assert MEANT[text] in said
    assert "did you mean" not in said


@pytest.mark.parametrize(
    ("text", "says"),
    [("x^2", "written **"), ("W·x", "@ (a matrix product)"), ("x²", "** 2"), ("ln(x)", "`log(x)`")],
)
def test_a_scenario_says_it_too_where_a_watch_understands(text, says):
    with pytest.raises(BpdebugError, match=re.escape(says)):
        parse(text, allow=Allow.GRAPH)
    parse(text, allow=Allow.WATCH)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x && y", "multiply comparisons"),
        ("x[..., 0]", "write a : for each axis that is kept whole"),
        ("x[y, ..., None]", "write a : for each axis that is kept whole"),
        ("x[..., None]", "write a : for each axis that is kept whole"),
        ("x & y", "multiply comparisons"),
        ("x | y", "take the larger of comparisons"),
    ],
)
def test_a_scenario_has_arithmetic_in_the_place_of_logic(text, says):
    with pytest.raises(BpdebugError, match=re.escape(says)):
        parse(text, allow=Allow.GRAPH)


@pytest.mark.parametrize("text", MEANT)
def test_a_call_that_the_error_writes_can_be_typed(text):
    shelf = Shelf(W=np.eye(2), x=[1.0, 2.0], y=[1.0, 0.0], z=[1.0, 2.0], p=[0.1, 0.2])
    with pytest.raises(BpdebugError) as caught:
        evaluate(text, shelf)
    for call in re.findall(r"write '([^']+)'", caught.value.problem):
        evaluate(call, shelf)


def remedies():
    """Everything in backquotes in the tables of hints."""
    tables = (hints.FUNCTIONS, hints.ELSEWHERE, hints.NAMES)
    texts = [text for table in tables for text in table.values()]
    texts += [text for _, text in hints.OPERANDS.values()]
    found = {part for text in texts for part in re.findall(r"`([^`]+)`", text)}
    return sorted(found - {"init", "info NAME", "info optimizer"})


@pytest.mark.parametrize("text", remedies())
def test_what_a_hint_says_can_be_typed(text):
    parse(text, allow=Allow.WATCH)


def test_a_hint_stands_for_no_word_that_means_something_here():
    assert not set(hints.FUNCTIONS) & set(callable_names(Allow.WATCH))


@pytest.mark.parametrize("word", ["choose", "bincount", "scatter", "unfold", "len", "foo"])
def test_no_word_is_guessed_that_is_only_a_little_alike(word):
    with pytest.raises(BpdebugError) as caught:
        parse(f"{word}(x)", allow=Allow.GRAPH)
    assert "did you mean" not in caught.value.problem


def test_a_slip_of_the_finger_is_still_guessed():
    with pytest.raises(BpdebugError, match="did you mean 'sigmoid'"):
        parse("sigmiod(x)")
