"""The sets of data that a function is tried on: the numbers given, and what is drawn beside them.

On each set that is right which has a coincidence less: numbers of both signs, axes whose sizes all
differ, a batch of one example and one of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import Kind
from bpdebug.mistakes.fresh.drawing import Likeness
from bpdebug.mistakes.fresh.elsewhere import Elsewhere
from bpdebug.mistakes.fresh.sizes import Class, Resizing, Shapes
from bpdebug.mistakes.handed import HALF, Precision, precisions_of, written
from bpdebug.mistakes.probing.function import Answers
from bpdebug.ops import show_shape
from bpdebug.records import record, replace
from bpdebug.run import Run

Call = Callable[[Run], Answers]
"""Calls the person's function on the first iteration of a run."""
ALONE = 3
"""So many draws of the given sizes are made where there are none of other sizes."""


@record
class DataSet:
    """A set of data, and what the function returned for it."""

    run: Run
    answers: Answers
    given: bool
    """True for the numbers given."""
    resized: bool
    """True where axes have other sizes than they have there."""
    whole: bool = False
    """True where every axis that may change has another size."""

    @property
    def shapes(self) -> str:
        """The shapes of its inputs and parameters in words: `x (5, 3), W1 (3, 7)`."""
        kinds = (Kind.INPUT, Kind.PARAMETER)
        leaves = [node for node in self.run.graph(1).nodes if node.kind in kinds and node.shape]
        told = ", ".join(f"{node.name} {show_shape(node.shape)}" for node in leaves[:6])
        return told + ", …" * (len(leaves) > 6)


@record
class DataSets:
    """All sets of data, that with the numbers given first."""

    sets: tuple[DataSet, ...]
    raised: BpdebugError | None = None
    """What the function raised at other sizes than the given ones; None where it raised nothing."""


def data_sets(elsewhere: Elsewhere, given: DataSet, call: Call) -> DataSets:
    """The sets that a function can be tried on: it is called on each.

    Where it raises an error at other sizes, fewer of them change, and at last none.
    """
    others: list[DataSet] = []
    raised = None
    for one in resizings(elsewhere):
        try:
            others = one.sets(elsewhere, call)
        except BpdebugError as error:
            raised = raised or error
            continue
        if others:
            break
    drawn: list[DataSet] = []
    for number in range(1 if others else ALONE):
        real = number == ALONE - 1
        try:
            made = tried(elsewhere, elsewhere.own_shapes(), 10 + number, call, real=real)
        except BpdebugError as error:
            raised = raised or error
            continue
        drawn += [made] if made is not None else []
    return DataSets((given, *drawn, *others), raised)


@record
class Resized:
    """Which axes get other sizes."""

    resizing: Resizing
    others: tuple[Class, ...]
    whole: bool

    def sets(self, elsewhere: Elsewhere, call: Call) -> list[DataSet]:
        """Two draws with several examples, and one with a single one.

        BpdebugError where the function raises one on the first two.
        """
        found = []
        for number in (0, 1):
            shapes = self.resizing.shapes(number, others=self.others)
            if shapes == elsewhere.own_shapes():
                continue
            made = tried(elsewhere, shapes, number, call, whole=self.whole)
            found += [made] if made is not None else []
        if found and (self.resizing.batch or self.resizing.rows):
            shapes = self.resizing.shapes(2, rows=1, others=self.others)
            try:
                single = tried(elsewhere, shapes, 2, call)
            except BpdebugError:
                single = None  # a function for batches need not take a single example
            found += [single] if single is not None else []
        return found


def resizings(elsewhere: Elsewhere) -> Iterator[Resized]:
    """Which axes may change, those changes first that change most."""
    found = elsewhere.resizing
    others = found.others
    if not elsewhere.builds(found.shapes(0)):
        still = replace(found, batch=(), rows=())
        others = tuple(one for one in others if elsewhere.builds(still.shapes(0, others=[one])))
    if others:
        yield Resized(found, others, whole=True)
    if found.batch or found.rows:
        yield Resized(found, (), whole=not others)
    if others and elsewhere.remake is not None:
        for one in others:
            yield Resized(replace(found, batch=(), rows=()), (one,), whole=False)


def tried(
    elsewhere: Elsewhere,
    shapes: Shapes,
    number: int,
    call: Call,
    *,
    real: bool = False,
    whole: bool = False,
) -> DataSet | None:
    """The function on a draw; None where no draw can be run. BpdebugError where it raises.

    Numbers that lead the function out of its domain are drawn again, more like the given ones.
    """
    found, raised = None, None
    for likeness in Likeness:
        run = elsewhere.drawn(shapes, number, likeness, real=real)
        if run is None:
            continue
        try:
            answers = call(run)
        except BpdebugError as error:
            raised = error
            continue
        resized = shapes != elsewhere.own_shapes()
        found = DataSet(run, answers, given=False, resized=resized, whole=whole)
        if all(np.isfinite(values).all() for values in answers.values()):
            break
    if found is None and raised is not None:
        raise raised
    return found


def precisions(sets: Iterable[DataSet]) -> dict[str, Precision]:
    """How precisely a function computes each gradient, from what it returned on several data."""
    texts: dict[str, list[str]] = {}
    coarse: dict[str, Precision] = {}
    for one in sets:
        for name, values in one.answers.items():
            texts.setdefault(name, []).extend(written(values))
            if values.dtype == np.float16:
                coarse[name] = HALF
            elif values.dtype.kind in "iu":  # a buffer of integers has cut its numbers
                coarse[name] = Precision()
    return {**precisions_of(texts), **coarse}
