"""Words of the screen: layers."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import Chapter, Entry

LAYERS = Chapter(
    "Layers",
    (
        Entry(
            "layer",
            "A weighted sum and the activation after it. Layers are numbered from the input. Where "
            "the same weights are used again, layer 1 (2 of 2) is their second use.",
            ("layers",),
        ),
        Entry(
            "pre-activation",
            "The weighted sum of a layer before its activation, often called z.",
            ("preactivation",),
        ),
        Entry(
            "activation",
            "The function after the weighted sum, such as σ, tanh or relu; also its result.",
            ("activations",),
        ),
        Entry(
            "δ",
            "The gradient of the loss at a layer's pre-activation: δ₂ = ∂L/∂z₂. The gradients of "
            "the layer's weights and of the layer below are computed from it.",
            ("delta", "deltas", "δ₁", "δ₂"),
        ),
        Entry("unit", "One neuron of a layer: one weighted sum.", ("units", "neuron")),
        Entry(
            "‖·‖",
            "The norm: the length of an array, √(sum of squares). ‖δ‖ measures how large a "
            "gradient is as a whole.",
            ("norm", "|.|"),
        ),
        Entry(
            "log, 6 decades",
            "The bars are on a logarithmic scale: the right end is the largest norm, and the left "
            "end a millionth of it, six powers of ten below.",
            ("log", "log scale", "decades", "bar", "scale"),
        ),
        Entry(
            "linear scale",
            "Equal distances on the axis are equal differences; on a log scale they are equal "
            "ratios.",
            ("linear",),
        ),
        Entry(
            "vanishing",
            "A gradient becomes so small on its way back that the first layers hardly learn.",
            ("vanishing gradient",),
        ),
        Entry(
            "exploding",
            "A gradient becomes so large on its way back that updates overshoot.",
            ("exploding gradient",),
        ),
        Entry(
            "dead",
            "The unit's relu gives 0 for every example, so its weights get no gradient.",
            ("dead unit", "dead units"),
        ),
        Entry(
            "saturated",
            "The unit's sigmoid or tanh is nearly flat for every example, so hardly any gradient "
            "gets through.",
            ("saturated units",),
        ),
    ),
)
