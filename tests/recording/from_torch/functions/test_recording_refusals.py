"""What no op computes is refused, with the line and with what to write instead."""

from __future__ import annotations

import pytest

from bpdebug.errors import BpdebugError

torch = pytest.importorskip("torch")

from tests.recording.from_torch.functions.recorded import (  # noqa: E402
    case,
    compare,
    graph_of,
    name_of,
    recorded,
)

BOX, TOKENS = (2, 3, 4), torch.tensor([[0, 2], [1, 1]])
MHA = "m = nn.MultiheadAttention(4, 2, {}) || m(a, a, a)"
LSTM = "m = nn.LSTM(4, 3, proj_size=2) || m(a)[0]"
PADDED = "p = nn.utils.rnn.pack_padded_sequence(a, [2, 1, 1]); m(p)[0].data"
REFUSED = [
    (case("torch.div(a, 2, rounding_mode='floor') + a", (3,)), "torch.floor(a / b)"),
    (case("torch.fmod(a, 2)", (3,)), "write torch.remainder"),
    (case("torch.float_power(a, 2)", (3,), low=1), "write a ** b"),
    (case("torch.cumprod(a, 0)", (3,), low=1), "cumsum of the logarithms"),
    (case("torch.atan(a)", (3,)), "atan has no op"),
    (case("torch.linalg.inv(a)", (3, 3)), "has no op"),
    (case("a.float().double()", (3,)), "one kind of numbers"),
    (case("a.sum(dtype=torch.float32).double()", (3,)), "one kind of numbers"),
    (case("F.rrelu(a, training=True)", (3,)), "write leaky_relu"),
    (case("F.softmax(a.sum(), 0)", (3,)), "single number"),
    (case("a.norm(3) + (a * 0).norm(3)", (3,)), "use p=2"),
    (case("F.cross_entropy(a, t, ignore_index=0)", (2, 3), t=torch.zeros(2).long()), "NaN"),
    (case("F.gumbel_softmax(a)", (3, 4)), "softmax((logits + noise) / tau)"),
    (case("F.alpha_dropout(a, 0.5, True)", (3,)), "write F.dropout"),
    (case("torch.var(a, correction=0.5)", (3,)), "write a whole number"),
    (case("torch.norm(a, p='nuc')", (3, 3)), 'p="nuc" has no op'),
    (case("torch.linalg.norm(a, 2)", (3, 3)), "flatten it"),
    (case("F.normalize(a, p=1)", (3, 3)), "divide by torch.norm"),
    (case("torch.inner(a, a)", BOX), "write torch.einsum"),
    (case("torch.einsum('ii->i', a)", (3, 3)), "write torch.diagonal"),
    (case("torch.kron(a, a)", (2, 2)), "torch.einsum and reshape"),
    (case("torch.rot90(a)", (2, 2)), "transpose and flip"),
    (case("a[True]", (2, 2)), "write None for a new axis"),
    (case("torch.diag_embed(a, 1)", (3,)), "multiply by a mask"),
    (case("a.scatter(0, t, a)", (3, 2), t=TOKENS), "write torch.where"),
    (case("a.index_add(1, t[1], a)", (3, 2), t=TOKENS), "along dim 0"),
    (case("a.scatter_add(0, t, a)", (3, 2), t=TOKENS), "write index_add"),
    (case("F.embedding(t, a, scale_grad_by_freq=True)", (3, 2), t=TOKENS), "leave these options"),
    (case("F.embedding_bag(t, a)", (3, 2), t=TOKENS), "sum or mean of F.embedding"),
    (case("F.conv3d(a, b)", (1, 2, 3, 3, 3), (2, 2, 2, 2, 2)), "use conv2d"),
    (case("F.max_pool2d(a, 2, ceil_mode=True)", (1, 2, 5, 5)), "pad the input with F.pad"),
    (case("F.max_pool2d(a, 2, return_indices=True)[0]", (1, 2, 4, 4)), "leave it out"),
    (case("F.max_pool2d(a, 2, dilation=2)", (1, 2, 5, 5)), "x[..., ::2]"),
    (case("F.adaptive_max_pool2d(a, 2)", (1, 2, 5, 5)), "write max_pool"),
    (case("F.interpolate(a, 4, mode='bicubic')", (1, 2, 3, 3)), 'use "nearest" or "bilinear"'),
    (case("F.unfold(a, 2)", (1, 2, 3, 3)), "write a convolution"),
    (case("F.local_response_norm(a, 2)", BOX), "use a layer norm"),
    (case("F.binary_cross_entropy(a.clamp(1, 1), t)", (2,), t=torch.ones(2).double()), "_logits"),
    (case("F.gaussian_nll_loss(a, a, t)", (2,), t=torch.zeros(2).double()), "softplus"),
    (case("F.huber_loss(a, a, weight=a.detach())", (2,)), 'multiply the losses of "none"'),
    (case("F.multi_margin_loss(a, t)", (3,), t=torch.tensor(1)), "write x[None]"),
    (case("F.multilabel_margin_loss(a, t)", (2,), t=torch.tensor([0, -1])), "has no op"),
    (case("F.scaled_dot_product_attention(a, b, b, enable_gqa=True)", (1, 4, 3, 2), (1, 2, 3, 2)),
     "repeat_interleave"),
    (case(MHA.format("add_bias_kv=True"), BOX), "leave these options out"),
    (case(MHA.format("add_zero_attn=True"), BOX), "leave these options out"),
    (case(LSTM, BOX), "leave proj_size out"),
    (case(f"m = nn.GRU(4, 3) || {PADDED}", BOX), "packed sequences"),
    (case(f"m = nn.LSTM(4, 3) || {PADDED}", BOX), "packed sequences"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "said"), REFUSED, ids=lambda one: name_of(one)[:60])
