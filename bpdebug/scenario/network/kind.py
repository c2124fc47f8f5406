"""What a kind of layer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bpdebug.records import record
from bpdebug.scenario.network.layer import Layer


@record
class LayerKind:
    """A kind of `[[network.layers]]`."""

    name: str
    keys: Mapping[str, str]
    """Its keys, each with what it says, but for those that every layer has."""
    write: Callable[[Layer], None]
    """Reads the keys of a layer, adds its parameters and writes its entries."""
    note: str
    """What it computes, in a sentence."""
    numbered: bool = False
    """True where it begins a new number, as a layer with weights and a pre-activation does."""
    learns: bool = False
    """True where it has parameters, which `frozen` can hold."""
    ends: bool = False
    """True where `residual` and `activation` may follow."""
