"""The debugger: a cursor over recorded time, with breakpoints, watches, marks and a history.

Both front ends drive this object, by lines (`execute`) or by entries of the command table
(`perform`), and read one frozen `moment` from it. It holds no arrays: every moment is computed
from the run when it is asked for.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from bpdebug.debugger import cursor
from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.breakpoints.evaluation import check_condition, expression_text, is_true
from bpdebug.debugger.breakpoints.first_nan import birth_text_here, mentions_first_nan
from bpdebug.debugger.breakpoints.locations import (
    destination,
    first_write,
    parse_breakpoint,
    parse_distance,
    parse_node,
)
from bpdebug.debugger.breakpoints.not_hit import why_no_hit
from bpdebug.debugger.breakpoints.passing import hit_passed
from bpdebug.debugger.breakpoints.search import Hit, Search
from bpdebug.debugger.commands.command import NAMING, Command, MotionText, Reply
from bpdebug.debugger.commands.lookup import parse_line
from bpdebug.debugger.comparison import Comparison, compare_file, compare_own_lines
from bpdebug.debugger.cursor import FIRST, Instant
from bpdebug.debugger.folds import folded_at_first
from bpdebug.debugger.history import History
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.program import Listing
from bpdebug.debugger.session_state import SessionState
from bpdebug.debugger.short_names import written_out
from bpdebug.debugger.text.describe import watch_lines, where_text
from bpdebug.errors import BpdebugError
from bpdebug.expression import looks_back, parse_watch
from bpdebug.expression.named import Named, named
from bpdebug.records import replace
from bpdebug.run import Cancelled, Iteration, Run
from bpdebug.run.curves import Curves
from bpdebug.ticks import Ruler, Timeline
from bpdebug.wording import Script, safe
from bpdebug.wording.script import SCREEN

START = "start of recorded time"
END = "end of recorded time"
CANCELLED = "cancelled; you stand where you stood"
MOST_LISTINGS = 16
"""Listings that are cached: they differ by what is folded."""


class Debugger(SessionState):
    """A cursor over a run. Motions return a note, such as the breakpoint hit; empty for none."""

    def __init__(self, run: Run, script: Script = SCREEN) -> None:
        super().__init__()
        self.run = run
        self.script = script
        self.curves = Curves(run)
        """Quantities over iterations, cached."""
        self._instant = cursor.opening_instant(run)
        self._previous: Instant | None = None
        self._history = History(self._instant)
        self.folded = folded_at_first(run.graph())
        self._moment: Moment | None = None
        self._iteration: Iteration | None = None
        """The cursor's iteration, cached while others are run."""
        self._listings: dict[tuple[Timeline, tuple[int, ...]], Listing] = {}

    # What front ends read.

    @property
    def instant(self) -> Instant:
        """Iteration and position of the cursor."""
        return self._instant

    @property
    def timeline(self) -> Timeline:
        """The ticks of the cursor's iteration."""
        return self.run.timeline(self._instant.iteration)

    @property
    def moment(self) -> Moment:
        """The run's state where the cursor stands."""
        if self._moment is None:
            if self._iteration is None or self._iteration.number != self._instant.iteration:
                self._iteration = self.run.iteration(self._instant.iteration)
            self._moment = Moment(
                self.run,
                self._iteration,
                self._instant.position,
                tuple(self.breakpoints),
                tuple(self.watches),
                dict(self.marks),
                self._previous,
                self.comparison,
                self.folded,
                self.second,
            )
        return self._moment

    @property
    def comparison(self) -> Comparison | None:
        """Somebody's numbers beside the right ones: a file's, else those of [backward], else None.

        It belongs to the run, which never changes: another scenario has another debugger.
        """
        return self.handed_in or self._own_lines

    @cached_property
    def _own_lines(self) -> Comparison | None:
        return compare_own_lines(self.run, self.script)

    @property
    def listing(self) -> Listing:
        """The backward program of the cursor's iteration."""
        # Iterations with batches of one size share their timeline, and so their program.
        key = self.timeline, tuple(span.index for span in self.moment.closed)
        if key not in self._listings:
            while len(self._listings) >= MOST_LISTINGS:
                del self._listings[next(iter(self._listings))]
            self._listings[key] = Listing(self.moment.iteration, self.script, self.moment.closed)
        return self._listings[key]

    def reset(self) -> None:
        """Move the cursor to the start of recorded time, and remove what the user has set.

        The history goes too, and groups are folded as at first.
        """
        self.forget_all()
        self._instant, self._previous = FIRST, None
        self._history, self.folded = History(FIRST), folded_at_first(self.run.graph())
        self._changed()

    # Lines and commands.

    def execute(self, line: str, *, where: bool = True) -> Reply:
        """Run a line of text as a command. A mistake gives a reply that is not ok, no exception.

        A front end that shows the cursor all the time takes replies without `where`.
        """
        if not line.strip() or line.strip().startswith("#"):
            return Reply("")
        try:
            command, argument = parse_line(line)
        except BpdebugError as error:
            return self._answer(str(error), ok=False)
        return self.perform(command, argument, where=where)

    def perform(self, command: Command, argument: str = "", *, where: bool = True) -> Reply:
        """Run an entry of the command table with its argument.

        A long command reports to `run.progress`; where that raises `Cancelled`, nothing has
        moved. Another thread may call this, but only one at a time.
        """
        before = self._motion_state()
        try:
            names = command.argument in NAMING
            argument = written_out(self.moment, argument) if names else argument
            text = command.run(self, argument.strip())
            # Running the iterations up to the cursor is part of the command: it can be cancelled.
            self._compute_view()
        except BpdebugError as error:
            return self._answer(str(error), ok=False)
        except Cancelled:
            for name, value in before.items():
                setattr(self, name, value)
            self._changed()
            return replace(self._answer(CANCELLED, ok=False), cancelled=True)
        return self._answer(text, where=where and isinstance(text, MotionText))

    def _compute_view(self) -> None:
        """Cache what a front end will draw: the moment, and watches that read other iterations."""
        for _, expression in self.watches:
            with suppress(BpdebugError):
                if looks_back(parse_watch(self.moment.graph, expression)):
                    expression_text(self.moment, expression, self.script)
        _ = self.moment

    def _motion_state(self) -> dict[str, Any]:
        """The attributes that a motion changes, with copies of their values."""
        names = ("_instant", "_previous", "_iteration", "last_search")
        lists = {"_history": self._history.copy(), "breakpoints": self.breakpoints[:]}
        return {name: getattr(self, name) for name in names} | lists

    def _answer(self, note: str, *, ok: bool = True, where: bool = False) -> Reply:
        at = self.showable("\n".join([where_text(self), *watch_lines(self)])) if where else ""
        return Reply(self.showable(note), ok, self.finished, at)

    def showable(self, text: str) -> str:
        """Make a text harmless: a terminal obeys no control characters of a user or a file."""
        return self.script.text("\n".join(map(self.script.safe, text.split("\n"))))

    def _changed(self) -> None:
        self._moment = None

    # Motions.

    def move(self, ruler: Ruler, count: int = 1) -> str:
        """Move `count` steps of a ruler, back where negative; a note at an end or a breakpoint."""
        here = self._instant
        instant, missing = cursor.moved(self.run, here, ruler, count, self.folded)
        search = Search(self.run, self.breakpoints, self.truth)
        hit = hit_passed(search, ruler, here, instant, self.folded)
        instant = instant if hit is None else hit.instant
        self.go(instant, step=ruler is not Ruler.PASS and instant.iteration == here.iteration)
        if hit is None:
            return (END if count >= 0 else START) if missing else ""
        return self._stopped_by(hit, "rcontinue" if count < 0 else "continue")

    def go(self, instant: Instant, *, step: bool = False) -> None:
        """Move the cursor to an instant and add it to the history; `step` for a single step."""
        instant = cursor.normalized(self.run, instant)
        if instant == self._instant:
            return
        self._set_cursor(instant, step=step)
        self._history.add(instant)

    def _set_cursor(self, instant: Instant, *, step: bool = False) -> None:
        # After a jump, and in another iteration, almost everything is new: only a step has
        # something to compare with.
        self._previous = self._instant if step else None
        self._instant = instant
        self._changed()

    def goto(self, text: str) -> str:
        """Go where a text says: a tick, a distance, `$`, a name, a mark, `iteration 3`."""
        ticks = parse_distance(text)
        if ticks is not None:
            return self.move(Ruler.TERM, ticks)
        self.go(destination(self.run, self._instant, text, self.marks))
        return ""

    def last(self) -> None:
        """Go to the end of recorded time."""
        self.go(cursor.end_of_time(self.run))

    def until(self, text: str) -> str:
        """Go on to the next tick that begins to write a node, as to a temporary breakpoint."""
        breakpoint = parse_breakpoint(text, 0, self.timeline, temporary=True)
        self._check(breakpoint)
        hit = Search(self.run, [breakpoint], self.truth).ahead(self._instant)
        if hit is None or not hit.breakpoints:
            raise BpdebugError(f"'{text[:80]}' does not come any more before the end of time")
        self.go(hit.instant)
        return ""

    def revisit(self, steps: int) -> str:
        """Go through the history: back where `steps` is negative, forward where positive."""
        instant, there = self._history.revisit(steps)
        if instant != self._instant:
            self._set_cursor(instant)
        if there:
            return ""
        return "no earlier position" if steps < 0 else "no later position"

    def resume(self, *, back: bool = False) -> str:
        """Go to the next breakpoint, else to the end of the pass; with `back`, backwards."""
        search = Search(self.run, self.breakpoints, self.truth)
        hit = search.behind(self._instant) if back else search.ahead(self._instant)
        if hit is None:
            start = self._instant
            end = self.move(Ruler.PASS, -1 if back else 1)
            return "\n".join(filter(None, [why_no_hit(self, start, back=back), end]))
        self.go(hit.instant)
        return self._stopped_by(hit, "rcontinue" if back else "continue")

    def _stopped_by(self, hit: Hit, command: str) -> str:
        """Count the breakpoints of a hit, with the cursor there; returns what they are."""
        if not hit.breakpoints:
            return f"no breakpoint up to here; {command} goes on"
        lines = [", ".join(self._count_hit(breakpoint) for breakpoint in hit.breakpoints)]
        if any(mentions_first_nan(b.condition, self.timeline.graph) for b in hit.breakpoints):
            lines.append(birth_text_here(self.moment, self.script))
        return "\n".join(filter(None, lines))

    def visit(self, number: int) -> Reply:
        """Go to the next hit of a breakpoint, enabled or not; else to its previous hit."""
        chosen = [replace(b, enabled=True) for b in self.breakpoints if b.number == number]
        search = Search(self.run, chosen, self.truth)
        for hit in (search.ahead(self._instant), search.behind(self._instant)):
            if hit is not None and hit.breakpoints:
                self.go(hit.instant)
                return self._answer(f"breakpoint {number}: {safe(chosen[0].text)}")
        return self._answer(f"breakpoint {number} hits nowhere else", ok=False)

    def _count_hit(self, breakpoint: Breakpoint) -> str:
        if breakpoint.temporary:
            self.breakpoints.remove(breakpoint)
        else:
            at = self.breakpoints.index(breakpoint)
            self.breakpoints[at] = replace(breakpoint, hits=breakpoint.hits + 1)
        kind = "temporary breakpoint" if breakpoint.temporary else "breakpoint"
        return f"{kind} {breakpoint.number}: {breakpoint.text}"

    def truth(self, instant: Instant, condition: str) -> bool | None:
        """Whether a condition is true at an instant; None while that is not computed yet."""
        try:
            return is_true(self._moment_at(instant), condition)
        except BpdebugError:
            # It was valid where it was set; a smaller batch may lack the row that it names.
            return None

    def _moment_at(self, instant: Instant) -> Moment:
        return Moment(self.run, self.run.iteration(instant.iteration), instant.position)

    # Breakpoints, watches and marks.

    def add_breakpoint(self, text: str, *, temporary: bool = False) -> Breakpoint:
        """Set a breakpoint; BpdebugError when the text is neither a location nor a condition."""
        made = self.try_breakpoint(text, temporary=temporary)
        self._numbers["breakpoint"] = made.number
        self.breakpoints.append(made)
        self._changed()
        return made

    def try_breakpoint(self, text: str, *, temporary: bool = False) -> Breakpoint:
        """Parse a breakpoint without setting it; BpdebugError when the text is none."""
        number = self._numbers["breakpoint"] + 1
        made = parse_breakpoint(text, number, self.timeline, temporary=temporary)
        self._check(made)
        return made

    def try_expression(self, text: str) -> None:
        """Raise BpdebugError unless an expression has a value at the end of the iteration."""
        expression_text(self._end_of_iteration(), text, self.script)

    def _check(self, breakpoint: Breakpoint) -> None:
        if breakpoint.condition:
            # At the end everything is computed, so that any mistake shows here and now.
            check_condition(self._end_of_iteration(), breakpoint.condition)

    def _end_of_iteration(self) -> Moment:
        return self._moment_at(Instant(self._instant.iteration, self.timeline.total))

    def holds(self, condition: str) -> bool | None:
        """Whether a condition is true at the cursor; None while that is not computed yet."""
        return self.truth(self._instant, condition)

    def at(self, instant: Instant) -> Debugger:
        """Make another debugger over this run, with its cursor at an instant, to look ahead."""
        other = Debugger(self.run, self.script)
        other._listings, other.folded = self._listings, self.folded
        other.go(instant)
        return other

    def edit_breakpoint(self, number: int, text: str) -> Breakpoint:
        """Change what a breakpoint stops at; number, hits and state stay."""
        (at,) = (at for at, b in enumerate(self.breakpoints) if b.number == number)
        old = self.breakpoints[at]
        kept = {"number": number, "enabled": old.enabled, "temporary": old.temporary}
        edited = replace(self.try_breakpoint(text), hits=old.hits, **kept)
        self.breakpoints[at] = edited
        self._changed()
        return edited

    def compare_with(self, path: Path) -> Comparison:
        """Compare the numbers of a file with the run's, and show them from now on.

        BpdebugError where they cannot be read; what was compared before stays then.
        """
        made = compare_file(self.run, path, self.script)
        self.compare(made)
        return made

    def add_mark(self, name: str = "", instant: Instant | None = None) -> str:
        """Mark an instant, by default the cursor's; returns its name, by default a free number.

        `marks` has its entries in the order in which they were set.
        """
        if not name:
            name = next(str(n) for n in range(1, len(self.marks) + 2) if str(n) not in self.marks)
        self.marks.pop(name, None)
        self.marks[name] = instant or self._instant
        self._changed()
        return name

    def show(self, expression: str) -> str:
        """`EXPRESSION = value` at the cursor; BpdebugError when the text is no expression."""
        return expression_text(self.moment, expression, self.script)

    def named(self, text: str, *, cell: bool = False) -> Named:
        """Parse what a text names in the cursor's iteration: a node, an aspect of it, or cells."""
        return named(self.timeline.graph, text, cell=cell)

    def node(self, text: str) -> int:
        """Parse the name of a node of the cursor's iteration; BpdebugError when it is none."""
        return parse_node(self.timeline.graph, text)

    def first_tick_of(self, node: int) -> int | None:
        """The first tick of the cursor's iteration that writes a node; None for plain data."""
        return first_write(self.timeline, node)
