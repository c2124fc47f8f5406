"""A pane that draws only the lines that are visible, from lines made as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from bpdebug.debugger import Moment
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.selection import marked, selected_text
from bpdebug.wording import Script, width
from bpdebug.wording.ascii import CELLS

Key = tuple[tuple[tuple[str, str], ...], bool]
"""What a line looks like: its spans, and whether it is under the pane's cursor."""


class Painted(NamedTuple):
    """A line as it is on the screen, and the key that it was painted from."""

    key: Key
    strip: Strip


class LinePane(ScrollView, can_focus=True):
    """A pane of `Line`s: a subclass counts them and draws the lines that are visible."""

    DEFAULT_CSS = """
    LinePane {
        border: round $border-blurred;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $foreground-muted;
        background: $surface;
        scrollbar-size: 1 1;
        scrollbar-color: $border;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
        overflow: hidden scroll;
        padding: 0 1;
    }
    LinePane:focus { border: round $accent; border-title-color: $accent; }
    """

    def __init__(self, *, id: str, script: Script) -> None:
        super().__init__(id=id)
        self.script = script
        self.moment: Moment | None = None
        self.roles: Mapping[str, Style] = {}
        self._painted: dict[int, Painted] = {}
        self._keys: dict[int, Key] = {}
        """The keys of lines that `repaint` drew, so that painting does not draw them again."""
        self._room = Size(0, 0)
        """The size that the lines were prepared for."""
        self._due = False
        """True while no lines are prepared for the current moment."""
        self._painting = False
        """True while Textual paints the pane, rather than looks up what is under the mouse."""
        self._base = Style()
        self._titles = ("", "")

    def show(self, moment: Moment, roles: Mapping[str, Style]) -> None:
        """Take a new moment and draw it."""
        if roles is not self.roles:
            self._painted.clear()
        if moment is not self.moment and self.is_attached and self.screen.selections:
            self.screen.clear_selection()  # The lines it was made in are gone.
        self.moment, self.roles, self._due = moment, roles, True
        if self.display and self.size.width:
            self.redraw()

    def entitle(self, title: str, subtitle: str | None = None) -> None:
        """Set the texts on the border; None leaves the subtitle as it is.

        Textual repaints the whole pane for each, so equal texts are not set again.
        """
        if title != self._titles[0]:
            self.border_title = title
        if subtitle is not None and subtitle != self._titles[1]:
            self.border_subtitle = subtitle
        self._titles = (title, self._titles[1] if subtitle is None else subtitle)

    def redraw(self) -> None:
        """Prepare the lines anew, and repaint those that look different now."""
        if self.moment is None:
            return
        self._prepare(self.moment)
        if not self._painted:
            self.refresh()
            return
        self.repaint()

    def _prepare(self, moment: Moment) -> None:
        """Prepare the lines for the pane's size."""
        room = self.scrollable_content_region.size
        if room != self._room:
            self._painted.clear()
        self._room, self._due = room, False
        self._keys.clear()
        self.prepare(moment, room.width, room.height)
        self._set_virtual_size(Size(room.width, max(self.line_count(), room.height)))
        self.scroll_along()

    def scroll_along(self) -> None:
        """Scroll to the lines that matter now; called after `prepare`."""

    def _set_virtual_size(self, size: Size) -> None:
        """Set the size that can be scrolled over, without a new layout.

        For an assignment to `virtual_size` Textual lays the whole screen out anew and paints every
        scrollbar in a frame of its own. Neither is needed: the scrollbar's column is always
        reserved, and looks like the background where all lines fit.
        """
        if size == self.virtual_size:
            return
        self.set_reactive(LinePane.virtual_size, size)
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def repaint(self) -> None:
        """Draw the visible lines and refresh those that changed."""
        top, columns = self.scroll_offset.y, max(self.virtual_size.width, self.size.width)
        regions = []
        for y in range(top, top + self._room.height):
            painted = self._painted.get(y)
            key = self._keys[y] = self._key(y)
            if painted is None or painted.key != key:
                regions.append(Region(0, y - top, columns, 1))
        if regions:
            # In a single call: each call clears half a dozen of Textual's caches.
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint, after preparing the lines if need be.

        Textual paints a new size before it sends `Resize`; without this, the first paint would be
        of empty frames.
        """
        if self.moment is not None and self._outdated():
            self._prepare(self.moment)
        self._painting = True
        try:
            return super().render_lines(crop)
        finally:
            self._painting = False

    def on_resize(self) -> None:
        """Draw the lines for the new size."""
        if self._outdated():
            self.redraw()

    def _outdated(self) -> bool:
        """True where the lines were prepared for another moment or another size."""
        return self._due or self.scrollable_content_region.size != self._room

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        """Compute what `line_count` and `line` need for a moment and a size."""
        raise NotImplementedError

    def line_count(self) -> int:
        """How many lines the pane has, visible or not."""
        raise NotImplementedError

    def line(self, y: int, width: int) -> Line:
        """Line y, in at most `width` cells."""
        raise NotImplementedError

    def line_is_cursor(self, y: int) -> bool:
        """True for a line at the pane's own cursor, which has a band while the pane is focused."""
        return False

    def render_line(self, y: int) -> Strip:
        """Paint a line of the screen, or take it from the cache if it looks the same."""
        at = y + self.scroll_offset.y
        key = self._keys.get(at) or self._key(at)
        painted = self._painted.get(at)
        if painted is None or painted.key != key:
            painted = self._painted[at] = Painted(key, self._strip(key))
        strip = painted.strip
        if self.screen.selections and (selection := self.text_selection) is not None:
            span = selection.get_span(at)
            if span is not None:
                style = self.screen.get_component_rich_style("screen--selection")
                strip = marked(strip, span, style)
        # Offsets are for the mouse alone: in every painted line they would take time.
        return strip if self._painting else strip.apply_offsets(0, at)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The selected text, and the separator after it."""
        top = self.scroll_offset.y
        visible = range(top, min(top + self._room.height, self.line_count()))
        return selected_text(selection, visible, lambda at: self._strip(self._key(at)).text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the new selection, and remove the previous one."""
        self.refresh()

    def text_select_all(self) -> None:
        """Do nothing: a double click chooses a line, where Textual would select the whole pane."""

    def _key(self, at: int) -> Key:
        """The key of a line; an empty line's outside the pane's lines."""
        if self.moment is None or not 0 <= at < self.line_count():
            return (), False
        spans = self.line(at, self._room.width).cut(self._room.width).spans
        if not self.script.unicode:
            spans = [(text.translate(CELLS), role) for text, role in spans]
        return tuple(spans), self.has_focus and self.line_is_cursor(at)

    def _strip(self, key: Key) -> Strip:
        spans, under_cursor = key
        base = self._base + self.roles["cursor"] if under_cursor else self._base
        line = [(text, base + self.roles[role]) for text, role in spans]
        taken = sum(width(text) for text, _ in line)
        line.append((" " * (self._room.width - taken), base))
        segments = [Segment(text, style) for text, style in run_together(line, base)]
        return Strip(segments, max(taken, self._room.width))

    def notify_style_update(self) -> None:
        """Paint everything anew, since colours have changed with the theme or the focus."""
        super().notify_style_update()
        self._base = self.rich_style
        self._painted.clear()

    def bring_into_view(self, top: int, bottom: int | None = None) -> None:
        """Scroll so that the lines from `top` to `bottom` are visible; None for line `top` alone.

        Where it has to scroll, some lines around them come into view too.
        """
        bottom = top if bottom is None else bottom
        height = max(self.scrollable_content_region.height, 1)
        first = self.scroll_offset.y
        # The first visible line if `bottom` is the last one.
        lowest = bottom - height + 1
        if top < first:
            first = max(top - height // 4, min(lowest, top), 0)
        elif bottom >= first + height:
            first = min(lowest + height // 4, max(lowest, top))
        if first != self.scroll_offset.y:
            self.scroll_to(y=first, animate=False, immediate=True)

    def on_focus(self) -> None:
        """Show the pane's cursor."""
        self.repaint()

    def on_blur(self) -> None:
        """Hide the pane's cursor."""
        self.repaint()


def run_together(line: list[tuple[str, Style]], base: Style) -> list[tuple[str, Style]]:
    """Spans of a line with blanks joined to the text before them, where that looks the same.

    The terminal is sent some forty bytes for each span; without spans of blanks a line has half as
    many spans.
    """
    joined: list[tuple[str, Style]] = []
    for text, style in line:
        blank = not text.strip(" ") and invisible(style, base)
        if blank and joined and invisible(joined[-1][1], base):
            before, before_style = joined[-1]
            joined[-1] = before + text, before_style
        elif text:
            joined.append((text, style))
    return joined


def invisible(style: Style, base: Style) -> bool:
    """True where a blank in this style looks like a blank in the line's own style."""
    return style.bgcolor == base.bgcolor and not (style.underline or style.reverse or style.strike)
