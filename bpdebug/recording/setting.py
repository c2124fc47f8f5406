"""What a recording has beside its graph: title, optimizer, kind of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from bpdebug.ops import FLOAT64, Array, DType
from bpdebug.records import record


@record
class OwnOptimizer:
    """How a parameter is updated otherwise than the rest."""

    frozen: bool = False
    settings: Mapping[str, object] | None = None
    """The table of an optimizer of its own; None for the recording's."""
    state: Mapping[str, Array] = field(default_factory=dict)
    """The states of earlier steps: `{"m": …, "v": …}`."""


@record
class Setting:
    """What a recording has beside its graph."""

    title: str
    description: str = ""
    optimizer: Mapping[str, object] | None = None
    """The entries of [optimizer], as a scenario has them; None for no updates."""
    parameters: Mapping[str, OwnOptimizer] = field(default_factory=dict)
    """By parameter, what it has to itself."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Further names of parameters, as a model has them, and their names here."""
    iterations: int | None = None
    """How many iterations the run has; None for one."""
    dtype: DType = FLOAT64
    loss: str = "loss"
    """The name of the loss where no local variable has it."""
    notes: tuple[str, ...] = ()
    """What the user should know about the recording, said when it is opened; no full stops."""
