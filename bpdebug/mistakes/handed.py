"""Numbers that somebody hands in: what each is called, and how precisely it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression.named import Named, named
from bpdebug.expression.tree import Aspect
from bpdebug.graph import Graph, Kind
from bpdebug.ops import FLOAT64, Array, DType, epsilon, of_dtype, show_shape
from bpdebug.optimizer import Rule
from bpdebug.printable import visible
from bpdebug.records import record, replace


class Quantity(Enum):
    """What of a node a number is."""

    GRADIENT = "grad"
    VALUE = "value"
    NEW = "new"
    CHANGE = "change"


@record
class Precision:
    """How exactly numbers are given: their last digit, and the arithmetic that made them."""

    decimals: int | None = None
    """Digits behind the point, at most; None for numbers that are not rounded to print them."""
    significant: int | None = None
    """Significant digits, at most."""
    unit: float = 2.0**-53
    """The rounding of the arithmetic: 2⁻⁵³ for float64, 2⁻²⁴ for float32."""

    @property
    def digits(self) -> int:
        """About how many significant digits the numbers have."""
        exact = 15 if self.unit < SINGLE else 7
        return min(exact, self.significant) if self.significant is not None else exact

    def rounding(self, values: Array) -> Array:
        """How far printing may have moved each value."""
        if self.decimals is None or self.significant is None:
            return np.zeros(np.shape(values))
        with np.errstate(all="ignore"):
            exponent = np.floor(np.log10(np.abs(values)))
        exponent = np.where(np.isfinite(exponent), exponent, -308.0)
        last = 0.5 * 10.0 ** np.clip(exponent - self.significant + 1, -320, 300)
        # One part in a million more, for halves that were rounded in binary.
        return np.asarray(np.maximum(last, 0.5 * 10.0**-self.decimals) * (1 + 1e-6))


WITH_NAME = [
    re.compile(form)
    for form in (
        *(r"(?P<name>.+)", r"\w+\(\s*(?P<name>.+?)\s*\)"),
        *(r"[d∂](?P<name>.+)", r"(?P<name>.+)\.grad"),
    )
]
"""The forms of a key: a name, `grad(name)`, `dname`, `name.grad`."""
HALF = Precision(significant=4, decimals=8, unit=2.0**-11)
BRAIN = Precision(significant=2, decimals=40, unit=2.0**-11)
"""The precision of float16 and of bfloat16. The latter has two to three digits; arithmetic in it
adds in float32, and with a coarser unit gradients a fifth too small would pass for rounding."""
Precisions = Mapping[str, Precision]
"""The precision of each array, by its name."""
SINGLE = 2.0**-24
EXACT_DIGITS, SINGLE_DIGITS = 10, 9
"""Numbers of more than `EXACT_DIGITS` significant digits count as unrounded; of at most
`SINGLE_DIGITS`, as perhaps computed in float32."""
ROUNDED = 3
"""An array with at most so many decimals may be short by chance."""
SAMPLED = 2_000
"""Of a large array, the precision is found from so many numbers."""


@record
class Handed:
    """An array that was handed in, and what it is."""

    name: str
    """As it is told: `grad(W1)`, `delta(2)`, `value(z1)`, `new(W1)`."""
    node: int
    quantity: Quantity
    iteration: int
    values: Array
    precision: Precision = Precision()

    def beside(self, dtype: DType) -> Handed:
        """The array as it is held against numbers of this kind, which have no more digits."""
        if dtype == FLOAT64:
            return self
        precision = replace(self.precision, unit=max(self.precision.unit, epsilon(dtype) / 2))
        return replace(self, values=of_dtype(self.values, dtype), precision=precision)


def handed_in(
    graph: Graph,
    rules: Mapping[str, Rule],
    arrays: Mapping[str, Array],
    precision: Precision | Precisions,
    aliases: Mapping[str, str] | None = None,
) -> tuple[Handed, ...]:
    """What arrays under these names are; BpdebugError for a name that means nothing here.

    A bare name is a gradient; `@3` behind a name means iteration 3. `rules` are the update rules by
    parameter, and `aliases` further names of parameters.
    """
    found: dict[tuple[int, Quantity, int], Handed] = {}
    for key, values in arrays.items():
        try:
            own = precision if isinstance(precision, Precision) else precision[key]
            one = read_name(graph, rules, without_alias(key, aliases or {}), values, own)
        except BpdebugError as error:
            raise error.at(key=visible(key[:80])) from None
        same = (one.node, one.quantity, one.iteration)
        if same not in found:
            found[same] = one
        elif not np.array_equal(found[same].values, one.values):
            raise BpdebugError(
                f"these numbers are given twice, and not alike: {one.name} has several names; "
                "leave one out",
                key=visible(key[:80]),
            )
    if not found:
        raise BpdebugError(
            "there are no numbers in it; give arrays by name, such as W1 or grad(W1)"
        )
    return tuple(found.values())


def without_alias(key: str, aliases: Mapping[str, str]) -> str:
    """A key with a parameter's own name in the place of an alias: in `grad(0.weight)@2`, too."""
    text, at, iteration = key.partition("@")
    text = text.strip()
    for form in WITH_NAME:
        found = form.fullmatch(text)
        if found is not None and found["name"] in aliases:
            start, end = found.span("name")
            return f"{text[:start]}{aliases[found['name']]}{text[end:]}{at}{iteration}"
    return key