def test_it_is_refused_and_says_what_to_write(one, said):
    with pytest.raises(BpdebugError) as caught:
        recorded(one)
    assert said in caught.value.problem


def test_what_is_refused_is_data_where_nothing_learned_goes_into_it():
    compare(case("a * torch.atan(t)", (3,), t=torch.tensor([1.0, 2, 3]).double()))


def test_an_argument_that_no_translation_knows_is_refused_and_not_an_error_of_python(monkeypatch):
    from bpdebug.recording.from_torch.functions import translate

    with pytest.raises(Exception, match="with these arguments has no op") as caught:
        translate(torch.exp, (torch.ones(1),), {"of_the_future": 1}, torch.ones(1))
    assert type(caught.value).__name__ == "RefusedError"


def test_gradients_that_are_nan_in_pytorch_are_nan_here_and_no_fault():
    recording, operands, loss = recorded(case("a ** b + c", (3,), (3,), (3,), low=-2, high=-1))
    loss.backward()
    assert loss.isnan()
    assert operands.c.grad.isfinite().all()
    assert graph_of(recording)[0] == 'made = "a ** b + c"'


READ = {
    "torch.add(a, b, alpha=2) * (a - b)": ['made = "(a + 2 * b) * (a - b)"'],
    "F.linear(a, b)": ['made = "a @ b.T"'],
    "a.transpose(0, 1).transpose(1, 0) * 2": ['made = "a * 2"'],
    "F.softmax(a, -1)": ['made = "softmax(a)"'],
    "a.var(1)": ['made = "var(a, axis=1, correction=1)"'],
    "a.max(1)[0]": ['made = "max(a, axis=1)"'],
    "a.clamp(min=0)": ['made = "clip(a, low=0)"'],
    "torch.lerp(a, b, 0.5)": ['made = "a + 0.5 * (b - a)"'],
    "F.cross_entropy(a, torch.tensor([0, 1]))": ['made = "cross_entropy(a, data)"'],
    "F.nll_loss(a, torch.tensor([0, 1]))": ['made = "-mean(a[rows, labels])"'],
    "F.gelu(a)": ['made = "gelu(a, exact=True)"'],
    "a[..., 1:]": ['made = "a[:, 1:]"'],
    "a[:, None]": ['made = "a[:, None]"'],
    "torch.logaddexp(a, b)": ['made = "maximum(a, b) + softplus(-abs(a - b))"'],
}


@pytest.mark.parametrize("text", READ)
def test_it_reads_as_its_formula(text):
    recording, *_ = recorded(case(text, (2, 3), (2, 3)))
    assert graph_of(recording)[: len(READ[text])] == READ[text]


SINGLE = [
    case("torch.tanh(a @ b) / (1 + a.exp().sum())", (3, 4), (4, 3)),
    case("F.cross_entropy(F.gelu(a), y, label_smoothing=0.1)", (4, 3), y=torch.arange(4) % 3),
    case("F.layer_norm(a, (4,)) + F.dropout(a, 0.3)", (3, 4)),
    case("F.batch_norm(F.conv2d(a, b), None, None, training=True)", (2, 3, 6, 6), (4, 3, 3, 3)),
    case("F.scaled_dot_product_attention(a, a, a, dropout_p=0.3)", (2, 2, 5, 4)),
    case("m = nn.LSTM(4, 3, 2, dropout=0.4) || m(a)[0]", (5, 2, 4)),
    case("m = nn.MultiheadAttention(4, 2) || m(a, a, a)", (5, 2, 4)),
]


@pytest.mark.parametrize("one", SINGLE, ids=name_of)
def test_single_precision_is_that_of_pytorch_up_to_its_rounding(one):
    compare(one, torch.float32, 1e-4)
