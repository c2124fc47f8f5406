"""The command table, a file for each kind of command: declarations only."""
