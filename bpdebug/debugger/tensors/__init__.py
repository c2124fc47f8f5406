"""Tensors and cells that are looked into."""
