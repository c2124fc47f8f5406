"""The files of cases."""

FAMILIES = ("elementwise", "linear", "reductions", "shapes", "indexing", "windows", "composites")
