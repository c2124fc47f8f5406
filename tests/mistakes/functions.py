"""Backward passes as Python functions, right or with lines written wrong, for data of any sizes.

A program is a list of lines `name = expression`, of which `d_W1` is the gradient at W1. Nothing in
it has a size as a number, so that the function is right at all of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bpdebug.mistakes import Verdict
from bpdebug.mistakes.probing import judge_function
from bpdebug.run import Run
from bpdebug.scenario import load
from tests.mistakes.by_hand import FUNCTIONS, split
from tests.mistakes.networks import arrays

BODY = """
def backward({parameters}):
{lines}
    return {{{returned}}}
"""


@dataclass(frozen=True)
class Program:
    """A scenario's graph, its passes in numpy, and the shapes of its inputs and parameters."""

    graph: str
    lines: str
    parameters: Mapping[str, tuple[int, ...]]
    inputs: Mapping[str, tuple[int, ...]]
    more: str = ""
    """Lines of [inputs] that are given as they stand, such as labels."""
    returns: tuple[str, ...] = ()
    """What is returned; the gradients of all parameters where that is empty."""

    def sized(self, more: str | None = None, **shapes: tuple[int, ...]) -> Program:
        """The program at other shapes."""
        return Program(
            self.graph,
            self.lines,
            {name: shapes.get(name, shape) for name, shape in self.parameters.items()},
            {name: shapes.get(name, shape) for name, shape in self.inputs.items()},
            self.more if more is None else more,
            self.returns,
        )

    @property
    def scenario(self) -> str:
        """The text of the scenario."""
        return (
            f"[inputs]\n{arrays(17, **self.inputs)}\n{self.more}\n"
            f"[parameters]\n{arrays(18, **self.parameters)}\n[graph]\n{self.graph}"
        )

    def run(self, folder, extra: str = "", text: str | None = None) -> Run:
        """The run of the scenario, or of another text for it, with more tables behind it."""
        path = folder / "mine.toml"
        path.write_text((text or self.scenario) + extra, encoding="utf-8")
        return Run(load(path))

    def function(self, wrong: Mapping[str, str] | None = None, returns=()) -> Callable[..., dict]:
        """The backward pass, with some lines written otherwise, each of which must be there."""
        wrong = dict(wrong or {})
        lines = split(self.lines)
        assert wrong.keys() <= {name for name, _ in lines}
        names = [*tomllib.loads(self.scenario)["inputs"], *self.parameters]
        returned = returns or self.returns or tuple(self.parameters)
        text = BODY.format(
            parameters=", ".join(names),
            lines="\n".join(f"    {name} = {wrong.get(name, text)}" for name, text in lines),
            returned=", ".join(f'"{name}": d_{name}' for name in returned),
        )
        scope = {**FUNCTIONS, "one_hot": one_hot}
        exec(text, scope)
        return scope["backward"]

    def verdict(self, folder, wrong: Mapping[str, str] | None = None, returns=()) -> Verdict:
        """The verdict on the function."""
        return judge_function(self.run(folder), self.function(wrong, returns))


def one_hot(y, p):
    """Labels as rows with a single 1."""
    return np.eye(p.shape[-1])[y]


