"""The table of all ops, filled by the modules of this package when they are imported."""

from __future__ import annotations

from bpdebug.ops.declaration import Op

REGISTRY: dict[str, Op] = {}


def register(op: Op) -> Op:
    """Enter an op under its name; a name stands once."""
    if op.name in REGISTRY:
        raise ValueError(f"an op named '{op.name}' is declared twice")
    REGISTRY[op.name] = op
    return op
