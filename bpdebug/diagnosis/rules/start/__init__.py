"""Rules about what a run starts with: data, layers, first weights, settings."""
