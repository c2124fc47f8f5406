"""Screens over the panes: tensors, terms, paths, curves, diagnosis, help, texts, the tour."""
