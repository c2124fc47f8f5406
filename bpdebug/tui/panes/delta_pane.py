"""The pane of the layers' δ."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.tui.draw.deltas import delta_block
from bpdebug.tui.panes.block_pane import BEFORE_BACKWARD, BlockPane
from bpdebug.wording import Script


class DeltaPane(BlockPane):
    """Every layer's δ."""

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._span: tuple[int, int] | None = None

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block, self._span = delta_block(moment, self.script, width, height)

    def scroll_along(self) -> None:
        """Scroll to the current δ; before the backward pass, to the top."""
        if self._span is not None:
            self.bring_into_view(*self._span)
        elif self.moment is not None and self.moment.phase in BEFORE_BACKWARD:
            self.scroll_to(y=0, animate=False, immediate=True)
