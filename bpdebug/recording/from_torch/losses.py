"""Which number of the block is the loss, and PyTorch's gradients of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from bpdebug.errors import BpdebugError
from bpdebug.ops import Array
from bpdebug.recording.from_torch.tensors import numbers, tensors_in
from bpdebug.recording.lines import Line
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.texts import call, infix
from bpdebug.recording.value import Value
from bpdebug.recording.writing import needed

BACKWARD = (torch.Tensor.backward, torch.autograd.backward)
"""Functions that say what the loss is."""
Learned = tuple[torch.Tensor, Value]
"""A tensor that is learned, and what it is in the recording."""


class Losses:
    """The loss: what `backward` was called on, or the last number that needs a gradient."""

    def __init__(self, recorder: Recorder, learned: Sequence[Learned], *, prove: bool) -> None:
        self._recorder, self._learned = recorder, learned
        self._prove = prove
        """Whether PyTorch is asked for its gradients."""
        self.latest: tuple[torch.Tensor, Value] | None = None
        """The latest single number that needs a gradient."""
        self._numbers: dict[int, tuple[torch.Tensor, Value]] = {}
        """All single numbers that need a gradient, by the identity of their tensors."""
        self.several: tuple[torch.Tensor, Value] | None = None
        """The latest result that needs a gradient and has several numbers."""
        self.called: list[Value] = []
        """What `backward` was called on, in the order of the calls."""
        self.gradients: dict[Value, Array] = {}
        """PyTorch's gradients by parameter, of those that it computes alone; summed over calls."""
        self.known = prove
        """Whether PyTorch could say its gradients."""
        self.own: list[Value] = []
        """Values whose gradients pass through code of the user's own."""
        self._grads: list[tuple[torch.Tensor, torch.Tensor, int]] = []

    def computed(self, tensor: torch.Tensor, value: Value) -> None:
        """A result that needs a gradient."""
        if tensor.numel() == 1 and (tensor.ndim == 0 or self.latest is None):
            self.latest = self._numbers[id(tensor)] = (tensor, value)
        else:
            self.several = (tensor, value)

    def backward(
        self, args: Any, kwargs: Any, lift: Callable[[torch.Tensor], Value], line: Line
    ) -> None:
        """`backward` is about to be called. BpdebugError where a second one does not add to it."""
        given = list(args)
        outputs = list(tensors_in(given[0] if given else kwargs.get("tensors", ())))
        seeds = given[1] if len(given) > 1 else kwargs.get("gradient", kwargs.get("grad_tensors"))
        seeds = list(seeds) if isinstance(seeds, (tuple, list)) else [seeds] * len(outputs)
        if self.called:
            self._accumulates(line)
        for output, seed in zip(outputs, seeds, strict=False):
            value = lift(output)
            self.called.append(self.seeded(value, seed, lift, line))
            self._add(output, seed, value)

    def seeded(
        self, value: Value, seed: Any, lift: Callable[[torch.Tensor], Value], line: Line
    ) -> Value:
        """The number whose gradient `backward(seed)` computes."""
        if seed is None or (seed.ndim == 0 and float(seed) == 1 and value.array.ndim == 0):
            return value
        weight = lift(seed)
        weighted = self._recorder.result(
            infix("*"), [value, weight], value.array * weight.array, line=line
        )
        if value.array.ndim == 0:
            return weighted
        return self._recorder.result(
            call("sum"), [weighted], np.asarray(np.sum(weighted.array)), line=line
        )

    def ran(self) -> None:
        """`backward` has run: what stands in `.grad` now is what a second call adds to."""
        self._grads = [
            (one, one.grad, one.grad._version) for one, _ in self._learned if one.grad is not None
        ]

    def closure(self, line: Line) -> None:
        """An optimizer is about to call a closure. BpdebugError where it would compute the loss."""
        if not self.called and self.latest is None:
            raise line.error(
                "step(closure) computes the loss while the optimizer steps, where nothing is "
                "recorded; compute the loss in the block, before step()"
            )

    def _accumulates(self, line: Line) -> None:
        """An error where gradients were cleared between two calls of backward."""
        for tensor, grad, version in self._grads:
            if tensor.grad is not grad or grad._version != version:
                raise line.error(
                    "gradients were changed between two calls of backward(), so that the block has "
                    "two losses; record each in a block of its own"
                )

    def _add(self, loss: torch.Tensor, seed: torch.Tensor | None, value: Value) -> None:
        """Add PyTorch's gradients of one loss to those of the others."""
        if not self.known:
            return
        found = pytorch_gradients(loss, seed, self.provable(value))
        if found is None:
            self.known = False
            return
        for one, gradient in found.items():
            before = self.gradients.get(one)
            self.gradients[one] = gradient if before is None else before + gradient

    def loss(self, called: torch.Tensor | None = None) -> Value:
        """The loss: of several numbers, that which the code calls so.

        BpdebugError where the block has none.
        """
        if called is not None and id(called) in self._numbers:
            self.latest = self._numbers[id(called)]
        found = self._found()
        if found.array.ndim == 0 or np.size(found.array) != 1:
            return found
        return self._recorder.result(
            call("sum"), [found], np.asarray(np.sum(found.array)), line=found.line
        )

    def _found(self) -> Value:
        """The loss as the block computed it: a number, or an array with one in it."""
        if self.called:
            total = self.called[0]
            for one in self.called[1:]:
                total = self._recorder.result(
                    *(infix("+"), [total, one], np.asarray(total.array + one.array)),
                    line=one.line,
                )
            return total
        if self.latest is not None:
            tensor, value = self.latest
            self._add(tensor, None, value)
            return value
        if self.several is not None:
            tensor, value = self.several
            raise value.line.error(
                "the block computed no single number that needs a gradient; the last result has "
                f"the shape {tuple(tensor.shape)}: reduce it to a loss inside of the block, as by "
                ".mean()"
            )
        raise BpdebugError(
            "the block computed nothing that depends on a parameter; run the model and compute "
            "the loss inside of it, without torch.no_grad()"
        )

    def let_go(self) -> None:
        """Hold no loss and no gradient any more."""
        self.latest = self.several = None
        for one in (self._numbers, self.called, self.gradients, self.own, self._grads):
            one.clear()

    def provable(self, loss: Value) -> list[Learned]:
        """What is learned, but for that whose gradient code of the user's own computes."""
        led = set(needed(loss))
        below: set[Value] = set()
        for one in self.own:
            if one in led and one not in below:
                below.update(needed(one))
        return [
            (tensor, value)
            for tensor, value in self._learned
            if tensor.requires_grad and value not in below and not tensor._backward_hooks
        ]


def pytorch_gradients(
    loss: torch.Tensor, seed: torch.Tensor | None, learned: Sequence[Learned]
) -> dict[Value, Array] | None:
    """PyTorch's gradients, without a change to any `.grad`; 0 for what the loss does not use.

    None where PyTorch cannot say them.
    """
    if not learned:
        return {}
    try:
        found = torch.autograd.grad(
            *([loss], [tensor for tensor, _ in learned]),
            [seed],
            retain_graph=True,
            allow_unused=True,
        )
    except RuntimeError:  # a graph that is changed or freed: the user's own backward() says so
        return None
    return {
        value: np.zeros(tuple(tensor.shape)) if grad is None else np.array(numbers(grad.to_dense()))
        for (tensor, value), grad in zip(learned, found, strict=True)
    }
