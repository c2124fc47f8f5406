"""Words of the screen: the chain rule."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import chapter

CHAIN_RULE = chapter(
    "The chain rule",
    """
gradient; ∂; gradients; derivative
    How fast the loss changes with a value: move the value by a small amount, and the loss moves by
    the gradient times that amount. A gradient has one number for each cell of the value.
∂L/∂W; dL/dW; ∂L/∂
    The gradient of the loss L with respect to W, read "d L by d W". It has the shape of W.
backward pass; backward; backpropagation
    The second half of an iteration's calculation, from the loss back to the parameters: it computes
    every gradient from the gradients above it.
forward pass; forward
    The calculation itself, from the inputs to the loss. The local derivatives are taken at its
    values.
upstream gradient; upstream
    The gradient of the loss with respect to an op's result: what arrives at the op from above.
local derivative; local; slope
    How fast an op's own result changes with one of its operands, at the current numbers. For z =
    w·x and the operand w it is x.
chain rule; chain
    Upstream gradient times local derivative is the gradient of the operand. If the operand feeds
    several results, the terms add up.
contribution; contributions; contr.; contr; accumulated; +=; partial
    What one edge adds to the gradient of its operand. A value that is used twice gets two
    contributions, and their sum is its gradient.
so far
    The cell of the gradient after this term; later terms add to it.
result; product; products
    The gradient that an edge writes: upstream gradient times local derivative.
vector-Jacobian product; vjp; Jacobian
    The field's name for what one edge computes: the upstream gradient (a vector) times all local
    derivatives of an op (its Jacobian).
checked to; central differences; central; differences; ✓ checked; checked; agrees
    Central differences confirm this gradient: bpdebug changed each number a little in both
    directions, ran the forward pass again, and found the gradient to this bound.
path; paths; share; Σ|product|
    A chain of edges from a cell to the loss. Its share of the gradient is the product
    of the local derivatives on it. The percentage compares the size of this share with the sizes of
    all shares together.
Π
    The product of the local derivatives on a path, from its cell to this line.
""",
)
