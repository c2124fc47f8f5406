"""Choosing one of the bundled scenarios: a list, and what the one under the cursor teaches."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bpdebug.errors import BpdebugError
from bpdebug.run import Problem
from bpdebug.scenario import bundled, load
from bpdebug.tui import ascii
from bpdebug.tui.base import TerminalApp
from bpdebug.tui.palettes import DARK
from bpdebug.wording import pretty, safe, shape_text, to_ascii, value_formula

TOUR = Path("--tour")
"""The entry that is no scenario; none has this name."""
ABOUT_TOUR = (
    "New to backpropagation? Here it is, stop by stop, on a small network and with its real "
    "numbers: what a gradient is, what a δ is, how one multiplication follows another, how the "
    "weights learn. You need to know what a multiplication is, and what a slope is. Each stop says "
    "in a few sentences what there is to see, and which key to press."
)


class ChooserApp(TerminalApp[Path]):
    """Returns the chosen scenario's path, `TOUR`, or None."""

    CSS = """
    ChooserApp Screen { background: $background; }
    #title { height: 1; background: $panel; color: $accent; text-style: bold; padding: 0 1; }
    #keys { height: 1; dock: bottom; background: $panel; color: $foreground-muted; padding: 0 1; }
    OptionList {
        width: 2fr; min-width: 30; height: 1fr; border: round $border; background: $surface;
        scrollbar-size: 1 1; padding: 0 1;
    }
    OptionList:focus { border: round $accent; }
    #preview {
        width: 3fr; height: 1fr; border: round $border-blurred; background: $surface;
        padding: 0 2; scrollbar-size: 1 1;
    }
    """
    CSS += ascii.CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+q", "exit_without", show=False, id="chooser.leave"),
        Binding("j", "move(1)", show=False, id="chooser.down"),
        Binding("k", "move(-1)", show=False, id="chooser.up"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *, unicode: bool = True, theme: str = DARK.name) -> None:
        super().__init__(unicode=unicode, theme=theme)
        self.unicode = unicode
        self.scenarios = bundled()

    def compose(self) -> ComposeResult:
        dash, arrows = ("—", "↑ ↓") if self.unicode else ("-", "up down")
        yield Static(f"bpdebug {dash} choose a scenario", id="title")
        with Horizontal():
            yield OptionList(*self._options())
            with VerticalScroll(id="preview", can_focus=False):
                yield Static("", id="text")
        yield Static(f"enter opens   {arrows} choose   q leaves", id="keys")

    def _options(self) -> list[Option | None]:
        """The tour, then lessons, then published examples; each by its title and its name."""
        tour = Text("A tour of backpropagation").append("\n  --tour", "dim")
        options: list[Option | None] = [Option(tour, id=str(TOUR))]
        heading = ""
        for at, (name, _, title) in enumerate(self.scenarios):
            above, heading = heading, "Published examples" if "/" in name else "Lessons"
            if above != heading:
                options += [None] if options else []
                options.append(Option(Text(heading, "bold"), disabled=True))
            text = Text(shown(title, unicode=self.unicode)).append(f"\n  {safe(name)}", "dim")
            options.append(Option(text, id=str(at)))
        return options

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one(OptionList).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the entry is about."""
        if event.option_id == str(TOUR):
            self.query_one("#text", Static).update(shown(ABOUT_TOUR, unicode=self.unicode))
            return
        name, path, _ = self.scenarios[int(str(event.option_id))]
        self.query_one("#text", Static).update(preview(name, path, unicode=self.unicode))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        if event.option_id == str(TOUR):
            self.exit(TOUR)
            return
        self.exit(self.scenarios[int(str(event.option_id))][1])

    def action_move(self, by: int) -> None:
        """j and k."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_exit_without(self) -> None:
        """Leave without a scenario."""
        self.exit(None)


def preview(name: str, path: Path, *, unicode: bool = True) -> Text:
    """Title, description, and the graph in formulas."""
    try:
        problem = load(path)
    except BpdebugError as error:
        return Text(str(error))
    description = shown(" ".join(problem.description.split()), unicode=unicode)
    body = "\n".join([description, "", *formulas(problem, unicode=unicode)])
    text = Text(shown(problem.title, unicode=unicode), "bold").append(
        f"\nbpdebug {name}\n\n", "dim not bold"
    )
    text.append(body, "not bold")
    return text


def shown(text: str, *, unicode: bool) -> str:
    """What an author wrote, as a terminal can show it and obeys none of it."""
    text = safe(text, unicode=unicode)
    return text if unicode else to_ascii(text)


def formulas(problem: Problem, *, unicode: bool = True) -> list[str]:
    """The graph's named results, the optimizer and the iterations, at most a screenful."""
    graph = problem.build(problem.batch_size if problem.batched else None)
    lines = [
        f"{pretty(node.name, unicode=unicode)} = "
        + value_formula(graph, node.index, unicode=unicode)
        + (f"   ({shape_text(node.shape, unicode=unicode)})" if node.shape else "")
        for node in graph.nodes
        if node.op is not None and node.name
    ]
    if len(lines) > 16:
        lines = [*lines[:15], "…" if unicode else "..."]
    if problem.rule is not None:
        rate = problem.settings.get("learning_rate")
        plural = "s" * (problem.iterations != 1)
        alpha = "α" if unicode else "alpha"
        lines += [
            "",
            f"{problem.rule.name}, {alpha} = {rate:g}, {problem.iterations} iteration{plural}",
        ]
    return lines
