"""The optimizers, by name. To add one, declare it in a file of its family and name it here."""

from __future__ import annotations

from bpdebug.optimizer.adam import adam, adamw
from bpdebug.optimizer.adaptive import adadelta, adagrad, rmsprop
from bpdebug.optimizer.descent import momentum, nesterov, sgd
from bpdebug.optimizer.optimizer import Optimizer
from bpdebug.optimizer.rule import Rule

OPTIMIZERS: dict[str, Optimizer] = {
    one.name: one for one in (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, adadelta)
}
RULES: dict[str, Rule] = {name: one.rule() for name, one in OPTIMIZERS.items()}
"""Each with its defaults."""
