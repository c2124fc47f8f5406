"""The wrapper of an array: what the recorded code sees, its memory, and what is written into it."""
