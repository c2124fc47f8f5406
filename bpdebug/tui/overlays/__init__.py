"""What opens over the panes: looks into tensors, curves, diagnosis, help, answers."""
