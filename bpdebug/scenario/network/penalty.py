"""A penalty on the weights, λ₂/2·Σw² + λ₁·Σ|w|, as entries of the graph."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.scenario.entries import GraphEntry
from bpdebug.scenario.network.layer import Draft
from bpdebug.scenario.table import TomlTable

PENALTY = "penalty"
DATA_LOSS = "data_loss"
CHUNK = 100
"""So many parameters stand in an entry, whose length has a limit."""


def penalised(table: TomlTable, draft: Draft) -> list[str]:
    """The parameters that a penalty is about.

    Those are the weights that are learned, and with `biases = true` all parameters that are.
    """
    everything = table.flag("biases", False)
    names = [
        leaf.name
        for leaf in draft.parameters
        if not leaf.frozen and (everything or leaf.name in draft.weights)
    ]
    if not names:
        table.fail("there is nothing to penalise: all weights are frozen; leave the penalty out")
    return names


def penalty_entries(table: TomlTable, draft: Draft) -> list[GraphEntry]:
    """The entries that end with `penalty`; BpdebugError where it says nothing."""
    table.only("l2", "l1", "biases")
    if "l2" not in table and "l1" not in table:
        table.fail("says no strength; give l2 = … for λ/2·Σw², l1 = … for λ·Σ|w|, or both")
    names = penalised(table, draft)
    pieces = []
    if "l2" in table:
        half = 0.5 * table.number("l2", above=0.0)
        pieces += parts(half, [f"sum({name} ** 2)" for name in names])
    if "l1" in table:
        pieces += parts(table.number("l1", above=0.0), [f"sum(abs({name}))" for name in names])
    if len(names) <= CHUNK:
        pieces = [" + ".join(pieces)]
    entries: list[GraphEntry] = []
    for at, piece in enumerate(pieces, 1):
        name = PENALTY if at == len(pieces) else f"{PENALTY}_{at}"
        before = f"{entries[-1].name} + " if entries else ""
        entries.append(GraphEntry(draft.own(name), before + piece, table.key))
    return entries


def parts(factor: float, sums: Sequence[str]) -> list[str]:
    """The factor times so many sums at once."""
    chunks = [sums[at : at + CHUNK] for at in range(0, len(sums), CHUNK)]
    return [
        f"{factor!r} * ({' + '.join(chunk)})" if len(chunk) > 1 else f"{factor!r} * {chunk[0]}"
        for chunk in chunks
    ]
