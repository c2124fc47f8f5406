"""Losses are PyTorch's: every reduction, shape and option."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.recording.from_torch.functions.recorded import case, compare, name_of  # noqa: E402

SHAPES = ((), (4,), (2, 3), (2, 3, 4))
ROWS, IMAGE = (4, 3), (2, 3, 4, 2)
LABELS, PIXELS = torch.tensor([2, 0, 1, 2]), torch.arange(16).reshape(2, 4, 2) % 3
SOME, HOLES = torch.tensor([2, -100, 1, 2]), torch.where(PIXELS == 2, -100, PIXELS)
WEIGHT = torch.tensor([0.5, 2.0, 1.5]).double()
ONES = torch.ones(4, 3).double()
SIGNS = torch.tensor([1.0, -1.0, -1.0, 1.0]).double()
TRUE = torch.tensor([1.0, 0.0, 0.0, 1.0]).double()
REDUCTIONS = ("mean", "sum", "none")
PAIRED = (
    *("mse_loss(a, b", "l1_loss(a, b", "smooth_l1_loss(a, b", "huber_loss(a, b"),
    *("smooth_l1_loss(a, b, beta=0.3", "huber_loss(a, b, delta=0.4"),
    "binary_cross_entropy_with_logits(a, torch.sigmoid(b)",
    *("kl_div(a, torch.exp(b)", "kl_div(a, b, log_target=True"),
    *("poisson_nll_loss(a, b.exp()", "poisson_nll_loss(a.exp(), b.exp(), log_input=False"),
    *("gaussian_nll_loss(a, b, b.exp()", "gaussian_nll_loss(a, b, torch.exp(a), full=True"),
    *("soft_margin_loss(a, b.detach()", "hinge_embedding_loss(a, b.detach().sign()"),
    "margin_ranking_loss(a, b, a.detach().sign(), margin=0.3",
)
ENTRIES = [
    case(f"F.{text}, reduction='{how}')", shape, shape)
    for text in PAIRED
    for how in REDUCTIONS
    for shape in SHAPES[how == "none" and 1 :]
]
STRETCHED = [
    case(f"F.{text}, reduction='{how}')", (2, 3), (3,))
    for text in ("kl_div(a, torch.exp(b)", "poisson_nll_loss(a, b")
    for how in REDUCTIONS
]
OTHER = [
    case("F.mse_loss(a, b) + F.l1_loss(a, b) + F.huber_loss(a, b)", (2, 3), (1, 3)),
    case("F.mse_loss(a, b, size_average=False) + F.l1_loss(a, b, reduce=False)", (4,), (4,)),
    case("nn.MSELoss()(a, b) + nn.L1Loss()(a, b) + nn.SmoothL1Loss()(a, b)", (2, 3), (2, 3)),
    case("F.smooth_l1_loss(a, b, beta=0)", (2, 3), (2, 3)),
    *(
        case(f"F.mse_loss(a, b, weight=w, reduction='{how}')", ROWS, ROWS, w=ONES * WEIGHT)
        for how in REDUCTIONS
    ),
    *(
        case(f"F.l1_loss(a, b, weight=w, reduction='{how}')", ROWS, ROWS, w=ONES * WEIGHT)
        for how in REDUCTIONS
    ),
    case("F.kl_div(a, b.softmax(1), reduction='batchmean')", ROWS, ROWS),
    case("nn.KLDivLoss(reduction='batchmean')(F.log_softmax(a, 1), t)", (2, 3), t=ONES[:2] * 0),
    *(
        case(f"F.binary_cross_entropy(a, t, reduction='{how}')", (4,), low=0.1, high=0.9, t=TRUE)
        for how in REDUCTIONS
    ),
    *(
        case(
            f"F.binary_cross_entropy(a, b, weight=w, reduction='{how}')",
            *(ROWS, ROWS),
            low=0.1,
            high=0.9,
            w=WEIGHT,
        )
        for how in REDUCTIONS
    ),
    case("nn.BCELoss()(torch.sigmoid(a), t)", (4,), low=-9, high=9, t=TRUE),
    *(
        case(
            f"F.binary_cross_entropy_with_logits(a, t, w, pos_weight={pos}, reduction='{how}')",
            ROWS,
            t=(ONES.cumsum(1) > 1).double(),
            w=w,
            p=WEIGHT,
        )
        for how in REDUCTIONS
        for w, pos in ((None, "p"), (WEIGHT, "p"), (WEIGHT, None))
    ),
    case("nn.BCEWithLogitsLoss()(a, t)", (4,), low=-60, high=60, t=TRUE),
    case("F.poisson_nll_loss(a, t, full=True)", (3,), t=torch.tensor([0.0, 2, 5]).double()),
    case("F.gaussian_nll_loss(a, b, v)", ROWS, ROWS, v=TRUE + 1),
    *(
        case(f"F.cosine_embedding_loss(a, b, s, 0.1, reduction='{how}')", ROWS, ROWS, s=SIGNS)
        for how in REDUCTIONS
    ),
    *(
        case(f"F.triplet_margin_loss(a, b, c, {more}reduction='{how}')", ROWS, ROWS, ROWS)
        for how in REDUCTIONS
        for more in ("", "swap=True, ", "margin=3, p=1, ")
    ),
    *(
        case(f"F.multi_margin_loss(a, y, {more}reduction='{how}')", ROWS, y=LABELS, w=WEIGHT)
        for how in REDUCTIONS
        for more in ("", "p=2, margin=0.5, ", "weight=w, ")
    ),
    *(
        case(f"F.multilabel_soft_margin_loss(a, t, {more}reduction='{how}')", ROWS,
             t=(ONES.cumsum(1) > 1).double(), w=WEIGHT)
        for how in REDUCTIONS
        for more in ("", "weight=w, ")
    ),
]  # fmt: skip
MORE = ("", "weight=w, ", "label_smoothing=0.2, ", "label_smoothing=0.2, weight=w, ")
CLASSES = [
    *(
        case(f"F.cross_entropy(a, y, {more}reduction='{how}')", shape, y=y, w=WEIGHT)
        for how in REDUCTIONS
        for more in MORE
        for shape, y in (
            *(((3,), LABELS[0]), (ROWS, LABELS), (ROWS, SOME)),
            *((IMAGE, PIXELS), (IMAGE, HOLES), ((2, 3, 4), PIXELS[..., 0])),
        )
    ),
    *(
        case(f"F.cross_entropy(a, b.softmax({dim}), {more}reduction='{how}')", s, s, w=WEIGHT)
        for how in REDUCTIONS
        for more in MORE
        for s, dim in (((3,), 0), (ROWS, 1), (IMAGE, 1))
    ),
    case("F.cross_entropy(a, b)", ROWS, ROWS),
    case("F.cross_entropy(a, y, ignore_index=2)", ROWS, y=LABELS),
    case("F.cross_entropy(a, y, size_average=False)", ROWS, y=LABELS),
    case("nn.CrossEntropyLoss(label_smoothing=0.1)(a, y)", ROWS, y=LABELS),
    case("F.cross_entropy(a.view(-1, 3), y.view(-1))", (2, 2, 3), y=LABELS.reshape(2, 2)),
    *(
        case(f"F.nll_loss(a, y, {more}reduction='{how}')", shape, y=y, w=WEIGHT)
        for how in REDUCTIONS
        for more in ("", "weight=w, ")
        for shape, y in (
            *(((3,), LABELS[0]), (ROWS, LABELS), (ROWS, SOME)),
            *((IMAGE, PIXELS), (IMAGE, HOLES)),
        )
    ),
    case("nn.NLLLoss()(F.log_softmax(a, dim=1), y)", ROWS, y=LABELS),
]


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@pytest.mark.filterwarnings("ignore:size_average and reduce args")
@pytest.mark.parametrize("one", [*ENTRIES, *STRETCHED, *OTHER, *CLASSES], ids=name_of)
def test_numbers_are_those_of_pytorch(one):
    compare(one)
