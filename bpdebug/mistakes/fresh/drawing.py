"""New numbers for an array, of the kind of those that it has."""

from __future__ import annotations

from enum import IntEnum
from math import sqrt

import numpy as np

from bpdebug.ops import FLOAT64, Array, Shape

SMALLEST, LARGEST = 0.3, 1.0
"""Between these the typical magnitude of a drawn parameter stays, so that no unit saturates."""
WIDE = 24
"""With more inputs than this, a smaller magnitude does already."""


class Likeness(IntEnum):
    """How much drawn numbers are like the scenario's, where free ones lead out of a domain."""

    FREE = 0
    """Signs are mixed."""
    SIGNED = 1
    """What is positive in the scenario stays positive."""
    NEAR = 2
    """The scenario's own numbers, moved a little."""


def mended(values: Array, broken: Array) -> Array:
    """The values, with one of the finite ones in each broken cell; 1 where there is none."""
    finite = values[np.isfinite(values)]
    return np.where(broken, finite[0] if finite.size else 1.0, values) if broken.any() else values


class Drawing:
    """New numbers for an array, of its kind and of a given shape.

    `classes` is the number of classes that its labels, or indices, may name in the drawn data; None
    for labels from among those that it has.
    """

    def __init__(
        self,
        values: Array,
        shape: Shape,
        rng: np.random.Generator,
        likeness: Likeness,
        classes: int | None = None,
    ) -> None:
        self.values = mended(values, np.isnan(values))
        self.shape, self.rng, self.likeness = shape, rng, likeness
        self.classes = classes

    def data(self, *, target: bool, real: bool) -> Array:
        """Numbers for an input; `real` allows numbers between whole ones."""
        values, rng = self.values, self.rng
        if self.classes is not None:
            return self.labels(self.classes)
        if not np.isfinite(values).all():
            return self.cells()  # an infinity is a mask's
        if values.ndim and values.shape[-1] > 1 and self.sums_to_one():
            return self.shares()
        if self.whole() and not real:
            return self.cells() if self.likeness is Likeness.NEAR else self.integers(target=target)
        if self.likeness is Likeness.NEAR:
            return self.near()
        if np.all((values > 0) & (values < 1)):
            return np.asarray(rng.uniform(0.05, 0.95, self.shape))
        if np.all(values > 0) or (np.all(values >= 0) and self.likeness is Likeness.SIGNED):
            return np.asarray(self.scale(4.0) * rng.uniform(0.5, 1.5, self.shape))
        return np.asarray(self.scale(4.0) * rng.standard_normal(self.shape))

    def parameter(self) -> Array:
        """Numbers for a parameter."""
        self.values = mended(self.values, np.isinf(self.values))
        if self.likeness is Likeness.NEAR:
            return self.near()
        signs = self.rng.choice([-1.0, 1.0], self.shape)
        if self.likeness is Likeness.SIGNED:
            own = self.cells()
            signs = np.where(own < 0, -1.0, np.where(own > 0, 1.0, signs))
        return np.asarray(signs * self.scale(LARGEST) * self.rng.uniform(0.2, 1.6, self.shape))

    def scale(self, largest: float) -> float:
        """The typical magnitude, within bounds."""
        size = float(np.sqrt(np.mean(np.square(self.values)))) if self.values.size else 0.0
        wide = max(self.shape, default=1) / WIDE if len(self.shape) > 1 else 1.0
        return min(max(size, SMALLEST / sqrt(max(1.0, wide))), largest)

    def whole(self) -> bool:
        """True for integers."""
        return bool(np.all(self.values == np.round(self.values)))

    def sums_to_one(self) -> bool:
        """True for rows of shares."""
        rows = np.sum(self.values, axis=-1)
        rounding = 1e-9 if self.values.dtype == FLOAT64 else 1e-6
        return bool(np.all(self.values >= 0) and np.all(np.abs(rows - 1) < rounding))

    def shares(self) -> Array:
        """Rows that sum to 1; with a single 1 in each where they are so in the scenario."""
        if self.whole():
            picked = self.rng.integers(0, self.shape[-1], self.shape[:-1])
            return np.asarray(np.eye(self.shape[-1])[picked])
        made = np.exp(self.rng.standard_normal(self.shape))
        return np.asarray(made / made.sum(axis=-1, keepdims=True))

    def labels(self, classes: int) -> Array:
        """Labels of so many classes, of which one occurs twice where there are two cells."""
        found = self.rng.integers(0, classes, self.shape)
        if found.size > 1:
            flat = found.reshape(-1)
            flat[-1] = flat[0]
        return np.asarray(found, dtype=np.float64)

    def integers(self, *, target: bool) -> Array:
        """Integers of about the same size: labels, masks and signs from among those there are."""
        distinct = np.unique(self.values)
        few = set(distinct.tolist()) <= {-1.0, 0.0, 1.0}
        if target and few and distinct.size == 1:
            distinct = np.array([0.0, 1.0])
        if target or (few and distinct.size > 1):
            return np.asarray(self.rng.choice(distinct, self.shape), dtype=np.float64)
        most = max(3, min(9, int(np.abs(distinct).max())))
        signs = self.rng.choice([-1.0, 1.0], self.shape)
        if distinct.min() > 0 or (distinct.min() == 0 and self.likeness is Likeness.SIGNED):
            signs = np.ones(self.shape)
        return np.asarray(signs * self.rng.integers(1, most + 1, self.shape))

    def cells(self) -> Array:
        """The scenario's own numbers; where an axis has another size, some along it drawn anew."""
        found = self.values
        for axis, (own, wanted) in enumerate(zip(self.values.shape, self.shape, strict=True)):
            if own != wanted:
                picked = self.rng.integers(0, own, wanted)
                found = np.take(found, picked, axis=axis)
        return np.asarray(found)

    def near(self) -> Array:
        """The scenario's own numbers, moved a little."""
        return np.asarray(self.cells() * (1 + 0.2 * self.rng.standard_normal(self.shape)))
