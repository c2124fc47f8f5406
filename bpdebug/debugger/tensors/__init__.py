"""Tensors, cells and paths: how texts name them, and what commands and screens show of them."""
