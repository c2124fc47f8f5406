"""Functions of one number: roots, exponentials, logarithms, angles, rounding."""

from __future__ import annotations

from math import log, pi
from typing import Any

import torch

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.written import DATA, Written

FORMULAS = {
    "abs(input)": ("abs", "absolute", "__abs__"),
    "cos(input)": ("cos",),
    f"input * {pi / 180!r}": ("deg2rad",),
    "erf(input)": ("erf",),
    "1 - erf(input)": ("erfc",),
    "exp(input)": ("exp",),
    "2 ** input": ("exp2",),
    "expm1(input)": ("expm1",),
    "floor(input)": ("floor",),
    "-floor(-input)": ("ceil",),
    "sign(input) * floor(abs(input))": ("trunc", "fix"),
    "input - sign(input) * floor(abs(input))": ("frac",),
    "log(input)": ("log",),
    f"log(input) / {log(2)!r}": ("log2",),
    f"log(input) / {log(10)!r}": ("log10",),
    "log1p(input)": ("log1p",),
    f"input * {180 / pi!r}": ("rad2deg",),
    "reciprocal(input)": ("reciprocal",),
    "rsqrt(input)": ("rsqrt",),
    "sigmoid(input)": ("sigmoid", "expit"),
    "sign(input)": ("sign", "sgn"),
    "sin(input)": ("sin",),
    "(expm1(input) - expm1(-input)) / 2": ("sinh",),
    "(exp(input) + exp(-input)) / 2": ("cosh",),
    "sqrt(input)": ("sqrt",),
    "square(input)": ("square",),
    "sin(input) / cos(input)": ("tan",),
    "tanh(input)": ("tanh",),
    "(log1p(input) - log1p(-input)) / 2": ("atanh", "arctanh"),
}
"""Formulas of a single operand, and the functions that they are."""


def by_formula(text: str) -> Any:
    """The translation by a formula of the only operand."""

    def translation(input: Any, inplace: bool = False) -> Written:
        return formula(text, input=input)

    return translation


for text, functions in FORMULAS.items():
    of(*functions)(by_formula(text))


@of("round")
def rounded(input: Any, decimals: int = 0) -> Written:
    """input, rounded to whole numbers; as data where halves are rounded to even ones"""
    found = torch.floor(input + 0.5)
    if decimals or not torch.equal(found, torch.round(input)):
        return DATA
    return formula("floor(input + 0.5)", input=input)


@of("logit")
def logit(input: Any, eps: float | None = None) -> Written:
    """ln(p/(1 − p))"""
    if eps is None:
        return formula("log(input / (1 - input))", input=input)
    return formula(
        """
        kept = clip(input, low=low, high=high)
        log(kept / (1 - kept))
        """,
        input=input,
        low=eps,
        high=1 - eps,
    )
