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
from bpdebug.debugger.commands.command import NAMING, Argument
from bpdebug.debugger.commands.lookup import parse_line
from bpdebug.debugger.short_names import written_out
from bpdebug.errors import BpdebugError
from bpdebug.records import replace
from bpdebug.served import served
from bpdebug.tui.bars import Footer, Header
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.draw.breakpoints import entries
from bpdebug.tui.keys.actions import action, opener
from bpdebug.tui.keys.at_cursor import break_here, change_entry, reveal_panes, visit_entry
from bpdebug.tui.keys.bindings import bindings
from bpdebug.tui.keys.count import Count
from bpdebug.tui.keys.hints import HINTS_AFTER
from bpdebug.tui.layout import BORDERED, PADDED, SMALLEST, PaneChoice, Panes
from bpdebug.tui.panes import titles
from bpdebug.tui.panes.breakpoints_pane import BreakpointsPane
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.tui.panes.delta_pane import DeltaPane
from bpdebug.tui.panes.graph_pane import GraphPane
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.tui.panes.loss_pane import LossPane
from bpdebug.tui.panes.multiplication_pane import MultiplicationPane
from bpdebug.tui.panes.pane_spec import BY_ID as PANE_SPECS
from bpdebug.tui.panes.pane_spec import PANES
from bpdebug.tui.panes.parameter_pane import ParameterPane
from bpdebug.tui.panes.program_pane import ProgramPane
from bpdebug.tui.panes.timeline_pane import TimelinePane
from bpdebug.tui.textual_private import mark_painted
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.paced_screen import PacedScreen
from bpdebug.wording import width

BY_ID = {command.id: command for command in COMMANDS}
STRICT = frozenset([Argument.INSTANT, Argument.MARK, Argument.EXPRESSION])
"""Arguments whose prompt stays open until the mistakes in its line are corrected."""
EDGE, NARROW_EDGE = 5, 3
"""Cells of a pane around its content: border, scrollbar, and padding where there is room."""
WORTH_A_CURVE = 5
"""From this many iterations on, the loss has a pane where there is room."""


