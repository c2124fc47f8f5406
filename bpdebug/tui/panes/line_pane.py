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

ONE_CELL_ASCII = str.maketrans("…×∂·–✓●◐○◆▶▸↑│─", "~xd.-*@%o<>+^|-")
"""Signs of ours where the terminal shows ASCII only, each as wide as what it stands for."""
Key = tuple[tuple[tuple[str, str], ...], bool]


class Painted(NamedTuple):
    """A line as it is on the screen, and what it was made from."""

    key: Key
    strip: Strip


class LinePane(ScrollView, can_focus=True):
    """Shows `Line`s. A subclass says how many there are and makes the ones asked for."""

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
        """The lines that `repaint` made, so that painting them does not make them again."""
        self._room = Size(0, 0)
        self._due = False
        self._painting = False
        """True while there is a moment for which no lines were made."""
        self._base = Style()
        self._titles = ("", "")

    def show(self, moment: Moment, roles: Mapping[str, Style]) -> None:
        """Take a new moment and draw it."""
        if roles is not self.roles:
            self._painted.clear()
        if moment is not self.moment and self.is_attached and self.screen.selections:
            self.screen.clear_selection()  # it was of other lines
        self.moment, self.roles, self._due = moment, roles, True
        if self.display and self.size.width:
            self.redraw()

    def entitle(self, title: str, subtitle: str | None = None) -> None:
        """Set the texts on the border; Textual repaints the whole pane for each, so only if new."""
        if title != self._titles[0]:
            self.border_title = title
        if subtitle is not None and subtitle != self._titles[1]:
            self.border_subtitle = subtitle
        self._titles = (title, self._titles[1] if subtitle is None else subtitle)

    def redraw(self) -> None:
        """Prepare the lines anew, and repaint those that differ from what is on the screen."""
        if self.moment is None:
            return
        self._make(self.moment)
        if not self._painted:
            self.refresh()
            return
        self.repaint()

    def _make(self, moment: Moment) -> None:
        """Prepare the lines for the room there is."""
        room = self.scrollable_content_region.size
        if room != self._room:
            self._painted.clear()
        self._room, self._due = room, False
        self._keys.clear()
        self.prepare(moment, room.width, room.height)
        self._reach(Size(room.width, max(self.line_count(), room.height)))
        self.scroll_along()

    def scroll_along(self) -> None:
        """Scroll to what matters now; called when the lines and their number are known."""

    def _reach(self, size: Size) -> None:
        """Set what can be scrolled over.

        For an assignment to `virtual_size` Textual lays the whole screen out anew, and then paints
        every scrollbar in a frame of its own. Nothing moves here: a scrollbar that may scroll has
        its place always, and is as empty as the background where all lines fit.
        """
        if size == self.virtual_size:
            return
        self.set_reactive(LinePane.virtual_size, size)
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def repaint(self) -> None:
        """Make the visible lines and refresh the ones that changed."""
        top, columns = self.scroll_offset.y, max(self.virtual_size.width, self.size.width)
        regions = []
        for at in range(top, top + self._room.height):
            before = self._painted.get(at)
            key = self._keys[at] = self._key(at)
            if before is None or before.key != key:
                regions.append(Region(0, at - top, columns, 1))
        if regions:
            # All at once: Textual forgets and looks up half a dozen things at each call.
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint. Textual paints a new size before it tells of it: the lines are made here then.

        So the first paint is the whole screen, and not empty frames.
        """
        if self.moment is not None and self._must_make():
            self._make(self.moment)
        self._painting = True
        try:
            return super().render_lines(crop)
        finally:
            self._painting = False

    def on_resize(self) -> None:
        """A new size means new lines; the cursor in time stays where it is."""
        if self._must_make():
            self.redraw()

    def _must_make(self) -> bool:
        """True where the lines there are were made for another moment or another size."""
        return self._due or self.scrollable_content_region.size != self._room

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        """Compute what `line` needs."""
        raise NotImplementedError

    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, y: int, width: int) -> Line:
        """Line y, in at most `width` cells."""
        raise NotImplementedError

    def line_is_cursor(self, y: int) -> bool:
        """True where the pane's own cursor stands; drawn with a band while focused."""
        return False

    def render_line(self, y: int) -> Strip:
        """Paint one screen line; what has not changed is taken from before."""
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
        # Where a character is matters only when the mouse asks; in every painted line it is slow.
        return strip if self._painting else strip.apply_offsets(0, at)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The selected text, and what parts it from the next pane's."""
        top = self.scroll_offset.y
        shown = range(top, min(top + self._room.height, self.line_count()))
        return selected_text(selection, shown, lambda at: self._strip(self._key(at)).text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint what is selected now, and what was."""
        self.refresh()

    def text_select_all(self) -> None:
        """A double click chooses a line here, and does not select the whole pane."""

    def _key(self, at: int) -> Key:
        """What a line looks like: its stretches, and whether it is under the pane's cursor."""
        if self.moment is None or not 0 <= at < self.line_count():
            return (), False
        spans = self.line(at, self._room.width).cut(self._room.width).spans
        if not self.script.unicode:
            spans = [(text.translate(ONE_CELL_ASCII), role) for text, role in spans]
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
        """Colours changed (theme, focus): everything is painted anew."""
        super().notify_style_update()
        self._base = self.rich_style
        self._painted.clear()

    def bring_into_view(self, top: int, bottom: int | None = None) -> None:
        """Scroll as little as needed so that lines top to bottom are visible."""
        bottom = top if bottom is None else bottom
        height = max(self.scrollable_content_region.height, 1)
        first = self.scroll_offset.y
        # With some lines around them, as far as they themselves do not go out of view for it.
        last = bottom - height + 1
        if top < first:
            first = max(top - height // 4, min(last, top), 0)
        elif bottom >= first + height:
            first = min(last + height // 4, max(last, top))
        if first != self.scroll_offset.y:
            self.scroll_to(y=first, animate=False, immediate=True)

    def on_focus(self) -> None:
        """The pane's cursor appears."""
        self.repaint()

    def on_blur(self) -> None:
        """The pane's cursor disappears."""
        self.repaint()


def run_together(line: list[tuple[str, Style]], base: Style) -> list[tuple[str, Style]]:
    """The stretches with blanks as a part of what stands before them, where nobody can see it.

    A terminal is sent some forty bytes with each stretch, and Textual cuts and joins them all: a
    line has half as many when blanks have none of their own.
    """
    joined: list[tuple[str, Style]] = []
    for text, style in line:
        blank = not text.strip(" ") and unseen(style, base)
        if blank and joined and unseen(joined[-1][1], base):
            before, kept = joined[-1]
            joined[-1] = before + text, kept
        elif text:
            joined.append((text, style))
    return joined


def unseen(style: Style, base: Style) -> bool:
    """True where a blank in a style looks like one of the line."""
    return style.bgcolor == base.bgcolor and not (style.underline or style.reverse or style.strike)
