"""Indexing by arrays of whole numbers, against PyTorch: embeddings, pairs, and mixed keys.

Where a whole number and an array stand apart, PyTorch's order of the axes is not numpy's; there the
function says numpy's order with arrays alone.
"""

from tests.torch_numbers.case import TorchCase

TOKENS = [[1, 3, 1, 0], [4, 1, -2, 3]]
ROWS = [0, 1, 2, 3, 1]
LABELS = [2, 0, -1, 1, 0]

CASES = [
    TorchCase(
        "embedding",
        "E[tokens]",
        {"E": (5, 3)},
        lambda F, E, tokens: F.embedding(tokens.long() % 5, E),
        given={"tokens": TOKENS},
        data=("tokens",),
    ),
    TorchCase(
        "one_token",
        "E[token]",
        {"E": (5, 3)},
        lambda F, E, token: E[token.long()],
        given={"token": 3},
        data=("token",),
    ),
    TorchCase(
        "used_twice",
        "E[tokens] * tanh(E[tokens[1, ::-1]])",
        {"E": (5, 3)},
        lambda F, E, tokens: E[tokens.long()] * E[tokens[1].flip(0).long()].tanh(),
        given={"tokens": TOKENS},
        data=("tokens",),
    ),
    TorchCase(
        "pairs",
        "p[rows, labels]",
        {"p": (4, 3)},
        lambda F, p, rows, labels: p[rows.long(), labels.long()],
        given={"rows": ROWS, "labels": LABELS},
        data=("rows", "labels"),
    ),
    TorchCase(
        "pairs_broadcast",
        "p[rows[:, None], labels[:2]]",
        {"p": (4, 3)},
        lambda F, p, rows, labels: p[rows.long()[:, None], labels.long()[:2]],
        given={"rows": ROWS, "labels": LABELS},
        data=("rows", "labels"),
    ),
    TorchCase(
        "columns",
        "x[:, i]",
        {"x": (2, 4, 3)},
        lambda F, x, i: x[:, i.long()],
        given={"i": ROWS},
        data=("i",),
    ),
    TorchCase(
        "behind_a_slice_and_a_new_axis",
        "x[1:, None, i, j]",
        {"x": (3, 4, 3)},
        lambda F, x, i, j: x[1:, None, i.long(), j.long()],
        given={"i": ROWS, "j": LABELS},
        data=("i", "j"),
    ),
    TorchCase(
        "a_slice_between_two_arrays",
        "x[i, ::-1, j]",
        {"x": (4, 2, 3)},
        lambda F, x, i, j: x.flip(1)[i.long(), :, j.long()],
        given={"i": ROWS, "j": LABELS},
        data=("i", "j"),
    ),
    TorchCase(
        "an_array_then_a_number",
        "x[i, :, 0]",
        {"x": (4, 2, 3)},
        lambda F, x, i: x[i.long(), :, i.long() * 0],
        given={"i": ROWS},
        data=("i",),
    ),
    TorchCase(
        "a_number_then_an_array",
        "x[-1, :, j]",
        {"x": (4, 2, 3)},
        lambda F, x, j: x[j.long() * 0 + 3, :, j.long()],
        given={"j": LABELS},
        data=("j",),
    ),
    TorchCase(
        "a_number_beside_an_array",
        "x[:, 1, j]",
        {"x": (4, 2, 3)},
        lambda F, x, j: x[:, 1, j.long()],
        given={"j": LABELS},
        data=("j",),
    ),
    TorchCase(
        "with_a_new_axis_behind",
        "E[tokens][:, None]",
        {"E": (5, 3)},
        lambda F, E, tokens: E[tokens.long()][:, None],
        given={"tokens": TOKENS},
        data=("tokens",),
    ),
    TorchCase(
        "negative_log_likelihood_by_hand",
        "-mean(log_softmax(z)[rows, labels])",
        {"z": (5, 3)},
        lambda F, z, rows, labels: F.cross_entropy(z, labels.long()),
        given={"rows": [0, 1, 2, 3, 4], "labels": [2, 0, 1, 1, 0]},
        data=("rows", "labels"),
    ),
]
