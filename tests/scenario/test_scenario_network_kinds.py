"""Layers over images, tokens and masks: what they expand into, and their mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.graph import Kind
from bpdebug.run import Run
from tests.scenario.scenarios import CNN, IMAGES, fails, failure, loaded, write
from tests.scenario.test_scenario_network_layers import (
    BETA,
    DENSE_1,
    DENSE_2,
    GAMMA,
    LOSS,
    NORM,
    TANH,
    W4,
    Z1,
    Z2,
    graph,
    layer,
    network,
    same,
)

KERNELS = "[[[[1, 2], [3, -4]]], [[[0.5, 0.1], [0.2, 0.3]]]]"
CONV = {"kind": '"conv2d"', "channels": "2", "kernel": "2", "weights": KERNELS}
FLAT = layer(kind='"flatten"')
CONV_CASES = {
    "a convolution": (
        [layer(**CONV, bias="[1, 2]", activation='"tanh"'), FLAT],
        {"W1": KERNELS, "b1": "[1, 2]"},
        {"z1": "conv2d(x, W1, b1)", "h1": "tanh(z1)", "y_hat": "reshape(h1, shape=(-1, 2))"},
    ),
    "a convolution without a bias and an activation": (
        [layer(**CONV, bias="false", stride="3", padding="[1, 1]", dilation="[2, 1]"), FLAT],
        {"W1": KERNELS},
        {
            "z1": "conv2d(x, W1, stride=3, padding=(1, 1), dilation=(2, 1))",
            "y_hat": "reshape(z1, shape=(-1, 2))",
        },
    ),
    "pools": (
        [
            layer(**CONV, padding="2"),
            layer(kind='"max_pool2d"', size="2", stride="1", padding="1"),
            layer(kind='"avg_pool2d"', size="[2, 5]"),
            layer(kind='"avg_pool2d"', size="[3, 1]"),
            FLAT,
        ],
        {"W1": KERNELS, "b1": "[0, 0]"},
        {
            "z1": "conv2d(x, W1, b1, padding=2)",
            "pool1": "max_pool2d(z1, size=2, stride=1, padding=1)",
            "pool1_2": "avg_pool2d(pool1, size=(2, 5))",
            "pool1_3": "avg_pool2d(pool1_2, size=(3, 1))",
            "y_hat": "reshape(pool1_3, shape=(-1, 2))",
        },
    ),
    "a batch norm of images": (
        [layer(**CONV, bias="false"), layer(kind='"batch_norm"', activation='"relu"'), FLAT],
        {"W1": KERNELS, "gamma1": "[1, 1]", "beta1": "[0, 0]"},
        {
            "z1": "conv2d(x, W1)",
            "normed1": "batch_norm(z1, gamma1, beta1)",
            "h1": "relu(normed1)",
            "y_hat": "reshape(h1, shape=(-1, 2))",
        },
    ),
    "a layer norm of images": (
        [layer(kind='"layer_norm"'), FLAT, layer(units="2", weights=W4)],
        {"gamma": "[[[1, 1], [1, 1]]]", "beta": "[[[0, 0], [0, 0]]]", "W1": W4, "b1": "[0, 0]"},
        {
            "normed": "layer_norm(x, gamma, beta)",
            "flat": "reshape(normed, shape=(-1, 4))",
            "z1": "flat @ W1.T + b1",
            "y_hat": "identity(z1)",
        },
    ),
}


@pytest.mark.parametrize("case", CONV_CASES)
def test_layers_over_images_are_what_they_expand_into(case, tmp_path):
    layers, parameters, entries = CONV_CASES[case]
    same(tmp_path, network(*layers, data=IMAGES), graph(parameters, entries | LOSS, data=IMAGES))


def test_groups_of_channels(tmp_path):
    data = IMAGES.replace("[[[[1, 2], [3, 4]]], [[[5, 6], [7, 9]]]]", "[[[[1]], [[2]]]]")
    data = data.replace("[[0.1, 0.9], [0.7, -0.2]]", "[[3, 4]]")
    grouped = layer(
        kind='"conv2d"', channels="2", kernel="1", groups="2", weights="[[[[3]]], [[[4]]]]"
    )
    built = loaded(tmp_path, network(grouped, FLAT, data=data))
    recorded = Run(built).iteration(1).recorded
    assert recorded.graph.node("W1").shape == (2, 1, 1, 1)
    value = recorded.values[recorded.graph.names["y_hat"]]
    np.testing.assert_array_equal(value.ravel(), [3, 8])


def test_a_batch_norm_of_rows(tmp_path):
    norm = layer(kind='"batch_norm"', gamma=GAMMA, beta=BETA, eps="0.25")
    entries = Z1 | {"normed1": "batch_norm(z1, gamma1, beta1, eps=0.25)"}
    entries |= {"z2": "normed1 @ W2.T + b2", "y_hat": "identity(z2)"}
    same(tmp_path, network(DENSE_1, norm, DENSE_2), graph(NORM, entries | LOSS))


# Dropout.


def test_dropout_draws_a_mask_once_for_all_rows(tmp_path):
    data = '[inputs]\nx = { shape = [400, 3], init = "normal", seed = 1 }\n'
    data += 'y = { shape = [400, 2], init = "normal", seed = 2 }\n'
    drop = layer(kind='"dropout"', rate="0.25", seed="7")
    text = network(DENSE_1 + TANH, drop, DENSE_2, data=data).replace(
        "[run]", "[run]\nbatch_size = 150"
    )
    problem = loaded(tmp_path, text)
    mask = problem.data["mask1"]
    assert problem.drawn == {"mask1"}
    assert mask.shape == (400, 2)
    assert set(np.unique(mask)) == {0.0, 1.0}
    assert 0.7 < mask.mean() < 0.8
    assert problem.batched == {"x", "y", "mask1"}
    assert np.array_equal(loaded(tmp_path, text).data["mask1"], mask)
    other = loaded(tmp_path, text.replace("seed = 7", "seed = 8"))
    assert not np.array_equal(other.data["mask1"], mask)
    run = Run(problem)
    recorded = run.iteration(3).recorded
    names = recorded.graph.names
    h1, cut, dropped = (recorded.values[names[n]] for n in ("h1", "mask1", "dropped1"))
    np.testing.assert_array_equal(cut, mask[list(run.iteration(3).rows)])
    np.testing.assert_allclose(dropped, h1 * cut / 0.75, rtol=1e-15)
    assert recorded.graph.node("mask1").kind is Kind.INPUT


def test_without_a_seed_the_run_decides_and_two_masks_differ(tmp_path):
    drop = layer(kind='"dropout"', rate="0.5")
    data = '[inputs]\nx = { shape = [50, 3], init = "normal", seed = 1 }\n'
    data += 'y = { shape = [50, 2], init = "normal", seed = 2 }\n'
    text = network(DENSE_1 + TANH, drop, drop, DENSE_2, data=data)
    problem = loaded(tmp_path, text)
    one, two = problem.data["mask1"], problem.data["mask1_2"]
    assert not np.array_equal(one, two)
    other = loaded(tmp_path, text.replace("[run]", "[run]\nseed = 3")).data["mask1"]
    assert not np.array_equal(one, other)


def test_a_mask_that_is_given(tmp_path):
    data = "[inputs]\nx = [[0.5, -1.0, 0.3], [0.2, 0.8, -0.4]]\ny = [[0.1, 0.9], [0.7, -0.2]]\n"
    data += "keep = [[1, 0], [1, 1]]\n"
    drop = layer(kind='"dropout"', rate="0.5", mask='"keep"')
    entries = Z1 | {"h1": "tanh(z1)", "dropped1": "dropout(h1, keep, rate=0.5)"}
    entries |= Z2 | {"z2": "dropped1 @ W2.T + b2"}
    short = network(DENSE_1 + TANH, drop, DENSE_2, data=data)
    parameters = {n: v for n, v in NORM.items() if n not in ("gamma1", "beta1")}
    same(tmp_path, short, graph(parameters, entries | LOSS, data=data))
    assert loaded(tmp_path, short).drawn == frozenset()


def test_a_scenario_that_separates_mistakes_keeps_the_masks_that_it_draws(tmp_path, capsys):
    drop = layer(kind='"dropout"', rate="0.25", seed="7")
    text = network(DENSE_1 + TANH, drop, DENSE_2 + TANH)
    path = write(tmp_path, text)
    recorded = Run(loaded(tmp_path, text)).iteration(1).recorded
    gradient = recorded.gradients[recorded.graph.names["W2"]] * 2
    (tmp_path / "mine.toml").write_text(f"W2 = {gradient.tolist()}\n")
    target = tmp_path / "apart.toml"
    main([str(path), "--against", str(tmp_path / "mine.toml"), "--separate", str(target)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    if target.exists():
        assert "mask1" not in target.read_text()


# Embeddings.

TOKENS = "[inputs]\nx = [[0, 2], [2, 2]]\ny = [[0.1, 0.9], [0.7, -0.2]]\n"
TABLE = "[[0.1, 0.2], [0.3, 0.4], [-0.5, 0.6]]"
EMBED = layer(kind='"embedding"', vocabulary="3", width="2", weights=TABLE)


def test_an_embedding_adds_up_the_gradients_of_a_repeated_token(tmp_path):
    dense = layer(units="2", weights=W4, bias="false")
    entries = {"e": "E[x]", "flat": "reshape(e, shape=(-1, 4))", "z1": "flat @ W1.T"}
    long = graph({"E": TABLE, "W1": W4}, entries | {"y_hat": "identity(z1)"} | LOSS, data=TOKENS)
    short = network(EMBED, FLAT, dense, data=TOKENS)
    same(tmp_path, short, long)
    recorded = Run(loaded(tmp_path, short)).iteration(1).recorded
    gradient = recorded.gradients[recorded.graph.names["E"]]
    of_rows = recorded.gradients[recorded.graph.names["e"]]
    np.testing.assert_allclose(
        gradient[2], of_rows[0, 1] + of_rows[1, 0] + of_rows[1, 1], rtol=1e-14
    )
    assert not gradient[1].any()


def test_a_dense_layer_takes_sequences(tmp_path):
    text = network(EMBED, layer(units="4", weights='{ init = "ones" }'), FLAT, data=TOKENS)
    text = text.replace("[[0.1, 0.9], [0.7, -0.2]]", '{ shape = [2, 8], init = "ones" }')
    assert loaded(tmp_path, text).build(None).node("z1").shape == (2, 2, 4)
    assert main([str(write(tmp_path, text)), "--check"]) == 0


# Mistakes.

FIRST, POOL, BATCH, _, DROP = (f"network.layers #{n}" for n in range(1, 6))
CHANGES = [
    ("channels = 2\n", "", FIRST, "the key 'channels' is missing"),
    ("channels = 2", "channels = 0", f"{FIRST}.channels", "must be from 1"),
    ("kernel = [2, 2]\n", "", FIRST, "the key 'kernel' is missing"),
    ("kernel = [2, 2]", "kernel = [2]", f"{FIRST}.kernel", "has 1 number; give one, or a pair"),
    ("kernel = [2, 2]", "kernel = 2.5", f"{FIRST}.kernel", "must be a whole number"),
    ("kernel = [2, 2]", "kernel = [2, 0]", f"{FIRST}.kernel", "must be from 1 to"),
    ("kernel = [2, 2]", "kernel = [2, true]", f"{FIRST}.kernel", "pair of whole numbers, not true"),
    ("kernel = [2, 2]", "kernel = 5", f"{FIRST}.kernel", "reaches over 5 cells"),
    ("stride = 1", 'stride = "2"', f"{FIRST}.stride", "must be a whole number, not the text"),
    ("padding = 1", 'padding = "same"', f"{FIRST}.padding", "must be a whole number"),
    ("padding = 1", "padding = -1", f"{FIRST}.padding", "must be from 0"),
    ("padding = 1", "padding = 99_999", f"{FIRST}.kernel", "elements"),
    ("dilation = 1", "dilation = 0", f"{FIRST}.dilation", "must be from 1"),
    ("dilation = 1", "dilation = 9", f"{FIRST}.dilation", "make the window smaller"),
    ("groups = 1", "groups = 2", f"{FIRST}.groups", "2 does not divide the 1 channels that arrive"),
    ("groups = 1", "groups = [1, 1]", f"{FIRST}.groups", "must be a whole number"),
    ('{ init = "xavier_uniform" }', "[[1, 2], [3, 4]]", f"{FIRST}.weights", "needs (2, 1, 2, 2),"),
    ("bias = [1, 2]", "bias = [1]", f"{FIRST}.bias", "needs (2), which is (channels)"),
    ("size = 3\n", "", POOL, "the key 'size' is missing"),
    ("size = 3", "size = 9", f"{POOL}.size", "reaches over 9 cells"),
    ("size = 3\nstride = 1", "size = 3\nstride = 0", f"{POOL}.stride", "must be from 1"),
    ("padding = 0", "padding = 3", f"{POOL}.padding", "padding"),
    ("gamma = [1, 1]", "gamma = [1]", f"{BATCH}.gamma", "needs (2), which is the channels"),
    ("gamma = [1, 1]", "axes = 1", BATCH, "unknown key 'axes'"),
    ("rate = 0.5\n", "", DROP, "the key 'rate' is missing"),
    ("rate = 0.5", "rate = 1", f"{DROP}.rate", "must be at least 0 and below 1, not 1"),
    ("rate = 0.5", "rate = -0.1", f"{DROP}.rate", "must be at least 0"),
    ("seed = 4", "seed = -4", f"{DROP}.seed", "must be from 0"),
    ("seed = 4", 'seed = 4\nmask = "keep"', f"{DROP}.seed", "leave one of the two out"),
    ("seed = 4", 'mask = "kept"', f"{DROP}.mask", "did you mean 'keep'?"),
    ("seed = 4", 'mask = "flat1"', f"{DROP}.mask", "flat1 is no data"),
    ("seed = 4", 'mask = "x"', f"{DROP}.mask", "x has shape (2, 1, 2, 2), but flat1"),
    ("keep = [[1, 0], [1, 1]]", "mask1 = 1", "inputs.mask1", "makes 'mask1' itself"),
    ("x = [[[[1, 2], [3, 4]]], [[[5, 6], [7, 9]]]]", "x = [[1, 2]]", FIRST, "x of shape (1, 2)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "said"), CHANGES, ids=lambda text: ascii(text[:24]))
def test_mistakes_in_layers_over_images(tmp_path, old, new, key, said):
    fails(tmp_path, CNN, old, new, key, said)


def test_a_mask_that_is_no_mask(tmp_path):
    text = CNN.replace("seed = 4", 'mask = "keep"').replace("[[1, 0]", "[[1, 3]")
    error = failure(write(tmp_path, text))
    assert (error.key, "the mask has 3" in error.problem) == (DROP, True)


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("vocabulary = 3", "vocabulary = 0", "network.layers #1.vocabulary", "must be from 1"),
        ("vocabulary = 3\n", "", "network.layers #1", "the key 'vocabulary' is missing"),
        ("width = 2\n", "", "network.layers #1", "the key 'width' is missing"),
        ("width = 2", "width = 3", "network.layers #1.weights", "which is (vocabulary, width)"),
        (f"weights = {TABLE}\n", "", "network.layers #1", "the key 'weights' is missing"),
        ("[2, 2]]", "[2, 3]]", "inputs.x", "holds 3 at [1, 1], but an embedding takes"),
        ("[2, 2]]", "[2, 0.5]]", "inputs.x", "holds 0.5 at [1, 1]"),
        ("[2, 2]]", "[2, -1]]", "inputs.x", "holds -1 at [1, 1]"),
        ("[2, 2]]", "[2, inf]]", "inputs.x", "holds inf at [1, 1]"),
        (
            "x = [[0, 2], [2, 2]]",
            "x = { value = [[0, 2], [2, 2]], gradient = true }",
            "inputs.x",
            "have no gradient",
        ),
    ],
)
def test_mistakes_in_an_embedding(tmp_path, old, new, key, said):
    text = network(EMBED, FLAT, layer(units="2", weights=W4), data=TOKENS)
    fails(tmp_path, text, old, new, key, said)


def test_an_embedding_of_what_is_computed(tmp_path):
    error = failure(write(tmp_path, network(DENSE_1, EMBED)))
    assert error.key == "network.layers #2"
    assert "takes whole numbers from [inputs]; make it the first layer" in error.problem
