"""The debugger's screen: panes around one moment, and keys that run commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme

from bpdebug.debugger import COMMANDS, Command, Debugger, Moment, Reply
from bpdebug.debugger.describe import where
from bpdebug.graph import Kind
from bpdebug.tui.bars import Footer, Header
from bpdebug.tui.draw.line import Look
from bpdebug.tui.keys import bindings
from bpdebug.tui.layout import PANES, ROOMY_WIDTH, SMALLEST, Choice, Panes
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
from bpdebug.tui.theme import styles
from bpdebug.wording import term_formula

BY_ID = {command.id: command for command in COMMANDS}
TITLES = {
    "graph": "1 Graph",
    "program": "2 Backward program",
    "multiplication": "3 Multiplication",
    "delta": "4 δ",
    "parameters": "5 Parameters",
    "timeline": "Timeline",
}


class DebuggerScreen(Screen[None]):
    """Hands each moment to the panes; a key becomes a command, a command a new moment."""

    BINDINGS = bindings()  # type: ignore[assignment]
    moment: reactive[Moment | None] = reactive(None, always_update=True, repaint=False)

    def __init__(self, debugger: Debugger, look: Look) -> None:
        super().__init__()
        self.debugger = debugger
        self.look = look
        self._panes_by_id: dict[str, LinePane] = {}
        self._roles: tuple[Theme, Mapping[str, Style]] | None = None

    def compose(self) -> ComposeResult:
        look = self.look
        yield Header(id="header", look=look)
        yield Panes(
            GraphPane(id="graph", look=look),
            ProgramPane(id="program", look=look),
            MultiplicationPane(id="multiplication", look=look),
            DeltaPane(id="delta", look=look),
            ParameterPane(id="parameters", look=look),
            id="panes",
        )
        yield TimelinePane(id="timeline", look=look)
        yield Footer(id="footer", look=look)

    def on_mount(self) -> None:
        """Show the first moment."""
        for pane in self.query(LinePane):
            assert pane.id is not None
            self._panes_by_id[pane.id] = pane
            pane.entitle(TITLES.get(pane.id, ""))
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh_moment())
        self._panes_by_id["multiplication"].focus()
        self.refresh_moment()

    # From the debugger to the panes.

    def refresh_moment(self) -> None:
        """Take the debugger's moment."""
        self.moment = self.debugger.moment

    def watch_moment(self, moment: Moment | None) -> None:
        """The one place where a new moment reaches the panes."""
        if moment is None or not self._panes_by_id:
            return
        theme = self.app.current_theme
        if self._roles is None or self._roles[0] is not theme:
            # One mapping per theme: panes repaint everything when they are handed another.
            self._roles = theme, styles(theme)
        roles = self._roles[1]
        program = self._panes_by_id["program"]
        assert isinstance(program, ProgramPane)
        program.follow(self.debugger.listing)
        for pane in self._panes_by_id.values():
            pane.show(moment, roles)
        self._name_panes()

    def _name_panes(self) -> None:
        """Titles say which pane shares a place, and its key."""
        shown = self.query_one(Panes).shown()
        for pair in (("graph", "program"), ("delta", "parameters")):
            both = all(name in shown for name in pair)
            for name in pair:
                other = pair[1] if name == pair[0] else pair[0]
                title = (
                    TITLES[name]
                    if both
                    else f"{TITLES[name]} [$foreground-muted]{other_title(other)}[/]"
                )
                self._panes_by_id[name].entitle(title)

    def on_resize(self, event: events.Resize) -> None:
        """Small screens lose the timeline's border; very small ones get a sentence."""
        size = event.size
        self.set_class(size.height < 30, "-low")
        self.set_class(size.width < ROOMY_WIDTH, "-narrow")
        tiny = size.width < SMALLEST.width or size.height < SMALLEST.height
        self.set_class(tiny, "-tiny")
        footer = self.query_one(Footer)
        if tiny:
            need = f"{SMALLEST.width}×{SMALLEST.height}"
            footer.say(f"The screen is too small: {need} is the least.", ok=False)
        elif footer.message.startswith("The screen is too small"):
            footer.say("")
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
        }.get(ident)
        if special is not None:
            special()
        elif command.prompt:
            self.ask(command)
        else:
            self.perform(command)

    def prompt(self, label: str, answered: Callable[[str | None], None], text: str = "") -> None:
        """Ask for one line; the input widget is loaded when it is first needed."""
        from bpdebug.tui.prompt import Prompt

        self.app.push_screen(Prompt(label, text), answered)

    def show_box(self, title: str, text: str | Text) -> None:
        """Show an answer of several lines over the panes."""
        from bpdebug.tui.answer import Answer

        self.app.push_screen(Answer(title, text))

    def ask(self, command: Command, text: str = "") -> None:
        """Ask for a command's argument at the bottom of the screen."""

        def answered(argument: str | None) -> None:
            if argument is not None and (argument.strip() or command.id == "mark"):
                self.perform(command, argument)

        self.prompt(command.prompt or command.name, answered, text)

    def perform(self, command: Command, argument: str = "") -> None:
        """Run a command and show what it says."""
        before = self.debugger.place
        self.show_reply(command.name or command.id, self.debugger.perform(command, argument))
        if command.id in ("find", "find_next", "rfind") and self.debugger.place != before:
            self.reveal()

    def show_reply(self, title: str, reply: Reply) -> None:
        """One line goes to the footer, more into a box; where one stands is the screen itself."""
        if reply.quit:
            self.app.exit()
            return
        text = reply.text.removesuffix(where(self.debugger)).strip("\n")
        footer = self.query_one(Footer)
        short = "\n" not in text and len(text) < self.size.width
        footer.message, footer.ok = (text if short else ""), reply.ok
        self.refresh_moment()
        if not short:
            self.show_box(title, text)

    def action_command_line(self) -> None:
        """`:` types any command."""

        def answered(line: str | None) -> None:
            if line and line.strip():
                self.show_reply(line.strip(), self.debugger.execute(line))

        self.prompt(":", answered)

    def show_help(self) -> None:
        """`?`"""
        from bpdebug.tui.help import help_text

        focused = self.focused.id if self.focused is not None else None
        self.show_box("Help", help_text(focused, styles(self.app.current_theme)))

    def ask_export(self) -> None:
        """`x`: a file name, and a second question where the file is there already."""
        stem = Path(self.debugger.run.problem.file or "trace").stem
        command = BY_ID["export"]

        def confirmed(answer: str | None, target: str) -> None:
            if answer is not None and answer.strip().lower() in ("y", "yes"):
                self.perform(command, target)
            else:
                self.query_one(Footer).say("Nothing was written.")

        def answered(target: str | None) -> None:
            if not target or not target.strip():
                return
            name = target.split(" --")[0].strip()
            if name == "-":
                self.query_one(Footer).say(
                    "The screen is standard output here; name a file.", ok=False
                )
            elif Path(name).is_file():
                label = f"{name} exists. Overwrite it? (y/n)"
                self.prompt(label, lambda answer: confirmed(answer, target))
            else:
                self.perform(command, target)

        self.prompt("Export to (.txt, .md or .json)", answered, f"{stem}.trace.txt")

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
        focused = self.focused
        if isinstance(focused, ProgramPane):
            return focused.place()
        if isinstance(focused, GraphPane):
            return self._label(focused.node())
        return ""

    def _label(self, node: int) -> str:
        moment = self.moment
        assert moment is not None
        entry = moment.graph.nodes[node]
        return entry.label if entry.name or entry.kind is Kind.OP else ""

    def run_to_cursor(self) -> None:
        """`t`: on to the next time that the line or node at the cursor is written."""
        place = self._place_at_cursor()
        if not place:
            graph = self._panes_by_id["graph"]
            assert isinstance(graph, GraphPane)
            place = self._label(graph.node())
        self.perform(BY_ID["until"], place)

    def reveal(self) -> None:
        """`H`: bring every pane's cursor back to where time stands."""
        moment = self.moment
        graph = self._panes_by_id["graph"]
        program = self._panes_by_id["program"]
        assert moment is not None
        assert isinstance(graph, GraphPane) and isinstance(program, ProgramPane)
        graph.show_node(moment.node)
        program.put_cursor(self.debugger.listing.line_at(moment.position))
        self.query_one(Footer).say(where(self.debugger).splitlines()[0])

    def on_cursor_pane_chosen(self, event: CursorPane.Chosen) -> None:
        """Enter: a breakpoint on a line of the program, a node of the graph in full."""
        pane = event.pane
        if isinstance(pane, ProgramPane):
            place = pane.place()
            if place:
                self.break_here()
            else:
                self.query_one(Footer).say("A breakpoint goes on a line with a number.", ok=False)
        elif isinstance(pane, GraphPane):
            label = self._label(pane.node())
            self.perform(BY_ID["info"], label)

    def on_timeline_pane_sought(self, event: TimelinePane.Sought) -> None:
        """A click on the timeline."""
        self.perform(BY_ID["goto"], str(event.position))

    # The screen's own keys.

    def action_focus_pane(self, name: str) -> None:
        """Bring a pane to the front of its place, and focus it."""
        panes = self.query_one(Panes)
        choice = panes.choice
        left = name if name in ("graph", "program") else choice.left
        right = name if name in ("delta", "parameters") else choice.right
        zoomed = name if choice.zoomed else ""
        panes.choose(Choice(left, right, zoomed))
        pane = self._panes_by_id[name]
        pane.focus()
        self._name_panes()
        if self.moment is not None:
            self.watch_moment(self.moment)

    def action_zoom(self) -> None:
        """Give the focused pane the whole area, or give it back."""
        panes = self.query_one(Panes)
        focused = self.focused.id if self.focused is not None else ""
        zoomed = "" if panes.choice.zoomed or focused not in PANES else str(focused)
        panes.choose(Choice(panes.choice.left, panes.choice.right, zoomed))
        self._name_panes()

    def action_copy(self) -> None:
        """Copy the current multiplication, or where one stands, by the terminal's clipboard."""
        moment = self.moment
        text = where(self.debugger)
        if moment is not None and moment.term is not None:
            text = " ".join(term_formula(moment.graph, moment.layers, moment.term, digits=17))
        self.app.copy_to_clipboard(text)
        self.query_one(Footer).say(f"copied: {text.splitlines()[0]}")


def other_title(name: str) -> str:
    """How a hidden pane is named beside the one in front."""
    return {
        "graph": "· 1 Graph",
        "program": "· 2 Program",
        "delta": "· 4 δ",
        "parameters": "· 5 W",
    }[name]
