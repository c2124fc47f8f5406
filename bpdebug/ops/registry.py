"""The table of all ops, filled by the modules of this package when they are imported."""

from __future__ import annotations

from bpdebug.ops.declaration import Op

REGISTRY: dict[str, Op] = {}


def register(op: Op) -> Op:
    """Add an op to the registry and return it; each name may be added once."""
    if op.name in REGISTRY:
        raise ValueError(f"an op named '{op.name}' is declared twice")
    REGISTRY[op.name] = op
    return op
