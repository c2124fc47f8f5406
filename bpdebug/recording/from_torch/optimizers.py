"""An optimizer of PyTorch as the update rule of a scenario: its settings, and its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from bpdebug.ops import Array
from bpdebug.recording.from_torch.tensors import numbers
from bpdebug.recording.setting import OwnOptimizer
from bpdebug.records import record

Group = Mapping[str, Any]
Table = dict[str, object]
"""The entries of [optimizer]."""


@record
class Known:
    """How a class of `torch.optim` is told in a scenario."""

    table: Callable[[Group], Table]
    """The entries of [optimizer] for a parameter group."""
    states: Mapping[str, str]
    """PyTorch's names of its states, and the scenario's."""
    counts: bool = False
    """Whether an update depends on how many steps its parameter took."""


@record
class Updates:
    """How a recording's parameters are updated."""

    optimizer: Table | None = None
    """The table [optimizer]; None where nothing is updated."""
    parameters: Mapping[str, OwnOptimizer] | None = None
    """By parameter, what it has to itself."""
    notes: tuple[str, ...] = ()


def sgd(group: Group) -> Table:
    """SGD, with momentum, or Nesterov's."""
    shared: Table = {"learning_rate": float(group["lr"])}
    if not group["momentum"]:
        return {"name": "sgd", **shared}
    shared["momentum"] = float(group["momentum"])
    if group["nesterov"]:
        return {"name": "nesterov", **shared}
    if group["dampening"]:
        shared["dampening"] = float(group["dampening"])
    return {"name": "momentum", **shared}


def adam(group: Group) -> Table:
    """Adam, and AdamW, which is Adam with decoupled decay."""
    beta1, beta2 = (float(one) for one in group["betas"])
    decoupled = group.get("decoupled_weight_decay", False)
    made: Table = {
        "name": "adamw" if decoupled else "adam",
        "learning_rate": float(group["lr"]),
        "beta1": beta1,
        "beta2": beta2,
        "eps": float(group["eps"]),
    }
    if group["amsgrad"]:
        made["amsgrad"] = True
    if decoupled:
        made["weight_decay"] = float(group["weight_decay"])
    return made


def adamw(group: Group) -> Table:
    """AdamW, also of versions of PyTorch in which it is a class of its own."""
    return adam({**group, "decoupled_weight_decay": True})


def rmsprop(group: Group) -> Table:
    """RMSprop, whose `alpha` is the scenario's `rho`."""
    made: Table = {
        "name": "rmsprop",
        "learning_rate": float(group["lr"]),
        "rho": float(group["alpha"]),
        "eps": float(group["eps"]),
    }
    if group["momentum"]:
        made["momentum"] = float(group["momentum"])
    if group["centered"]:
        made["centered"] = True
    return made


def adagrad(group: Group) -> Table:
    """Adagrad."""
    made: Table = {
        "name": "adagrad",
        "learning_rate": float(group["lr"]),
        "eps": float(group["eps"]),
    }
    for name in ("lr_decay", "initial_accumulator_value"):
        if group[name]:
            made[name] = float(group[name])
    return made


def adadelta(group: Group) -> Table:
    """Adadelta."""
    return {
        "name": "adadelta",
        "learning_rate": float(group["lr"]),
        "rho": float(group["rho"]),
        "eps": float(group["eps"]),
    }


MOMENTS = {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "v_max"}
OPTIMIZERS: dict[type, Known] = {
    torch.optim.SGD: Known(sgd, {"momentum_buffer": "v"}),
    torch.optim.Adam: Known(adam, MOMENTS, counts=True),
    torch.optim.AdamW: Known(adamw, MOMENTS, counts=True),
    torch.optim.RMSprop: Known(
        rmsprop, {"square_avg": "s", "grad_avg": "g_mean", "momentum_buffer": "v"}
    ),
    torch.optim.Adagrad: Known(adagrad, {"sum": "s"}, counts=True),
    torch.optim.Adadelta: Known(adadelta, {"square_avg": "s", "acc_delta": "u"}),
}
"""By class; a class of the user's own that inherits from one of them may step otherwise."""


def updates(
    optimizer: torch.optim.Optimizer | None,
    parameters: Mapping[str, torch.Tensor],
    used: Container[str],
) -> Updates:
    """How the optimizer will update these parameters, from where it stands now.

    Parameters that it does not have, and those that need no gradient, are frozen. `used` are those
    that the loss depends on; the optimizer passes over the others.
    """
    frozen = {name for name, one in parameters.items() if not one.requires_grad}
    alone = {name: OwnOptimizer(frozen=True) for name in frozen}
    if optimizer is None:
        return Updates(parameters=alone)
    known = OPTIMIZERS.get(type(optimizer))
    if known is None:
        return unknown(f"the optimizer {type(optimizer).__name__} has no update rule here", alone)
    found = groups(optimizer, known, parameters)
    moving = [name for name in found if name not in frozen and name in used]
    taken = {steps(optimizer.state.get(parameters[name], {})) for name in moving}
    if known.counts and len(taken) > 1:
        return unknown("parameters that took different numbers of steps have no update rule", alone)
    tables = [one for name, one in found.items() if name not in frozen]
    if not tables:
        return Updates(parameters=alone)
    main = tables[most_common(tables)]
    own = {}
    for name, one in parameters.items():
        state = states(optimizer.state.get(one, {}), known)
        if name in frozen or name not in found:
            own[name] = OwnOptimizer(frozen=True)
        else:
            own[name] = OwnOptimizer(
                settings=None if found[name] == main else found[name], state=state
            )
    step = max(taken, default=0)
    return Updates(main | ({"steps_taken": step} if step else {}), own)


def unknown(why: str, alone: Mapping[str, OwnOptimizer]) -> Updates:
    """No updates, and why."""
    return Updates(parameters=alone, notes=(f"there are no updates: {why}",))


def groups(
    optimizer: torch.optim.Optimizer, known: Known, parameters: Mapping[str, torch.Tensor]
) -> dict[str, Table]:
    """The table of each parameter that the optimizer has, by the parameter's name."""
    names = {id(one): name for name, one in parameters.items()}
    found: dict[str, Table] = {}
    for group in optimizer.param_groups:
        table = known.table(group)
        if group.get("weight_decay") and "weight_decay" not in table and table["name"] != "adamw":
            table["weight_decay"] = float(group["weight_decay"])
        if group.get("maximize"):
            table["maximize"] = True
        found |= {names[id(one)]: table for one in group["params"] if id(one) in names}
    return found


def most_common(tables: Sequence[Table]) -> int:
    """The place of the table that most parameters have."""
    counts = Counter(repr(table) for table in tables)
    return max(range(len(tables)), key=lambda at: (counts[repr(tables[at])], -at))


def steps(state: Mapping[str, Any]) -> int:
    """How many steps a parameter took; 0 where its state does not say, as before the first."""
    return int(state.get("step", 0))


def states(state: Mapping[str, Any], known: Known) -> dict[str, Array]:
    """The states of a parameter, by the scenario's names."""
    return {
        ours: np.array(numbers(state[theirs]))
        for theirs, ours in known.states.items()
        if isinstance(state.get(theirs), torch.Tensor)
    }
