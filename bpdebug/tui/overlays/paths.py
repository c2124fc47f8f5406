"""All paths from a cell to the loss; enter goes to the tick of the chosen factor."""

from __future__ import annotations

from bpdebug.debugger import Debugger
from bpdebug.debugger.tensors.cell_paths import factor_tick, path_sum
from bpdebug.ops import Index
from bpdebug.records import replace
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.paths import PathView, draw_paths
from bpdebug.tui.overlays.detail_screen import DetailScreen
from bpdebug.wording.steps import gradient_cell_name

AT_ONCE = 50
"""Paths that are searched at once; more follow when the cursor comes to the last."""
MOST = 1_000
"""Paths that are shown at the most."""


class PathScreen(DetailScreen):
    """The paths of a cell, the largest product first."""

    KEYS = (
        ("enter", "go to this factor"),
        ("up down", "another path"),
        ("left right", "another factor"),
        ("home end", "first and last path"),
    )

    def __init__(self, debugger: Debugger, node: int, cell: Index) -> None:
        """BpdebugError where the factors are not known yet, and for too many paths to search."""
        total = path_sum(debugger.moment, node, cell)
        super().__init__(debugger)
        self.view = PathView(total, total.paths.first(AT_ONCE))
        self._first = 0

    def draw(self, width: int, height: int) -> list[Line]:
        lines, self.rows, self._first = draw_paths(
            self.view, self.debugger, self.script, width, height
        )
        self.view = replace(self.view, top=self.rows.start)
        return lines

    def heading(self) -> str:
        total, graph = self.view.path_sum, self.debugger.moment.graph
        name = gradient_cell_name(graph, total.node, total.cell, self.script)
        return f"{name}, path by path"

    def choose(self, path: int, factor: int) -> None:
        """Put the cursor on a path and one of its factors."""
        paths = self.view.paths
        if path >= len(paths) and len(paths) < min(self.view.path_sum.paths.count, MOST):
            paths = self.view.path_sum.paths.first(min(len(paths) + AT_ONCE, MOST))
        if not paths:
            return
        path = min(max(path, 0), len(paths) - 1)
        factor = min(max(factor, 0), len(paths[path].steps) - 1)
        self.view = replace(self.view, paths=paths, chosen=path, factor=factor)
        self.pane.redraw()

    def action_step(self, by: int) -> None:
        self.choose(self.view.chosen + by, self.view.factor)

    def action_across(self, by: int) -> None:
        self.choose(self.view.chosen, self.view.factor + by)

    def action_all(self, by: int) -> None:
        last = len(self.view.paths) - 1
        self.choose(0 if by < 0 else last, self.view.factor)

    def clicked(self, x: int, y: int) -> None:
        if 0 <= y - self._first < len(self.rows):
            self.choose(self.rows[y - self._first], self.view.factor)

    def action_choose(self) -> None:
        """Enter: close, and go to the multiplication that has the chosen factor."""
        if not self.view.paths:
            self.dismiss(None)
            return
        factor = self.view.paths[self.view.chosen].steps[self.view.factor]
        self.dismiss(factor_tick(self.debugger.moment, factor))
