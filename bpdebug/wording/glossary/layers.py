"""Words of the screen: layers."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import chapter

LAYERS = chapter(
    "Layers",
    """
layer; layers
    A weighted sum and the activation after it. Layers are numbered from the input. Where the same
    weights are used again, layer 1 (2 of 2) is their second use.
pre-activation; preactivation
    The weighted sum of a layer before its activation, often called z.
activation; activations
    The function after the weighted sum, such as σ, tanh or relu; also its result.
δ; delta; deltas; δ₁; δ₂
    The gradient of the loss at a layer's pre-activation: δ₂ = ∂L/∂z₂. The gradients of the layer's
    weights and of the layer below are computed from it.
unit; units; neuron
    One neuron of a layer: one weighted sum.
‖·‖; norm; |.|
    The norm: the length of an array, √(sum of squares). ‖δ‖ measures how large a gradient is as a
    whole.
log, 6 decades; log; log scale; decades; bar; scale
    The bars are on a logarithmic scale: the right end is the largest norm, and the left end a
    millionth of it, six powers of ten below.
linear scale; linear
    Equal distances on the axis are equal differences; on a log scale they are equal ratios.
vanishing; vanishing gradient
    A gradient becomes so small on its way back that the first layers hardly learn.
exploding; exploding gradient
    A gradient becomes so large on its way back that updates overshoot.
dead; dead unit; dead units
    The unit's relu gives 0 for every example, so its weights get no gradient.
saturated; saturated units
    The unit's sigmoid or tanh is nearly flat for every example, so hardly any gradient gets
    through.
""",
)
