"""Writes FAMILY.json beside each file of cases: `python -m tests.torch_numbers.make [FAMILY …]`."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.torch_numbers.case import TorchCase
from tests.torch_numbers.families import FAMILIES

FOLDER = Path(__file__).parent


def numbers(case: TorchCase) -> dict[str, Any]:
    """The value, and the gradient of the weighted sum for each operand that has one."""
    operands = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=name not in case.data)
        for name, value in case.operands().items()
    }
    value = case.torch(torch.nn.functional, **operands)
    weights = torch.tensor(case.weights(tuple(value.shape)), dtype=torch.float64)
    (weights * value).sum().backward()
    gradients = {
        name: listed(operand.grad) for name, operand in operands.items() if name not in case.data
    }
    return {"value": listed(value.detach()), "gradients": gradients}


def listed(array: Any) -> Any:
    """A tensor as nested lists, with texts for what JSON cannot say."""
    found = np.asarray(array)
    texts = np.where(np.isfinite(found), None, found.astype(str)).astype(object)
    return np.where(np.isfinite(found), found.astype(object), texts).tolist()


def write(family: str) -> None:
    """Write the numbers of one file of cases."""
    cases = import_module(f"tests.torch_numbers.{family}").CASES
    made = {case.name: numbers(case) for case in cases}
    lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in made.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (FOLDER / f"{family}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for one in sys.argv[1:] or FAMILIES:
        write(one)
