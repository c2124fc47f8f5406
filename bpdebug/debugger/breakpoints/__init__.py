"""Breakpoints and conditions: what they are, and where they stop."""
