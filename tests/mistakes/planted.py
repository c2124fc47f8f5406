"""What is planted: every mistake of the catalogue, as the line that somebody would have written."""

from tests.mistakes.by_hand import Planted, split
from tests.mistakes.networks import TRAINED_PROGRAM

NOT_CLEARED = {
    name: f"{text} + before.get('{name}', 0.0)"
    for name, text in split(TRAINED_PROGRAM)
    if name.startswith(("d_W", "d_b"))
}
LOCAL = [
    Planted("missing-local-derivative", "dense", {"d_z3": "d_y_hat"}, ("z3",)),
    Planted("missing-local-derivative", "relu", {"d_z1": "d_h1"}, ("z1",)),
    Planted("missing-local-derivative", "recurrent", {"d_a2": "d_h2"}, ("a2",)),
    Planted("missing-local-derivative", "batch norm", {"d_n": "d_o"}, ("n",)),
    Planted("missing-local-derivative", "attention", {"d_a": "d_s"}, ("a",)),
    Planted("missing-upstream", "dense", {"d_z2": "h2 * (1 - h2)"}, ("z2",)),
    Planted("missing-upstream", "batch norm", {"d_o": "1 - h ** 2"}, ("o",), alone=False),
    Planted("derivative-at-output", "dense", {"d_z1": "d_h1 * (1 - tanh(h1) ** 2)"}, ("z1",)),
    Planted(
        "derivative-at-output",
        "dense",
        {"d_z2": "d_h2 * sigmoid(h2) * (1 - sigmoid(h2))"},
        ("z2",),
    ),
    Planted("derivative-formula-at-input", "dense", {"d_z2": "d_h2 * z2 * (1 - z2)"}, ("z2",)),
    Planted("derivative-formula-at-input", "shares", {"d_z1": "d_h1 * (1 - z1 ** 2)"}, ("z1",)),
    Planted("wrong-derivative", "dense", {"d_z1": "d_h1 * h1 * (1 - h1)"}, ("z1",)),
    Planted("wrong-derivative", "relu", {"d_z1": "d_h1 * np.where(z1 > 0, 1.0, 0.01)"}, ("z1",)),
    Planted(
        "extra-local-derivative", "relu", {"d_z2": "(p - np.eye(4)[y]) / len(x) * p * (1 - p)"}
    ),
    Planted("extra-local-derivative", "dense", {"d_z3": "d_y_hat * (y_hat * (1 - y_hat)) ** 2"}),
    Planted("softmax-diagonal", "shares", {"d_z2": "d_p * p * (1 - p)"}, ("z2",)),
    Planted("softmax-diagonal", "attention", {"d_s": "d_p * p * (1 - p)"}, ("s",)),
    Planted("mask-from-upstream", "relu", {"d_z1": "np.maximum(d_h1, 0)"}, ("z1",)),
]
OPERAND = [
    Planted("not-transposed", "dense", {"d_h1": "d_z2 @ W2.T"}, ("h1",)),
    Planted("not-transposed", "recurrent", {"d_h2": "Wy.T @ d_y2 + Wh @ d_a3"}, ("h2",)),
    Planted("transposed", "dense", {"d_W2": "h1.T @ d_z2"}, ("W2",)),
    Planted("wrong-operand", "dense", {"d_W2": "d_z2.T @ z1"}, ("W2",)),
    Planted("wrong-operand", "relu", {"d_W2": "d_z2.T @ z1"}, ("W2",)),
    Planted("wrong-operand", "attention", {"d_q": "d_a @ q"}, ("q",)),
    Planted("updated-weights", "sgd", {"d_h1": "(W2 - learning_rate * d_W2).T @ d_z2"}, ("h1",)),
]
SUM = [
    Planted("not-summed", "dense", {"d_b2": "d_z2"}, ("b2",)),
    Planted("not-summed", "batch norm", {"d_beta": "d_o"}, ("beta",)),
    Planted("summed-too-far", "dense", {"d_b3": "d_z3.sum() + 0 * b3"}, ("b3",)),
    Planted("summed-too-far", "relu", {"d_b1": "d_z1.sum() + 0 * b1"}, ("b1",)),
    Planted("averaged-again", "dense", {"d_W2": "d_z2.T @ h1 / len(x)"}, ("W2",)),
    Planted("averaged-again", "relu", {"d_b2": "d_z2.mean(axis=0)"}, ("b2",)),
    Planted("batch-factor", "relu", {"d_z1": "d_h1 * (z1 > 0) / len(x)"}),
    Planted("batch-factor", "dense", {"d_z2": "d_h2 * h2 * (1 - h2) * len(x)"}),
    Planted("constant-factor", "dense", {"d_W1": "2 * d_z1.T @ x"}, ("W1",)),
    Planted("constant-factor", "relu", {"d_b2": "d_z2.sum(axis=0) / 2"}, ("b2",)),
    Planted("sign-flipped", "dense", {"d_W2": "-d_z2.T @ h1"}, ("W2",)),
    Planted("sign-flipped", "batch norm", {"d_mu": "d_c.sum(axis=0)"}, alone=False),
]
PATH = [
    Planted("path-missing", "recurrent", {"d_h2": "Wy.T @ d_y2"}, ("h2",)),
    Planted("path-missing", "recurrent", {"d_Wx": "np.outer(d_a1, x1) + np.outer(d_a3, x3)"}),
    Planted("path-missing", "batch norm", {"d_z": "d_c"}, ("z",)),
    Planted("path-missing", "layer norm", {"d_c": "d_n / s"}, ("c",)),
    Planted("path-repeated", "recurrent", {"d_h2": "Wy.T @ d_y2 + 2 * Wh.T @ d_a3"}, ("h2",)),
    Planted("not-cleared", "sgd", NOT_CLEARED),
    Planted("index-overwritten", "embedding", {"d_C": "set_at(C, [4, 1, 4, 2], d_e)"}, ("C",)),
    Planted("index-overwritten", "tokens", {"d_C": "set_at(C, [4, 1, 4, 2], d_e)"}, ("C",)),
]
STEP = "learning_rate * m_hat / (sqrt(v_hat) + eps)"
UPDATE = [
    Planted("update-uphill", "sgd", {"theta": "theta + learning_rate * g"}),
    Planted("update-uphill", "adam", {"theta": f"shrunk + {STEP}"}),
    Planted("learning-rate-missing", "sgd", {"theta": "theta - g"}),
    Planted("bias-correction-missing", "adam", {"m_hat": "m", "v_hat": "v"}),
    Planted(
        "step-off-by-one",
        "adam",
        {"m_hat": "m / (1 - beta1 ** (t + 1))", "v_hat": "v / (1 - beta2 ** (t + 1))"},
    ),
    Planted(
        "epsilon-inside-root",
        "adam",
        {"theta": "shrunk - learning_rate * m_hat / sqrt(v_hat + eps)"},
    ),
    Planted(
        "epsilon-inside-root", "rmsprop", {"theta": "theta - learning_rate * g / sqrt(s + eps)"}
    ),
    Planted(
        "betas-swapped",
        "adam",
        {
            "m": "beta2 * m + (1 - beta2) * g",
            "v": "beta1 * v + (1 - beta1) * g ** 2",
            "m_hat": "m / (1 - beta2 ** t)",
            "v_hat": "v / (1 - beta1 ** t)",
        },
    ),
    Planted("velocity-dampened", "momentum", {"v": "momentum * v + (1 - momentum) * g"}),
    Planted("momentum-missing", "momentum", {"v": "g"}),
    Planted("nesterov-missing", "nesterov", {"u": "v"}),
    Planted("nesterov-extra", "momentum", {"theta": "theta - learning_rate * (g + momentum * v)"}),
    Planted("decay-coupled", "adamw", {"shrunk": "theta", "g": "g + weight_decay * theta"}),
    Planted(
        "decay-decoupled",
        "adam with decay",
        {"g": "g", "shrunk": "theta - learning_rate * weight_decay * theta"},
    ),
    Planted("decay-missing", "adamw", {"shrunk": "theta"}),
]
PLANTED = [*LOCAL, *OPERAND, *SUM, *PATH, *UPDATE]
