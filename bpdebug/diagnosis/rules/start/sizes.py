"""Inputs and targets far from unit size, with the numbers, and what scaling them would do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.finding import Finding, Plot
from bpdebug.diagnosis.inputs import Columns, first_columns, standardised
from bpdebug.diagnosis.rule import Rule, When, follow
from bpdebug.diagnosis.targets import Targets
from bpdebug.diagnosis.trials import Trial
from bpdebug.ops import Array

LARGE, SMALL = 10.0, 0.01
"""A column whose root mean square is beyond these is far from unit size."""
UNEQUAL = 100.0
"""Columns whose deviations differ by this factor are of very different sizes."""
HELPS, MUCH = 0.8, 0.25
"""A trial helps where it ends below this part of the run's own loss; the second shows that a run
which learns could do far better."""
BARS = 1000
"""Numbers that a plot is given, at the most."""


def find_inputs(case: Case) -> Iterator[Finding]:
    """Yield a finding for all inputs that are not of unit size."""
    far = [one for one in first_columns(case.network, case.probe) if unscaled(one)]
    if not far or case.run.iterations < FEWEST:
        return
    worst = max(far, key=lambda one: float(np.max(one.sizes)))
    trial = scaled(case, far)
    at = int(np.argmax(worst.sizes))
    column = worst.rows[:, at]
    yield Finding(
        case.label(worst.node),
        f"{sizes(case, worst, at)}{said(case, trial, 'with standardised columns')}",
        "standardise each column: take its mean off and divide by its standard deviation",
        *case.at_value(worst.node),
        node=worst.node,
        weak=trial is not None and not helps(case, trial),
        harmless=case.learned and not (trial is not None and left(case, trial) < MUCH),
        plot=Plot(f"column {at} of {worst.name}", sample(column), curve=False),
    )


def unscaled(one: Columns) -> bool:
    """Whether columns are far from unit size, or from one another's."""
    if not one.rows.size or not np.all(np.isfinite(one.rows)):
        return False
    top, spreads = float(np.max(one.sizes)), one.spreads[one.spreads > 0]
    apart = spreads.size > 1 and np.max(spreads) > UNEQUAL * np.min(spreads)
    return top > LARGE or 0 < top < SMALL or bool(apart and top > 1)


def sizes(case: Case, one: Columns, at: int) -> str:
    """The sizes of the columns, in words."""
    name, column = case.label(one.node), one.rows[:, at]
    which = f"column {at} of {name}" if one.rows.shape[1] > 1 else name
    text = (
        f"{which} goes from {case.n(float(column.min()))} to {case.n(float(column.max()))} "
        f"(mean {case.n(float(column.mean()))}, deviation {case.n(float(column.std()))})"
    )
    spreads = one.spreads[one.spreads > 0]
    if spreads.size > 1 and np.max(spreads) > LARGE * np.min(spreads):
        text += (
            f"; the deviations of the columns go from {case.n(float(spreads.min()))} to "
            f"{case.n(float(spreads.max()))}"
        )
    return text


def scaled(case: Case, far: list[Columns]) -> Trial | None:
    """The run with standardised inputs; None where there is little to learn beyond what the run
    has, or where that cannot be tried."""
    if case.learned and not case.lacking:
        return None
    changed: dict[str, Array] = {}
    for one in far:
        data = standardised(one, case.run.problem.data[one.name]) if one.name else None
        if data is not None:
            changed[one.name] = data
    return case.trials.data(changed) if changed else None


def helps(case: Case, trial: Trial) -> bool:
    """Whether a trial ends well below the run itself."""
    return left(case, trial) < HELPS


def left(case: Case, trial: Trial) -> float:
    """The part of the run's own loss that a trial leaves, above that of right answers."""
    floor = case.certain or 0.0
    if not trial.beside > floor:
        return 1.0
    return (
        0.0
        if trial.beside == np.inf > trial.loss
        else (trial.loss - floor) / (trial.beside - floor)
    )


