"""Random networks, and any change of the catalogue planted in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.families.factors import scaled
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.handed import Precision, handed_in
from bpdebug.mistakes.mistake import Change, Mistake
from bpdebug.run import Run
from tests.mistakes.networks import arrays

ACTIVATIONS = ("sigmoid", "tanh", "relu", "softplus", "leaky_relu")


def mlp(rng: np.random.Generator) -> str:
    """Two or three dense layers on some rows, any activation, any loss, sometimes an update."""
    rows = int(rng.integers(2, 6))
    sizes = [int(n) for n in rng.integers(2, 5, rng.integers(3, 5))]
    loss = str(rng.choice(["half_squared_error", "mean_squared_error", "cross_entropy"]))
    graph, h, shapes = [], "x", {}
    for at, (inputs, units) in enumerate(pairwise(sizes), 1):
        shapes |= {f"W{at}": (units, inputs), f"b{at}": (units,)}
        graph.append(f'z{at} = "{h} @ W{at}.T + b{at}"')
        h = f"z{at}"
        if at < len(sizes) - 1:
            graph.append(f'h{at} = "{rng.choice(ACTIVATIONS)}(z{at})"')
            h = f"h{at}"
    targets = f"y = {rng.integers(0, sizes[-1], rows).tolist()}"
    if loss != "cross_entropy":
        targets = arrays(int(rng.integers(1000)), y=(rows, sizes[-1]))
    optimizer = rng.choice(["", 'name = "sgd"', 'name = "momentum"', 'name = "adam"'])
    update = (
        f"[optimizer]\n{optimizer}\nlearning_rate = 0.1\n[run]\niterations = 2" if optimizer else ""
    )
    return f"""
[inputs]
{arrays(int(rng.integers(1000)), x=(rows, sizes[0]))}
{targets}
[parameters]
{arrays(int(rng.integers(1000)), **shapes)}
[graph]
{chr(10).join(graph)}
L = "{loss}({h}, y)"
{update}
"""


def norm(rng: np.random.Generator) -> str:
    """A batch or a layer normalisation written out, with a scale, behind a dense layer."""
    rows, inputs, units = (int(n) for n in rng.integers(3, 6, 3))
    axis = f"axis={rng.integers(2)}, keepdims=True"
    seeds = rng.integers(1000, size=2)
    return f"""
[inputs]
{arrays(int(seeds[0]), x=(rows, inputs), y=(rows, units))}
[parameters]
{arrays(int(seeds[1]), W=(units, inputs), gamma=(units,), beta=(units,))}
[graph]
z = "x @ W.T"
mu = "mean(z, {axis})"
c = "z - mu"
var = "mean(c ** 2, {axis})"
n = "c / sqrt(var + 0.01)"
o = "gamma * n + beta"
L = "half_squared_error(o, y)"
"""


def recurrent(rng: np.random.Generator) -> str:
    """A recurrent network over two to four steps, whose last state is compared."""
    steps, inputs, units = int(rng.integers(2, 5)), *(int(n) for n in rng.integers(2, 4, 2))
    seeds = rng.integers(1000, size=2)
    lines, before = [], ""
    for t in range(1, steps + 1):
        lines.append(f'a{t} = "Wx @ x{t}{before} + bh"\nh{t} = "tanh(a{t})"')
        before = f" + Wh @ h{t}"
    return f"""
[inputs]
{arrays(int(seeds[0]), **{f"x{t}": (inputs,) for t in range(1, steps + 1)}, y=(units,))}
[parameters]
{arrays(int(seeds[1]), Wx=(units, inputs), Wh=(units, units), bh=(units,))}
[graph]
{chr(10).join(lines)}
L = "half_squared_error(h{steps}, y)"
"""


def attention(rng: np.random.Generator) -> str:
    """Attention with one head, written out."""
    rows, inputs, keys, outputs = (int(n) for n in rng.choice([2, 3, 4, 5], 4, replace=False))
    seeds = rng.integers(1000, size=2)
    return f"""
[inputs]
{arrays(int(seeds[0]), x=(rows, inputs), y=(rows, outputs))}
[parameters]
{arrays(int(seeds[1]), Wq=(inputs, keys), Wk=(inputs, keys), Wv=(inputs, outputs))}
[graph]
q = "x @ Wq"
k = "x @ Wk"
v = "x @ Wv"
s = "q @ k.T / sqrt({keys})"
p = "softmax(s)"
o = "p @ v"
L = "half_squared_error(o, y)"
"""


KINDS = {"dense": mlp, "norm": norm, "recurrent": recurrent, "attention": attention}


class Ground:
    """A run with all its right numbers, on which changes of the catalogue can be made."""

    def __init__(self, run: Run, *, intermediates: bool) -> None:
        self.run = run
        graph, rules = run.graph(1), run.problem.rules
        wanted = [
            node
            for node in graph.nodes
            if node.name and graph.has_gradient(node.index) and (intermediates or node.op is None)
        ]
        names = [f"grad({node.name})" for node in wanted]
        names += [f"new({name}){at}" for name in rules for at in ("", "@2")]
        # Their shapes are all that is asked of them here; the right numbers come of a trial.
        shapes = {node.name: node.shape for node in graph.nodes}
        empty = {name: np.zeros(shapes[name.split("(")[1].split(")")[0]]) for name in names}
        handed = handed_in(graph, rules, empty, Precision())
        self.names = [
            one.name + (f"@{one.iteration}" if one.iteration > 1 else "") for one in handed
        ]
        self.bench = Bench(run, handed)
        self.plain = self.bench.trial((), assumed=frozenset())
        self.grounds = Grounds(self.bench)
        self.grounds.stage = self.plain.stages[0]
        # Where no shapes were handed in, an axis may be left in that should be summed.
        self.grounds.__dict__["shapes"] = {}
        self.right = self.named(self.plain.predicted)

    def named(self, predicted) -> dict[str, np.ndarray]:
        """Numbers by name."""
        return {self.names[at]: np.asarray(values) for at, values in sorted(predicted.items())}

    def changes(self, mistake: Mistake) -> list[Change]:
        """All places of a mistake; for a factor, which is measured in numbers, any place."""
        found = list(mistake.find(self.grounds))
        if mistake.id in ("constant-factor", "batch-factor", "averaged-again"):
            found = list(self.factors(mistake))
        return found

    def factors(self, mistake: Mistake) -> Iterator[Change]:
        """A factor at every gradient."""
        factor = 2.0 if mistake.id == "constant-factor" else 1.0 / max(self.grounds.examples or [1])
        for node in self.grounds.gradients:
            if mistake.id != "averaged-again" or self.grounds.leaf(node):
                yield Change(mistake, (node,), nodes={node: scaled(factor)})

    def made(self, changes) -> dict[str, np.ndarray] | None:
        """The numbers that changes leave; None where they cannot be made."""
        start = self.plain
        found = self.bench.probe(tuple(changes), start)
        return None if found is None else self.named(found.predicted)
