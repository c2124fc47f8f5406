"""Rules about the course of the loss."""
