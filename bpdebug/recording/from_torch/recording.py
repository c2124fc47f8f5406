"""From a block of PyTorch code that ran to its recording, proved against PyTorch's gradients."""

from __future__ import annotations

from pathlib import Path
from types import FrameType
from typing import Any

import torch

from bpdebug.errors import BpdebugError
from bpdebug.ops import FLOAT32, FLOAT64
from bpdebug.recording.from_torch.mode import Mode
from bpdebug.recording.from_torch.optimizers import updates
from bpdebug.recording.recording import Recording
from bpdebug.recording.setting import Setting


class TorchRecording:
    """A block of PyTorch code that is recorded. `recording` is there when the block has ended."""

    def __init__(self, model: torch.nn.Module | None, optimizer: Any, frame: FrameType) -> None:
        self._mode = Mode(model)
        self._model, self._optimizer, self._frame = model, optimizer, frame
        self.recording: Recording | None = None

    def __enter__(self) -> TorchRecording:
        self._mode.__enter__()
        return self

    def __exit__(self, kind: Any, *error: Any) -> None:
        self._mode.__exit__(kind, *error)
        if kind is None:
            self._mode.look(self._frame)
            self.recording = self.finish()

    def finish(self) -> Recording:
        """The recording of the loss."""
        mode, loss = self._mode, self._mode.latest
        value = mode.tensors.get(loss)
        if loss is None or value is None:
            raise BpdebugError(
                "nothing in the block computed a number that depends on a parameter; compute the "
                "loss inside of it"
            )
        single = loss.dtype == torch.float32
        dtype = FLOAT32 if single else FLOAT64
        title = f"{type(self._model).__name__} in {Path(self._frame.f_code.co_filename).name}"
        # What the optimizer holds now; its next step follows the loss.
        parameters = dict(self._model.named_parameters()) if self._model is not None else {}
        rules = updates(self._optimizer, parameters)
        setting = Setting(
            title=title,
            optimizer=rules.optimizer,
            parameters=rules.parameters or {},
            dtype=dtype,
            notes=rules.notes,
        )
        return mode.recorder.finish(value, setting)
