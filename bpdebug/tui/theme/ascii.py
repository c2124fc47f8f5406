"""A terminal that shows ASCII only: borders of plain signs, and a filter for all that remains.

The drawings and the wording choose ASCII words themselves. What Textual draws of its own, and what
a scenario's author wrote, passes through here, so that no sign reaches a terminal that cannot
show it.
"""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from bpdebug.wording.ascii import one_cell_ascii

CSS = """
.-ascii LinePane, .-ascii VerticalScroll, .-ascii OptionList { border: ascii $border-blurred; }
.-ascii LinePane:focus, .-ascii OptionList:focus { border: ascii $accent; }
.-ascii TextBox VerticalScroll { border: ascii $accent; }
.-ascii Bar, .-ascii Bar:focus { border: none; }
.-ascii Palette Vertical { border: ascii $accent; }
.-ascii Palette PickList, .-ascii Palette PickList:focus { border: none; }
.-ascii DebuggerScreen.-low #timeline { border: none; }
.-ascii Toast { border-left: ascii $accent; }
"""
"""For applications with the class `-ascii`."""


class AsciiFilter(LineFilter):
    """Replaces signs that are not ASCII by ASCII signs of the same width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Translate a screen line."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(one_cell_ascii(segment.text), segment.style)
            for segment in segments
        ]
