"""Values and gradients of PyTorch float64, stored; the tests that read them need no PyTorch.

A file of cases for each family of ops (`elementwise.py`, …) has its numbers beside it as JSON. They
are written by `python -m tests.torch_numbers.make [FAMILY …]` where PyTorch is installed.
"""
