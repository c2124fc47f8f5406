"""`bpdebug.trace`: run a function on wrapped arrays, and make a recording of what it did."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.recording.from_numpy.traced import TracedArray
from bpdebug.recording.from_numpy.tracer import Tracer, float64
from bpdebug.recording.recording import Recording
from bpdebug.recording.setting import Setting


def trace(
    function: Callable[..., Any], parameters: Mapping[str, Any], inputs: Mapping[str, Any]
) -> Recording:
    """Record a forward pass: the function is called with parameters and inputs by name.

    It returns the loss, or a tuple that begins with it. BpdebugError, with the user's file and
    line, for what no scenario can compute.
    """
    code = code_of(function)
    tracer = Tracer(code)
    arrays = {
        name: tracer.wrap(tracer.recorder.input(name, float64(one))) for name, one in inputs.items()
    }
    for name, one in parameters.items():
        arrays[name] = tracer.wrap(tracer.recorder.parameter(name, float64(one)))
    result = called(function, arrays, tracer, code)
    loss = result[0] if isinstance(result, tuple) and result else result
    if not isinstance(loss, TracedArray):
        raise BpdebugError(
            f"{function.__name__} returned {type(loss).__name__}, which is no recorded number; "
            "return the loss as NumPy computed it, without float()"
        )
    title = f"{function.__name__} in {Path(code.co_filename).name}" if code else "recorded"
    recording = tracer.recorder.finish(loss.value, Setting(title=title))
    prove(recording, loss.array)
    return recording


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of a function or method; None for what has none."""
    return getattr(getattr(function, "__func__", function), "__code__", None)


def called(
    function: Callable[..., Any], arrays: dict[str, Any], tracer: Tracer, code: CodeType | None
) -> Any:
    """What the function returns. Its local variables are noted at the moment when it returns."""
    before = sys.getprofile()

    def returning(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            tracer.look(frame)

    sys.setprofile(returning)
    try:
        return function(**arrays)
    finally:
        sys.setprofile(before)


def prove(recording: Recording, loss: Any) -> None:
    """BpdebugError where the scenario does not compute what the code computed."""
    from bpdebug.run import Run

    run = Run(recording.problem(), 1)
    found = float(run.iteration(1).loss)
    if not np.isclose(found, float(loss), rtol=1e-9, atol=1e-12, equal_nan=True):
        raise BpdebugError(f"the recording gives a loss of {found!r}, the code {float(loss)!r}")
