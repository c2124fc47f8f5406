"""The debugger's screen: panes around one moment, and keys that run commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme

from bpdebug.debugger import COMMANDS, Command, Debugger, Moment, Reply, look_up
from bpdebug.debugger.describe import where
from bpdebug.errors import BpdebugError
from bpdebug.graph import Kind
from bpdebug.tui import dialogs, titles
from bpdebug.tui.bars import Footer, Header
from bpdebug.tui.draw.line import Look
from bpdebug.tui.draw.stops import stops
from bpdebug.tui.help import help_text
from bpdebug.tui.keys import bindings
from bpdebug.tui.layout import PANES, ROOMY_WIDTH, SMALLEST, Panes, places
from bpdebug.tui.line_pane import LinePane
from bpdebug.tui.panes import (
    CursorPane,
    DeltaPane,
    GraphPane,
    MultiplicationPane,
    ParameterPane,
    ProgramPane,
    TimelinePane,
)
from bpdebug.tui.stops_pane import StopsPane
from bpdebug.tui.theme import styles
from bpdebug.wording import term_formula, width

BY_ID = {command.id: command for command in COMMANDS}
LOOKS = ("inspect", "terms", "paths")
"""Commands that on the screen open a screen of their own instead of printing."""


class DebuggerScreen(Screen[None]):
    """Hands each moment to the panes; a key becomes a command, a command a new moment."""

    AUTO_FOCUS = "#multiplication"
    BINDINGS = bindings()  # type: ignore[assignment]
    moment: reactive[Moment | None] = reactive(None, always_update=True, repaint=False)

    def __init__(self, debugger: Debugger, look: Look) -> None:
        super().__init__()
        self.debugger = debugger
        self.look = look
        self._typed: dict[str, list[str]] = {}
        """Lines typed before, by the id of the command they were for."""
        self.header = Header(id="header", look=look)
        self.graph = GraphPane(id="graph", look=look)
        self.program = ProgramPane(id="program", look=look)
        self.multiplication = MultiplicationPane(id="multiplication", look=look)
        self.delta = DeltaPane(id="delta", look=look)
        self.parameters = ParameterPane(id="parameters", look=look)
        self.stops = StopsPane(id="stops", look=look)
        self.stops.display = False  # There may be none; Textual lays out anew to hide it later.
        self.timeline = TimelinePane(id="timeline", look=look)
        self.footer = Footer(id="footer", look=look)
        self.panes: dict[str, LinePane] = {
            "graph": self.graph,
            "program": self.program,
            "multiplication": self.multiplication,
            "delta": self.delta,
            "parameters": self.parameters,
            "stops": self.stops,
        }
        self.area = Panes(*self.panes.values(), id="panes")
        self._roles: tuple[Theme, Mapping[str, Style]] | None = None
        self._begun = False

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.area
        yield self.timeline
        yield self.footer

    def on_mount(self) -> None:
        """Show the first moment."""
        self.timeline.entitle(titles.title("timeline", {}, stops=0, unicode=self.look.unicode))
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh_moment())
        self.refresh_moment()

    def on_screen_resume(self) -> None:
        """Textual paints a screen that begins twice, all of it; here the first paint has it all."""
        if not self._begun:
            self._begun = True
            self.call_next(self._painted_once)

    def _painted_once(self) -> None:
        self._repaint_required = False

    # From the debugger to the panes.

    def refresh_moment(self) -> None:
        """Take the debugger's moment."""
        self.moment = self.debugger.moment

    def watch_moment(self, moment: Moment | None) -> None:
        """The one place where a new moment reaches the panes."""
        if moment is None:
            return
        theme = self.app.current_theme
        if self._roles is None or self._roles[0] is not theme:
            # One mapping per theme: panes repaint everything when they are handed another.
            self._roles = theme, styles(theme)
        self.program.follow(self.debugger.listing)
        self._place_stops(len(stops(moment)))
        for pane in (self.header, *self.panes.values(), self.timeline, self.footer):
            pane.show(moment, self._roles[1])
        self._name_panes()

    def _name_panes(self) -> None:
        """Titles say which pane shares a place, and its key."""
        # Before the first layout the screen's size stands for the area's: a title that holds from
        # the start is not painted twice.
        size, count = self.area.size or self.app.size, self.area.choice.stops
        shown = places(size.width, size.height, self.area.choice)
        for name, pane in self.panes.items():
            if name != "multiplication":
                title = titles.title(name, shown, stops=count, unicode=self.look.unicode)
                pane.entitle(title)

    def _place_stops(self, count: int) -> None:
        """Give the watches and breakpoints a place when there are some, and take it when none."""
        if count == self.area.choice.stops:
            return
        gone = not count and self.focused is self.stops
        self.area.choose(replace(self.area.choice, stops=count))
        if gone:
            self.multiplication.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Small screens lose the timeline's border; very small ones get a sentence."""
        size = event.size
        self.set_class(size.height < 30, "-low")
        self.set_class(size.width < ROOMY_WIDTH, "-narrow")
        tiny = size.width < SMALLEST.width or size.height < SMALLEST.height
        self.set_class(tiny, "-tiny")
        if tiny:
            need = f"{SMALLEST.width}×{SMALLEST.height}"
            self.footer.say(f"The screen is too small: {need} is the least.", ok=False)
        elif self.footer.message.startswith("The screen is too small"):
            self.footer.say("")
        self.call_after_refresh(self._name_panes)

    # From keys to the debugger.

    def action_command(self, ident: str) -> None:
        """Run an entry of the command table; ask for its argument where it needs one."""
        command = BY_ID[ident]
        special = {
            "help": self.show_help,
            "export": self.ask_export,
            "break": self.break_here,
            "until": self.run_to_cursor,
            "where": self.reveal,
            "inspect": self.inspect,
            "paths": self.ask_paths,
        }.get(ident)
        if special is not None:
            special()
        elif command.prompt:
            self.ask(command)
        else:
            self.perform(command)

    def ask(self, command: Command) -> None:
        """Ask for a command's argument at the bottom of the screen."""
        required = re.sub(r"\[.*?\]", "", command.form).strip() != command.name or not command.usage

        def answered(argument: str | None) -> None:
            if argument is not None and (argument.strip() or not required):
                self.perform(command, argument)

        self._ask(command.prompt or command.form, command.id, answered)

    def _ask(self, label: str, ident: str, answered: Callable[[str | None], None]) -> None:
        """Ask, with completion, the lines typed before, and a check as it is typed."""
        from bpdebug.tui import assistance

        dialogs.ask(
            self.app,
            label,
            answered,
            words=assistance.words(self.debugger, ident),
            history=self._typed.setdefault(ident, []),
            problem=assistance.problem(self.debugger, ident),
        )

    def perform(self, command: Command, argument: str = "") -> None:
        """Run a command and show what it says; some open a screen of their own."""
        if command.id in LOOKS:
            from bpdebug.tui import inspection

            inspection.open_command(self, command, argument)
            return
        before = self.debugger.place
        reply = self.debugger.perform(command, argument, place=False)
        self.show_reply(command.name or command.id, reply)
        if command.id in ("find", "find_next", "rfind") and self.debugger.place != before:
            self.reveal()

    def show_reply(self, title: str, reply: Reply) -> None:
        """One line goes to the footer, more into a box; where one stands is the screen itself."""
        if reply.quit:
            self.app.exit()
            return
        text = reply.note.strip("\n")
        short = "\n" not in text and width(text) < self.size.width
        self.footer.message, self.footer.ok = (text if short else ""), reply.ok
        self.refresh_moment()
        if not short:
            dialogs.show_box(self.app, title, text)

    def action_command_line(self) -> None:
        """`:` types any command."""

        def answered(line: str | None) -> None:
            if line and line.strip():
                self.execute(line.strip())

        self._ask(":", "", answered)

    def execute(self, line: str) -> None:
        """Do what a line says, as the keys would."""
        word, _, argument = line.partition(" ")
        with suppress(BpdebugError):
            # An unknown word is the debugger's to answer.
            command = look_up(word)
            if command.id in LOOKS:
                self.perform(command, argument.strip())
                return
        self.show_reply(line, self.debugger.execute(line, place=False))

    def inspect(self) -> None:
        """`i`"""
        from bpdebug.tui import inspection

        inspection.inspect_here(self)

    def ask_paths(self) -> None:
        """`v`"""
        from bpdebug.tui import inspection

        inspection.ask_paths(self, BY_ID["paths"])

    def show_help(self) -> None:
        """`?`"""
        focused = self.focused.id if self.focused is not None else None
        roles = styles(self.app.current_theme)
        text = help_text(focused, roles, unicode=self.look.unicode, replaced=self.footer.replaced)
        dialogs.show_box(self.app, "Help", text)

    def ask_export(self) -> None:
        """`x`"""

        def export(arguments: str | None) -> None:
            if arguments is None:
                self.footer.say("Nothing was written.")
            else:
                self.perform(BY_ID["export"], arguments)

        stem = Path(self.debugger.run.problem.file or "trace").stem
        dialogs.ask_export(self.app, shlex.quote(f"{stem}.trace.txt"), export)

    def break_here(self) -> None:
        """`b`: on the line or node at the focused pane's cursor; else where time stands.

        Where a breakpoint stands already, it is taken off.
        """
        place = self._place_at_cursor()
        for point in self.debugger.breakpoints:
            if place and point.text == place:
                self.perform(BY_ID["delete"], str(point.number))
                return
        self.perform(BY_ID["break"], place)

    def _place_at_cursor(self) -> str:
        if self.program.has_focus:
            return self.program.place()
        return self._label(self.graph.node()) if self.graph.has_focus else ""

    def _label(self, node: int) -> str:
        entry = self.debugger.moment.graph.nodes[node]
        return entry.label if entry.name or entry.kind is Kind.OP else ""

    def run_to_cursor(self) -> None:
        """`t`: on to the next time that the line or node at the cursor is written."""
        place = self._place_at_cursor()
        if not place:
            place = self._label(self.graph.node())
        self.perform(BY_ID["until"], place)

    def reveal(self) -> None:
        """`H`: bring every pane's cursor back to where time stands."""
        moment = self.debugger.moment
        self.graph.show_node(moment.node)
        self.program.reveal()
        self.footer.say(where(self.debugger).splitlines()[0])

    def on_cursor_pane_chosen(self, event: CursorPane.Chosen) -> None:
        """Enter: a breakpoint on a line of the program, a node of the graph in the inspector."""
        if event.pane is self.stops:
            self.visit_stop()
        elif event.pane is self.graph:
            self.inspect()
        elif self.program.place():
            self.break_here()
        else:
            self.footer.say("A breakpoint goes on a line with a number.", ok=False)

    def visit_stop(self) -> None:
        """Enter on a breakpoint goes to its next hit, on a watch shows its value in full."""
        stop = self.stops.stop()
        if stop is None:
            return
        if stop.is_watch:
            self.perform(BY_ID["print"], dict(self.debugger.watches)[stop.number])
        else:
            self.show_reply("breakpoint", self.debugger.visit(stop.number))

    def on_stops_pane_changed(self, event: StopsPane.Changed) -> None:
        """Delete removes an entry, space enables or disables a breakpoint."""
        stop = event.entry
        if event.how == "remove":
            self.perform(BY_ID["unwatch" if stop.is_watch else "delete"], str(stop.number))
        elif stop.is_watch:
            self.footer.say("A watch is there or not: delete removes it.", ok=False)
        else:
            point = next(b for b in self.debugger.breakpoints if b.number == stop.number)
            self.perform(BY_ID["disable" if point.enabled else "enable"], str(stop.number))

    def on_timeline_pane_sought(self, event: TimelinePane.Sought) -> None:
        """A click on the timeline."""
        self.perform(BY_ID["goto"], str(event.position))

    # The screen's own keys.

    def action_focus_pane(self, name: str) -> None:
        """Bring a pane to the front of its place, and focus it."""
        choice = self.area.choice
        if name == "stops" and not choice.stops:
            self.footer.say("No watches and no breakpoints: w and b make some.", ok=False)
            return
        if name in ("graph", "program"):
            choice = replace(choice, left=name)
        elif name != "multiplication":
            choice = replace(choice, right=name)
        self.area.choose(replace(choice, zoomed=name if choice.zoomed else ""))
        self.panes[name].focus()
        self.refresh_moment()

    def action_zoom(self) -> None:
        """Give the focused pane the whole area, or give it back."""
        choice = self.area.choice
        focused = self.focused.id if self.focused is not None else ""
        zoomed = "" if choice.zoomed or focused not in PANES else str(focused)
        self.area.choose(replace(choice, zoomed=zoomed))
        self._name_panes()

    def action_copy(self) -> None:
        """Copy the current multiplication, or where one stands, by the terminal's clipboard."""
        moment, term = self.debugger.moment, self.debugger.moment.term
        if term is None:
            text = where(self.debugger)
        else:
            unicode = self.look.unicode
            text = " ".join(
                term_formula(moment.graph, moment.layers, term, digits=17, unicode=unicode)
            )
        self.app.copy_to_clipboard(text)
        self.footer.say(f"copied: {text.splitlines()[0]}")

    def action_copy_menu(self) -> None:
        """`Y`: choose what to copy."""

        def copied(answer: tuple[str, bool] | None) -> None:
            if answer is not None:
                self.footer.say(answer[0], ok=answer[1])

        dialogs.ask_copy(self.app, self.debugger.moment, copied, unicode=self.look.unicode)
