"""The debugger's screen: panes around one moment, and keys that run commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.theme import Theme

from bpdebug.debugger import COMMANDS, Command, Debugger, Moment, Reply
from bpdebug.debugger.commands.lookup import parse_line
from bpdebug.errors import BpdebugError
from bpdebug.record import replace
from bpdebug.served import served
from bpdebug.tui.bars import Footer, Header
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.draw.breakpoints import entries
from bpdebug.tui.keys.actions import AS_THE_KEY, action, opener
from bpdebug.tui.keys.at_cursor import break_here, change_stop, show_here, visit_stop
from bpdebug.tui.keys.bindings import bindings
from bpdebug.tui.keys.counting import Count
from bpdebug.tui.keys.hints import FOUND
from bpdebug.tui.layout import BORDERED, PADDED, SMALLEST, Choice, Panes, places
from bpdebug.tui.panes import titles
from bpdebug.tui.panes.breakpoints_pane import BreakpointsPane
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.tui.panes.delta_pane import DeltaPane
from bpdebug.tui.panes.graph_pane import GraphPane
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.tui.panes.loss_pane import LossPane
from bpdebug.tui.panes.multiplication_pane import MultiplicationPane
from bpdebug.tui.panes.pane_spec import PANES
from bpdebug.tui.panes.parameter_pane import ParameterPane
from bpdebug.tui.panes.program_pane import ProgramPane
from bpdebug.tui.panes.timeline_pane import TimelinePane
from bpdebug.tui.textual_private import painted
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.pacing import PacedScreen
from bpdebug.wording import width

BY_ID = {command.id: command for command in COMMANDS}
STRICT = frozenset(["goto", "goto_mark", "watch", "print"])
"""Commands whose prompt stays open with what is wrong, until that is mended."""
EDGE, NARROW_EDGE = 5, 3
"""Cells of a pane beside its content: border, scrollbar, and padding where there is room."""
WORTH_A_CURVE = 5
"""Iterations from which on the loss has a pane where there is room."""


class DebuggerScreen(PacedScreen):
    """Hands each moment to the panes; a key becomes a command, a command a new moment."""

    AUTO_FOCUS = "#multiplication"
    BINDINGS = bindings()  # type: ignore[assignment]

    def __init__(self, debugger: Debugger) -> None:
        super().__init__(debugger)
        self.script = script = debugger.script
        self._typed: dict[str, list[str]] = {}
        """Lines typed before, by the id of the command they were for."""
        self.count = Count()
        self.header = Header(id="header", script=script)
        self.graph = GraphPane(id="graph", script=script)
        self.program = ProgramPane(id="program", script=script)
        self.multiplication = MultiplicationPane(id="multiplication", script=script)
        self.delta = DeltaPane(id="delta", script=script)
        self.parameters = ParameterPane(id="parameters", script=script)
        self.breakpoints = BreakpointsPane(id="stops", script=script)
        self.breakpoints.display = (
            False  # There may be none; Textual lays out anew to hide it later.
        )
        self.loss = LossPane(id="loss", script=script)
        self.loss.display = False
        self.timeline = TimelinePane(id="timeline", script=script)
        self.footer = Footer(id="footer", script=script)
        self.panes: dict[str, LinePane] = {
            "graph": self.graph,
            "program": self.program,
            "multiplication": self.multiplication,
            "delta": self.delta,
            "parameters": self.parameters,
            "stops": self.breakpoints,
        }
        self.area = Panes(*self.panes.values(), self.loss, id="panes")
        self.area.choice = Choice(loss=debugger.run.iterations >= WORTH_A_CURVE)
        self._roles: tuple[Theme, Mapping[str, Style]] | None = None
        self._begun = False

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.area
        yield self.timeline
        yield self.footer

    def on_mount(self) -> None:
        """Show the first moment."""
        self.timeline.entitle(titles.title("timeline", {}, self.script, entries=0))
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh_moment())
        self.refresh_moment()

    def on_screen_resume(self) -> None:
        """Textual paints a screen that begins twice, all of it; here the first paint has it all."""
        if not self._begun:
            self._begun = True
            self.call_next(painted, self)

    # From the debugger to the panes.

    def heed(self, action: str) -> None:
        """Before a key's action: what is not a command ends a count, and meets current panes."""
        if action not in ("leave", "count") and not action.startswith(("command(", "digit(")):
            self.catch_up()
            self.drop_count()

    def on_key(self, event: events.Key) -> None:
        """A key that stands for nothing ends a count too."""
        if self.count.text and event.key not in self.active_bindings:
            self.drop_count()

    def on_mouse_down(self) -> None:
        """A click takes no count."""
        self.drop_count()

    def drop_count(self) -> None:
        """Forget the count that is being typed."""
        self.count.drop()
        self.footer.put(count="")

    def watch_moment(self, moment: Moment | None) -> None:
        """The one place where a new moment reaches the panes."""
        if moment is None:
            return
        theme = self.app.current_theme
        if self._roles is None or self._roles[0] is not theme:
            # One mapping per theme: panes repaint everything when they are handed another.
            self._roles = theme, styles(theme)
        self.program.follow(self.debugger.listing)
        self._place_stops(len(entries(moment)))
        for pane in (self.header, *self.panes.values(), self.loss, self.timeline, self.footer):
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
                title = titles.title(name, shown, self.script, entries=count)
                pane.entitle(title)
        if not self.area.size and self.moment is not None and "multiplication" in shown:
            beside = NARROW_EDGE if size.width < PADDED else EDGE
            width = shown["multiplication"].width - beside
            self.multiplication.name_edge(self.moment, width)

    def _place_stops(self, count: int) -> None:
        """Give the watches and breakpoints a place when there are some, and take it when none."""
        if count == self.area.choice.stops:
            return
        gone = not count and self.focused is self.breakpoints
        self.area.choose(replace(self.area.choice, stops=count))
        if gone:
            self.multiplication.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Small screens lose the timeline's border; very small ones get a sentence."""
        size = event.size
        self.set_class(size.height < BORDERED, "-low")
        self.set_class(size.width < PADDED, "-narrow")
        self.footer.alone = size.width < SMALLEST.width or size.height < SMALLEST.height
        self.set_class(self.footer.alone, "-tiny")
        self.call_after_refresh(self._name_panes)

    # From keys to the debugger.

    def action_command(self, ident: str) -> None:
        """Do what a key stands for; see `actions` for those that are more than a line."""
        count = self.count.take(ident)
        special = action(ident)
        if special is None and not BY_ID[ident].prompt:
            # The repaint to come takes the count away too.
            self.footer.count = ""
            self.perform(BY_ID[ident], count)
            return
        self.catch_up()
        self.footer.put(count="")
        if special is not None:
            special(self)
        else:
            self.ask(BY_ID[ident])

    def ask(self, command: Command) -> None:
        """Ask for a command's argument at the bottom of the screen."""
        required = re.sub(r"\[.*?\]", "", command.form).strip() != command.name or not command.usage

        def answered(argument: str | None) -> None:
            if argument is not None and (argument.strip() or not required):
                self.perform(command, argument)

        label = command.prompt or command.form
        self.ask_line(label, command.id, answered, strict=command.id in STRICT)

    def ask_line(
        self,
        label: str,
        ident: str,
        answered: Callable[[str | None], None],
        text: str = "",
        *,
        strict: bool = False,
    ) -> None:
        """Ask, with completion, the lines typed before, and what the line means as it is typed."""
        from bpdebug.tui.dialogs import assistance, completion
        from bpdebug.tui.dialogs.prompt import Assistance

        help_with = Assistance(
            completion.completer(self.debugger, ident),
            self._typed.setdefault(ident, []),
            assistance.teller(self.debugger, ident),
            strict,
        )
        dialogs.ask(self.app, label, answered, text, assistance=help_with)

    def run_command(self, ident: str, argument: str = "") -> None:
        """Run the command with this id, and show what it says."""
        self.perform(BY_ID[ident], argument)

    def perform(self, command: Command, argument: str = "") -> None:
        """Run a command and show what it says; some open a screen of their own."""
        open_screen = opener(command.id)
        if open_screen is not None and open_screen(self, command, argument):
            return
        before = self.debugger.instant
        self.answer(
            command.name or command.id,
            partial(self.debugger.perform, command, argument, where=False),
            beside=command.long and not (command.id == "export" and served()),
        )
        if command.id in ("find", "find_next", "rfind"):
            self.footer.offer(FOUND)
            if self.debugger.instant != before:
                show_here(self)

    def answer(self, title: str, job: Callable[[], Reply], *, beside: bool) -> None:
        """Show what a job answers; `beside` the screen where it may take long."""
        if not beside:
            self.show_reply(title, job())
            return
        from bpdebug.tui.work.working import work

        work(self, title, job, partial(self.show_reply, title))

    def execute(self, line: str) -> None:
        """Do what a line says, as the keys would."""
        with suppress(BpdebugError):
            # An unknown word is the debugger's to answer.
            command, argument = parse_line(line)
            if argument or command.id not in AS_THE_KEY:
                self.perform(command, argument)
            else:
                self.action_command(command.id)
            return
        self.show_reply(line, self.debugger.execute(line, where=False))

    def show_reply(self, title: str, reply: Reply) -> None:
        """One line goes to the footer, more into a box; where one stands is the screen itself."""
        if reply.quit:
            self.app.exit()
            return
        text = reply.note.strip("\n")
        short = "\n" not in text and width(text) < self.size.width
        self.footer.put_message(text if short else "", ok=reply.ok)
        self.footer.welcome = ""
        self.refresh_soon()
        if not short:
            dialogs.show_beside(self, title, text)

    # From the panes.

    def on_cursor_pane_chosen(self, event: CursorPane.Chosen) -> None:
        """Enter: a breakpoint on a line of the program, a node of the graph in the inspector."""
        if event.pane is self.breakpoints:
            visit_stop(self)
        elif event.pane is self.graph:
            self.action_command("inspect")
        elif self.program.location():
            break_here(self)
        else:
            self.footer.say("A breakpoint goes on a line with a number.", ok=False)

    def on_breakpoints_pane_changed(self, event: BreakpointsPane.Changed) -> None:
        """Delete removes an entry, space enables or disables a breakpoint."""
        change_stop(self, event)

    def on_timeline_pane_tick_clicked(self, event: TimelinePane.TickClicked) -> None:
        """A click on the timeline."""
        self.run_command("goto", str(event.position))

    def on_loss_pane_iteration_clicked(self, event: LossPane.IterationClicked) -> None:
        """A click on the loss curve."""
        self.run_command("goto", f"iteration {event.iteration}")

    def on_footer_pressed(self, event: Footer.Pressed) -> None:
        """A click on a key in the footer."""
        # Textual stops a key that comes from a parent of the focused pane; the footer is none.
        self.app.post_message(events.Key(event.key, None).set_sender(self.footer))

    def on_descendant_focus(self) -> None:
        """The footer shows the keys of the pane that has the focus."""
        self.footer.put(pane=str(self.focused.id) if self.focused is not None else "")

    # The screen's own keys.

    def action_count(self) -> None:
        """`+`: the digits to come are a count."""
        self.count.begin()
        self._show_count()

    def action_digit(self, digit: str, name: str = "") -> None:
        """Focus the digit's pane; where a count has begun, the digit belongs to it."""
        if self.count.text:
            self.count.add(digit)
            self._show_count()
        elif name:
            self.catch_up()
            self.footer.message = ""
            self.action_focus_pane(name)
        else:
            self.footer.say(f"No pane has this number. A count begins with +: +{digit}.", ok=False)

    def _show_count(self) -> None:
        self.footer.message = ""
        self.footer.put(count=self.count.text)

    def action_leave(self) -> None:
        """Escape: drop a count; else away with the last answer; else out of the zoom."""
        if self.count.text:
            self.drop_count()
        elif self.footer.message:
            self.footer.say("")
        elif self.area.choice.zoomed:
            self.action_zoom()

    def action_focus_pane(self, name: str) -> None:
        """Bring a pane to the front of its place, and focus it."""
        choice = self.area.choice
        if name == "stops" and not choice.stops:
            self.footer.say("No watches and no breakpoints: w and b make some.", ok=False)
            return
        choice = choice.in_front(name)
        self.area.choose(replace(choice, zoomed=name if choice.zoomed else ""))
        # At once, and not after what is queued: the next key may be waiting already.
        self.set_focus(self.panes[name])
        self.refresh_moment()

    def action_zoom(self) -> None:
        """Give the focused pane the whole area, or give it back."""
        choice = self.area.choice
        focused = str(self.focused.id) if self.focused is not None else ""
        if focused not in PANES:
            # A small screen may have hidden the pane that had the focus.
            focused = "multiplication"
            self.set_focus(self.panes[focused])
        self.area.choose(replace(choice, zoomed="" if choice.zoomed else focused))
        self._name_panes()
