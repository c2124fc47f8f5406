"""Small networks: a scenario, and its passes and update in numpy by hand."""

from __future__ import annotations

import numpy as np

from tests.mistakes.by_hand import Network

SEED = 11


def arrays(seed: int = SEED, **shapes: tuple[int, ...]) -> str:
    """Lines of a TOML table: random numbers of mixed signs, with three decimals."""
    rng = np.random.default_rng(seed)
    drawn = {name: np.round(rng.normal(0.0, 0.8, shape), 3) for name, shape in shapes.items()}
    return "\n".join(f"{name} = {values.tolist()}" for name, values in drawn.items())


DENSE = f"""
[inputs]
{arrays(x=(5, 3), y=(5, 2))}
[parameters]
{arrays(seed=12, W1=(4, 3), b1=(4,), W2=(4, 4), b2=(4,), W3=(2, 4), b3=(2,))}
[graph]
z1 = "x @ W1.T + b1"
h1 = "tanh(z1)"
z2 = "h1 @ W2.T + b2"
h2 = "sigmoid(z2)"
z3 = "h2 @ W3.T + b3"
y_hat = "sigmoid(z3)"
L = "half_squared_error(y_hat, y)"
"""
DENSE_FORWARD = """
z1 = x @ W1.T + b1
h1 = tanh(z1)
z2 = h1 @ W2.T + b2
h2 = sigmoid(z2)
z3 = h2 @ W3.T + b3
y_hat = sigmoid(z3)
"""
DENSE_BACKWARD = """
d_y_hat = (y_hat - y) / len(x)
d_z3 = d_y_hat * y_hat * (1 - y_hat)
d_W3 = d_z3.T @ h2
d_b3 = d_z3.sum(axis=0)
d_h2 = d_z3 @ W3
d_z2 = d_h2 * h2 * (1 - h2)
d_W2 = d_z2.T @ h1
d_b2 = d_z2.sum(axis=0)
d_h1 = d_z2 @ W2
d_z1 = d_h1 * (1 - h1 ** 2)
d_W1 = d_z1.T @ x
d_b1 = d_z1.sum(axis=0)
"""
RELU = f"""
[inputs]
{arrays(seed=21, x=(6, 3))}
y = [0, 2, 1, 3, 1, 0]
[parameters]
{arrays(seed=22, W1=(5, 3), b1=(5,), W2=(4, 5), b2=(4,))}
[graph]
z1 = "x @ W1.T + b1"
h1 = "relu(z1)"
z2 = "h1 @ W2.T + b2"
L = "cross_entropy(z2, y)"
"""
RELU_PROGRAM = """
z1 = x @ W1.T + b1
h1 = np.maximum(z1, 0)
z2 = h1 @ W2.T + b2
p = softmax(z2)
d_z2 = (p - np.eye(4)[y]) / len(x)
d_W2 = d_z2.T @ h1
d_b2 = d_z2.sum(axis=0)
d_h1 = d_z2 @ W2
d_z1 = d_h1 * (z1 > 0)
d_W1 = d_z1.T @ x
d_b1 = d_z1.sum(axis=0)
"""
SHARES = f"""
[inputs]
{arrays(seed=31, x=(4, 3), t=(4, 5))}
[parameters]
{arrays(seed=32, W1=(6, 3), b1=(6,), W2=(5, 6), b2=(5,))}
[graph]
z1 = "x @ W1.T + b1"
h1 = "tanh(z1)"
z2 = "h1 @ W2.T + b2"
p = "softmax(z2)"
L = "half_squared_error(p, t)"
"""
SHARES_PROGRAM = """
z1 = x @ W1.T + b1
h1 = tanh(z1)
z2 = h1 @ W2.T + b2
p = softmax(z2)
d_p = (p - t) / len(x)
d_z2 = p * (d_p - (d_p * p).sum(axis=1, keepdims=True))
d_W2 = d_z2.T @ h1
d_b2 = d_z2.sum(axis=0)
d_h1 = d_z2 @ W2
d_z1 = d_h1 * (1 - h1 ** 2)
d_W1 = d_z1.T @ x
d_b1 = d_z1.sum(axis=0)
"""
RECURRENT = f"""
[inputs]
{arrays(seed=41, x1=(2,), x2=(2,), x3=(2,), t1=(4,), t2=(4,), t3=(4,))}
[parameters]
{arrays(seed=42, Wx=(3, 2), Wh=(3, 3), bh=(3,), Wy=(4, 3), by=(4,))}
[graph]
a1 = "Wx @ x1 + bh"
h1 = "tanh(a1)"
a2 = "Wx @ x2 + Wh @ h1 + bh"
h2 = "tanh(a2)"
a3 = "Wx @ x3 + Wh @ h2 + bh"
h3 = "tanh(a3)"
y1 = "Wy @ h1 + by"
y2 = "Wy @ h2 + by"
y3 = "Wy @ h3 + by"
L = "half_squared_error(y1, t1) + half_squared_error(y2, t2) + half_squared_error(y3, t3)"
"""
RECURRENT_PROGRAM = """
h1 = tanh(Wx @ x1 + bh)
h2 = tanh(Wx @ x2 + Wh @ h1 + bh)
h3 = tanh(Wx @ x3 + Wh @ h2 + bh)
d_y1 = Wy @ h1 + by - t1
d_y2 = Wy @ h2 + by - t2
d_y3 = Wy @ h3 + by - t3
d_Wy = np.outer(d_y1, h1) + np.outer(d_y2, h2) + np.outer(d_y3, h3)
d_by = d_y1 + d_y2 + d_y3
d_h3 = Wy.T @ d_y3
d_a3 = d_h3 * (1 - h3 ** 2)
d_h2 = Wy.T @ d_y2 + Wh.T @ d_a3
d_a2 = d_h2 * (1 - h2 ** 2)
d_h1 = Wy.T @ d_y1 + Wh.T @ d_a2
d_a1 = d_h1 * (1 - h1 ** 2)
d_Wx = np.outer(d_a1, x1) + np.outer(d_a2, x2) + np.outer(d_a3, x3)
d_Wh = np.outer(d_a2, h1) + np.outer(d_a3, h2)
d_bh = d_a1 + d_a2 + d_a3
"""
BATCH_NORM = f"""
[inputs]
{arrays(seed=51, x=(5, 3), w=(5, 4))}
[parameters]
{arrays(seed=52, W=(4, 3), gamma=(4,), beta=(4,))}
[graph]
z = "x @ W.T"
mu = "mean(z, axis=0)"
c = "z - mu"
var = "mean(c ** 2, axis=0)"
s = "sqrt(var + 0.01)"
n = "c / s"
o = "gamma * n + beta"
h = "tanh(o)"
L = "sum(w * h)"
"""
BATCH_NORM_PROGRAM = """
z = x @ W.T
mu = z.mean(axis=0)
c = z - mu
var = (c ** 2).mean(axis=0)
s = sqrt(var + 0.01)
n = c / s
h = tanh(gamma * n + beta)
d_h = w
d_o = d_h * (1 - h ** 2)
d_gamma = (d_o * n).sum(axis=0)
d_beta = d_o.sum(axis=0)
d_n = d_o * gamma
d_s = -(d_n * c).sum(axis=0) / s ** 2
d_var = d_s / (2 * s)
d_c = d_n / s + d_var * 2 * c / len(x)
d_mu = -d_c.sum(axis=0)
d_z = d_c + d_mu / len(x)
d_W = d_z.T @ x
"""
LAYER_NORM = f"""
[inputs]
{arrays(seed=61, x=(4, 3), w=(4, 5))}
[parameters]
{arrays(seed=62, W=(5, 3), gamma=(5,), beta=(5,))}
[graph]
z = "x @ W.T"
mu = "mean(z, axis=1, keepdims=True)"
c = "z - mu"
var = "mean(c ** 2, axis=1, keepdims=True)"
s = "sqrt(var + 0.01)"
n = "c / s"
o = "gamma * n + beta"
L = "sum(w * o)"
"""
LAYER_NORM_PROGRAM = """
z = x @ W.T
mu = z.mean(axis=1, keepdims=True)
c = z - mu
s = sqrt((c ** 2).mean(axis=1, keepdims=True) + 0.01)
n = c / s
d_o = w
d_gamma = (d_o * n).sum(axis=0)
d_beta = d_o.sum(axis=0)
d_n = d_o * gamma
d_s = -(d_n * c).sum(axis=1, keepdims=True) / s ** 2
d_var = d_s / (2 * s)
d_c = d_n / s + d_var * 2 * c / c.shape[1]
d_mu = -d_c.sum(axis=1, keepdims=True)
d_z = d_c + d_mu / c.shape[1]
d_W = d_z.T @ x
"""
ATTENTION = f"""
[inputs]
{arrays(seed=71, x=(4, 3), y=(4, 2))}
[parameters]
{arrays(seed=72, Wq=(3, 5), Wk=(3, 5), Wv=(3, 2))}
[graph]
q = "x @ Wq"
k = "x @ Wk"
v = "x @ Wv"
a = "q @ k.T"
s = "a / sqrt(5)"
p = "softmax(s)"
o = "p @ v"
L = "half_squared_error(o, y)"
"""
ATTENTION_PROGRAM = """
q = x @ Wq
k = x @ Wk
v = x @ Wv
p = softmax(q @ k.T / sqrt(5))
d_o = (p @ v - y) / len(x)
d_p = d_o @ v.T
d_v = p.T @ d_o
d_s = p * (d_p - (d_p * p).sum(axis=1, keepdims=True))
d_a = d_s / sqrt(5)
d_q = d_a @ k
d_k = d_a.T @ q
d_Wq = x.T @ d_q
d_Wk = x.T @ d_k
d_Wv = x.T @ d_v
"""
EMBEDDING = f"""
[inputs]
y = [1, 0, 2, 1]
[parameters]
{arrays(seed=81, C=(5, 3), W=(3, 3), b=(3,))}
[graph]
e = "reshape(concat(C[4], C[1], C[4], C[2]), shape=(4, 3))"
z = "e @ W + b"
L = "cross_entropy(z, y)"
"""
TOKENS = EMBEDDING.replace("[inputs]", "[inputs]\ntokens = [4, 1, 4, -3]").replace(
    "reshape(concat(C[4], C[1], C[4], C[2]), shape=(4, 3))", "C[tokens]"
)
EMBEDDING_PROGRAM = """
e = C[[4, 1, 4, 2]]
d_z = (softmax(e @ W + b) - np.eye(3)[y]) / len(y)
d_W = e.T @ d_z
d_b = d_z.sum(axis=0)
d_e = d_z @ W.T
d_C = add_at(C, [4, 1, 4, 2], d_e)
"""
SGD = "theta = theta - learning_rate * g"
MOMENTUM = """
v = momentum * v + g
theta = theta - learning_rate * v
"""
NESTEROV = """
v = momentum * v + g
u = g + momentum * v
theta = theta - learning_rate * u
"""
ADAM = """
shrunk = theta
g = g
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g ** 2
m_hat = m / (1 - beta1 ** t)
v_hat = v / (1 - beta2 ** t)
theta = shrunk - learning_rate * m_hat / (sqrt(v_hat) + eps)
"""
RMSPROP = """
s = rho * s + (1 - rho) * g ** 2
theta = theta - learning_rate * g / (sqrt(s) + eps)
"""
BETAS = "beta1 = 0.9\nbeta2 = 0.99\neps = 1e-3"


