"""From a block of PyTorch code that ran to its recording, proved against PyTorch's gradients."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from bpdebug.errors import BpdebugError
from bpdebug.ops import FLOAT32, FLOAT64
from bpdebug.recording.from_torch.compiled import originals
from bpdebug.recording.from_torch.kinks import all_apart
from bpdebug.recording.from_torch.mode import Mode, raised
from bpdebug.recording.from_torch.modules import Models
from bpdebug.recording.from_torch.optimizers import Updates, updates
from bpdebug.recording.from_torch.proof import prove
from bpdebug.recording.proof import at_line_of
from bpdebug.recording.recorder import UNKNOWN
from bpdebug.recording.recording import Recording
from bpdebug.recording.setting import Setting
from bpdebug.recording.value import Role, Value
from bpdebug.recording.writing import needed
from bpdebug.records import replace
from bpdebug.run import Run

UNPROVED = (
    "only the values are held against PyTorch's: it could not compute the gradients at the end of "
    "the block, as where a graph is freed or changed, or a checkpoint is reentrant"
)


class TorchRecording:
    """A block of PyTorch code that is recorded. `recording` is there when the block has ended."""

    def __init__(
        self,
        model: Models,
        optimizer: Any,
        frame: FrameType,
        *,
        prove: bool = True,
        iterations: int | None = None,
    ) -> None:
        """`model` is a module, a list or dict of them, or None; `frame` is that of the block.

        `prove` says whether the recording is replayed and held against PyTorch's numbers, as a run
        of so many `iterations`; None for the scenario's own number.
        """
        model = originals(model)
        self._mode: Mode | None = Mode(model, frame, prove=prove)
        self._mode.stepping = self._stepping
        self._optimizer, self._prove, self._iterations = optimizer, prove, iterations
        self._rules: Updates | None = None
        self._title = title(model, frame)
        self.recording: Recording | None = None
        self.proved: Run | None = None
        """The run by which the recording was proved; None where it was not."""

    def __enter__(self) -> TorchRecording:
        if self._mode is None:
            raise BpdebugError("a recording is made once; call record again for another block")
        self._mode.__enter__()
        return self

    def __exit__(self, kind: Any, *error: Any) -> None:
        mode, self._mode = self._mode, None
        assert mode is not None
        mode.__exit__(kind, *error)
        if kind is None:
            self.recording = self._finished(mode)

    def _stepping(self, optimizer: Any) -> None:
        """The optimizer is about to step inside of the block: what it holds now is recorded."""
        if optimizer is self._optimizer and self._rules is None and self._mode is not None:
            self._mode.leaves.end(self._mode.frames.block)
            self._rules = updates(*self._updated(self._mode, self._mode.losses.called))

    def _updated(self, mode: Mode, losses: Sequence[Value]) -> tuple[Any, Any, Container[str]]:
        """The optimizer, all parameters, and the names of those that losses depend on.

        Without a loss, any parameter may be one.
        """
        parameters = mode.leaves.parameters
        led = {value for loss in losses for value in needed(loss)}
        used = [
            name for name, one in parameters.items() if not losses or mode.tensors.get(one) in led
        ]
        return self._optimizer, parameters, used

    def _finished(self, mode: Mode) -> Recording:
        """The recording of the loss. BpdebugError where there is none, or it is not right."""
        if mode.failed is not None:
            raise raised(mode.failed) from (
                None if isinstance(mode.failed, BpdebugError) else mode.failed
            )
        mode.frames.end()
        mode.leaves.end(mode.frames.block)
        loss = mode.losses.loss(self._called_loss(mode))
        # What the optimizer holds now; its next step follows the loss.
        rules = self._rules or updates(*self._updated(mode, [loss]))
        used = needed(loss)
        known = [one for one in used if one.role is not Role.NUMBER and one.array is not UNKNOWN]
        single = any(one.array.dtype == FLOAT32 for one in known)
        double = any(one.array.dtype == FLOAT64 for one in known if one.role is Role.RESULT)
        setting = Setting(
            title=self._title,
            description=f"What PyTorch computed up to {loss.line.short}.",
            optimizer=rules.optimizer,
            parameters=rules.parameters or {},
            aliases=mode.leaves.aliases,
            iterations=self._iterations,
            dtype=FLOAT32 if single and not double else FLOAT64,
            notes=(*rules.notes, *self._notes(mode, used)),
        )
        recording = self._written(mode, loss, setting)
        if not self._prove:
            return recording
        gradients = mode.losses.gradients if mode.losses.known else {}

        def spelled_out() -> Recording:
            with all_apart(used):
                return self._written(mode, loss, setting)

        with at_line_of(recording):
            run = Run(recording.problem(self._iterations))
            note = prove(recording, run, gradients, single=single, spelled_out=spelled_out)
        if note:
            recording = self._written(mode, loss, replace(setting, notes=(*setting.notes, note)))
            run = Run(recording.problem(self._iterations))
        self.proved = run
        return recording

    def _written(self, mode: Mode, loss: Value, setting: Setting) -> Recording:
        """The recording of a loss, as it is written."""
        return replace(
            mode.recorder.finish(loss, setting),
            own_functions=tuple(mode.scopes.found),
            left_over=mode.leaves.left_over,
            models=mode.modules.models,
        )

    def _called_loss(self, mode: Mode) -> torch.Tensor | None:
        """The tensor that the block's code calls its loss; None where it has no such variable.

        After it, other numbers may have been computed from it: a perplexity, a metric.
        """
        held = mode.frames.block.f_locals.get("loss")
        return held if isinstance(held, torch.Tensor) and held.numel() == 1 else None

    def _notes(self, mode: Mode, used: list[Value]) -> list[str]:
        """What the user should know about the recording."""
        notes = [
            f"{name} and {first} are one array: its gradient is the sum of all its uses"
            for name, first in mode.leaves.tied.items()
        ]
        for one in mode.scopes.found:
            where = f" ({Path(one.line).name})" if one.line else ""
            group = "" if one.group == one.name else f"{one.group}: "
            notes.append(
                f"{group}the backward pass of {one.name}{where} is your own; here it is derived "
                "from what its forward computes"
            )
        if self._prove and not mode.losses.known:
            notes.append(UNPROVED)
        return [*notes, *mode.calls.departures.notes]


def title(models: Models, frame: FrameType) -> str:
    """What is recorded, and where: `Net in train.py`."""
    if models is None:
        what = frame.f_code.co_name.strip("<>")
    elif isinstance(models, torch.nn.Module):
        what = type(models).__name__
    else:
        every = models.values() if isinstance(models, Mapping) else models
        what = " and ".join(type(one).__name__ for one in every)
    return f"{what} in {Path(frame.f_code.co_filename).name}"
