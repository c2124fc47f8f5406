"""Products, convolutions, pooling, norms, attention and recurrent networks are PyTorch's."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.recording.from_torch.functions.recorded import case, compare, name_of  # noqa: E402

X, W = (3, 4), (5, 4)
PRODUCTS = [
    case("a @ b + torch.matmul(a, b) + torch.mm(a, b) + a.mm(b)", (2, 3), (3, 4)),
    case("torch.bmm(a, b) + a @ b + a.matmul(b)", (2, 3, 4), (2, 4, 5)),
    case("a @ b + a.mv(b) + torch.mv(a, b)", (2, 3), (3,)),
    case("a @ b + torch.dot(a, b) + a.dot(b) + torch.inner(a, b)", (3,), (3,)),
    case("torch.inner(a, b)", (2, 3), (4, 3)),
    case("a @ b", (5, 1, 2, 3), (4, 3, 2)),
    case("torch.outer(a, b) + torch.ger(a, b)", (3,), (4,)),
    case("F.linear(a, b, c)", X, W, (5,)),
    case("F.linear(a, b)", (2, 3, 4), W),
    case("F.linear(a, b, c)", (4,), W, (5,)),
    case("F.bilinear(a, b, c, d)", (3, 2), (3, 4), (5, 2, 4), (5,)),
    case("torch.addmm(a, b, c) + torch.addmm(a, b, c, beta=0.5, alpha=2)", (4,), (2, 3), (3, 4)),
    case("torch.addmm(a, b, c, beta=0)", (4,), (2, 3), (3, 4)),
    case("torch.baddbmm(a, b, c, alpha=0.5)", (2, 3, 5), (2, 3, 4), (2, 4, 5)),
    case("torch.addbmm(a, b, c)", (3, 5), (2, 3, 4), (2, 4, 5)),
    case("torch.addmv(a, b, c) + a.addmv(b, c, beta=2)", (2,), (2, 3), (3,)),
    case("torch.addr(a, b, c)", (2, 3), (2,), (3,)),
    case("torch.linalg.multi_dot([a, b, c])", (2, 3), (3, 4), (4, 2)),
    case("torch.einsum('bqd,bkd->bqk', a, b) + torch.einsum('bqd, bkd -> bqk', [a, b])",
         (2, 3, 4), (2, 5, 4)),
    case("torch.einsum('...ij,...jk', a, b)", (2, 3, 4), (4, 2)),
    case("torch.tensordot(a, b, 2) + torch.tensordot(a, b, ([1, 2], [0, 1]))",
         (2, 3, 4), (3, 4, 5)),
    case("torch.tensordot(a, b, dims=([0], [1]))", (2, 3), (4, 2)),
    case("torch.linalg.vecdot(a, b)", X, X),
]  # fmt: skip
WINDOWS = [
    case("F.conv2d(a, b, c)", (2, 3, 6, 7), (4, 3, 3, 2), (4,)),
    case("F.conv2d(a, b, stride=2, padding=1)", (2, 3, 6, 7), (4, 3, 3, 2)),
    case("F.conv2d(a, b, c, (2, 1), (1, 0), (1, 2))", (2, 3, 6, 7), (4, 3, 3, 2), (4,)),
    case("F.conv2d(a, b, groups=2)", (2, 4, 5, 6), (6, 2, 3, 2)),
    case("F.conv2d(a, b, padding='same')", (2, 3, 6, 7), (4, 3, 3, 2)),
    case("l = nn.Conv2d(3, 4, (3, 2)) || F.conv2d(a, b, padding='valid') + l(a)",
         (3, 6, 7), (4, 3, 3, 2)),
    case("torch.conv1d(a, b, c, padding=2, dilation=2)", (2, 3, 9), (4, 3, 3), (4,)),
    case("F.conv1d(a, b, padding='same')", (2, 3, 9), (4, 3, 4)),
    case("F.conv_transpose2d(a, b, c)", (2, 3, 4, 5), (3, 2, 3, 2), (2,)),
    case("F.conv_transpose2d(a, b, stride=2, padding=1, output_padding=1)",
         (2, 3, 4, 5), (3, 2, 3, 3)),
    case("F.conv_transpose2d(a, b, c, 3, (0, 1), groups=2, dilation=(1, 2))",
         (2, 4, 3, 4), (4, 3, 2, 3), (6,)),
    case("F.conv_transpose1d(a, b, stride=2, padding=2)", (2, 3, 5), (3, 2, 2)),
    case("F.max_pool2d(a, 2) + nn.MaxPool2d((2, 2))(a) + torch.max_pool2d(a, 2)", (2, 3, 6, 8)),
    case("F.max_pool2d(a, 3, 2, 1) + F.max_pool2d(a, (3, 3), stride=(2, 2), padding=1)",
         (2, 3, 7, 9)),
    case("F.max_pool2d(a, 2, ceil_mode=True)", (2, 3, 6, 8)),
    case("F.max_pool2d(a * 0, 2)", (1, 2, 4, 4)),
    case("F.max_pool1d(a, 3, 1) + nn.MaxPool1d(3, 1)(a)", (2, 3, 7)),
    case("F.avg_pool2d(a, 2) + nn.AvgPool2d(2)(a)", (2, 3, 6, 8)),
    case("F.avg_pool2d(a, (3, 2), 2, (1, 0))", (2, 3, 6, 8)),
    case("F.avg_pool2d(a, 3, 2, 1, count_include_pad=False)", (2, 3, 6, 8)),
    case("F.avg_pool2d(a, 3, 2, 1, divisor_override=5)", (3, 6, 8)),
    case("F.avg_pool1d(a, 3, 2, 1) + F.avg_pool1d(a, 3, 2, 1, count_include_pad=False)",
         (2, 3, 7)),
    case("F.adaptive_avg_pool2d(a, 1) + nn.AdaptiveAvgPool2d((1, 1))(a)", (2, 3, 4, 6)),
    case("F.adaptive_avg_pool2d(a, (2, 3)) + F.adaptive_avg_pool2d(a, (2, 3))", (2, 3, 4, 6)),
    case("F.adaptive_avg_pool2d(a, (3, 4))", (2, 3, 5, 6)),
    case("F.adaptive_avg_pool2d(a, (None, 2))", (2, 3, 5, 6)),
    case("F.adaptive_avg_pool1d(a, 2) + F.adaptive_avg_pool1d(a, 1)", (2, 3, 6)),
    case("F.adaptive_avg_pool1d(a, 3)", (2, 3, 7)),
    case("F.adaptive_max_pool2d(a, 1) + F.adaptive_max_pool2d(a, (1, 1))", (2, 3, 4, 6)),
    case("F.adaptive_max_pool1d(a * 0, 2)", (2, 3, 6)),
    case("F.interpolate(a, scale_factor=2) + F.interpolate(a, size=(4, 6))", (2, 3, 2, 3)),
    case("F.interpolate(a, size=(5, 4), mode='bilinear', align_corners=True)", (2, 3, 2, 3)),
    case("F.interpolate(a, scale_factor=2, mode='bilinear')", (2, 3, 2, 3)),
    case("nn.Upsample(scale_factor=2)(a) + F.interpolate(a, 8, mode='linear')[..., :1]",
         (2, 3, 4)),
]  # fmt: skip
NORMS = [
    case("F.batch_norm(a, None, None, b, c, training=True)", (5, 3), (3,), (3,)),
    case("F.batch_norm(a, None, None, b, c, True, 0.1, 1e-3)", (4, 3, 2, 5), (3,), (3,)),
    case("F.batch_norm(a, None, None, training=True)", (4, 3, 5)),
    case("F.batch_norm(a, m, v, b, c)", (4, 3, 5), (3,), (3,),
         m=torch.tensor([0.1, 0.2, 0.3]).double(), v=torch.tensor([1.0, 2, 3]).double()),
    case("F.batch_norm(a, m, v, eps=0.1)", (4, 3),
         m=torch.tensor([0.1, 0.2, 0.3]).double(), v=torch.tensor([1.0, 2, 3]).double()),
    case("l = nn.BatchNorm2d(3); m = nn.BatchNorm2d(3).eval() || l(a) + m(a)",
         (4, 3, 2, 5)),
    case("F.layer_norm(a, (4,), b, c)", (2, 3, 4), (4,), (4,)),
    case("F.layer_norm(a, (3, 4), b, c, 1e-3) + F.layer_norm(a, (3, 4))",
         (2, 3, 4), (3, 4), (3, 4)),
    case("l = nn.LayerNorm(4, bias=False) || F.layer_norm(a, (4,), b) + l(a)", X, (4,)),
    case("F.group_norm(a, 2, b, c) + F.group_norm(a, 3)", (2, 6, 5), (6,), (6,)),
    case("F.instance_norm(a) + nn.InstanceNorm1d(3)(a)", (2, 3, 5)),
    case("F.instance_norm(a, weight=b, bias=c)", (2, 3, 4, 5), (3,), (3,)),
    case("l = nn.RMSNorm(4) || F.rms_norm(a, (4,), b) + F.rms_norm(a, (4,), eps=1e-3) + l(a)",
         X, (4,)),
]  # fmt: skip
HEADS = (2, 3, 5, 4)
SEEN = torch.tensor([[True, False], [True, True], [False, False]])
MHA = "m = nn.MultiheadAttention(4, 2, batch_first=True{}) || "
ATTENTION = [
    case("F.scaled_dot_product_attention(a, b, c)", HEADS, HEADS, HEADS),
    case("F.scaled_dot_product_attention(a, b, c, is_causal=True)", HEADS, HEADS, HEADS),
    case("F.scaled_dot_product_attention(a, b, c, m)", (3, 4), (2, 4), (2, 4), m=SEEN),
    case("F.scaled_dot_product_attention(a, b, c, d)", (3, 4), (2, 4), (2, 5), (3, 2)),
    case("F.scaled_dot_product_attention(a, b, c, scale=0.3)", HEADS, HEADS, HEADS),
    case("F.scaled_dot_product_attention(a, b, c, dropout_p=0.4)", HEADS, HEADS, HEADS),
    case("F.scaled_dot_product_attention(a, b, c, None, 0.4, True, scale=0.3)", *(HEADS,) * 3),
    case("F.scaled_dot_product_attention(a, b, c, d, 0.3)", (3, 4), (2, 4), (2, 5), (3, 2)),
    case("F.scaled_dot_product_attention(a, b, c, torch.ones(5, 5).tril().bool())", *(HEADS,) * 3),
    case(MHA.format("") + "m(a, a, a)", (2, 3, 4)),
    case(MHA.format("") + "m(a, b, b, need_weights=False)[0]", (2, 3, 4), (2, 5, 4)),
    case(MHA.format("") + "m(a, b, c, average_attn_weights=False)", *((2, 3, 4),) * 3),
    case(MHA.format("") + "m(a[0], a[0], a[0])", (2, 3, 4)),
    case(MHA.format(", bias=False") + "m(a, a, a)", (2, 3, 4)),
    case(MHA.format(", kdim=5, vdim=6") + "m(a, b, c)", (2, 3, 4), (2, 2, 5), (2, 2, 6)),
    case(MHA.format(", dropout=0.4") + "m(a, a, a)", (2, 3, 4)),
    case(MHA.format(", dropout=0.4") + "m(a, a, a, need_weights=False)[0]", (2, 3, 4)),
    case(MHA.format(", dropout=0.4") + "m.eval()(a, a, a, need_weights=False)[0]", (2, 3, 4)),
    case(MHA.format("") + "m(a, a, a, key_padding_mask=p)", (2, 3, 4),
         p=torch.tensor([[False, False, True], [False, True, True]])),
    case(MHA.format("") + "m(a, a, a, key_padding_mask=p, attn_mask=c)", (2, 3, 4),
         p=torch.tensor([[False, False, True], [False, True, True]]),
         c=torch.ones(3, 3).triu(1).bool()),
    case(MHA.format("") + "m(a, a, a, attn_mask=c, is_causal=True, need_weights=False)[0]",
         (2, 3, 4), c=torch.full((3, 3), -float("inf")).triu(1).double()),
    case(MHA.format("") + "m(a, a, a, attn_mask=c)", (2, 3, 4),
         c=torch.linspace(0, 1, 36).reshape(4, 3, 3).double()),
    case("m = nn.MultiheadAttention(4, 1) || m(a, a, a, attn_mask=c)", (2, 3, 4),
         c=torch.tensor([[0.0, 1.0], [1.0, 2.0]]).double()),
    case("m = nn.TransformerEncoderLayer(4, 2, 6, dropout=0.3, batch_first=True) || m(a)",
         (2, 3, 4)),
    case("m = nn.TransformerDecoderLayer(4, 2, 6, norm_first=True) || m(a, b)",
         (2, 3, 4), (5, 3, 4)),
]  # fmt: skip
RECURRENT = [
    case("l = nn.LSTM(4, 3) || l(a)[0]", (5, 2, 4)),
    case("l = nn.LSTM(4, 3) || o, (h, c) = l(a); (o, h, c)", (5, 2, 4)),
    case("l = nn.LSTM(4, 3, batch_first=True) || o, (h, c) = l(a, (b, b * 2)); (o, h, c)",
         (2, 5, 4), (1, 2, 3)),
    case("l = nn.LSTM(4, 3, 2, bidirectional=True, bias=False) || o, (h, c) = l(a); "
         "(o, h, c)", (5, 2, 4)),
    case("l = nn.LSTM(4, 3, 3, dropout=0.4) || o, (h, c) = l(a); (o, h, c)",
         (5, 2, 4)),
    case("l = nn.LSTM(4, 3, 2, dropout=0.4, batch_first=True, bidirectional=True) || "
         "l(a)[0]", (2, 5, 4)),
    case("l = nn.LSTM(4, 3, 2, dropout=0.4).eval() || l(a)[0]", (5, 2, 4)),
    case("l = nn.LSTM(4, 3) || o, (h, c) = l(a); (o, h, c)", (5, 4)),
    case("l = nn.GRU(4, 3) || l(a)", (5, 2, 4)),
    case("l = nn.GRU(4, 3, 2, bidirectional=True, batch_first=True) || l(a, b)",
         (2, 5, 4), (4, 2, 3)),
    case("l = nn.GRU(4, 3, 2, dropout=0.3, bias=False) || l(a)", (5, 2, 4)),
    case("l = nn.RNN(4, 3) || l(a)", (5, 2, 4)),
    case("l = nn.RNN(4, 3, 2, nonlinearity='relu', bidirectional=True) || l(a)", (5, 2, 4)),
    case("l = nn.LSTMCell(4, 3) || h, c = l(a); h, c = l(a, (h, c)); (h, c)", (2, 4)),
    case("l = nn.LSTMCell(4, 3, bias=False) || l(a, (b, b))", (2, 4), (2, 3)),
    case("l = nn.GRUCell(4, 3) || l(a, b) + l(a)", (2, 4), (2, 3)),
    case("l = nn.RNNCell(4, 3) || l(a, b)", (2, 4), (2, 3)),
    case("l = nn.RNNCell(4, 3, nonlinearity='relu') || l(a[0], b[0])", (2, 4), (2, 3)),
]  # fmt: skip
DROPOUT = [
    case("F.dropout(a) + nn.Dropout(0.2)(a) + F.dropout(a, 0.3, training=False)", (4, 5)),
    case("F.dropout(F.relu(a), 0.3) + F.dropout(a.T, 0.3).T", (4, 5)),
    case("F.dropout(a, 1.0) + F.dropout(a, 0.0) + nn.Dropout(0.2).eval()(a)", (4, 5)),
    case("F.dropout2d(a, 0.5) + nn.Dropout2d(0.3)(a)", (3, 4, 2, 2)),
    case("F.dropout1d(a, 0.5)", (3, 4, 2)),
    case("F.dropout(a * 1, 0.5, True, True) + F.alpha_dropout(a, 0.3)", (4, 5)),
    case("a * torch.rand(4, 5).to(a.dtype) + torch.randn_like(a)", (4, 5)),
]
ALL = [*PRODUCTS, *WINDOWS, *NORMS, *ATTENTION, *RECURRENT, *DROPOUT]


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.filterwarnings("ignore:dropout option adds dropout")
@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("one", ALL, ids=name_of)
def test_numbers_are_those_of_pytorch(one):
    compare(one)
