"""Numbers that others published for normalisation and for an LSTM, to the digits printed."""

import numpy as np
import pytest

from bpdebug.expression import build
from bpdebug.graph import Engine, GraphBuilder, Kind


def passed(leaves, **entries):
    """The recorded pass over some entries, whose last is the loss; values and gradients by name."""
    builder = GraphBuilder()
    leaves = {name: np.asarray(values, dtype=float) for name, values in leaves.items()}
    for name, values in leaves.items():
        builder.leaf(name, Kind.PARAMETER, values.shape, gradient=True)
    for name, text in entries.items():
        build(text, builder, name)
    graph = builder.finish(builder.names["L"])
    recorded = Engine(graph).run({graph.names[name]: values for name, values in leaves.items()})
    values = {name: np.asarray(recorded.values[at]) for name, at in graph.names.items()}
    return values, {name: recorded.gradients[at] for name, at in graph.names.items()}


def close(found, wanted, digits):
    np.testing.assert_allclose(found, wanted, rtol=0, atol=0.5001 * 10.0**-digits)


def test_layer_norm_of_burn():
    """burn, crates/burn-core/src/nn/norm/layer.rs: layer_norm_forward and layer_norm_backward."""
    x = [[-0.6897, -2.7106, 2.2222, -1.0330, -0.8933, 1.1765, 0.0601, 1.5252, -0.3630, 0.6728]]
    y = [[-0.4990, -1.9680, 1.6178, -0.7486, -0.6470, 0.8576, 0.0461, 1.1111, -0.2614, 0.4915]]
    leaves = {"x": x, "g": np.ones(10), "b": np.zeros(10)}
    values, _ = passed(leaves, y="layer_norm(x, g, b)", L="sum(y)")
    close(values["y"], y, 3)
    leaves = {"p": [[0.0, 1.0], [3.0, 4.0]], "q": [[6.0, 7.0], [9.0, 10.0]]}
    leaves |= {"g": np.ones(2), "b": np.zeros(2)}
    _, gradients = passed(leaves, x="p @ q", y="layer_norm(x, g, b)", L="sum(y)")
    close(gradients["g"], [-2.0, 2.0], 4)
    close(gradients["b"], [2.0, 2.0], 4)
    close(gradients["p"], np.zeros((2, 2)), 4)
    close(gradients["q"], np.zeros((2, 2)), 4)


def test_rms_norm_of_burn():
    """burn, crates/burn-core/src/nn/norm/rms.rs: rms_norm_forward."""
    y = [[0.0000, 0.7746, 1.5492], [0.7348, 0.9798, 1.2247], [0.8514, 0.9933, 1.1352]]
    leaves = {"x": np.arange(9.0).reshape(3, 3), "g": np.ones(3)}
    values, _ = passed(leaves, y="rms_norm(x, g, eps=1e-5)", L="sum(y)")
    close(values["y"], y, 4)


BATCHES = [
    (
        [
            [[0.9601, 0.7277], [0.6272, 0.9034], [0.9378, 0.7230]],
            [[0.6356, 0.1362], [0.0249, 0.9509], [0.6600, 0.5945]],
        ],
        [
            [[1.1483, 0.37521], [0.0016272, 0.75067], [1.6204, -0.045168]],
            [[0.068856, -1.5923], [-1.6318, 0.87949], [-0.53368, -1.0416]],
        ],
    ),
    (
        [
            [
                [[0.9601, 0.7277], [0.1270, 0.5441]],
                [[0.6272, 0.9034], [0.4066, 0.7179]],
                [[0.9378, 0.7230], [0.3544, 0.9591]],
            ],
            [
                [[0.6356, 0.1362], [0.1333, 0.7287]],
                [[0.0249, 0.9509], [0.3791, 0.2481]],
                [[0.6600, 0.5945], [0.5424, 0.4767]],
            ],
        ],
        [
            [
                [[1.5136, 0.7506], [-1.2216, 0.1477]],
                [[0.3135, 1.2252], [-0.4150, 0.6130]],
                [[1.4186, 0.3372], [-1.5183, 1.5262]],
            ],
            [
                [[0.4483, -1.1914], [-1.2010, 0.7537]],
                [[-1.6752, 1.3822], [-0.5058, -0.9381]],
                [[0.0200, -0.3097], [-0.5715, -0.9026]],
            ],
        ],
    ),
]


