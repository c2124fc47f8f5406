"""Work that takes time, and what the screen does while it is idle."""
