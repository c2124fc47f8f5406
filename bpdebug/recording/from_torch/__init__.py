"""Recording PyTorch code as it runs: the functions that the user's model calls, as ops."""
