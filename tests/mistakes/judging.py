"""From a scenario's text and numbers to a verdict, by the public way: through files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from bpdebug.mistakes import Verdict, judge, read
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording import Script


def run_of(folder: Path, text: str) -> Run:
    """The run of a scenario's text."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Run(load(path))


def judged(
    folder: Path, run: Run, arrays: Mapping[str, object], script: Script | None = None
) -> Verdict:
    """The verdict on exact numbers, handed in as numpy saves them."""
    path = folder / "numbers.npz"
    np.savez(path, **{name: np.asarray(values) for name, values in arrays.items()})
    found, precision = read(path)
    return judge(run, found, precision, script or Script())


def judged_json(folder: Path, run: Run, text: str | Mapping[str, object]) -> Verdict:
    """The verdict on numbers as they are printed in JSON."""
    path = folder / "numbers.json"
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    found, precision = read(path)
    return judge(run, found, precision, Script())


def ids(verdict: Verdict, at: int = 0) -> list[str]:
    """The mistakes of an explanation, the likeliest unless said."""
    told = verdict.document()["explanations"]
    return [mistake["id"] for mistake in told[at]["mistakes"]] if len(told) > at else []


def statuses(verdict: Verdict) -> dict[str, tuple[str, str | None]]:
    """By name, with the iteration behind it from the second on: status and blame."""
    return {
        one.handed.name + (f"@{one.handed.iteration}" if one.handed.iteration > 1 else ""): (
            one.status.value,
            one.blame.value if one.blame is not None else None,
        )
        for one in verdict.arrays
    }


@cache
def printed(value: float, digits: int) -> str:
    """A number with so many digits behind the point."""
    return f"{value:.{digits}f}"


def as_printed(arrays: Mapping[str, np.ndarray], digits: int) -> str:
    """JSON with all numbers printed to so many digits behind the point."""

    def text(values: np.ndarray) -> str:
        if values.ndim == 0:
            return printed(float(values), digits)
        return f"[{', '.join(text(row) for row in values)}]"

    return (
        "{"
        + ", ".join(f"{json.dumps(name)}: {text(np.asarray(v))}" for name, v in arrays.items())
        + "}"
    )
