"""The forms in which a walk is written down, and how finely."""

FORMATS = ("text", "markdown", "json", "jsonl", "csv")
DETAILS = ("layer", "edge", "term")
