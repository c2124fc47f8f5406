"""The forms in which a walk is written down, and how finely."""

FORMATS = ("text", "markdown", "json")
DETAILS = ("layer", "edge", "term")
