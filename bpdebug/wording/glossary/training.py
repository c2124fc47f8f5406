"""Words of the screen: training."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import Chapter, Entry

TRAINING = Chapter(
    "Training",
    (
        Entry(
            "update",
            "The last part of an iteration: the optimizer moves each parameter, line by line.",
            ("updates", "update rule"),
        ),
        Entry(
            "α",
            "The learning rate: in plain gradient descent, a parameter moves by α times its "
            "gradient.",
            ("alpha", "learning rate", "rate"),
        ),
        Entry(
            "change",
            "What the update adds to the parameter: new value minus old value.",
            ("Δ", "Δθ"),
        ),
        Entry("new", "The parameter's value after the update.", ("new value",)),
        Entry(
            "optimizer",
            "The rule that makes an update from a gradient, such as sgd, momentum or adam.",
            ("optimizers",),
        ),
        Entry(
            "β",
            "How much of its old value a moving average keeps: in Adam, β₁ for the gradient (m) "
            "and β₂ for its square (v). The small number ε prevents a division by 0.",
            ("beta", "β₁", "β₂", "m", "v", "m̂", "v̂", "ε", "eps"),
        ),
        Entry("θ", "Any parameter, in the lines of an update rule.", ("theta",)),
        Entry("g", "The gradient of the parameter, in the lines of an update rule.", ()),
        Entry(
            "promised",
            "The change of the loss that the gradient predicts for the update: ∂L/∂θ · Δθ. The "
            "number beside it, 'brought', is the change that a forward pass with the new value "
            "finds.",
            ("promise", "kept", "brought", "ΔL"),
        ),
        Entry(
            "over time",
            "The loss of every iteration that is known so far.",
            ("known up to iteration", "known up to", "known"),
        ),
        Entry("frozen", "The update does not change this parameter, but its gradient is shown."),
        Entry(
            "finding",
            "What a rule of 'diagnose' found in the run, with its evidence and a usual remedy.",
            ("findings", "rules", "diagnosis"),
        ),
    ),
)
