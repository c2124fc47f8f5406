"""Arithmetic, functions of a number, comparisons and activations are as PyTorch has them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.recording.from_torch.functions.recorded import case, compare, name_of  # noqa: E402

PAIR = ((2, 3), (3,))
THIRD = torch.tensor([True, False, True])
CASES = [
    *(case(f"a {sign} b", *PAIR) for sign in "+-*"),
    *(case(f"{number} {sign} a", (2, 3)) for sign in "+-*" for number in (2, -0.5)),
    *(case(f"a {sign} 2.5", (2, 3)) for sign in "+-*/"),
    case("a / b", *PAIR, low=0.5),
    case("2 / a", (2, 3), low=0.5),
    case("torch.div(a, b)", *PAIR, low=0.5),
    case("torch.add(a, b, alpha=2.5)", *PAIR),
    case("a.add(b, alpha=-1)", *PAIR),
    case("a.sub(b, alpha=3)", *PAIR),
    case("torch.rsub(a, b, alpha=3)", *PAIR),
    case("torch.rsub(a, 2)", (2, 3)),
    case("-a + +a * torch.neg(a)", (3,)),
    case("a - (a - b) - (b - a * (a - b))", *PAIR),
    case("a / (b / a) / (a * b)", *PAIR, low=0.5),
    case("(-a) ** 2 + -a ** 2 + (a ** 2) ** 3", (3,)),
    case("a ** 2", (2, 3)),
    case("a ** 3 + a ** -1 + a ** 0.5", (2, 3), low=0.5),
    case("a ** b", *PAIR, low=0.5),
    case("2 ** a", (3,)),
    case("torch.pow(2, a) + torch.pow(a, 2)", (3,)),
    case("a % b", *PAIR, low=0.5),
    case("torch.square(a) + a.sqrt() + a.rsqrt() + a.reciprocal()", (2, 3), low=0.5),
    case("torch.abs(a) + a.sign() + abs(a)", (2, 3)),
    case("a.exp() + torch.exp2(a) + torch.expm1(a) + torch.special.exp2(a)", (2, 3)),
    case("a.log() + a.log2() + a.log10() + a.log1p()", (2, 3), low=0.5),
    case("a.sin() + a.cos() + a.tan()", (3,), low=-1, high=1),
    case("a.sinh() + a.cosh() + a.tanh()", (3,)),
    case("a.erf() + torch.special.erfc(a)", (3,)),
    case("torch.atanh(a)", (3,), low=-0.9, high=0.9),
    case("a * a.floor() + a * a.ceil() + a * a.round() + a * a.trunc() + a.frac()", (7,)),
    case("a * (b * 0.5).round()", (3,), (3,), low=1, high=1),
    case("torch.sigmoid(a) + a.sigmoid() + torch.special.expit(a)", (3,)),
    case("torch.logit(a) + torch.logit(a, 0.3)", (3,), low=0.1, high=0.9),
    case("torch.logaddexp(a, b)", *PAIR),
    case("torch.logaddexp(a, a)", (3,)),
    case("torch.logaddexp(torch.where(m, a, -1e300), b)", (3,), (3,), m=THIRD),
    case("a % 0.7", (3,), low=0.5),
    case("torch.maximum(a, b) + torch.minimum(a, b) * 2", *PAIR),
    case("torch.maximum(a, a * 1) + torch.max(a, b)", *PAIR),
    case("torch.maximum(a * 0, torch.zeros((), dtype=a.dtype))", (3,)),
    case("torch.maximum(a * 0, torch.zeros(3, dtype=a.dtype))", (3,)),
    case("a.clamp(-1, 1) + a.clamp(min=0.5) + torch.clip(a, max=0.5)", (2, 5)),
    case("(a * 0).clamp(0, 1) + (a * 0).clamp(min=0)", (3,)),
    case("a.clamp(b, c)", (2, 3), (3,), (2, 1)),
    case("a.clamp(min=b) + torch.clamp(a, max=b)", *PAIR),
    case("a.clamp_min(0.5) + a.clamp_max(0.5)", (5,)),
    case("torch.addcmul(a, b, c, value=0.5) + torch.addcmul(a, b, c)", *PAIR, (2, 1)),
    case("torch.addcdiv(a, b, c, value=0.5) + torch.addcdiv(a, b, c)", *PAIR, (2, 1), low=0.5),
    case("torch.lerp(a, b, 0.3) + torch.lerp(a, b, a)", *PAIR),
    case("torch.hypot(a, b)", *PAIR),
    case("a * (a > b) + a * (a <= 0.5) + (a >= b) * b + a * (a < b).double()", *PAIR),
    case("a * ((a > 0) & (b > 0)) + b * ((a > 0) | (b < 0)) + a * ~(a > 0.5)", *PAIR),
    case("a * ((a > 0) ^ (b > 0)) + a * (a == a) + a * (a != a) + a * a.isnan()", *PAIR),
    case("torch.where(a > b, a, b * 2) + torch.where(a > 0, a, 0.0)", *PAIR),
    case("a.where(a > 0, b)", *PAIR),
    case("a.masked_fill(a > 0, -3.0)", (2, 3)),
    case("a.masked_fill(m, b) + torch.where(m, a, 1)", (2, 3), (), m=THIRD),
    case("a.tril() + torch.triu(a, 1) * 2 + a.tril(-1)", (2, 3, 4)),
    case("torch.softmax(a + torch.triu(torch.full((3, 3), -inf), 1).to(a.dtype), -1)", (3, 3)),
]
EVERY = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus"),
    *("softsign", "hardtanh", "hardswish", "logsigmoid", "tanhshrink", "softshrink"),
    *("hardshrink", "tanh", "sigmoid", "rrelu", "glu"),
)
ACTIVATIONS = [
    *(case(f"F.{name}(a)", (4, 6), low=-4, high=4) for name in EVERY),
    case("F.relu(a * 0) + F.relu6(a * 0) + F.leaky_relu(a * 0)", (3,)),
    case("F.relu6(a * 0 + 6) + F.hardtanh(a * 0 + 1) + F.hardtanh(a * 0 - 1)", (3,)),
    case("F.hardswish(a * 0 + 3) + F.hardswish(a * 0 - 3)", (3,)),
    case("F.hardtanh(a * 0 + 2, -2, 2) + F.hardtanh(a * 0 - 2, -2, 2)", (3,)),
    case("F.hardtanh(a, -0.5, 1.5)", (9,)),
    case("F.leaky_relu(a, 0.3) + F.elu(a, 0.5) + F.celu(a, 0.5)", (9,)),
    case("F.elu(a * 0, 0.5) + F.celu(a * 0, 0.5) + F.selu(a * 0)", (3,)),
    case("F.gelu(a, approximate='tanh') + nn.GELU()(a) + nn.GELU('tanh')(a)", (9,)),
    case("F.softplus(a, 2, 1) + F.softplus(a, beta=0.5) + F.softplus(a * 20)", (9,)),
    case("F.softshrink(a, 1) + F.hardshrink(a, 1) + F.threshold(a, 0.1, 20)", (9,)),
    case("F.softshrink(a * 0 + 0.5) + F.hardshrink(a * 0 + 0.5)", (3,)),
    case("F.prelu(a, b) + F.prelu(a[0, 0], b)", (2, 3), (1,)),
    case("F.prelu(a, b) + F.prelu(a * 0, b)", (2, 3, 4), (3,)),
    case("F.glu(a, 0) * 3", (4, 4)),
    case("nn.ReLU(inplace=True)(a * 1) + nn.SiLU()(a) + nn.Softplus()(a)", (3,)),
    case("torch.softmax(a, 0) + a.softmax(-1) + F.softmax(a, dim=1) + nn.Softmax(1)(a)", (2, 3)),
    case("torch.log_softmax(a, 0) + a.log_softmax(-1) + nn.LogSoftmax(1)(a)", (2, 3)),
    case("F.softmin(a, dim=0)", (2, 3)),
]


@pytest.mark.parametrize("one", [*CASES, *ACTIVATIONS], ids=name_of)
def test_numbers_are_those_of_pytorch(one):
    compare(one)


@pytest.mark.parametrize("at", [-4, -3, 0, 3, 4])
def test_hardsigmoid_has_the_slope_of_pytorch_but_for_its_single_precision(at):
    compare(case(f"F.hardsigmoid(a + {at})", (3,), low=0, high=0), tolerance=1e-7)
