"""The debugger: a cursor over recorded time, with breakpoints, watches, marks and a history.

Both front ends drive this object, by lines (`execute`) or by entries of the command table
(`perform`), and read one frozen `moment` from it. It holds no arrays: every moment is computed
from the run when it is asked for.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from bpdebug.debugger import cursor
from bpdebug.debugger.breakpoints.births import birth_here, mentions_first_nan
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.breakpoints.evaluation import check_condition, is_true, shown
from bpdebug.debugger.breakpoints.search import Search
from bpdebug.debugger.breakpoints.targets import (
    destination,
    distance,
    first_write,
    node_called,
    parse_breakpoint,
)
from bpdebug.debugger.breakpoints.unmet import no_stop
from bpdebug.debugger.commands.command import Arrived, Command, Reply
from bpdebug.debugger.commands.lookup import in_line
from bpdebug.debugger.cursor import FIRST, Place
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.program import Listing
from bpdebug.debugger.session_state import SessionState
from bpdebug.debugger.text.describe import watch_lines, where
from bpdebug.errors import BpdebugError
from bpdebug.expression.places import Named, named
from bpdebug.record import replace
from bpdebug.run import Cancelled, Iteration, Run
from bpdebug.run.curves import Curves
from bpdebug.trace import Ruler, Timeline
from bpdebug.wording import Script, safe
from bpdebug.wording.script import SCREEN

START = "start of recorded time"
END = "end of recorded time"
CANCELLED = "cancelled; you stand where you stood"
STOPS_KEPT = 10_000
"""How many of one's own stops `back` can return through."""


