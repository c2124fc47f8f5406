"""The files of cases."""

FAMILIES = ("elementwise", "reductions", "indexing", "windows")
