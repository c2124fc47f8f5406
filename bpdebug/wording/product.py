"""From index letters to a product as a textbook writes it: `δ · hᵀ`, `Wᵀ · δ`, `δᵀ · h`.

The contribution of an edge is a sum over letters of upstream and local factors. Where that is a
product of matrices and vectors, its order and its transposes follow from the letters.
"""

from __future__ import annotations

from collections.abc import Collection

from bpdebug.records import record, replace


@record
class Factor:
    """A factor of a product: the upstream gradient or the local derivative."""

    upstream: bool
    transposed: bool = False


@record
class ProductForm:
    """How upstream gradient and local derivative are combined.

    `each` multiplies cell by cell; else it is a matrix product, or a number times an array.
    `summed` are letters that are added up outside of the product.
    """

    factors: tuple[Factor, ...]
    each: bool = False
    summed: str = ""
    matrix: bool = False
    """True for a product of vectors and matrices that ASCII writes `@`, not of a number."""


UPSTREAM = Factor(upstream=True)
LOCAL = Factor(upstream=False)


def derive(upstream: str, local: str, cell: str) -> ProductForm:
    """The product whose letters are `cell`, from factors with these letters."""
    summed = [letter for letter in dict.fromkeys(upstream + local) if letter not in cell]
    if not local:
        # The factor is one number: the upstream gradient itself, summed, spread or turned.
        turned = len(cell) > 1 and upstream == cell[::-1]
        return ProductForm((Factor(True, turned), LOCAL), summed="".join(summed))
    if not summed and local == cell:
        return ProductForm((UPSTREAM, LOCAL), each=bool(upstream))
    plain = drop_batch(upstream, local, cell)
    product, outside = matrix_product(*plain), ""
    while product is None and max(map(len, plain)) > 2 and (stack := stack_letter(*plain)):
        outside += stack * (stack in summed)
        plain = without(stack, *plain)
        product = matrix_product(*plain)
    if product is None:
        return ProductForm((UPSTREAM, LOCAL), each=True, summed="".join(summed))
    if outside:
        return replace(product, summed=outside)
    return transposed_product(product) if len(plain[2]) == 1 and plain[2] != cell else product


def transposed_product(product: ProductForm) -> ProductForm:
    """A product for vectors that are the rows of a batch: (A · v)ᵀ = vᵀ · Aᵀ, the rows lie down."""
    first, second = product.factors
    turned = Factor(first.upstream, not first.transposed)
    return ProductForm((second, turned), matrix=product.matrix)


def stack_letter(upstream: str, local: str, cell: str) -> str:
    """The first letter of two of the words: a product is made, or added up, for each of its values.

    Empty where no two words begin with an equal letter.
    """
    firsts = [word[:1] for word in (upstream, local, cell) if len(word) > 1]
    return next((n for n in firsts if firsts.count(n) > 1), "")


def drop_batch(upstream: str, local: str, cell: str) -> tuple[str, str, str]:
    """The words without the letters that all three share: there the product repeats row by row."""
    return without(set(upstream) & set(local) & set(cell), upstream, local, cell)


def without(letters: Collection[str], upstream: str, local: str, cell: str) -> tuple[str, str, str]:
    """Three words without some letters."""
    out = dict.fromkeys(map(ord, letters))
    return upstream.translate(out), local.translate(out), cell.translate(out)


def matrix_product(upstream: str, local: str, cell: str) -> ProductForm | None:
    """Order and transposes, also beside a number; None where it is no product of matrices."""
    if max(len(upstream), len(local), len(cell)) > 2:
        return None
    if not upstream:
        if sorted(local) != sorted(cell):
            return None
        return ProductForm((UPSTREAM, Factor(False, len(cell) == 2 and local == cell[::-1])))
    if len(cell) == 2:
        return outer_product(upstream, local, cell)
    if len(cell) == 1:
        return matrix_times_vector(upstream, local, cell)
    if len(upstream) == len(local) == 1:
        return ProductForm((Factor(True, True), LOCAL), matrix=True)
    return None


def outer_product(upstream: str, local: str, cell: str) -> ProductForm | None:
    """A matrix: its row letter comes from the left factor, its column letter from the right."""
    upstream_left = cell[0] in upstream
    left, right = (upstream, local) if upstream_left else (local, upstream)
    if cell[0] not in left or cell[1] not in right or cell[1] in left or cell[0] in right:
        return None
    return ProductForm(
        (
            Factor(upstream_left, len(left) == 2 and left[0] != cell[0]),
            # A vector on the right lies down.
            Factor(not upstream_left, len(right) == 1 or right[1] != cell[1]),
        ),
        matrix=True,
    )


def matrix_times_vector(upstream: str, local: str, cell: str) -> ProductForm | None:
    """A vector: the matrix stands left, turned when the cell's letter is its second."""
    if len(upstream) + len(local) != 3:
        return None
    upstream_left = len(upstream) == 2
    matrix = upstream if upstream_left else local
    if cell not in matrix or cell in (local if upstream_left else upstream):
        return None
    factors = (Factor(upstream_left, matrix[0] != cell), Factor(not upstream_left))
    return ProductForm(factors, matrix=True)
