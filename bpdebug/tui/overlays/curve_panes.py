"""The list of curves, and the plot with its legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from textual import events

from bpdebug.debugger import Moment
from bpdebug.tui.draw.curve import draw_curves, iteration_at, role_of
from bpdebug.tui.draw.line import Line, flow
from bpdebug.tui.draw.summary import number_in
from bpdebug.tui.overlays.curve_choice import CurveChoice, Drawn, plot_curves
from bpdebug.tui.overlays.curve_label import curve_label
from bpdebug.tui.panes.block_pane import BlockPane, escape
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.wording import Script

LEAST_PLOT = 6
"""Lines of the plot that a legend leaves at least."""


class CurvesShown(Protocol):
    """What the list and the plot draw, and what a click there does."""

    choice: CurveChoice
    at: int
    """The iteration at the cursor."""
    script: Script
    loss: str
    """The loss's name in a textbook."""
    beside_label: str
    """What the second run differs in; empty without one."""

    @property
    def drawn(self) -> list[Drawn]:
        """The curves in the plot, with their letters."""

    @property
    def first(self) -> int:
        """The first iteration of the plot."""

    @property
    def axis_end(self) -> int:
        """The last iteration of the plot."""

    def value_of(self, name: str) -> float | None:
        """A curve's value at the cursor; None where it has no point."""

    def nearest(self, iteration: int) -> int:
        """The nearest iteration that has a point of its own."""

    def put(self, iteration: int) -> None:
        """Move the cursor to an iteration that has a point."""

    def redraw(self) -> None:
        """Draw both panes anew."""

    def action_choose(self) -> None:
        """Go to the iteration at the cursor."""


class CurveListPane(CursorPane):
    """The names of the curves, with the value of each at the cursor."""

    def __init__(self, curves: CurvesShown, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._curves = curves
        self._letters: dict[str, str] = {}

    def line_count(self) -> int:
        return len(self._curves.choice.names)

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        """Count the curves on the border, and find the letters of those in the plot."""
        self.entitle("Curves", f"{self.cursor + 1} of {self.line_count()}")
        drawn = self._curves.drawn
        self._letters = {one.name: one.letter for one in drawn if one.letter and not one.second}

    def line(self, y: int, width: int) -> Line:
        name = self._curves.choice.names[y]
        chosen = y == self.cursor
        line = Line(self.script.either("▸ ", "> ") if chosen else "  ", "now")
        if self._letters:
            letters = list(self._letters)
            role = role_of(letters.index(name)) if name in letters else "text"
            line.add(f"{self._letters.get(name, ' ')} ", role)
        value = self._curves.value_of(name)
        text = number_in(value, 11, self.script) if value is not None else ""
        label = curve_label(name, self.script, self._curves.loss)
        line = line.add(label, "name" if chosen else "text").cut(width - len(text) - 1)
        return line.pad(width - len(text)).add(text, "now" if chosen else "quiet")

    def put_cursor(self, entry: int) -> None:
        """Put the cursor on a curve, and draw that curve."""
        super().put_cursor(entry)
        self._curves.redraw()


class CurvePlotPane(BlockPane):
    """The curves in the plot, and a legend where there are several."""

    def __init__(self, curves: CurvesShown, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._curves = curves

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        curves = self._curves
        drawn = curves.drawn
        log = curves.choice.log(drawn)
        key = legend(curves, drawn, width, max(height - LEAST_PLOT, 0))
        rows = height - len(key)
        lines = draw_curves(
            plot_curves(drawn), curves.axis_end, curves.at, width, rows, self.script, log=log
        )
        self.block = [*lines, *[Line()] * (rows - len(lines)), *key] if key else lines
        names = dict.fromkeys(curve_label(one.name, self.script, curves.loss) for one in drawn)
        scale = "log scale" if log else "linear scale"
        self.entitle(escape(Line(", ".join(names)).cut(max(width - 4, 1)).plain), scale)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the curve was clicked; go there if it is there already."""
        curves, at = self._curves, event.get_content_offset(self)
        if at is None:
            return
        room = self.scrollable_content_region.width
        iteration = iteration_at(at.x, curves.first, curves.axis_end, room)
        if iteration is None:
            return
        nearest = curves.nearest(iteration)
        if nearest == curves.at:
            curves.action_choose()
        else:
            curves.put(nearest)


def legend(curves: CurvesShown, drawn: Sequence[Drawn], width: int, rows: int) -> list[Line]:
    """Each letter with its curve, the value at the cursor and the last value; none for one curve.

    Where the lines do not suffice, without the last values, then with both runs of a curve in one.
    """
    if not any(one.letter for one in drawn):
        return []
    forms = [
        [entry(curves, one, at, last=last) for at, one in enumerate(drawn)]
        for last in (True, False)
    ]
    lines: list[Line] = []
    for pieces in (*forms, pairs(curves, drawn)):
        lines = flow([one.cut(width) for one in pieces], width, gap=3)
        if len(lines) <= rows:
            return lines
    return lines[:rows]


def entry(curves: CurvesShown, one: Drawn, at: int, *, last: bool) -> Line:
    """A curve's entry of the legend: `a ‖δ₁‖: 0.0104, last 0.0106`."""
    script = curves.script.at_most(4)
    line = Line(f"{one.letter} ", role_of(at)).add(curve_label(one.name, script, curves.loss))
    if one.second:
        line.add(f" ({script.safe(curves.beside_label)})", "name")
    line.add(":").extend(value_here(curves, one))
    return line.add(f", last {script.number(one.end)}", "quiet") if last else line


def value_here(curves: CurvesShown, one: Drawn) -> Line:
    """A blank and the value at the cursor, or that the run has ended; empty between points."""
    if curves.at > one.last:
        return Line(" ended", "quiet")
    value = one.points.value_at(curves.at)
    return Line() if value is None else Line(f" {curves.script.at_most(4).number(value)}", "now")


def pairs(curves: CurvesShown, drawn: Sequence[Drawn]) -> Iterator[Line]:
    """What the capitals are, then each curve with its letter and its value in both runs."""
    if curves.beside_label:
        yield Line(f"capitals: {curves.script.safe(curves.beside_label)}", "name")
    for name in dict.fromkeys(one.name for one in drawn):
        line, values = Line(), Line()
        for at, one in enumerate(drawn):
            if one.name == name:
                line.add(f"{one.letter} ", role_of(at))
                values.extend(value_here(curves, one))
        yield line.add(f"{curve_label(name, curves.script, curves.loss)}:").extend(values)
