"""The panes of the screen: a file for each pane, and for each class that panes are built on."""
