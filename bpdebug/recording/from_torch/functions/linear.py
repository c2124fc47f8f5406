"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

from string import ascii_letters
from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.from_torch.functions.tensors import constant, single, whole
from bpdebug.recording.texts import call
from bpdebug.recording.written import RefusedError, Written, alike, written

Tensor = torch.Tensor


@of("matmul", "__matmul__")
def matmul(input: Any, other: Any) -> Written:
    """The product of two matrices, or of stacks of them"""
    return formula("input @ other", input=input, other=other)


for home in (torch, Tensor):
    of(home.mm, home.bmm)(lambda input, mat2: matmul(input, mat2))
    of(home.mv)(lambda input, vec: matmul(input, vec))
    of(home.dot, home.vdot)(lambda input, tensor: matmul(input, tensor))
of("__rmatmul__")(lambda input, other: matmul(other, input))


@of("inner")
def inner(input: Any, other: Any) -> Written:
    """Products summed over the last axis of both"""
    if not input.ndim or not other.ndim:
        return formula("input * other", input=input, other=other)
    if other.ndim == 1:
        return matmul(input, other)
    if input.ndim > 2 or other.ndim > 2:
        raise RefusedError("inner of stacks has no op; write torch.einsum")
    return formula("input @ other.T", input=input, other=other)


@of("vecdot")
def vecdot(x: Any, y: Any, dim: int = -1) -> Written:
    """Products summed over an axis of both"""
    return formula("sum(x * y, axis=dim)", x=x, y=y, dim=dim)


@of("outer", "ger")
def outer(input: Any, vec2: Any) -> Written:
    """Every product of a cell of one vector with a cell of the other"""
    return formula("outer(input, vec2)", input=input, vec2=vec2)


@of("linear")
def linear(input: Any, weight: Any, bias: Any = None) -> Written:
    """x·Wᵀ + b"""
    if weight.ndim == 1 or input.ndim == 1:
        text = "weight @ input" if weight.ndim == 2 else "input @ weight"
    else:
        text = "input @ weight.T"
    more = "" if bias is None else " + bias"
    return formula(text + more, input=input, weight=weight, bias=bias)


@of("bilinear")
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Written:
    """x₁·W·x₂ + b for every unit"""
    text = 'einsum("...i,kij,...j->...k", input1, weight, input2)'
    more = "" if bias is None else " + bias"
    return formula(text + more, input1=input1, weight=weight, input2=input2, bias=bias)


def scaled_sum(product: str, input: Any, beta: Any, alpha: Any, **operands: Any) -> Written:
    """beta·input + alpha·product"""
    first = "input + " if single(beta, 1) else "beta * input + "
    if single(beta, 0):
        first = ""
    second = product if single(alpha, 1) else f"alpha * ({product})"
    return formula(first + second, input=input, beta=beta, alpha=alpha, **operands)


