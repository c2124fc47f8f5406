"""Rules about units, gradients and parameters."""