class Debugger(SessionState):
    """A cursor over a run. Motions return what there is to say besides where one stands."""

    def __init__(self, run: Run, script: Script = SCREEN) -> None:
        super().__init__()
        self.run = run
        self.script = script
        self.curves = Curves(run)
        """Quantities over iterations; they are kept, so that to see them again costs nothing."""
        self._place = cursor.opening(run)
        self._previous: Place | None = None
        self._stops = [self._place]
        self._stop = 0
        self._message = ""
        self._moment: Moment | None = None
        self._shown: Iteration | None = None
        """The iteration looked at: what is shown stays at hand while others are run."""
        self._listings: dict[Timeline, Listing] = {}

    # What there is to see.

    @property
    def place(self) -> Place:
        """Iteration and position of the cursor."""
        return self._place

    @property
    def timeline(self) -> Timeline:
        """The ticks of the cursor's iteration."""
        return self.run.timeline(self._place.iteration)

    @property
    def moment(self) -> Moment:
        """Everything that can be known where the cursor stands."""
        if self._moment is None:
            if self._shown is None or self._shown.number != self._place.iteration:
                self._shown = self.run.iteration(self._place.iteration)
            self._moment = Moment(
                self.run,
                self._shown,
                self._place.position,
                tuple(self.breakpoints),
                tuple(self.watches),
                dict(self.marks),
                self._message,
                self._previous,
            )
        return self._moment

    @property
    def listing(self) -> Listing:
        """The backward program of the cursor's iteration."""
        # Iterations with batches of one size share their timeline, and so their program.
        timeline = self.timeline
        if timeline not in self._listings:
            iteration = self.moment.iteration
            self._listings[timeline] = Listing(iteration, self.script)
        return self._listings[timeline]

    def forget(self) -> None:
        """Stand at the start of recorded time as a new debugger would, with no stops of one's own.

        Breakpoints, watches and marks go, and numbers begin at 1 again.
        """
        self.breakpoints, self.watches, self.marks = [], [], {}
        self.sought = self._message = ""
        self._numbers = {"breakpoint": 0, "watch": 0}
        self._place, self._previous = FIRST, None
        self._stops, self._stop = [FIRST], 0
        self._changed()

    # Lines and commands.

    def execute(self, line: str, *, place: bool = True) -> Reply:
        """Do what a line says. A mistake is an answer that is not ok, never an exception.

        A front end that shows where the cursor stands leaves `place` out of the answers.
        """
        if not line.strip() or line.strip().startswith("#"):
            return Reply("")
        try:
            command, argument = in_line(line)
        except BpdebugError as error:
            return self._answer(str(error), ok=False)
        return self.perform(command, argument, place=place)

    def perform(self, command: Command, argument: str = "", *, place: bool = True) -> Reply:
        """Run an entry of the command table with its argument.

        What takes long tells `run.progress` how far it is; where that raises `Cancelled`, nothing
        has moved. It may be called in a thread of its own, by one caller at a time.
        """
        kept = self._standing()
        try:
            text = command.run(self, argument.strip())
            # A long way to where one stands now is part of the command, and can be cancelled too.
            self._look_ahead()
        except BpdebugError as error:
            return self._answer(str(error), ok=False)
        except Cancelled:
            for name, value in kept.items():
                setattr(self, name, value)
            self._changed()
            return replace(self._answer(CANCELLED, ok=False), cancelled=True)
        return self._answer(text, place=place and isinstance(text, Arrived))

    def _look_ahead(self) -> None:
        """Have what will be shown: the moment, and what watches need of other iterations."""
        for _, expression in self.watches:
            if "previous" in expression:
                with suppress(BpdebugError):
                    shown(self.moment, expression, self.script)
        _ = self.moment

    def _standing(self) -> dict[str, Any]:
        """All that a motion changes."""
        moved = ("_place", "_previous", "_shown", "_stop", "_message", "sought")
        listed = {"_stops": self._stops[:], "breakpoints": self.breakpoints[:]}
        return {name: getattr(self, name) for name in moved} | listed

    def _answer(self, note: str, *, ok: bool = True, place: bool = False) -> Reply:
        at = self.showable("\n".join([where(self), *watch_lines(self)])) if place else ""
        reply = Reply(self.showable(note), ok, self.finished, at)
        self._message = reply.text
        self._changed()
        return reply

    def showable(self, text: str) -> str:
        """A text as a terminal can show it, which obeys nothing that a person or a file wrote."""
        text = "\n".join(self.script.safe(line) for line in text.split("\n"))
        return self.script.text(text)

    def _changed(self) -> None:
        self._moment = None

    # Motions.

    def move(self, ruler: Ruler, count: int = 1) -> str:
        """So many stops of a ruler forward, or back where the count is negative."""
        by = cursor.forward_by if count >= 0 else cursor.back_by
        place, missing = by(self.run, self._place, ruler, abs(count))
        near = ruler is not Ruler.PASS and place.iteration == self._place.iteration
        self.go(place, step=near)
        return (END if count >= 0 else START) if missing else ""

    def go(self, place: Place, *, step: bool = False) -> None:
        """Stand at a place, and remember it as a stop; `step` where it is one step from here."""
        place = cursor.settled(self.run, place)
        if place == self._place:
            return
        self._stand(place, step=step)
        del self._stops[self._stop + 1 :]
        self._stops.append(place)
        del self._stops[:-STOPS_KEPT]
        self._stop = len(self._stops) - 1

    def _stand(self, place: Place, *, step: bool = False) -> None:
        # After a jump, and in another iteration, almost everything is new: only a step has
        # something to compare with.
        self._previous = self._place if step else None
        self._place = place
        self._changed()

    def goto(self, text: str) -> str:
        """Go where a text says: a tick, a distance, `$`, a name, a mark, `iteration 3`."""
        ticks = distance(text)
        if ticks is not None:
            return self.move(Ruler.TERM, ticks)
        self.go(destination(self.run, self._place, text, self.marks))
        return ""

    def last(self) -> None:
        """Go to the end of recorded time."""
        self.go(cursor.last(self.run))

    def until(self, text: str) -> str:
        """Go on to the next tick that begins to write a node, as a breakpoint for once would."""
        breakpoint = parse_breakpoint(text, 0, self.timeline, temporary=True)
        self._check(breakpoint)
        hit = Search(self.run, [breakpoint], self.truth).ahead(self._place)
        if hit is None or not hit.breakpoints:
            raise BpdebugError(f"'{text[:80]}' does not come any more before the end of time")
        self.go(hit.place)
        return ""

    def revisit(self, steps: int) -> str:
        """Go through one's own stops: back where `steps` is negative, forward where positive."""
        wanted = self._stop + steps
        self._stop = min(max(wanted, 0), len(self._stops) - 1)
        place = self._stops[self._stop]
        if place != self._place:
            self._stand(place)
        if self._stop == wanted:
            return ""
        return "no earlier stop" if steps < 0 else "no later stop"

    def resume(self, *, back: bool = False) -> str:
        """On to the next breakpoint, else to the end of the pass; or the same backwards."""
        search = Search(self.run, self.breakpoints, self.truth)
        hit = search.behind(self._place) if back else search.ahead(self._place)
        if hit is None:
            start = self._place
            end = self.move(Ruler.PASS, -1 if back else 1)
            return "\n".join(filter(None, [no_stop(self, start, back=back), end]))
        self.go(hit.place)
        if not hit.breakpoints:
            return f"no breakpoint up to here; {'rcontinue' if back else 'continue'} goes on"
        told = ", ".join(self._count_hit(breakpoint) for breakpoint in hit.breakpoints)
        graph = self.timeline.graph
        if any(mentions_first_nan(b.condition, graph) for b in hit.breakpoints):
            birth = birth_here(self.moment, self.script)
            told = f"{told}\n{birth}" if birth else told
        return told

    def visit(self, number: int) -> Reply:
        """Go to the next hit of one breakpoint; where none comes any more, to the last before."""
        chosen = [replace(b, enabled=True) for b in self.breakpoints if b.number == number]
        search = Search(self.run, chosen, self.truth)
        for hit in (search.ahead(self._place), search.behind(self._place)):
            if hit is not None and hit.breakpoints:
                self.go(hit.place)
                return self._answer(f"breakpoint {number}: {safe(chosen[0].text)}")
        return self._answer(f"breakpoint {number} hits nowhere else", ok=False)

    def _count_hit(self, breakpoint: Breakpoint) -> str:
        at = self.breakpoints.index(breakpoint)
        if breakpoint.temporary:
            del self.breakpoints[at]
        else:
            self.breakpoints[at] = replace(breakpoint, hits=breakpoint.hits + 1)
        kind = "temporary breakpoint" if breakpoint.temporary else "breakpoint"
        return f"{kind} {breakpoint.number}: {breakpoint.text}"

    def truth(self, place: Place, condition: str) -> bool | None:
        """Whether a condition is true at a place; None while that is not computed yet."""
        try:
            return is_true(self._moment_at(place), condition)
        except BpdebugError:
            # It was good where it was set; a smaller batch may lack the row that it names.
            return None

    def _moment_at(self, place: Place) -> Moment:
        return Moment(self.run, self.run.iteration(place.iteration), place.position)

    # Breakpoints, watches and marks.

    def add_breakpoint(self, text: str, *, temporary: bool = False) -> Breakpoint:
        """A new breakpoint; BpdebugError when the text names no place and no condition."""
        made = self.try_breakpoint(text, temporary=temporary)
        self._numbers["breakpoint"] = made.number
        self.breakpoints.append(made)
        self._changed()
        return made

    def try_breakpoint(self, text: str, *, temporary: bool = False) -> Breakpoint:
        """The breakpoint that a text would make, without making it; BpdebugError if none."""
        number = self._numbers["breakpoint"] + 1
        made = parse_breakpoint(text, number, self.timeline, temporary=temporary)
        self._check(made)
        return made

    def try_expression(self, text: str) -> None:
        """BpdebugError unless a text can be evaluated once everything is computed."""
        shown(self._at_the_end(), text, self.script)

    def _check(self, breakpoint: Breakpoint) -> None:
        if breakpoint.condition:
            # At the end everything is computed, so that any mistake shows here and now.
            check_condition(self._at_the_end(), breakpoint.condition)

    def _at_the_end(self) -> Moment:
        return self._moment_at(Place(self._place.iteration, self.timeline.total))

    def holds(self, condition: str) -> bool | None:
        """Whether a condition is true where one stands; None while that is not computed yet."""
        return self.truth(self._place, condition)

    def at(self, place: Place) -> Debugger:
        """Another debugger over the same run that stands at a place, to look ahead with."""
        other = Debugger(self.run, self.script)
        other._listings = self._listings
        other.go(place)
        return other

    def edit_breakpoint(self, number: int, text: str) -> Breakpoint:
        """Put a breakpoint on another place or condition; number, hits and state stay."""
        (at,) = (at for at, b in enumerate(self.breakpoints) if b.number == number)
        old, made = self.breakpoints[at], self.try_breakpoint(text)
        kept = replace(
            made, number=number, enabled=old.enabled, temporary=old.temporary, hits=old.hits
        )
        self.breakpoints[at] = kept
        self._changed()
        return kept

    def add_mark(self, name: str = "", place: Place | None = None) -> str:
        """Mark a place, by default the cursor's; without a name it takes the first free number.

        The mark that was set last is the last one of `marks`.
        """
        if not name:
            name = next(str(n) for n in range(1, len(self.marks) + 2) if str(n) not in self.marks)
        self.marks.pop(name, None)
        self.marks[name] = place or self._place
        self._changed()
        return name

    def show(self, expression: str) -> str:
        """`EXPRESSION = value` where the cursor stands. BpdebugError when it is no expression."""
        return shown(self.moment, expression, self.script)

    def named(self, text: str, *, cell: bool = False) -> Named:
        """What a text names in the cursor's iteration: a node, an aspect of it, or cells."""
        return named(self.timeline.graph, text, cell=cell)

    def node(self, text: str) -> int:
        """The node that a text names in the cursor's iteration; BpdebugError if none."""
        return node_called(self.timeline.graph, text)

    def tick_of(self, node: int) -> int | None:
        """The first tick of this iteration that writes a node; None for plain data."""
        return first_write(self.timeline, node)
