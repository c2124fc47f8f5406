"""Words of the screen: the chain rule."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import Chapter, Entry

CHAIN_RULE = Chapter(
    "The chain rule",
    (
        Entry(
            "gradient",
            "How fast the loss changes with a value: move the value by a small amount, and the "
            "loss moves by the gradient times that amount. A gradient has one number for each "
            "cell of the value.",
            ("∂", "gradients", "derivative"),
        ),
        Entry(
            "∂L/∂W",
            'The gradient of the loss L with respect to W, read "d L by d W". It has the shape of '
            "W.",
            ("dL/dW", "∂L/∂"),
        ),
        Entry(
            "backward pass",
            "The way from the loss back to the parameters, which computes every gradient from "
            "the gradients above it.",
            ("backward", "backpropagation"),
        ),
        Entry(
            "forward pass",
            "The calculation itself, from the inputs to the loss. The local derivatives are taken "
            "at its values.",
            ("forward",),
        ),
        Entry(
            "upstream gradient",
            "The gradient of the loss with respect to an op's result: what arrives at the op from "
            "above.",
            ("upstream",),
        ),
        Entry(
            "local derivative",
            "How fast an op's own result changes with one of its operands, at the current numbers. "
            "For z = w·x and the operand w it is x.",
            ("local", "slope"),
        ),
        Entry(
            "chain rule",
            "Upstream gradient times local derivative is the gradient of the operand. If the "
            "operand feeds several results, the terms add up.",
            ("chain",),
        ),
        Entry(
            "contribution",
            "What one edge adds to the gradient of its operand. A value that is used twice gets "
            "two contributions, and their sum is its gradient.",
            ("contributions", "contr.", "contr", "accumulated", "+=", "partial"),
        ),
        Entry("so far", "The cell of the gradient after this term; later terms add to it."),
        Entry(
            "result",
            "The gradient that an edge writes: upstream gradient times local derivative.",
            ("product", "products"),
        ),
        Entry(
            "vector-Jacobian product",
            "The field's name for what one edge computes: the upstream gradient (a vector) times "
            "all local derivatives of an op (its Jacobian).",
            ("vjp", "Jacobian"),
        ),
        Entry(
            "checked to",
            "Central differences confirm this gradient: bpdebug changed each number a little in "
            "both directions, ran the forward pass again, and found the gradient to this bound.",
            ("central differences", "central", "differences", "✓ checked", "checked", "agrees"),
        ),
        Entry(
            "path",
            "One way from a cell to the loss along the operations. Its share of the gradient is "
            "the product of the local derivatives on it. The percentage compares the size of this "
            "share with the sizes of all shares together.",
            ("paths", "share", "Σ|product|"),
        ),
        Entry("Π", "The product of the local derivatives on a path, from its cell to this line."),
    ),
)
