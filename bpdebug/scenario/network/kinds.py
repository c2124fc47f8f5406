"""The kinds of layers, in the order in which the reference lists them."""

from __future__ import annotations

from bpdebug.scenario.network.dense import DENSE
from bpdebug.scenario.network.dropout import DROPOUT
from bpdebug.scenario.network.embedding import EMBEDDING
from bpdebug.scenario.network.normalisation import BATCH_NORM, LAYER_NORM
from bpdebug.scenario.network.plain import ACTIVATION, FLATTEN
from bpdebug.scenario.network.windowed import CONV2D, POOLS

ALL = (DENSE, CONV2D, *POOLS, FLATTEN, EMBEDDING, ACTIVATION, BATCH_NORM, LAYER_NORM, DROPOUT)
KINDS = {kind.name: kind for kind in ALL}
"""Every kind by its name."""
EVERY = {
    "kind": 'the kind of the layer; "dense" without it',
    "input": "an earlier result, or another entry of [inputs], to compute from instead of the "
    "result of the layer before",
}
"""What every layer may say."""
LEARNING = {
    "frozen": "true: its parameters show their gradients and are never updated, but for arrays "
    "that say frozen = false themselves"
}
"""What a layer with parameters may say as well."""
ENDING = {
    "residual": "the name of an earlier result or of an input of the same shape, which is added "
    "before the activation",
    "activation": "an activation of the registry, with its options as keys beside it",
}
"""What a layer may say that ends with a residual join and an activation."""
