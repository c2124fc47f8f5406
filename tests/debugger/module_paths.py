"""A scenario whose names are paths of modules, as PyTorch has them: `blocks.0.mlp.2.weight`."""

HEAD = """
title = "Two blocks"
[inputs]
x = [[0.5, -1.0, 2.0], [1.0, 0.2, -0.3]]
y = [0, 2]
[parameters]
"""
BLOCK = """
"blocks.{0}.ln_1.weight" = [1.0, 1.1, 0.9]
"blocks.{0}.ln_1.bias" = [0.0, 0.1, 0.2]
"blocks.{0}.mlp.0.weight" = [[0.1, 0.2, 0.3], [0.4, -0.5, 0.6]]
"blocks.{0}.mlp.0.bias" = [0.1, {0}.5]
"blocks.{0}.mlp.2.weight" = [[0.3, -0.2], [0.5, 0.4], [0.1, 0.7]]
"blocks.{0}.mlp.2.b1" = [0.1, 0.2, 0.3]
"""
ENTRIES = """
"blocks.{0}.ln_1" = "layer_norm({1}, blocks.{0}.ln_1.weight, blocks.{0}.ln_1.bias)"
"blocks.{0}.mlp.0" = "blocks.{0}.ln_1 @ blocks.{0}.mlp.0.weight.T + blocks.{0}.mlp.0.bias"
"blocks.{0}.mlp.1" = "relu(blocks.{0}.mlp.0)"
"blocks.{0}.mlp.2" = "blocks.{0}.mlp.1 @ blocks.{0}.mlp.2.weight.T + blocks.{0}.mlp.2.b1"
"blocks.{0}" = "{1} + 2.5*blocks.{0}.mlp.2 - -blocks.{0}.ln_1[0, 1]"
"""
END = """
loss = "cross_entropy(blocks.1, y) + 0.1 * norm(blocks.0.mlp.2.b1) ** 2"
[optimizer]
name = "adam"
learning_rate = 0.1
[run]
iterations = 2
[[expect]]
value = "blocks.1.mlp.2.b1[2]"
is = "0.2"
[backward]
"blocks.1.mlp.2.b1" = "sum(grad(blocks.1.mlp.2), axis=0)"
"blocks.1.mlp.1" = "∂loss/∂blocks.1.mlp.2 @ blocks.1.mlp.2.weight"
"""
SCENARIO = (
    f"{HEAD}{BLOCK.format(0)}{BLOCK.format(1)}[graph]"
    f"{ENTRIES.format(0, 'x')}{ENTRIES.format(1, 'blocks.0')}{END}"
)