TRAINED = f"""
[inputs]
{arrays(seed=91, x=(2,), y=(2,))}
[parameters]
{arrays(seed=92, W1=(3, 2), b1=(3,), W2=(2, 3))}
[graph]
z1 = "W1 @ x + b1"
h1 = "tanh(z1)"
z2 = "W2 @ h1"
L = "half_squared_error(z2, y)"
"""
TRAINED_PROGRAM = """
h1 = tanh(W1 @ x + b1)
d_z2 = W2 @ h1 - y
d_W2 = np.outer(d_z2, h1)
d_h1 = W2.T @ d_z2
d_z1 = d_h1 * (1 - h1 ** 2)
d_W1 = np.outer(d_z1, x)
d_b1 = d_z1
"""


def trained(optimizer: str, update: str) -> Network:
    """A network of two layers over two iterations of an optimizer."""
    text = f"{TRAINED}\n[optimizer]\n{optimizer}\n[run]\niterations = 2\n"
    return Network(text, TRAINED_PROGRAM, update, 2)


def adam(name: str, more: str, update: str) -> Network:
    """That network with one of Adam's kind."""
    return trained(f'name = "{name}"\nlearning_rate = 0.05\n{BETAS}\n{more}', update)


NETWORKS = {
    "dense": Network(DENSE, DENSE_FORWARD + DENSE_BACKWARD),
    "relu": Network(RELU, RELU_PROGRAM),
    "shares": Network(SHARES, SHARES_PROGRAM),
    "recurrent": Network(RECURRENT, RECURRENT_PROGRAM),
    "batch norm": Network(BATCH_NORM, BATCH_NORM_PROGRAM),
    "layer norm": Network(LAYER_NORM, LAYER_NORM_PROGRAM),
    "attention": Network(ATTENTION, ATTENTION_PROGRAM),
    "embedding": Network(EMBEDDING, EMBEDDING_PROGRAM),
    "tokens": Network(TOKENS, EMBEDDING_PROGRAM),
    "sgd": trained('name = "sgd"\nlearning_rate = 0.5', SGD),
    "momentum": trained('name = "momentum"\nlearning_rate = 0.2\nmomentum = 0.8', MOMENTUM),
    "nesterov": trained('name = "nesterov"\nlearning_rate = 0.2\nmomentum = 0.8', NESTEROV),
    "rmsprop": trained('name = "rmsprop"\nlearning_rate = 0.02\nrho = 0.9\neps = 1e-3', RMSPROP),
    "adam": adam("adam", "", ADAM),
    "adam with decay": adam(
        "adam", "weight_decay = 0.1", ADAM.replace("g = g\n", "g = g + weight_decay * theta\n")
    ),
    "adamw": adam(
        "adamw",
        "weight_decay = 0.1",
        ADAM.replace("shrunk = theta", "shrunk = theta - learning_rate * weight_decay * theta"),
    ),
}
