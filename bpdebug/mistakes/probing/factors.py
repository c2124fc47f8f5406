"""What a factor is made of, told by how it changes with the sizes of several sets of data."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from bpdebug.mistakes.families.factors import averaged_again, batch_factor
from bpdebug.mistakes.mistake import Change
from bpdebug.mistakes.probing.at_data import AtData
from bpdebug.mistakes.scales import FactorForm, Scale, factor_forms

Key = tuple[Hashable, ...]
SAME = 1e-9
SCALES = {
    averaged_again.id: (Scale.PER_EXAMPLE,),
    batch_factor.id: (Scale.PER_EXAMPLE, Scale.EXAMPLES),
}
"""By mistake, what its factor must be; a mistake that is not here has any other factor."""


class Factors:
    """The factors that have a name, on each of several sets of data."""

    def __init__(self, sets: Sequence[AtData]) -> None:
        grounds = [one.grounds for one in sets]
        # Axes that have the same size on all data are one; those of the examples have a name.
        counted = [[ground.counts.get(at) for ground in grounds] for at in grounds[0].counts]
        known: dict[tuple[int, ...], Hashable] = {}
        for axis in grounds[0].axes:
            sizes = tuple(ground.axes[axis] for ground in grounds)
            if list(sizes) not in counted:
                known.setdefault(sizes, axis)
        chosen = set(known.values())
        self._forms: list[dict[Key, FactorForm]] = []
        for ground in grounds:
            extents = {axis: n for axis, n in ground.axes.items() if axis in chosen}
            forms = factor_forms(ground.counts, extents, ground.rules)
            self._forms.append({form.key: form for form in forms})

    def of(self, change: Change, at: int) -> list[Key]:
        """What the factor of a change may be made of, the likeliest first; `at` is its set."""
        assert change.factor is not None
        size = abs(change.factor)
        allowed = SCALES.get(change.mistake.id, (Scale.OTHER,))
        return [
            key
            for key, form in self._forms[at].items()
            if form.scale in allowed and abs(form.value - size) <= SAME * size
        ]

    def form(self, key: Key, at: int) -> FactorForm | None:
        """A factor on a set of data; None where there is no such number."""
        return self._forms[at].get(key)
