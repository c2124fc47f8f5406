"""Where the panes go at each size: a pure function, and the Textual layout that applies it.

The multiplication is the heart: it is the last to shrink and is never hidden. Where there is no
room for all panes, graph and program share the left column, and the others the right column.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.containers import Container
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.reactive import Reactive
from textual.widget import Widget

from bpdebug.records import record, replace
from bpdebug.tui.panes.pane_spec import BY_ID

SMALLEST = Size(60, 15)
"""On a smaller screen a sentence replaces the panes."""
PADDED = 120
"""From this width on panes have padding."""
BORDERED = 30
"""From this height on the timeline has a border."""
THREE = 80
"""From this width on there are three columns; on a narrower screen, two."""
WIDE = 120
"""From this width on the program is above the multiplication, and not behind the graph."""
TALL = 40
"""From this height on there is room for a pane below the graph, and for the loss."""
LOSS = 12
"""Lines of the loss curve with its border."""
FRAME = 2
"""Lines of a pane's border."""


@record
class PaneChoice:
    """Which panes are in front where panes share a column, and which pane has the whole screen."""

    left: str = "graph"
    right: str = "delta"
    zoomed: str = ""
    breakpoints: int = 0
    """The number of watches and breakpoints; their pane is hidden without any."""
    loss: bool = False
    """True for a run so long that its loss gets a pane where there is room."""

    def in_front(self, pane: str) -> PaneChoice:
        """The choice with this pane in front of those that share its column."""
        column = BY_ID[pane].column if pane in BY_ID else ""
        if column == "left":
            return replace(self, left=pane)
        return replace(self, right=pane) if column == "right" else self

    @property
    def right_pane(self) -> str:
        """The pane in front at the right; δ in place of an empty pane of breakpoints."""
        empty = not self.breakpoints and BY_ID[self.right].without_entries
        return "delta" if empty else self.right


def pane_regions(width: int, height: int, choice: PaneChoice) -> Mapping[str, Region]:
    """The region of each visible pane, by the pane's id; every other pane is hidden."""
    if choice.zoomed:
        return {choice.zoomed: Region(0, 0, width, height)}
    if width < THREE:
        return two_columns(width, height, choice)
    left, middle = columns(width)
    heart, least = framed("multiplication"), framed("program") + 1
    wide = width >= WIDE and height >= heart + least - 1
    regions = right_column(left + middle, width - left - middle, height, choice)
    if not wide:
        # The graph has the column for itself until there is room for the program below it.
        regions |= left_column(left, height, choice)
        return regions | {"multiplication": Region(left, 0, middle, height)}
    program = height * 2 // 5 if height >= TALL else height // 3
    program = min(max(min(program, height - heart), least - 1), 24)
    entries_height = 0
    if height >= TALL and "stops" in regions:
        # The graph is tall and the column of numbers is not: watches go below the graph.
        entries_height = regions["stops"].height
        regions = right_column(
            left + middle, width - left - middle, height, choice, breakpoints=False
        )
        regions["stops"] = Region(0, height - entries_height, left, entries_height)
    return regions | {
        "graph": Region(0, 0, left, height - entries_height),
        "program": Region(left, 0, middle, program),
        "multiplication": Region(left, program, middle, height - program),
    }


def framed(pane: str) -> int:
    """Lines that a pane needs to be of use, with its border."""
    return BY_ID[pane].enough.height + FRAME


def columns(width: int) -> tuple[int, int]:
    """Widths of the left and of the middle column; neither shrinks on a wider screen."""
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
    x: int, width: int, height: int, choice: PaneChoice, *, breakpoints: bool = True
) -> dict[str, Region]:
    """δ, watches and breakpoints, parameters and the loss, below one another where they fit.

    Where they do not fit, the pane in front alone.
    """
    count = choice.breakpoints if breakpoints else 0
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
    """The multiplication at the right; at its left two panes below one another."""
    side = max(width * 2 // 5, 24)
    upper = height // 2
    return {
        choice.left: Region(0, 0, side, upper),
        choice.right_pane: Region(0, upper, side, height - upper),
        "multiplication": Region(side, 0, width - side, height),
    }


class PanesLayout(Layout):
    """The layout that gives each displayed child its region of `pane_regions`."""

    name = "panes"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        assert isinstance(parent, Panes)
        regions = pane_regions(size.width, size.height, parent.choice)
        return [
            WidgetPlacement(regions[child.id], Offset(), Spacing(), child)
            for child in children
            if child.id is not None and child.id in regions
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

    def visible_regions(self) -> Mapping[str, Region]:
        """The regions of the visible panes; before the first layout, for the app's size."""
        size = self.size or self.app.size
        return pane_regions(size.width, size.height, self.choice)

    def choose(self, choice: PaneChoice) -> None:
        """Apply another choice of panes, and lay out anew."""
        self.choice = choice
        self.apply_choice()

    def apply_choice(self) -> None:
        """Display the panes that have a region, and hide the others."""
        regions = self.visible_regions()
        for child in self.children:
            child.display = child.id in regions
            # Textual reuses a layout until a child asks for another.
            child.refresh(layout=True)

    def on_resize(self) -> None:
        """Display and hide panes for a new size, where Textual has not laid them out already."""
        regions = self.visible_regions()
        if any(child.display != (child.id in regions) for child in self.children):
            self.apply_choice()
