"""The panes of the screen, one kind a file."""