@pytest.mark.parametrize(("x", "y"), BATCHES, ids=["three axes", "four axes"])
def test_batch_norm_of_burn(x, y):
    """burn, crates/burn-core/src/nn/norm/batch.rs: batch_norm_forward_train, batch_norm_grads."""
    leaves = {"x": x, "g": np.ones(3), "b": np.zeros(3)}
    values, gradients = passed(leaves, y="batch_norm(x, g, b)", L="sum(y)")
    close(values["y"], y, 3)
    count = np.size(x) / 3
    close(gradients["b"], np.full(3, count), 5)
    close(gradients["g"], np.zeros(3), 5)
    close(gradients["x"], np.zeros(np.shape(x)), 5)


GROUPED = [
    [
        [0.3345, 0.4429, 0.6639],
        [0.5041, 0.4175, 0.8437],
        [0.6159, 0.3758, 0.4071],
        [0.5417, 0.5785, 0.7671],
        [0.3837, 0.9883, 0.0420],
        [0.4808, 0.8989, 0.6144],
    ],
    [
        [0.3930, 0.2098, 0.0602],
        [0.2298, 0.9425, 0.0333],
        [0.7409, 0.8172, 0.8879],
        [0.4846, 0.0486, 0.2029],
        [0.6741, 0.9765, 0.6864],
        [0.2827, 0.5534, 0.2125],
    ],
]
GROUP_NORMED = [
    [
        [-1.1694, -0.5353, 0.7572],
        [-0.1775, -0.6838, 1.8087],
        [0.5205, -1.3107, -1.0723],
        [-0.0459, 0.2351, 1.6734],
        [-0.5796, 1.3218, -1.6544],
        [-0.2744, 1.0406, 0.1459],
    ],
    [
        [0.2665, -0.3320, -0.8205],
        [-0.2667, 2.0612, -0.9085],
        [0.6681, 0.9102, 1.1345],
        [-0.1453, -1.5287, -1.0389],
        [0.4253, 1.5962, 0.4731],
        [-1.0903, -0.0419, -1.3623],
    ],
]


def test_group_norm_of_burn():
    """burn, crates/burn-core/src/nn/norm/group.rs: group_norm_forward_affine_true."""
    leaves = {"x": GROUPED, "g": np.ones(6), "b": np.zeros(6)}
    values, _ = passed(leaves, y="group_norm(x, g, b, groups=3)", L="sum(y)")
    close(values["y"], GROUP_NORMED, 3)


def test_an_lstm_of_two_steps():
    """Aidan Gomez, "Backpropogating an LSTM: A Numerical Example" (2016); his a is PyTorch's g.

    His fifth digits hold the rounding of what he computed before.
    """
    leaves = {
        "x": [[1.0, 2.0], [0.5, 3.0]],
        "h0": [0.0],
        "c0": [0.0],
        "W": [[0.95, 0.8], [0.7, 0.45], [0.45, 0.25], [0.6, 0.4]],
        "U": [[0.8], [0.1], [0.15], [0.25]],
        "b": [0.65, 0.15, 0.2, 0.1],
        "d": [0.0, 0.0, 0.0, 0.0],
        "t": [[0.5], [1.25]],
    }
    loss = 'half_squared_error(h, t, reduction="sum")'
    values, gradients = passed(leaves, h="lstm(x, h0, c0, W, U, b, d)", L=loss)
    close(values["h"], [[0.53631], [0.77197]], 4)
    close(values["h.step1"][1], [0.78572], 4)
    close(values["h.step2.c"], [1.5176], 4)
    moved = {name: leaves[name] - 0.1 * np.asarray(gradients[name]) for name in ("W", "U", "b")}
    new = [[0.95022, 0.80067], [0.70031, 0.45189], [0.45267, 0.25922], [0.60259, 0.41626]]
    close(moved["W"], new, 4)
    close(moved["U"][:, 0], [0.80006, 0.10034, 0.15104, 0.25297], 4)
    close(moved["b"], [0.65028, 0.15063, 0.20364, 0.10536], 4)
