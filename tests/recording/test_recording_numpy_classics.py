"""Programs as people write them: their gradients are right, and their lines are recognised."""

from __future__ import annotations

import numpy as np

from tests.recording.gradients import agrees, graph, rng


def two_layer_weights(seed: int = 0) -> dict[str, np.ndarray]:
    """W1 (3, 5), b1, W2 (5, 4), b2."""
    r = rng(seed)
    return {
        "W1": r.standard_normal((3, 5)),
        "b1": 0.1 * r.standard_normal(5),
        "W2": r.standard_normal((5, 4)),
        "b2": 0.1 * r.standard_normal(4),
    }


def points(seed: int = 1) -> dict[str, np.ndarray]:
    """Seven examples of three numbers, in four classes."""
    r = rng(seed)
    return {"X": r.standard_normal((7, 3)), "y": r.integers(0, 4, 7)}


def cs231n_loss(params, X, y, reg=0.0):
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    N, _ = X.shape

    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2

    shifted = scores - np.max(scores, axis=1, keepdims=True)
    probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    loss += 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

    grads = {}
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    grads["W2"] = hidden.T.dot(dscores) + reg * W2
    grads["b2"] = np.sum(dscores, axis=0)
    dhidden = dscores.dot(W2.T)
    dhidden[hidden <= 0] = 0
    grads["W1"] = X.T.dot(dhidden) + reg * W1
    grads["b1"] = np.sum(dhidden, axis=0)
    grads["norm"] = float(np.linalg.norm(grads["W1"]))
    return loss, grads


def test_a_two_layer_net_that_also_computes_its_gradients():
    recording = agrees(cs231n_loss, {"params": two_layer_weights()}, **points(), reg=0.1)
    assert graph(recording) == [
        'hidden = "maximum(0, X @ W1 + b1)"',
        'scores = "hidden @ W2 + b2"',
        'shifted = "scores - max(scores, axis=1, keepdims=True)"',
        'probs = "exp(shifted) / sum(exp(shifted), axis=1, keepdims=True)"',
        'loss_1 = "-sum(log(probs[rows, y])) / 7"',
        'loss = "loss_1 + 0.05 * (sum(W1 * W1) + sum(W2 * W2))"',
    ]


class TwoLayerNet:
    """As in a course: parameters are attributes, and so is what the backward pass needs."""

    def __init__(self) -> None:
        made = two_layer_weights(3)
        self.W1, self.b1 = made["W1"], made["b1"]
        self.W2, self.b2 = made["W2"], made["b2"]

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = 1 / (1 + np.exp(-self.z1))
        self.z2 = self.a1 @ self.W2 + self.b2
        return self.z2

    def loss(self, X, t):
        self.error = self.forward(X) - t
        return 0.5 * np.mean(np.sum(self.error**2, axis=1))


def test_parameters_that_are_attributes_of_an_object():
    net = TwoLayerNet()
    r = rng(4)
    given = {"X": r.standard_normal((6, 3)), "t": r.standard_normal((6, 4))}
    parameters = {name: getattr(net, name) for name in ("W1", "b1", "W2", "b2")}

    def plain(X, t, **weights):
        other = TwoLayerNet()
        for name, one in weights.items():
            setattr(other, name, one)
        return other.loss(X, t)

    from bpdebug.recording.from_numpy import trace
    from bpdebug.run import Run

    recording = trace(net.loss, parameters, given)
    assert graph(recording) == [
        'z1 = "X @ W1 + b1"',
        'a1 = "1 / (1 + exp(-z1))"',
        'z2 = "a1 @ W2 + b2"',
        'error = "z2 - t"',
        'loss = "0.5 * mean(sum(error ** 2, axis=1))"',
    ]
    assert not hasattr(net, "z1"), "the user's own object stays as it is"
    same = agrees(plain, parameters, **given)
    assert Run(same.problem(), 1).iteration(1).loss == Run(recording.problem(), 1).iteration(1).loss


class Network:
    """Columns are examples, and weights are a list, as in Nielsen's book."""

    def __init__(self, sizes, weights, biases):
        self.num_layers = len(sizes)
        self.weights, self.biases = weights, biases


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def nielsen(x, y, weights, biases):
    activation = x
    activations = [x]
    zs = []
    for b, w in zip(biases, weights, strict=True):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    return 0.5 * np.linalg.norm(activations[-1] - y) ** 2


def test_a_list_of_weights_in_columns():
    r = rng(5)
    parameters = {
        "weights": [r.standard_normal((4, 3)), r.standard_normal((2, 4))],
        "biases": [r.standard_normal((4, 1)), r.standard_normal((2, 1))],
    }
    recording = agrees(nielsen, parameters, x=r.standard_normal((3, 1)), y=np.array([[0.0], [1.0]]))
    assert graph(recording) == [
        'z_1 = "weights_0 @ x + biases_0"',
        'activation_1 = "1 / (1 + exp(-z_1))"',
        'z = "weights_1 @ activation_1 + biases_1"',
        'activation = "1 / (1 + exp(-z))"',
        'loss = "0.5 * norm(activation - y) ** 2"',
    ]


