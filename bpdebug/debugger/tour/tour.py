"""The tour's player: the texts of the stations, and where the debugger is on the route."""

from __future__ import annotations

import re

from bpdebug.debugger.breakpoints.evaluation import MomentEnvironment
from bpdebug.debugger.breakpoints.locations import destination
from bpdebug.debugger.commands.table import COMMANDS
from bpdebug.debugger.cursor import FIRST, Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import value_text
from bpdebug.debugger.tour.stations import STATIONS, Station
from bpdebug.expression import evaluate_partly

PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|([^{}]+))?\}")
BY_KEY = {key: command for command in COMMANDS for key in command.keys}
OFF_ROUTE = "Look around. `enter` goes on with the tour, `backspace` comes back here."
"""The invitation where the debugger is off the route of the tour."""


class Tour:
    """The stations in order, over a debugger that begins at the first of them."""

    def __init__(self, debugger: Debugger) -> None:
        self._debugger = debugger
        self._routes: list[list[Instant]] = []
        """By station: its instant, and where each of its keys leads."""
        self.texts: list[str] = []
        """By station: its text, with its numbers."""
        # Another debugger walks the route, so that this one does not move.
        scout = debugger.at(FIRST)
        for station in STATIONS:
            scout.execute(station.command, where=False)
            self.texts.append(text_at(scout, station))
            self._routes.append([scout.instant, *press_keys(scout, station)])
        self.at = 0
        self._stand()

    @property
    def station(self) -> Station:
        """The station that is shown."""
        return STATIONS[self.at]

    @property
    def text(self) -> str:
        """The text of the station that is shown."""
        return self.texts[self.at]

    @property
    def last(self) -> bool:
        """True at the last station."""
        return self.at == len(STATIONS) - 1

    @property
    def strayed(self) -> bool:
        """True where the debugger is neither at the station nor on the route to the next."""
        return self._debugger.instant not in self._routes[self.at]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys still to press; none where the user only reads on, or has strayed."""
        if self.strayed:
            return ()
        return self.station.keys[self._routes[self.at].index(self._debugger.instant) :]

    @property
    def invitation(self) -> str:
        """What the user may do now, keys in backquotes."""
        if self.strayed:
            return OFF_ROUTE
        if 0 < len(self.keys) < len(self.station.keys):
            return f"And now press `{self.keys[0]}`."
        return self.station.invitation

    def move(self, by: int) -> None:
        """Go on or back by stations, and put the debugger where the station is.

        Where the user has strayed, back leads to the station that is shown.
        """
        if not (by < 0 and self.strayed):
            self.at = min(max(self.at + by, 0), len(STATIONS) - 1)
        self._stand()

    def _stand(self) -> None:
        stand(self._debugger, self.station)
        self._made = {(point.number, point.text) for point in self._debugger.breakpoints}
        """The breakpoints that the tour has set; the user may have changed them since."""

    def leave(self) -> None:
        """Remove the breakpoints that the tour has set; those that the user set or changed stay."""
        points = self._debugger.breakpoints
        self._debugger.remove_breakpoints(
            [point.number for point in points if (point.number, point.text) in self._made]
        )

    def notice(self) -> bool:
        """Show the next station where the user's motions led to it; returns whether they did."""
        if not self.station.keys or self.last:
            return False
        arrived = self._debugger.instant == self._routes[self.at + 1][0]
        self.at += arrived
        return arrived


def stand(debugger: Debugger, station: Station) -> None:
    """Reset the debugger, and put it at a station by the keys of all before it."""
    debugger.reset()
    for passed in STATIONS:
        debugger.execute(passed.command, where=False)
        if passed is station:
            return
        press_keys(debugger, passed)


def press_keys(debugger: Debugger, station: Station) -> list[Instant]:
    """Run the commands of a station's keys; returns where each of them led."""
    instants = []
    for key in station.keys:
        debugger.perform(BY_KEY[key], where=False)
        instants.append(debugger.instant)
    return instants


def text_at(debugger: Debugger, station: Station) -> str:
    """The station's text with its numbers; the debugger must be at the station.

    Raises `NotComputed` where a number is not known as a whole.
    """

    def value(match: re.Match[str]) -> str:
        return placeholder_value(debugger, match[1].strip(), (match[2] or "").strip())

    return PLACEHOLDER.sub(value, station.text)


def placeholder_value(debugger: Debugger, expression: str, location: str) -> str:
    """The value of an expression as the panes write it, here or where `goto LOCATION` goes.

    Raises `NotComputed` where it is not known as a whole.
    """
    if expression == "pending":
        return debugger.script.pending
    settings = debugger.run.problem.settings
    if expression in settings:
        return debugger.script.number(settings[expression])
    moment = debugger.moment
    if location:
        iteration, position = destination(debugger.run, debugger.instant, location, debugger.marks)
        moment = Moment(debugger.run, debugger.run.iteration(iteration), position)
    known = evaluate_partly(expression, MomentEnvironment(moment))
    return value_text(known, debugger.script)
