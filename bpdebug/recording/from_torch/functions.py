"""PyTorch's functions, each as the op that it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.texts import Form, call, infix, negative, transposed
from bpdebug.recording.written import Translation, Written, written

FUNCTIONS: dict[Any, Translation] = {}
"""By the function of PyTorch."""


def of(*functions: Any) -> Callable[[Translation], Translation]:
    """Declare that a translation is that of these functions."""

    def declare(translation: Translation) -> Translation:
        FUNCTIONS.update(dict.fromkeys(functions, translation))
        return translation

    return declare


def binary(form: Form, first: Any, second: Any) -> Written:
    """A function of two operands that a form writes."""
    return written(form, first, second)


def unary(form: Form, operand: Any, inplace: bool = False) -> Written:
    """A function of one operand."""
    return written(form, operand)


Tensor = torch.Tensor
SIGNS = {
    "+": (torch.add, Tensor.add, Tensor.__add__),
    "*": (torch.mul, Tensor.mul, Tensor.__mul__),
    "/": (torch.div, Tensor.div, Tensor.__truediv__),
    "@": (torch.matmul, Tensor.matmul, Tensor.__matmul__),
}
for sign, functions in SIGNS.items():
    of(*functions)(partial(binary, infix(sign)))
for op, functions in {
    "relu": (torch.relu, functional.relu, Tensor.relu),
    "tanh": (torch.tanh, functional.tanh, Tensor.tanh),
    "sigmoid": (torch.sigmoid, functional.sigmoid, Tensor.sigmoid),
    "exp": (torch.exp, Tensor.exp),
    "log": (torch.log, Tensor.log),
}.items():
    of(*functions)(partial(unary, call(op)))
of(torch.neg, Tensor.neg, Tensor.__neg__)(partial(unary, negative))


@of(functional.linear)
def linear(input: Any, weight: Any, bias: Any = None) -> Written:
    """F.linear: x @ W.T + b"""
    product = infix("@")

    def form(operands: Any) -> Any:
        turned = product([operands[0], transposed([operands[1]])])
        return infix("+")([turned, operands[2]]) if len(operands) == 3 else turned

    return written(form, input, weight) if bias is None else written(form, input, weight, bias)


@of(functional.cross_entropy)
def cross_entropy(input: Any, target: Any, **options: Any) -> Written:
    """F.cross_entropy of logits"""
    return written(call("cross_entropy"), input, target)


of(torch.sub, Tensor.sub, Tensor.__sub__)(partial(binary, infix("-")))
of(torch.square, Tensor.square)(partial(unary, call("square")))
of(torch.mean, Tensor.mean)(partial(unary, call("mean")))
