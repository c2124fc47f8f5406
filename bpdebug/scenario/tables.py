"""The keys at the top of a scenario's file, by what depends on them."""

from __future__ import annotations

ABOUT = ("title", "description", "notes")
"""What is said about the scenario; nothing that is computed depends on it."""
CHANGEABLE = ("loss", "inputs", "parameters", "graph", "network", "optimizer", "run")
"""The tables and keys that a run depends on."""
HELD_TO = ("expect", "backward", "aliases")
"""What the author wrote about the scenario as it stands: it need not hold of a changed one."""
TOP = (*ABOUT, *CHANGEABLE, *HELD_TO)
"""All of them, in the order in which errors name them."""
