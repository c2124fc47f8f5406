"""`bpdebug.record`: the run of what a model in PyTorch computes inside a with block."""

from __future__ import annotations

import sys
from threading import get_ident
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar

from bpdebug.api.load import wanted
from bpdebug.api.origin import RecordedOrigin
from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.errors import BpdebugError

if TYPE_CHECKING:
    from bpdebug.recording.from_torch.recording import TorchRecording


class record:  # noqa: N801 - the caller reads it as a verb: with bpdebug.record(model) as run
    """Record what PyTorch computes inside a with block, as the run of its loss.

    `model` is a module, several in a list, or None where there is only functional code; the names
    of its parameters are those of the run. `optimizer`, with its settings and its state, becomes
    the update rule; without it nothing is updated. The loss is what `backward` is called on inside
    the block, else its variable `loss`, else the last number that it computes from a parameter. The
    recording is held against PyTorch's own gradients. BpdebugError, with the function, the module
    and the line, for what has no op.

        with bpdebug.record(model, optimizer) as run:
            loss = criterion(model(x), y)
        loss.backward()
        run.compare(model)

    The run is ready when the block has ended.
    """

    _waiting: ClassVar[record | None] = None
    """The block that gives way to the next; None where there is none."""

    def __init__(
        self, model: Any = None, optimizer: Any = None, *, iterations: int | None = None
    ) -> None:
        if optimizer is not None and not hasattr(optimizer, "param_groups"):
            raise BpdebugError(
                f"a {type(optimizer).__name__} is no optimizer; give one of torch.optim",
                key="optimizer",
            )
        self._model, self._optimizer = model, optimizer
        self._iterations = wanted(iterations)
        if optimizer is not None and not isinstance(getattr(optimizer, "param_groups", None), list):
            raise BpdebugError(
                f"{what(optimizer)} is no optimizer; give one of PyTorch, as in "
                "torch.optim.SGD(model.parameters(), lr=0.1)",
                key="optimizer",
            )
        self._origin = RecordedOrigin(None)
        self._block: TorchRecording | None = None
        self._thread = 0

    def __enter__(self) -> ScenarioRun:
        return self.begin(sys._getframe(1))

    def begin(self, frame: FrameType, *, gives_way: bool = False) -> ScenarioRun:
        """Begin to record; `frame` is that whose local variables name the inputs.

        A block that `gives_way` ends without a run where another begins inside it.
        """
        try:
            from bpdebug.recording.from_torch.recording import TorchRecording
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            raise BpdebugError(
                "PyTorch is not installed; install it, for instance with pip install "
                "'bpdebug[torch]'"
            ) from None
        if record._waiting is not None and record._waiting._thread == get_ident():
            record._waiting.leave()
        self._block = TorchRecording(
            self._model, self._optimizer, frame, iterations=self._iterations
        )
        self._block.__enter__()
        self._thread = get_ident()
        self._origin = RecordedOrigin(None, self._iterations)
        record._waiting = self if gives_way else None
        return ScenarioRun(self._origin)

    @property
    def left(self) -> bool:
        """Whether it has given way to another block, or was left."""
        return self._block is None

    def leave(self) -> None:
        """End the block without a run; nothing happens where it has ended so before."""
        record._waiting = None
        block, self._block = self._block, None
        if block is not None:
            block.__exit__(GeneratorExit, None, None)

    def __exit__(self, *error: Any) -> None:
        assert self._block is not None
        record._waiting = None
        self._block.__exit__(*error)
        self._origin.ready(self._block.recording, self._block.proved)


def what(given: Any) -> str:
    """What an object is, for an error: `a list`, or a class itself."""
    if isinstance(given, type):
        return f"the class {given.__name__}"
    return f"a {type(given).__name__}"
