"""Words of the screen: training."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import chapter

TRAINING = chapter(
    "Training",
    """
update; updates; update rule
    The last part of an iteration: the optimizer moves each parameter, line by line.
α; alpha; learning rate; rate
    The learning rate: in plain gradient descent, a parameter moves by α times its gradient.
change; Δ; Δθ
    What the update adds to the parameter: new value minus old value.
new; new value
    The parameter's value after the update.
optimizer; optimizers
    The rule that makes an update from a gradient, such as sgd, momentum or adam.
β; beta; β₁; β₂; m; v; m̂; v̂; ε; eps
    How much of its old value a moving average keeps: in Adam, β₁ for the gradient (m) and β₂ for
    its square (v). The small number ε prevents a division by 0.
θ; theta
    Any parameter, in the lines of an update rule.
g
    The gradient of the parameter, in the lines of an update rule.
promised; promise; holds; brought; ΔL
    The change of the loss that the gradient predicts for the update: ∂L/∂θ · Δθ. The number beside
    it, 'brought', is the change that a forward pass with the new value finds.
over time; known up to iteration; known up to; known
    The loss of every iteration that is known so far.
plot; kind; curves
    Quantities over the iterations. Space puts a curve into the plot beside others, 'a' all curves
    of its kind, such as the norm of every δ; each has a letter.
second run; ended
    A run beside this one, with changed settings or of another scenario: 'with' starts it. Its
    curves have the capital letters. It has ended where it has fewer iterations.
frozen
    The update does not change this parameter, but its gradient is shown.
finding; findings; rules; diagnosis
    What a rule of 'diagnose' found in the run, with its evidence and a usual remedy.
""",
)