def said(case: Case, trial: Trial | None, what: str) -> str:
    """What a trial did to the loss, in words; empty without a trial."""
    if trial is None:
        return ""
    ends = "is not finite" if not np.isfinite(trial.loss) else f"ends at {case.n(trial.loss)}"
    own = "not finite" if not np.isfinite(trial.beside) else case.n(trial.beside)
    return f"; {what} the loss {ends} and not at {own} after {case.iterations(trial.iterations)}"


def find_targets(case: Case) -> Iterator[Finding]:
    """Yield a finding for targets of another size than an output begins with."""
    one, targets = case.compared, case.targets
    if one is None or targets is None or one.takes is not None or targets.labels:
        return
    top = float(np.max(np.sqrt(np.mean(np.square(targets.rows), axis=0)), initial=0.0))
    bounded = case.comparisons.function(one)
    if not np.isfinite(top) or top <= LARGE or (bounded is not None and bounded.steepest):
        return
    name, part = case.label(one.target), divided(case, targets, top)
    better = part is not None and case.excess is not None and part < MUCH * case.excess
    told = (
        f"; with targets divided by {case.n(top)} the run keeps {case.n(100 * part)} % of the loss "
        f"of a constant answer, and not {case.n(100 * case.excess)} %"
        if part is not None and case.excess is not None
        else ""
    )
    yield Finding(
        name,
        f"{name} goes from {case.n(targets.low)} to {case.n(targets.high)}, with a root mean "
        f"square of {case.n(top)}: steps that suit weights of unit size are small beside "
        f"that{told}",
        "divide the targets by their size, and multiply the answers by it again",
        *case.at_value(one.at),
        node=one.target,
        harmless=case.learned and not better,
        plot=Plot(name, sample(targets.rows[:, 0]), curve=False),
    )


def divided(case: Case, targets: Targets, size: float) -> float | None:
    """What the run leaves of a constant answer's loss with targets divided by their size; None
    where that cannot be tried, or where the run has learned nearly all."""
    leaf = case.graph.nodes[case.network.leaf(targets.one.target)].name
    if (case.learned and not case.lacking) or leaf not in case.run.problem.data:
        return None
    trial = case.trials.data({leaf: case.run.problem.data[leaf] / size})
    if trial is None or case.constant is None or case.certain != 0:
        return None
    constant = case.constant / size ** float(np.log2(max(targets.growth, 1.0)))
    return float(trial.loss / constant)


def sample(column: Array) -> tuple[float, ...]:
    """Some of the numbers of a column, evenly taken."""
    step = max(1, -(-len(column) // BARS))
    return tuple(float(value) for value in column[::step])


INPUTS = Rule(
    "unscaled-input",
    "inputs far from unit size",
    When.BEFORE,
    f"a column that meets the first weights has a root mean square above {LARGE:g} or all are "
    f"below {SMALL:g}, or the deviations of columns differ by a factor of {UNEQUAL:g}; and the run "
    "does not learn, or does far better with standardised columns",
    find_inputs,
    explains=follow(*OUTCOMES, "dying-relu", "exploding-gradient", "vanishing-gradient"),
    looks="A first loss far above that of a guess, jumps, dead or saturated units; or a loss that "
    "hardly falls.",
    why="A gradient of a weight is δ times its input: large columns get large steps and small ones "
    "small steps, and no rate suits both.",
    mends="Standardised columns: mean 0, deviation 1.",
)
TARGETS = Rule(
    "unscaled-target",
    "targets far from unit size",
    When.BEFORE,
    f"a target that is compared by a difference has a root mean square above {LARGE:g}, and the "
    "run does not learn, or does far better with targets of unit size",
    find_targets,
    explains=follow(*OUTCOMES, "dying-relu", "exploding-gradient"),
    looks="A huge loss that hardly falls, or that jumps.",
    why="The error is as large as the targets, and so are the steps, or the way that the weights "
    "have to go.",
    mends="Targets divided by their size.",
)
