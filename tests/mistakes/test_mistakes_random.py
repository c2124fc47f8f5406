"""Any mistake of the catalogue, planted anywhere in a random network, is found again."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bpdebug.mistakes.catalogue import CATALOGUE
from tests.mistakes.judging import ids, judged, run_of
from tests.mistakes.planting import KINDS, Ground

pytestmark = pytest.mark.thorough

EXAMPLES = 48
FIRST = 0.8
"""At least this part of what leaves a mark is named by the id that was planted: two lines that are
wrong in different words often leave the same numbers."""


def same(one, other, relative):
    """Whether two sets of numbers are the same but for rounding."""
    return all(
        one[name].shape == other[name].shape
        and np.allclose(one[name], other[name], rtol=relative, atol=1e-3 * relative)
        for name in one
    )


def planted(ground, mistakes, place):
    """The first of some mistakes that can happen here, at one of its places, and its numbers."""
    for mistake in mistakes:
        changes = ground.changes(mistake)
        if changes:
            change = changes[int(place * len(changes))]
            return mistake, ground.made([change])
    return None, None


def test_it_is_found_first_or_what_is_first_gives_the_same_numbers(tmp_path):
    counted = Counter()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        kind=st.sampled_from(sorted(KINDS)),
        seed=st.integers(0, 10_000),
        mistakes=st.permutations(CATALOGUE),
        place=st.floats(0, 1, exclude_max=True),
        intermediates=st.booleans(),
    )
    def hunt(kind, seed, mistakes, place, intermediates):
        run = run_of(tmp_path, KINDS[kind](np.random.default_rng(seed)))
        ground = Ground(run, intermediates=intermediates)
        mistake, theirs = planted(ground, mistakes, place)
        assume(theirs is not None)
        assume(all(np.all(np.isfinite(values)) for values in theirs.values()))
        verdict = judged(tmp_path, run, theirs)
        if verdict.agrees:
            assert same(theirs, ground.right, 1e-9) or verdict.conventions
            counted["no mark"] += 1
            return
        assert not same(theirs, ground.right, 1e-9)
        assert verdict.explanations
        if ids(verdict) == [mistake.id]:
            counted["first"] += 1
            return
        assert len(ids(verdict)) == 1
        # Made on the right numbers, what is named leaves what was handed in.
        again = ground.made(verdict.explanations[0].found.changes)
        assert again is not None
        assert same(theirs, again, 1e-6)
        counted["another that gives the same"] += 1

    hunt()
    marked = counted["first"] + counted["another that gives the same"]
    assert marked >= EXAMPLES / 2
    assert counted["first"] >= FIRST * marked