CLASSIC = Program(
    """
z1 = "x @ W1 + b1"
h1 = "relu(z1)"
z2 = "h1 @ W2 + b2"
L = "cross_entropy(z2, y)"
""",
    """
z1 = x @ W1 + b1
h1 = np.maximum(z1, 0)
p = softmax(h1 @ W2 + b2)
d_z2 = (p - one_hot(y, p)) / len(x)
d_W2 = h1.T @ d_z2
d_b2 = d_z2.sum(axis=0)
d_h1 = d_z2 @ W2.T
d_z1 = d_h1 * (z1 > 0)
d_W1 = x.T @ d_z1
d_b1 = d_z1.sum(axis=0)
""",
    {"W1": (3, 5), "b1": (5,), "W2": (5, 4), "b2": (4,)},
    {"x": (6, 3)},
    "y = [0, 2, 1, 3, 1, 0]",
)
MLP = Program(
    """
z1 = "x @ W1.T + b1"
h1 = "sigmoid(z1)"
z2 = "h1 @ W2.T + b2"
h2 = "tanh(z2)"
z3 = "h2 @ W3.T + b3"
y_hat = "sigmoid(z3)"
L = "half_squared_error(y_hat, y)"
""",
    """
z1 = x @ W1.T + b1
h1 = sigmoid(z1)
z2 = h1 @ W2.T + b2
h2 = tanh(z2)
z3 = h2 @ W3.T + b3
y_hat = sigmoid(z3)
d_y_hat = (y_hat - y) / len(x)
d_z3 = d_y_hat * y_hat * (1 - y_hat)
d_W3 = d_z3.T @ h2
d_b3 = d_z3.sum(axis=0)
d_h2 = d_z3 @ W3
d_z2 = d_h2 * (1 - h2 ** 2)
d_W2 = d_z2.T @ h1
d_b2 = d_z2.sum(axis=0)
d_h1 = d_z2 @ W2
d_z1 = d_h1 * h1 * (1 - h1)
d_W1 = d_z1.T @ x
d_b1 = d_z1.sum(axis=0)
""",
    {"W1": (4, 3), "b1": (4,), "W2": (5, 4), "b2": (5,), "W3": (2, 5), "b3": (2,)},
    {"x": (6, 3), "y": (6, 2)},
)
THREES = MLP.sized(W1=(3, 3), b1=(3,), W2=(3, 3), b2=(3,), W3=(3, 3), b3=(3,), x=(3, 3), y=(3, 3))
SHARES = Program(
    """
z = "x @ W + b"
p = "softmax(z)"
L = "half_squared_error(p, t)"
""",
    """
p = softmax(x @ W + b)
d_p = (p - t) / len(x)
d_z = p * (d_p - (d_p * p).sum(axis=1, keepdims=True))
d_W = x.T @ d_z
d_b = d_z.sum(axis=0)
""",
    {"W": (3, 5), "b": (5,)},
    {"x": (4, 3), "t": (4, 5)},
)
BATCH_NORM = Program(
    """
z = "x @ W.T"
mu = "mean(z, axis=0)"
c = "z - mu"
var = "mean(c ** 2, axis=0)"
s = "sqrt(var + 0.01)"
n = "c / s"
o = "gamma * n + beta"
h = "tanh(o)"
L = "sum(w * h)"
""",
    """
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
""",
    {"W": (4, 3), "gamma": (4,), "beta": (4,)},
    {"x": (5, 3), "w": (5, 4)},
)
RECURRENT = Program(
    """
a1 = "x1 @ Wx + bh"
h1 = "tanh(a1)"
a2 = "x2 @ Wx + h1 @ Wh + bh"
h2 = "tanh(a2)"
a3 = "x3 @ Wx + h2 @ Wh + bh"
h3 = "tanh(a3)"
y1 = "h1 @ Wy + by"
y2 = "h2 @ Wy + by"
y3 = "h3 @ Wy + by"
L = "half_squared_error(y1, t1) + half_squared_error(y2, t2) + half_squared_error(y3, t3)"
""",
    """
h1 = tanh(x1 @ Wx + bh)
h2 = tanh(x2 @ Wx + h1 @ Wh + bh)
h3 = tanh(x3 @ Wx + h2 @ Wh + bh)
d_y1 = (h1 @ Wy + by - t1) / len(x1)
d_y2 = (h2 @ Wy + by - t2) / len(x1)
d_y3 = (h3 @ Wy + by - t3) / len(x1)
d_Wy = h1.T @ d_y1 + h2.T @ d_y2 + h3.T @ d_y3
d_by = (d_y1 + d_y2 + d_y3).sum(axis=0)
d_h3 = d_y3 @ Wy.T
d_a3 = d_h3 * (1 - h3 ** 2)
d_h2 = d_y2 @ Wy.T + d_a3 @ Wh.T
d_a2 = d_h2 * (1 - h2 ** 2)
d_h1 = d_y1 @ Wy.T + d_a2 @ Wh.T
d_a1 = d_h1 * (1 - h1 ** 2)
d_Wx = x1.T @ d_a1 + x2.T @ d_a2 + x3.T @ d_a3
d_Wh = h1.T @ d_a2 + h2.T @ d_a3
d_bh = (d_a1 + d_a2 + d_a3).sum(axis=0)
""",
    {"Wx": (2, 3), "Wh": (3, 3), "bh": (3,), "Wy": (3, 4), "by": (4,)},
    dict.fromkeys(("x1", "x2", "x3"), (2, 2)) | dict.fromkeys(("t1", "t2", "t3"), (2, 4)),
)
TOKENS = Program(
    """
e = "C[tokens]"
z = "e @ W + b"
L = "cross_entropy(z, y)"
""",
    """
e = C[tokens]
p = softmax(e @ W + b)
d_z = (p - one_hot(y, p)) / len(y)
d_W = e.T @ d_z
d_b = d_z.sum(axis=0)
d_e = d_z @ W.T
d_C = add_at(C, tokens, d_e)
""",
    {"C": (5, 3), "W": (3, 3), "b": (3,)},
    {},
    "tokens = [4, 1, 3, 2]\ny = [1, 0, 2, 1]",
)
ATTENTION = Program(
    """
q = "x @ Wq"
k = "x @ Wk"
v = "x @ Wv"
a = "q @ k.T"
p = "softmax(a)"
o = "p @ v"
L = "half_squared_error(o, y)"
""",
    """
q = x @ Wq
k = x @ Wk
v = x @ Wv
p = softmax(q @ k.T)
d_o = (p @ v - y) / len(x)
d_p = d_o @ v.T
d_v = p.T @ d_o
d_a = p * (d_p - (d_p * p).sum(axis=1, keepdims=True))
d_q = d_a @ k
d_k = d_a.T @ q
d_Wq = x.T @ d_q
d_Wk = x.T @ d_k
d_Wv = x.T @ d_v
""",
    {"Wq": (3, 5), "Wk": (3, 5), "Wv": (3, 2)},
    {"x": (4, 3), "y": (4, 2)},
)
PROGRAMS = {
    "classic": CLASSIC,
    "classic of one row": CLASSIC.sized("y = [2]", x=(1, 3)),
    "classic as many rows as classes": CLASSIC.sized("y = [0, 2, 1, 3]", x=(4, 3)),
    "classic all fours": CLASSIC.sized(
        "y = [0, 2, 1, 3]", x=(4, 4), W1=(4, 4), b1=(4,), W2=(4, 4), b2=(4,)
    ),
    "mlp": MLP,
    "mlp all threes": THREES,
    "mlp of one row": MLP.sized(x=(1, 3), y=(1, 2)),
    "shares": SHARES,
    "batch norm": BATCH_NORM,
    "recurrent": RECURRENT,
    "tokens": TOKENS,
    "attention": ATTENTION,
}
