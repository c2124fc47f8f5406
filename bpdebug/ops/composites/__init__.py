"""The composite ops, declared by expressions over other ops; importing this registers them."""

from bpdebug.ops.composites import normalisation

__all__ = ["normalisation"]
