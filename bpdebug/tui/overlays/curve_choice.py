"""Which curves are in the plot: those that the user put there, and the chosen one; of both runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import NamedTuple

from bpdebug.debugger.plot.plot import PlotCurve
from bpdebug.debugger.plot.scale import needs_log
from bpdebug.run.series import Curve


class RunCurves(NamedTuple):
    """The curves of a run by name."""

    points: Mapping[str, Curve]
    ends: Mapping[str, float]
    """The value of each in the last iteration, which may have no point of its own."""
    iterations: int


NONE = RunCurves({}, {}, 0)
"""The curves of a second run that there is not."""


class Drawn(NamedTuple):
    """A curve of the plot."""

    name: str
    letter: str
    """A small one in the first run, its capital in the second; empty for a curve alone."""
    points: Curve
    end: float
    """Its last value."""
    last: int
    """Its last iteration."""
    second: bool = False
    """Whether it is the second run's."""


@dataclass
class CurveChoice:
    """The curves of a run, of the second run beside it, and which of them are drawn."""

    names: Sequence[str]
    mine: RunCurves
    beside: RunCurves = NONE
    """The second run's curves."""
    together: list[str] = field(default_factory=list)
    """The curves that the user put into the plot, in the order of the list."""
    logarithmic: bool | None = None
    """Whether the user wants a log scale; None while the curves decide."""

    def drawn(self, chosen: str) -> list[Drawn]:
        """The curves in the plot: `together` and the chosen one, then those of the second run."""
        names = [*self.together, *([] if chosen in self.together else [chosen])]
        beside = [name for name in names if name in self.beside.points]
        letters = dict(zip(names, ascii_lowercase, strict=False))
        if len(names) + len(beside) == 1:
            letters = {}
        mine, theirs = self.mine, self.beside
        return [
            *(
                Drawn(n, letters.get(n, ""), mine.points[n], mine.ends[n], mine.iterations)
                for n in names
            ),
            *(
                Drawn(
                    n, letters[n].upper(), theirs.points[n], theirs.ends[n], theirs.iterations, True
                )
                for n in beside
            ),
        ]

    def log(self, drawn: Iterable[Drawn]) -> bool:
        """Whether the scale is logarithmic: as the user wants it, else as the curves need it."""
        if self.logarithmic is not None:
            return self.logarithmic
        return needs_log([one.points for one in drawn])

    def toggle(self, *names: str) -> None:
        """Put curves into the plot; where all of them are there, take them out.

        No more than there are letters for.
        """
        if all(name in self.together for name in names):
            self.together = [name for name in self.together if name not in names]
        else:
            wanted = {*self.together, *names}
            # The chosen curve needs a letter too.
            self.together = [n for n in self.names if n in wanted][: len(ascii_lowercase) - 1]


def plot_curves(drawn: Iterable[Drawn]) -> list[PlotCurve]:
    """The curves as a plot takes them."""
    return [PlotCurve(one.points, one.letter) for one in drawn]
