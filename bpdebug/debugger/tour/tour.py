"""Where a newcomer is in the tour, and what the debugger's motions mean for it."""

from __future__ import annotations

from bpdebug.debugger.cursor import Place
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.tour.stop import TourStop, places, stand, told
from bpdebug.debugger.tour.stops import STOPS


class Tour:
    """The stops in order over one debugger. It begins at the first."""

    def __init__(self, debugger: Debugger) -> None:
        self._debugger = debugger
        # Asked of another debugger, so that finding out moves nothing here.
        scout = Debugger(debugger.run, digits=debugger.digits, unicode=debugger.unicode)
        self._ways: list[list[Place]] = []
        self.texts: list[str] = []
        """Each stop's words, with its numbers."""
        for stop in STOPS:
            stand(scout, stop)
            self.texts.append(told(scout, stop))
            self._ways.append(places(scout, stop))
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
        debugger = self._debugger
        own = [point for point in debugger.breakpoints if (point.number, point.text) in self._made]
        debugger.replace_breakpoints([p for p in debugger.breakpoints if p not in own])

    def notice(self) -> bool:
        """Move on where the newcomer's own keys have led to the next stop's place.

        Returns whether they did. However they came there, it is the same place.
        """
        if not self.stop.keys or self.last:
            return False
        if self._debugger.place != self._ways[self.at + 1][0]:
            return False
        self.at += 1
        return True