class DebuggerScreen(PacedScreen):
    """The screen that hands each moment to the panes, and runs a command for each key."""

    AUTO_FOCUS = "#multiplication"
    BINDINGS = bindings()  # type: ignore[assignment]

    def __init__(self, debugger: Debugger) -> None:
        super().__init__(debugger)
        self.script = script = debugger.script
        self._histories: dict[str, list[str]] = {}
        """Lines typed earlier, by the id of the command whose prompt took them."""
        self.count = Count()
        self.header = Header(id="header", script=script)
        self.graph = GraphPane(id="graph", script=script)
        self.program = ProgramPane(id="program", script=script)
        self.multiplication = MultiplicationPane(id="multiplication", script=script)
        self.delta = DeltaPane(id="delta", script=script)
        self.parameters = ParameterPane(id="parameters", script=script)
        self.breakpoints = BreakpointsPane(id="stops", script=script)
        # There may be none, and hiding the pane later would make Textual lay out anew.
        self.breakpoints.display = False
        self.loss = LossPane(id="loss", script=script)
        self.loss.display = False
        self.timeline = TimelinePane(id="timeline", script=script)
        self.footer = Footer(id="footer", script=script)
        left, right = (self.graph, self.program), (self.delta, self.parameters, self.breakpoints)
        panes: tuple[LinePane, ...] = (*left, self.multiplication, *right)
        self.panes = {str(pane.id): pane for pane in panes}
        self.area = Panes(*self.panes.values(), self.loss, id="panes")
        self.area.choice = PaneChoice(loss=debugger.run.iterations >= WORTH_A_CURVE)
        self._roles: tuple[Theme, Mapping[str, Style]] | None = None
        self._painted = False

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
        """Skip Textual's second paint of a new screen: the first has all of it."""
        if not self._painted:
            self._painted = True
            self.call_next(mark_painted, self)

    # From the debugger to the panes.

    def before_action(self, action: str) -> None:
        """Drop a count and update the panes before an action that is no command."""
        if action not in ("leave", "count") and not action.startswith(("command(", "digit(")):
            self.catch_up()
            self.drop_count()

    def on_key(self, event: events.Key) -> None:
        """Drop a count at a key without an action."""
        if self.count.text and event.key not in self.active_bindings:
            self.drop_count()

    def on_mouse_down(self) -> None:
        """Drop a count at a click."""
        self.drop_count()

    def drop_count(self) -> None:
        """Forget the count that is being typed."""
        self.count.drop()
        self.footer.put(count="")

    def watch_moment(self, moment: Moment | None) -> None:
        """Hand a new moment to every pane; no other code does."""
        if moment is None:
            return
        theme = self.app.current_theme
        if self._roles is None or self._roles[0] is not theme:
            # One mapping per theme: panes repaint everything when they are handed another.
            self._roles = theme, styles(theme)
        self.program.follow(self.debugger.listing)
        self._place_breakpoints(len(entries(moment)))
        for pane in (self.header, *self.panes.values(), self.loss, self.timeline, self.footer):
            pane.show(moment, self._roles[1])
        self._name_panes()

    def _name_panes(self) -> None:
        """Write the titles, which name the panes that share a column, and their keys."""
        regions, count = self.area.visible_regions(), self.area.choice.breakpoints
        for name, pane in self.panes.items():
            if not PANE_SPECS[name].names_itself:
                pane.entitle(titles.title(name, regions, self.script, entries=count))
        # Named before the first layout, so that the title is not painted twice.
        if not self.area.size and self.moment is not None and "multiplication" in regions:
            edge = NARROW_EDGE if self.app.size.width < PADDED else EDGE
            self.multiplication.name_edge(self.moment, regions["multiplication"].width - edge)

    def _place_breakpoints(self, count: int) -> None:
        """Display the pane of watches and breakpoints where there are some; hide it where none."""
        if count == self.area.choice.breakpoints:
            return
        gone = not count and self.focused is self.breakpoints
        self.area.choose(replace(self.area.choice, breakpoints=count))
        if gone:
            self.multiplication.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Take the timeline's border on a small screen; show a sentence on a very small screen."""
        size = event.size
        self.set_class(size.height < BORDERED, "-low")
        self.set_class(size.width < PADDED, "-narrow")
        self.footer.too_small = size.width < SMALLEST.width or size.height < SMALLEST.height
        self.set_class(self.footer.too_small, "-tiny")
        self.call_after_refresh(self._name_panes)

    # From keys to the debugger.

    def action_command(self, ident: str) -> None:
        """Run the command of a key; `actions` has those that do more than in line mode."""
        count = self.count.take(ident)
        special = action(ident)
        if special is None and not BY_ID[ident].prompt:
            # The next repaint removes the count too.
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
        """Ask for a command's argument at the bottom of the screen, and run it."""
        required = re.sub(r"\[.*?\]", "", command.form).strip() != command.name or not command.usage

        def answered(argument: str | None) -> None:
            if argument is not None and (argument.strip() or not required):
                self.perform(command, argument)

        label = command.prompt or command.form
        self.ask_line(label, command.id, answered, strict=command.argument in STRICT)

    def ask_line(
        self,
        label: str,
        ident: str,
        answered: Callable[[str | None], None],
        text: str = "",
        *,
        strict: bool = False,
    ) -> None:
        """Ask for a line, with completion, earlier lines, and a message about the line as typed.

        `answered` gets the line, or None where the user leaves.
        """
        from bpdebug.tui.dialogs import completion, line_message
        from bpdebug.tui.dialogs.prompt import Assistance

        command = BY_ID.get(ident)
        assistance = Assistance(
            completion.completer(self.debugger, command),
            self._histories.setdefault(ident, []),
            line_message.explainer(self.debugger, command),
            strict,
        )
        dialogs.ask(self.app, label, answered, text, assistance=assistance)

    def run_command(self, ident: str, argument: str = "") -> None:
        """Run the command with this id, and show its reply."""
        self.perform(BY_ID[ident], argument)

    def perform(self, command: Command, argument: str = "") -> None:
        """Run a command and show its reply; some commands open a screen of their own."""
        if command.argument in NAMING:
            argument = written_out(self.debugger.moment, argument)
        open_screen = opener(command.id)
        if open_screen is not None and open_screen(self, command, argument):
            return
        before = self.debugger.instant
        self.answer(
            command.name or command.id,
            partial(self.debugger.perform, command, argument, where=False),
            in_background=command.long and not (command.downloads and served()),
        )
        if command.results is not None:
            self.footer.offer_keys(HINTS_AFTER[command.results])
            if self.debugger.instant != before:
                reveal_panes(self)

    def answer(self, title: str, job: Callable[[], Reply], *, in_background: bool) -> None:
        """Show the reply of a job, which runs in the background where it may take long."""
        if not in_background:
            self.show_reply(title, job())
            return
        from bpdebug.tui.work.background import run_in_background

        run_in_background(self, title, job, partial(self.show_reply, title))

    def execute(self, line: str) -> None:
        """Run the command in a line, as its key would."""
        with suppress(BpdebugError):
            # The debugger reports an unknown word.
            command, argument = parse_line(line)
            if argument or not command.alone_as_key:
                self.perform(command, argument)
            else:
                self.action_command(command.id)
            return
        self.show_reply(line, self.debugger.execute(line, where=False))

    def show_reply(self, title: str, reply: Reply) -> None:
        """Show a reply of one line in the footer, a longer reply in a box."""
        if reply.quit:
            self.app.exit()
            return
        text = reply.note.strip("\n")
        short = "\n" not in text and width(text) < self.size.width
        self.footer.set_message(text if short else "", ok=reply.ok)
        self.footer.welcome = ""
        self.refresh_soon()
        if not short:
            dialogs.show_beside(self, title, text)

    # From the panes.

    def on_cursor_pane_chosen(self, event: CursorPane.Chosen) -> None:
        """Enter: break on a line of the program; open a node of the graph in the inspector."""
        if event.pane is self.breakpoints:
            visit_entry(self)
        elif event.pane is self.graph:
            self.action_command("inspect")
        elif self.program.location():
            break_here(self)
        else:
            self.footer.show_message("A breakpoint goes on a line with a number.", ok=False)

    def on_cursor_pane_folding(self, event: CursorPane.Folding) -> None:
        """Fold or unfold the group at the pane's cursor."""
        self.run_command("fold" if event.shut else "unfold", event.group)

    def on_breakpoints_pane_changed(self, event: BreakpointsPane.Changed) -> None:
        """Remove an entry (delete), or switch a breakpoint on or off (space)."""
        change_entry(self, event)

    def on_timeline_pane_tick_clicked(self, event: TimelinePane.TickClicked) -> None:
        """Go to the tick that was clicked on the timeline."""
        self.run_command("goto", str(event.position))

    def on_loss_pane_iteration_clicked(self, event: LossPane.IterationClicked) -> None:
        """Go to the iteration that was clicked on the loss curve."""
        self.run_command("goto", f"iteration {event.iteration}")

    def on_footer_pressed(self, event: Footer.Pressed) -> None:
        """Press the key that was clicked in the footer."""
        # Textual stops a key sent by a parent of the focused pane; the footer is no such parent.
        self.app.post_message(events.Key(event.key, None).set_sender(self.footer))

    def on_descendant_focus(self) -> None:
        """Show the keys of the focused pane in the footer."""
        self.footer.put(pane=str(self.focused.id) if self.focused is not None else "")

    # The screen's own keys.

    def action_count(self) -> None:
        """`+`: begin a count, to which the next digits belong."""
        self.count.begin()
        self._show_count()

    def action_digit(self, digit: str, name: str = "") -> None:
        """Focus the digit's pane; after `+`, add the digit to the count."""
        if self.count.text:
            self.count.add(digit)
            self._show_count()
        elif name:
            self.catch_up()
            self.footer.message = ""
            self.action_focus_pane(name)
        else:
            self.footer.show_message(
                f"No pane has this number. A count begins with +: +{digit}.", ok=False
            )

    def _show_count(self) -> None:
        self.footer.message = ""
        self.footer.put(count=self.count.text)

    def action_leave(self) -> None:
        """Escape: drop a count; else remove the last message; else leave the zoom."""
        if self.count.text:
            self.drop_count()
        elif self.footer.message:
            self.footer.show_message("")
        elif self.area.choice.zoomed:
            self.action_zoom()

    def action_focus_pane(self, name: str) -> None:
        """Bring a pane to the front of its column, and focus it."""
        choice = self.area.choice
        if PANE_SPECS[name].without_entries and not choice.breakpoints:
            self.footer.show_message(PANE_SPECS[name].without_entries, ok=False)
            return
        choice = choice.in_front(name)
        self.area.choose(replace(choice, zoomed=name if choice.zoomed else ""))
        # At once, and not after queued messages: the next key may be among them.
        self.set_focus(self.panes[name])
        self.refresh_moment()

    def action_zoom(self) -> None:
        """Give the focused pane the whole area, or give it back."""
        choice = self.area.choice
        focused = str(self.focused.id) if self.focused is not None else ""
        if focused not in PANES:
            # A small screen may have hidden the pane that had the focus.
            focused = str(self.multiplication.id)
            self.set_focus(self.multiplication)
        self.area.choose(replace(choice, zoomed="" if choice.zoomed else focused))
        self._name_panes()
