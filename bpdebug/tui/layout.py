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

from bpdebug.record import record

PANES = ("graph", "program", "multiplication", "delta", "parameters", "stops")
"""Panes in the order of their keys, 1 to 6. The last is there when it has something to show."""
SMALLEST = Size(60, 15)
"""Below this nothing is drawn but a sentence."""
ROOMY_WIDTH, ROOMY_HEIGHT = 100, 28
"""From here on every pane has a place of its own."""
TALL = 40
"""An area of so many lines has room below the graph, and for the loss."""
LOSS = 12
"""Lines of the loss curve with its border."""


@record
class Choice:
    """Which pane of each shared place is in front, and whether one pane has the whole screen."""

    left: str = "graph"
    right: str = "delta"
    zoomed: str = ""
    stops: int = 0
    """Watches and breakpoints there are; without any their pane has no place."""
    loss: bool = False
    """A run of some length, whose loss is worth a curve where there is room."""

    @property
    def right_pane(self) -> str:
        """The pane in front at the right; the empty pane of stops gives way."""
        return "delta" if self.right == "stops" and not self.stops else self.right


def places(width: int, height: int, choice: Choice) -> Mapping[str, Region]:
    """Each visible pane's region; a pane that is not in it is hidden."""
    if choice.zoomed:
        return {choice.zoomed: Region(0, 0, width, height)}
    if width >= ROOMY_WIDTH and height >= ROOMY_HEIGHT - 6:
        return roomy(width, height, choice)
    return compact(width, height, choice)


def roomy(width: int, height: int, choice: Choice) -> Mapping[str, Region]:
    """All of them, in three columns; the middle one gets what the others do not need."""
    stops = choice.stops
    left = min(max(width * 31 // 100, 34), 62)
    right = min(max(width * 32 // 100, 34), 56)
    middle = width - left - right
    program = min(max(height * 2 // 5, 8), 24) if height >= TALL else max(height // 3, 8)
    delta = min(max(height // 3, 7), 16)
    watched = min(2 * stops + 2, max(height // 4, 5)) if stops else 0
    graph, below = height, delta + watched
    place = Region(left + middle, delta, right, watched)
    if height >= TALL and stops:
        # The graph is tall and the column of numbers is not: watches go below the graph.
        graph, below = height - watched, delta
        place = Region(0, graph, left, watched)
    curve = LOSS if choice.loss and height >= TALL else 0
    return {
        **({"stops": place} if stops else {}),
        **({"loss": Region(left + middle, height - curve, right, curve)} if curve else {}),
        "graph": Region(0, 0, left, graph),
        "program": Region(left, 0, middle, program),
        "multiplication": Region(left, program, middle, height - program),
        "delta": Region(left + middle, 0, right, delta),
        "parameters": Region(left + middle, below, right, height - below - curve),
    }


def compact(width: int, height: int, choice: Choice) -> Mapping[str, Region]:
    """Three columns, two of them shared; below 72 cells the right one goes under the left."""
    if width < 72:
        side = max(width * 2 // 5, 24)
        upper = height // 2
        return {
            choice.left: Region(0, 0, side, upper),
            choice.right_pane: Region(0, upper, side, height - upper),
            "multiplication": Region(side, 0, width - side, height),
        }
    left = width * 28 // 100
    right = max(width * 27 // 100, 20)
    return {
        choice.left: Region(0, 0, left, height),
        "multiplication": Region(left, 0, width - left - right, height),
        choice.right_pane: Region(width - right, 0, right, height),
    }


class PanesLayout(Layout):
    """Gives each displayed child the region that `places` has for its id."""

    name = "panes"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        assert isinstance(parent, Panes)
        where = places(size.width, size.height, parent.choice)
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
        self.choice = Choice()
        self._layout = PanesLayout()

    @property
    def layout(self) -> Layout:
        """The layout that follows the size."""
        return self._layout

    def shown(self) -> Mapping[str, Region]:
        """The panes that are visible at the present size; before there is one, at the app's."""
        size = self.size or self.app.size
        return places(size.width, size.height, self.choice)

    def choose(self, choice: Choice) -> None:
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
