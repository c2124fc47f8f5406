"""Where the panes go at each size: a pure function, and the Textual layout that applies it.

The multiplication is the heart: it is the last to shrink and is never hidden. Where there is no
room for all panes, graph and program share the left place, δ and parameters the right one.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.containers import Container
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.reactive import Reactive
from textual.widget import Widget

from bpdebug.record import record, replace
from bpdebug.tui.panes.pane_spec import BY_ID

SMALLEST = Size(60, 15)
"""Below this nothing is drawn but a sentence."""
PADDED = 120
"""From this width on panes have padding."""
BORDERED = 30
"""From this height on the timeline has a border."""
THREE = 80
"""From this width on there are three columns; below, what does not fit beside goes below."""
WIDE = 120
"""From this width on the program stands above the multiplication, and not behind the graph."""
TALL = 40
"""An area of so many lines has room below the graph, and for the loss."""
LOSS = 12
"""Lines of the loss curve with its border."""
FRAME = 2
"""Lines of a pane's border."""


@record
class PaneChoice:
    """Which pane of each shared place is in front, and whether one pane has the whole screen."""

    left: str = "graph"
    right: str = "delta"
    zoomed: str = ""
    stops: int = 0
    """Watches and breakpoints there are; without any their pane has no place."""
    loss: bool = False
    """A run of some length, whose loss is worth a curve where there is room."""

    def in_front(self, pane: str) -> PaneChoice:
        """The choice with a pane in front of those that it shares a place with."""
        place = BY_ID[pane].column if pane in BY_ID else ""
        if place == "left":
            return replace(self, left=pane)
        return replace(self, right=pane) if place == "right" else self

    @property
    def right_pane(self) -> str:
        """The pane in front at the right; the empty pane of stops gives way."""
        return "delta" if self.right == "stops" and not self.stops else self.right


def pane_regions(width: int, height: int, choice: PaneChoice) -> Mapping[str, Region]:
    """Each visible pane's region; a pane that is not in it is hidden."""
    if choice.zoomed:
        return {choice.zoomed: Region(0, 0, width, height)}
    if width < THREE:
        return two_columns(width, height, choice)
    left, middle = columns(width)
    heart, least = framed("multiplication"), framed("program") + 1
    wide = width >= WIDE and height >= heart + least - 1
    shown = right_column(left + middle, width - left - middle, height, choice)
    if not wide:
        # The graph has the column for itself until there is room for the program below it.
        shown |= left_column(left, height, choice)
        return shown | {"multiplication": Region(left, 0, middle, height)}
    program = height * 2 // 5 if height >= TALL else height // 3
    program = min(max(min(program, height - heart), least - 1), 24)
    stops = 0
    if height >= TALL and "stops" in shown:
        # The graph is tall and the column of numbers is not: watches go below the graph.
        stops = shown["stops"].height
        shown = right_column(left + middle, width - left - middle, height, choice, stops=False)
        shown["stops"] = Region(0, height - stops, left, stops)
    return shown | {
        "graph": Region(0, 0, left, height - stops),
        "program": Region(left, 0, middle, program),
        "multiplication": Region(left, program, middle, height - program),
    }


def framed(pane: str) -> int:
    """Lines with which a pane shows enough, with its border."""
    return BY_ID[pane].enough.height + FRAME


def columns(width: int) -> tuple[int, int]:
    """Widths of the left and of the middle column; neither falls where the screen grows."""
    if width < WIDE:
        middle = min(max(width * 46 // 100, 37), 45)
    else:
        middle = max(47, width * 37 // 100, width - 118)
    beside = width - middle
    return beside - beside // 2, middle


def left_column(width: int, height: int, choice: PaneChoice) -> dict[str, Region]:
    """Graph and program: one of them in front, or the program below the graph."""
    program = framed("program") + 2
    if height < framed("graph") + program:
        return {choice.left: Region(0, 0, width, height)}
    program = max(program, height // 3)
    program = min(program, height - framed("graph"))
    return {
        "graph": Region(0, 0, width, height - program),
        "program": Region(0, height - program, width, program),
    }


def right_column(
    x: int, width: int, height: int, choice: PaneChoice, *, stops: bool = True
) -> dict[str, Region]:
    """δ, watches and breakpoints, parameters and the loss: one in front, or below one another."""
    count = choice.stops if stops else 0
    watched = min(2 * count + 2, max(height // 4, framed("stops"))) if count else 0
    parameters = framed("parameters")
    if height < framed("delta") + watched + parameters:
        return {choice.right_pane: Region(x, 0, width, height)}
    delta = min(max(height // 3, framed("delta")), 16, height - watched - parameters)
    curve = LOSS if choice.loss and height >= TALL else 0
    top = delta + watched
    return {
        "delta": Region(x, 0, width, delta),
        **({"stops": Region(x, delta, width, watched)} if watched else {}),
        "parameters": Region(x, top, width, height - top - curve),
        **({"loss": Region(x, height - curve, width, curve)} if curve else {}),
    }


def two_columns(width: int, height: int, choice: PaneChoice) -> Mapping[str, Region]:
    """The multiplication, and beside it two places below one another."""
    side = max(width * 2 // 5, 24)
    upper = height // 2
    return {
        choice.left: Region(0, 0, side, upper),
        choice.right_pane: Region(0, upper, side, height - upper),
        "multiplication": Region(side, 0, width - side, height),
    }


class PanesLayout(Layout):
    """Gives each displayed child the region that `pane_regions` has for its id."""

    name = "panes"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        assert isinstance(parent, Panes)
        where = pane_regions(size.width, size.height, parent.choice)
        return [
            WidgetPlacement(where[child.id], Offset(), Spacing(), child)
            for child in children
            if child.id is not None and child.id in where
        ]


class Panes(Container):
    """The area of the panes."""

    # Nothing scrolls here. Textual would lay out and paint it all again for the first size.
    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)

    def __init__(self, *children: Widget, id: str) -> None:
        super().__init__(*children, id=id)
        self.choice = PaneChoice()
        self._layout = PanesLayout()

    @property
    def layout(self) -> Layout:
        """The layout that follows the size."""
        return self._layout

    def shown(self) -> Mapping[str, Region]:
        """The panes that are visible at the present size; before there is one, at the app's."""
        size = self.size or self.app.size
        return pane_regions(size.width, size.height, self.choice)

    def choose(self, choice: PaneChoice) -> None:
        """Bring panes to the front, and lay out anew."""
        self.choice = choice
        self.settle()

    def settle(self) -> None:
        """Hide what has no place."""
        shown = self.shown()
        for child in self.children:
            child.display = child.id in shown
            # A layout is kept until one of the children asks for another.
            child.refresh(layout=True)

    def on_resize(self) -> None:
        """Another size may hide or show panes; without that it has been laid out already."""
        shown = self.shown()
        if any(child.display != (child.id in shown) for child in self.children):
            self.settle()
