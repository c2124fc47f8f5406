"""What to write in the place of functions of NumPy that have no op."""

from __future__ import annotations

FLAT = "its slope is 0 everywhere, so that no gradient would go through it; leave it out"
REMEDIES = {
    **dict.fromkeys(("round", "around", "rint", "trunc", "fix", "spacing"), FLAT),
    **dict.fromkeys(
        ("remainder", "mod", "fmod", "floor_divide", "divmod"),
        "it jumps; a - b * np.floor(a / b) is a remainder that has ops",
    ),
    "cumprod": "write np.exp(np.cumsum(np.log(a))) for positive numbers, or a loop",
    **dict.fromkeys(
        ("inv", "pinv", "solve", "lstsq"),
        "there is no op for systems of equations; give the result as data, or iterate by @",
    ),
    **dict.fromkeys(
        ("median", "percentile", "quantile"), "sort by np.sort and take the places that you want"
    ),
    **dict.fromkeys(("where", "initial"), "use np.where and a reduction without it"),
    **dict.fromkeys(("correlate",), "multiply windows, as np.lib.stride_tricks gives them"),
    "interp": "write the pieces with np.where",
    "unique": "pick by an index that is data",
    "det": "write it out for a small matrix",
    "arctan": "there is no op for angles; use another function",
    "accumulate": "write a loop",
    "reduceat": "sum slices",
    "apply_along_axis": "write it for all rows at once, or a loop over rows with np.stack",
    "nonzero": "pick by an index that is data",
    "cross": "write its three products",
    "cov": "subtract the mean and multiply by @",
}
"""By the name of a function or of an argument."""


def remedy(name: str) -> str:
    """What to write for a function or an argument of this name."""
    return REMEDIES.get(name, "write it with functions that have one")