def read_name(
    graph: Graph, rules: Mapping[str, Rule], key: str, values: Array, precision: Precision
) -> Handed:
    """A single array by its name."""
    text, iteration = at_iteration(key)
    target, quantity = quantity_of(graph, text)
    node = graph.nodes[target.node]
    if target.key is not None:
        raise BpdebugError("give the whole array, not some of its cells")
    if quantity is Quantity.GRADIENT and not graph.has_gradient(target.node):
        raise BpdebugError(
            f"'{node.label}' has no gradient: it is data, or does not reach the loss; leave it out"
        )
    if quantity in (Quantity.NEW, Quantity.CHANGE) and (
        node.kind is not Kind.PARAMETER or node.name not in rules
    ):
        raise BpdebugError(
            f"'{node.label}' is never updated: it is no parameter, it is frozen, or the scenario "
            "has no [optimizer]; leave it out"
        )
    name = f"{quantity.value}({node.label})"
    return Handed(name, target.node, quantity, iteration, values, precision)


def at_iteration(key: str) -> tuple[str, int]:
    """A key without the iteration behind its `@`, and that iteration."""
    text, at, number = key.rpartition("@")
    if not at:
        return key.strip(), 1
    number = number.strip()
    if not (number.isascii() and number.isdigit()) or not int(number[:9]) >= 1 or len(number) > 9:
        raise BpdebugError("behind @ stands an iteration, from 1, as in grad(W1)@2")
    return text.strip(), int(number)


def quantity_of(graph: Graph, text: str) -> tuple[Named, Quantity]:
    """What a name means: the node, and which of its numbers."""
    target = named(graph, gradient_of(graph, text))
    spelled = text.replace(" ", "")
    if target.aspect is Aspect.VALUE and not spelled.startswith("value("):
        return target, Quantity.GRADIENT
    return target, Quantity[target.aspect.name]


def gradient_of(graph: Graph, text: str) -> str:
    """A name without the signs of a gradient in programs: `W1` for `dW1` and `W1.grad`."""
    plain = text.strip()
    if plain in graph.names:
        return plain
    for bare in (plain.removeprefix("d"), plain.removeprefix("∂"), plain.removesuffix(".grad")):
        if bare != plain and bare in graph.names:
            return bare
    return text


def precisions_of(texts: Mapping[str, Sequence[str]]) -> Precisions:
    """How precisely each of several arrays is given, from the way their numbers are written.

    Arrays that come together are taken to be alike, since a few numbers can be short by chance.
    Only among unrounded ones does an array that is clearly rounded count as that.
    """
    whole = precision_of(text for array in texts.values() for text in array)
    found = {}
    for name, array in texts.items():
        own = precision_of(array)
        rounded = whole.decimals is None and (own.decimals or 0) >= ROUNDED
        found[name] = own if rounded else whole
    return found


def precision_of(texts: Iterable[str]) -> Precision:
    """How precisely numbers are given, from the way they are written."""
    decimals = significant = 0
    single = True
    for text in texts:
        behind, digits = digits_of(text)
        decimals, significant = max(decimals, behind), max(significant, digits)
        if digits > SINGLE_DIGITS and single:
            value = float(text)
            with np.errstate(all="ignore"):
                single = float(np.float32(value)) == value
    if not significant:
        return Precision()  # zeros alone say nothing about how they are rounded
    if significant > EXACT_DIGITS:
        return Precision(unit=SINGLE if single else 2.0**-53)
    return Precision(decimals, significant, SINGLE)


def digits_of(text: str) -> tuple[int, int]:
    """How many digits a number has behind the point, and how many that count."""
    mantissa, _, exponent = text.strip().lstrip("+-").lower().partition("e")
    whole, _, behind = mantissa.partition(".")
    if behind == "0":
        behind = ""  # Python writes 4.0 for a number without decimals
    if not whole.isdigit() or (behind and not behind.isdigit()):
        return 0, 0  # nan and inf
    digits = (whole + behind).lstrip("0")
    return max(0, len(behind) - int(exponent or 0)), len(digits)


def written(array: Array) -> list[str]:
    """Some of the numbers of an array as Python writes them."""
    flat = np.asarray(array).reshape(-1)
    return [repr(float(value)) for value in flat[:: max(1, flat.size // SAMPLED)]]


def shape_told(array: Array) -> str:
    """The shape of an array in words."""
    return show_shape(np.shape(array)) if np.shape(array) else "a single number"
