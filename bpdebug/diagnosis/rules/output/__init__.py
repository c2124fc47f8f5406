"""Rules about the output, its targets and the loss."""
