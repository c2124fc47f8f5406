"""The update rules, by name. To add one, declare its lines here."""

from __future__ import annotations

from bpdebug.optimizer.rule import Line, Rule

sgd = Rule(
    "sgd",
    settings={"learning_rate": 0.001},  # PyTorch's
    symbols={"learning_rate": "α"},
    lines=(
        Line(
            "theta",
            "{theta} − {learning_rate}·{g}",
            r"{theta} - \alpha {g}",
            "the gradient points uphill, so {theta} takes a step of {learning_rate} times "
            "its gradient downhill",
            lambda v: v["theta"] - v["learning_rate"] * v["g"],
        ),
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in (sgd,)}
