"""Debuggers over graphs with groups: a scenario with both kinds, and random ones."""

import numpy as np

from bpdebug.debugger import Debugger
from bpdebug.run import Problem, Run
from tests.graphs import random_graph

SCENARIO = """
[inputs]
x = [[0.5, -1.0, 2.0], [1.0, 0.2, -0.3]]
y = [[1.0], [0.0]]
[parameters]
"block1.W1" = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [-0.2, 0.3, 0.1]]
"block1.b1" = [0.1, 0.2, 0.3]
g = [1.0, 1.1, 0.9]
b = [0.0, 0.1, 0.2]
v = [[0.3], [-0.2], [0.5]]
[graph]
"block1.z1" = "x @ block1.W1.T + block1.b1"
"block1.h" = "tanh(block1.z1)"
block1 = "x + layer_norm(block1.h, g, b)"
ln = "layer_norm(block1, g, b, eps=1e-6)"
p = "sigmoid(ln @ v)"
L = "binary_cross_entropy(p, y)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 2
"""


def random_debugger(choices, groups, iterations=2):
    """A debugger over a random graph whose ops stand in random groups, all of them open."""
    graph, leaves = random_graph(choices, groups=groups)
    values = {graph.nodes[i].name: np.asarray(value) for i, value in leaves.items()}
    problem = Problem("random", lambda rows: graph, {}, values, iterations=iterations)
    debugger = Debugger(Run(problem))
    debugger.fold(graph.groups, folded=False)
    return debugger