@of("addmm")
def addmm(input: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Written:
    """A matrix and a product of matrices"""
    return scaled_sum("a @ b", input, beta, alpha, a=mat1, b=mat2)


@of("baddbmm")
def baddbmm(input: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Written:
    """Matrices and products of matrices"""
    return scaled_sum("a @ b", input, beta, alpha, a=batch1, b=batch2)


@of("addbmm")
def addbmm(input: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Written:
    """A matrix and a sum of products of matrices"""
    return scaled_sum("sum(a @ b, axis=0)", input, beta, alpha, a=batch1, b=batch2)


@of("addmv")
def addmv(input: Any, mat: Any, vec: Any, beta: Any = 1, alpha: Any = 1) -> Written:
    """A vector and the product of a matrix and a vector"""
    return scaled_sum("a @ b", input, beta, alpha, a=mat, b=vec)


@of("addr")
def addr(input: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Written:
    """A matrix and every product of the cells of two vectors"""
    return scaled_sum("outer(a, b)", input, beta, alpha, a=vec1, b=vec2)


@of(torch.chain_matmul, torch.linalg.multi_dot)
def chain(*matrices: Any) -> Written:
    """A product of several matrices"""
    first = matrices[0]
    given = first if isinstance(first, (tuple, list)) else matrices
    made = matmul(*given[:2])
    for one in given[2:]:
        made = matmul(made, one)
    return made


@of("matrix_power")
def matrix_power(input: Any, n: int) -> Written:
    """A matrix times itself"""
    if n < 1:
        raise RefusedError("matrix_power has an op for n of 1 and more")
    made = alike(input)
    for _ in range(n - 1):
        made = matmul(made, input)
    return made


def crossed(input: Any, other: Any, dim: int) -> Written:
    """The vectors that stand at right angles to two."""
    before = whole(input, dim)
    keys = {
        name: (*before, constant(torch.tensor(places), name))
        for name, places in (("next", [1, 2, 0]), ("last", [2, 0, 1]))
    }
    return formula(
        "input[next] * other[last] - input[last] * other[next]", input=input, other=other, **keys
    )


of(torch.linalg.cross)(lambda input, other, dim=-1: crossed(input, other, dim))


@of(torch.cross, Tensor.cross)
def cross(input: Any, other: Any, dim: int | None = None) -> Written:
    """The vectors that stand at right angles to two"""
    return crossed(input, other, list(input.shape).index(3) if dim is None else dim)


@of("einsum")
def einsum(equation: Any, *operands: Any) -> Written:
    """Products summed over letters"""
    if not isinstance(equation, str):
        raise RefusedError('einsum with lists has no op; write letters, as in "ij,jk->ik"')
    given = operands[0] if isinstance(operands[0], (tuple, list)) else operands
    words = equation.replace(" ", "").partition("->")[0].split(",")
    if any(len(set(word.replace("...", ""))) < len(word.replace("...", "")) for word in words):
        raise RefusedError(
            "einsum with a letter twice in one operand has no op; write torch.diagonal"
        )
    return written(call("einsum", equation.replace(" ", "")), *given)


@of("tensordot")
def tensordot(a: Any, b: Any, dims: Any = 2, out: Any = None) -> Written:
    """Products summed over several axes"""
    if isinstance(dims, (int, Tensor)):
        count = int(dims)
        dims = (range(a.ndim - count, a.ndim), range(count))
    first = [int(axis) % a.ndim for axis in dims[0]]
    second = [int(axis) % b.ndim for axis in dims[1]]
    letters = iter(ascii_letters)
    of_a = [next(letters) for _ in range(a.ndim)]
    met = {axis: of_a[other] for axis, other in zip(second, first, strict=True)}
    of_b = [met[at] if at in met else next(letters) for at in range(b.ndim)]
    kept = [n for at, n in enumerate(of_a) if at not in first]
    kept += [n for at, n in enumerate(of_b) if at not in second]
    return written(call("einsum", f"{''.join(of_a)},{''.join(of_b)}->{''.join(kept)}"), a, b)


@of("kron")
def kron(input: Any, other: Any) -> Written:
    """A matrix of matrices"""
    raise RefusedError("kron has no op; write torch.einsum and reshape")


@of(functional.cosine_similarity)
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Written:
    """How alike the directions of vectors are"""
    longest = max(x1.ndim, x2.ndim)
    if longest == 0:
        raise RefusedError("cosine_similarity of single numbers has no op; give it vectors")
    axis = dim % longest - longest
    axis = dim if x1.ndim == x2.ndim and axis != -1 else axis
    return formula(
        "cosine_similarity(x1, x2, axis=axis, eps=eps)", x1=x1, x2=x2, axis=axis, eps=eps
    )


@of(functional.normalize)
def normalize(
    input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None
) -> Written:
    """Vectors over their lengths"""
    if p != 2 or not isinstance(dim, int):
        raise RefusedError("normalize with p other than 2 has no op; divide by torch.norm")
    axis = -1 if dim % input.ndim == input.ndim - 1 else dim
    return formula("normalize(input, axis=axis, eps=eps)", input=input, axis=axis, eps=float(eps))
