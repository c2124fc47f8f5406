"""The commands: what each does, with its entry of the table beside it."""
