"""Gradients that stood there before the backward pass, which added to them: they were not cleared.

PyTorch adds to `.grad`. What stood in it when the forward pass was recorded is known, so that one
iteration tells what else only a second one would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.conventions import Convention, explains
from bpdebug.mistakes.families.paths import not_cleared
from bpdebug.mistakes.judgement import Judgement
from bpdebug.mistakes.mistake import Change, NodeRule, Parts, Passed
from bpdebug.mistakes.search import Explanation, SearchResult
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import total
from bpdebug.mistakes.verdict import Verdict
from bpdebug.ops import Array
from bpdebug.wording import Script


def with_left_over(
    bench: Bench, conventions: Sequence[Convention], left: Mapping[str, Array], script: Script
) -> Verdict | None:
    """The verdict that gradients were not cleared; None where that does not explain them.

    `left` has what stood there before the backward pass, by parameter.
    """
    names = bench.run.graph(1).names
    rules = {names[name]: beside(array) for name, array in left.items() if name in names}
    if not rules:
        return None
    change = Change(not_cleared, tuple(rules), nodes=rules)
    if not explains(bench, change):
        return None
    trial = bench.trial((change,))
    judgement = Judgement(bench, list(conventions), None, script)
    found = Explanation((change,), not_cleared.cost, trial)
    return judgement.done("named", found=SearchResult((found,), None, 1, complete=True))


def beside(left: Array) -> NodeRule:
    """The right gradient, and what stood there; only the right one is passed on."""

    def rule(stage: Stage, node: int, parts: Parts) -> Passed:
        right = np.asarray(total(list(parts)))
        return Passed(np.asarray(right + left), right)

    return rule
