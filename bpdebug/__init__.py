"""bpdebug: a step-through debugger for backpropagation, in the terminal and from Python.

    import bpdebug

    run = bpdebug.load("two_layer")
    run.gradients()["W1"]
    print(run.compare({"W1": mine}))

Importing this loads nothing else; each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bpdebug.api.compare import compare as compare
    from bpdebug.api.load import load as load
    from bpdebug.api.record import record as record
    from bpdebug.api.reports import CheckReport as CheckReport
    from bpdebug.api.reports import DiagnosisReport as DiagnosisReport
    from bpdebug.api.scenario_run import ScenarioRun as ScenarioRun
    from bpdebug.api.trace import trace as trace
    from bpdebug.api.verdict import GradientVerdict as GradientVerdict
    from bpdebug.errors import BpdebugError as BpdebugError
    from bpdebug.version import __version__ as __version__

NAMES = {
    "BpdebugError": "bpdebug.errors",
    "CheckReport": "bpdebug.api.reports",
    "DiagnosisReport": "bpdebug.api.reports",
    "GradientVerdict": "bpdebug.api.verdict",
    "ScenarioRun": "bpdebug.api.scenario_run",
    "__version__": "bpdebug.version",
    "compare": "bpdebug.api.compare",
    "load": "bpdebug.api.load",
    "record": "bpdebug.api.record",
    "trace": "bpdebug.api.trace",
}
"""The module of each name. A new name has a line here, and one above for type checkers."""

__all__ = [*NAMES]


def __getattr__(name: str) -> Any:
    """A name of this package, loaded when it is first used; AttributeError for any other."""
    if name not in NAMES:
        from bpdebug.errors import did_you_mean

        hint = did_you_mean(name, NAMES)
        raise AttributeError(f"module 'bpdebug' has no attribute {name!r}{hint}")
    found = getattr(import_module(NAMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The names that are there to use, with those of every module."""
    return sorted({*NAMES, *(name for name in globals() if name.startswith("__"))})