def char_rnn(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    vocab_size = Why.shape[0]
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWhy, dby = np.zeros_like(Why), np.zeros_like(by)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
    for dparam in [dWhy, dby]:
        np.clip(dparam, -5, 5, out=dparam)
    return loss, dWhy, dby, hs[len(inputs) - 1]


def test_a_character_rnn_with_dicts_of_states():
    r = rng(6)
    size = 4
    parameters = {
        "Wxh": r.standard_normal((size, 3)),
        "Whh": r.standard_normal((size, size)),
        "Why": r.standard_normal((3, size)),
        "bh": r.standard_normal((size, 1)),
        "by": r.standard_normal((3, 1)),
    }
    given = {"inputs": [0, 2], "targets": [2, 1], "hprev": r.standard_normal((size, 1))}
    recording = agrees(char_rnn, parameters, **given)
    assert graph(recording) == [
        'hs_0 = "tanh(Wxh @ xs_0 + Whh @ hprev + bh)"',
        'ys_0 = "Why @ hs_0 + by"',
        'ps_0 = "exp(ys_0) / sum(exp(ys_0))"',
        'loss_1 = "-log(ps_0[2, 0])"',
        'hs_1 = "tanh(Wxh @ xs_1 + Whh @ hs_0 + bh)"',
        'ys_1 = "Why @ hs_1 + by"',
        'ps_1 = "exp(ys_1) / sum(exp(ys_1))"',
        'loss = "loss_1 + -log(ps_1[1, 0])"',
    ]


def batch_norm(x, t, gamma, beta, W, eps=1e-5):
    mu = x.mean(axis=0)
    xmu = x - mu
    var = 1.0 / x.shape[0] * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + eps)
    xhat = xmu / sqrtvar
    out = gamma * xhat + beta
    return np.mean(np.square(out @ W - t))


def test_batch_norm_by_hand():
    r = rng(7)
    parameters = {
        "gamma": r.standard_normal(3),
        "beta": r.standard_normal(3),
        "W": r.standard_normal((3, 2)),
        "x": r.standard_normal((5, 3)),
    }
    recording = agrees(batch_norm, parameters, t=r.standard_normal((5, 2)))
    assert graph(recording)[:5] == [
        'mu = "mean(x, axis=0)"',
        'xmu = "x - mu"',
        'var = "0.2 * sum(xmu ** 2, axis=0)"',
        'sqrtvar = "sqrt(var + 1e-05)"',
        'xhat = "xmu / sqrtvar"',
    ]


def attention(x, Wq, Wk, Wv, Wo, heads=2):
    T, C = x.shape

    def split(a):
        return a.reshape(T, heads, C // heads).transpose(1, 0, 2)

    q, k, v = split(x @ Wq), split(x @ Wk), split(x @ Wv)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(C // heads)
    mask = np.triu(np.ones((T, T)), k=1).astype(bool)
    scores = np.where(mask, -np.inf, scores)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    out = (weights @ v).swapaxes(0, 1).reshape(T, C) @ Wo
    return (out**2).mean()


def test_attention_with_heads_and_a_mask():
    r = rng(8)
    parameters = {name: r.standard_normal((4, 4)) for name in ("Wq", "Wk", "Wv", "Wo")}
    agrees(attention, parameters, x=r.standard_normal((3, 4)))


def convolution(x, w, b):
    N, _, H, W = x.shape
    F, _, K, _ = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="constant")
    out = np.zeros((N, F, H, W))
    for n in range(N):
        for f in range(F):
            for i in range(H):
                for j in range(W):
                    out[n, f, i, j] = np.sum(padded[n, :, i : i + K, j : j + K] * w[f]) + b[f]
    pooled = out.reshape(N, F, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return np.maximum(pooled, 0).mean()


def test_a_convolution_by_loops_and_pooling_by_reshape():
    r = rng(9)
    parameters = {"w": r.standard_normal((2, 1, 3, 3)), "b": r.standard_normal(2)}
    agrees(convolution, parameters, x=r.standard_normal((1, 1, 4, 4)))


def embedding(tokens, targets, E, pos, W):
    x = E[tokens] + pos[np.arange(tokens.shape[1])]
    logits = x.mean(axis=1) @ W
    m = logits.max(axis=1)
    lse = m + np.log(np.exp(logits - m[:, None]).sum(axis=1))
    return (lse - np.take_along_axis(logits, targets[:, None], axis=1).squeeze(1)).mean()


def test_an_embedding_and_whole_numbers_as_data():
    r = rng(10)
    parameters = {
        "E": r.standard_normal((6, 3)),
        "pos": r.standard_normal((4, 3)),
        "W": r.standard_normal((3, 5)),
    }
    tokens = np.array([[0, 1, 1, 5], [2, 2, 0, 4]])
    recording = agrees(embedding, parameters, tokens=tokens, targets=np.array([1, 4]))
    assert graph(recording)[0] == 'x = "E[tokens] + pos[rows]"'
