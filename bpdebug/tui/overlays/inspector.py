"""The tensor inspector: any value or gradient, cell by cell."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from bpdebug.debugger import Debugger
from bpdebug.debugger.tensors.named_cells import aspects, cell_now, parse_index
from bpdebug.debugger.tensors.tensor import Tensor, tensor_at
from bpdebug.debugger.text.describe import info_entries
from bpdebug.errors import BpdebugError
from bpdebug.expression.tree import Aspect
from bpdebug.ops import Index
from bpdebug.ops.maps.index_map import ravel, unravel
from bpdebug.records import replace
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.tensor import TensorDrawing, TensorView, draw_tensor, head_lines, heading
from bpdebug.tui.overlays.detail_screen import DetailScreen

LEAST_BELOW = 14
"""Lines that are reserved for the cells and their statistics on a low screen."""


class Inspector(DetailScreen):
    """A tensor with a cursor on its cells, below what `info` says about its node."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "aspect(1)", show=False, priority=True, id="inspector.aspect"),
        Binding("shift+tab", "aspect(-1)", show=False, priority=True, id="inspector.aspect_back"),
        Binding("g", "jump", show=False, id="inspector.jump"),
        Binding("n", "next_non_finite", show=False, id="inspector.strange"),
        Binding("m", "largest", show=False, id="inspector.largest"),
        Binding("left_square_bracket", "matrix(-1)", show=False, id="inspector.page_before"),
        Binding("right_square_bracket", "matrix(1)", show=False, id="inspector.page_after"),
        Binding("v", "paths", show=False, id="inspector.paths"),
        Binding("i", "dismiss(None)", show=False, id="inspector.close"),
    ]
    KEYS = (
        ("enter", "the terms of this cell"),
        ("tab", "value, gradient"),
        ("g", "go to a cell"),
        ("n", "next NaN"),
        ("m", "largest"),
        ("v", "paths to the loss"),
        ("[ ]", "pages"),
        ("home end", "first and last column"),
    )

    def __init__(self, debugger: Debugger, node: int, aspect: Aspect) -> None:
        super().__init__(debugger)
        self.node = node
        self._tensors: dict[Aspect, Tensor] = {}
        every = aspects(debugger.moment, node)
        self.view = TensorView(self._tensor(aspect), every, cell_now(debugger.moment, node))
        self._drawn = TensorDrawing([], range(1), range(1))
        self._entries = info_entries(debugger, node)

    def _tensor(self, aspect: Aspect) -> Tensor:
        # The debugger stays at its tick, so each tensor is computed once.
        if aspect not in self._tensors:
            self._tensors[aspect] = tensor_at(self.debugger.moment, self.node, aspect, self.script)
        return self._tensors[aspect]

    def draw(self, width: int, height: int) -> list[Line]:
        head = head_lines(self._entries, self.script, width, height - LEAST_BELOW)
        drawn = draw_tensor(self.view, self.script, width, height - len(head))
        drawn = self._drawn = drawn.below(head)
        self.rows = drawn.rows
        self.view = replace(self.view, top=drawn.rows.start, left=drawn.columns.start)
        return drawn.lines

    def heading(self) -> str:
        return heading(self.view, self.script)

    def keys_here(self) -> tuple[tuple[str, str], ...]:
        view = self.view
        idle = {"[ ]"} if len(view.cell) < 3 else set()
        if Aspect.GRADIENT not in view.aspects:
            idle |= {"enter", "tab", "v"}
        return tuple(pair for pair in self.KEYS if pair[0] not in idle)

    def see(self, cell: Index, note: str = "") -> None:
        """Put the cursor on a cell, with a message below the tensor."""
        self.view = replace(self.view, cell=cell, note=note)
        self.pane.redraw()

    def _move(self, down: int, across: int) -> None:
        """Move the cursor, no further than the borders."""
        shape, cell = self.view.tensor.shape, list(self.view.cell)
        moves = {1: (down,), 0: ()}.get(len(shape), (down, across))
        for axis, by in zip(range(len(shape) - len(moves), len(shape)), moves, strict=True):
            cell[axis] = min(max(cell[axis] + by, 0), shape[axis] - 1)
        self.see(tuple(cell))

    def action_step(self, by: int) -> None:
        self._move(by, 0)

    def action_across(self, by: int) -> None:
        self._move(0, by)

    def action_across_all(self, by: int) -> None:
        """Move the cursor to the first or last column; in a vector, to the first or last cell."""
        far = max(self.view.tensor.values.size, 1)
        self._move(*((by * far, 0) if len(self.view.cell) < 2 else (0, by * far)))

    def action_all(self, by: int) -> None:
        far = max(self.view.tensor.values.size, 1)
        self._move(by * far, by * far)

    def clicked(self, x: int, y: int) -> None:
        position = self._drawn.cell_at(x, y)
        if position is not None:
            cell = self.view.cell
            self.see((*cell[:-2], *position[: len(cell)]))

    def action_aspect(self, by: int) -> None:
        """`tab`: show the next of value, gradient, change and new value."""
        every = self.view.aspects
        if len(every) == 1:
            self.see(self.view.cell, "It has only a value: no gradient reaches it.")
            return
        at = (every.index(self.view.tensor.aspect) + by) % len(every)
        self.view = replace(self.view, tensor=self._tensor(every[at]))
        self.see(self.view.cell)

    def action_matrix(self, by: int) -> None:
        """`[` and `]`: show the previous or the next page, along the leading axes."""
        lead = self.view.tensor.shape[:-2]
        if not lead:
            self.see(self.view.cell, "All of it is on one page.")
            return
        page = (ravel(self.view.cell[:-2], lead) + by) % self.view.pages
        self.see((*unravel(page, lead), *self.view.cell[-2:]))

    def action_next_non_finite(self) -> None:
        """`n`: go to the next NaN or infinity."""
        cell = self.view.tensor.next_not_finite(self.view.cell)
        self._see_or_say(cell, "No NaN and no infinity here.")

    def action_largest(self) -> None:
        """`m`: go to the largest |x|."""
        self._see_or_say(self.view.tensor.largest(), "No cell holds a finite number yet.")

    def _see_or_say(self, cell: Index | None, message: str) -> None:
        """Put the cursor on a cell; for None, show a message instead."""
        self.see(self.view.cell if cell is None else cell, message if cell is None else "")

    def action_jump(self) -> None:
        """`g`: ask for the index of a cell, and go there."""

        def answered(text: str) -> None:
            try:
                inside = text.strip().removeprefix("[").removesuffix("]")
                self.see(parse_index(self.view.tensor.shape, inside, text.strip()))
            except BpdebugError as error:
                self.see(self.view.cell, str(error))

        dialogs.ask(self.app, "Cell, such as [0, 1]", dialogs.unless_blank(answered))

    def action_choose(self) -> None:
        """Enter: show every multiplication that made this cell of the gradient."""
        if Aspect.GRADIENT not in self.view.aspects:
            self.see(self.view.cell, "It has no gradient, so it has no terms.")
            return
        from bpdebug.tui.overlays.terms import TermsScreen

        screen = TermsScreen(self.debugger, self.node, self.view.cell)
        self.app.push_screen(screen, self.child_closed)

    def action_paths(self) -> None:
        """`v`: show the paths from this cell to the loss."""
        from bpdebug.tui.overlays.paths import PathScreen

        try:
            screen = PathScreen(self.debugger, self.node, self.view.cell)
        except BpdebugError as error:
            self.see(self.view.cell, str(error))
        else:
            self.app.push_screen(screen, self.child_closed)
