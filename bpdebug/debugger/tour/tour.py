"""The tour's player: the words of each stop, and what the debugger's motions mean for it."""

from __future__ import annotations

import re

from bpdebug.debugger.breakpoints.evaluation import Knowledge
from bpdebug.debugger.breakpoints.targets import destination
from bpdebug.debugger.commands.table import COMMANDS
from bpdebug.debugger.cursor import FIRST, Place
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import known_text
from bpdebug.debugger.tour.stops import STOPS, TourStop
from bpdebug.errors import BpdebugError
from bpdebug.expression import evaluate_partly
from bpdebug.wording import number
from bpdebug.wording.numbers import pending

PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|([^{}]+))?\}")
BY_KEY = {key: command for command in COMMANDS for key in command.keys}


class Tour:
    """The stops in order over one debugger. It begins at the first."""

    def __init__(self, debugger: Debugger) -> None:
        self._debugger = debugger
        # Asked of another debugger, so that finding out moves nothing here.
        scout = debugger.at(FIRST)
        self._ways: list[list[Place]] = []
        """Each stop's place, and where each of its keys leads."""
        self.texts: list[str] = []
        """Each stop's words, with its numbers."""
        for stop in STOPS:
            stand(scout, stop)
            self.texts.append(told(scout, stop))
            way = [scout.place]
            for key in stop.keys:
                scout.perform(BY_KEY[key], place=False)
                way.append(scout.place)
            self._ways.append(way)
        self.at = 0
        self._stand()

    @property
    def stop(self) -> TourStop:
        """The stop that is shown."""
        return STOPS[self.at]

    @property
    def text(self) -> str:
        """Its words."""
        return self.texts[self.at]

    @property
    def last(self) -> bool:
        """True at the last stop."""
        return self.at == len(STOPS) - 1

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys still to press; none where one reads on, or went off on one's own."""
        way = self._ways[self.at]
        place = self._debugger.place
        return self.stop.keys[way.index(place) :] if place in way else ()

    @property
    def strayed(self) -> bool:
        """True where the debugger stands neither at the stop nor on the way to the next."""
        return self._debugger.place not in self._ways[self.at]

    def move(self, by: int) -> None:
        """To a stop before or after; the debugger is put exactly where that stop stands.

        Back from where one strayed to is the stop itself.
        """
        if not (by < 0 and self.strayed):
            self.at = min(max(self.at + by, 0), len(STOPS) - 1)
        self._stand()

    def _stand(self) -> None:
        stand(self._debugger, self.stop)
        self._made = {(point.number, point.text) for point in self._debugger.breakpoints}
        """The breakpoints that the tour has set, and the user has not changed since."""

    def leave(self) -> None:
        """Remove the breakpoints that the tour has set; those of the user stay."""
        points = self._debugger.breakpoints
        users = [point for point in points if (point.number, point.text) not in self._made]
        self._debugger.replace_breakpoints(users)

    def notice(self) -> bool:
        """Move on where the newcomer's own keys have led to the next stop's place.

        Returns whether they did. However they came there, it is the same place.
        """
        if not self.stop.keys or self.last:
            return False
        arrived = self._debugger.place == self._ways[self.at + 1][0]
        self.at += arrived
        return arrived


def stand(debugger: Debugger, stop: TourStop) -> None:
    """Put the debugger at a stop: all that it knows then is a function of the stop."""
    debugger.forget()
    for line in stop.recipe:
        reply = debugger.execute(line, place=False)
        if not reply.ok:
            raise BpdebugError(f"the tour cannot go to '{stop.id}': {line}: {reply.text}")


def told(debugger: Debugger, stop: TourStop) -> str:
    """The stop's words with the numbers of its place; the debugger must stand there."""

    def value(found: re.Match[str]) -> str:
        return evaluated(debugger, found[1].strip(), (found[2] or "").strip())

    return PLACEHOLDER.sub(value, stop.text)


def evaluated(debugger: Debugger, expression: str, place: str = "") -> str:
    """The value of an expression as the panes write it, here or at another place.

    Raises `NotComputed` where it is not known as a whole.
    """
    if expression == "pending":
        return pending(unicode=debugger.unicode)
    settings = debugger.run.problem.settings
    if expression in settings:
        return number(settings[expression], debugger.digits, unicode=debugger.unicode)
    moment = debugger.moment
    if place:
        iteration, position = destination(debugger.run, debugger.place, place, debugger.marks)
        moment = Moment(debugger.run, debugger.run.iteration(iteration), position)
    known = evaluate_partly(expression, Knowledge(moment))
    return known_text(known, debugger.digits, unicode=debugger.unicode)
