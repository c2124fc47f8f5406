"""Choosing one of the bundled scenarios: a list, and what the one under the cursor teaches."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bpdebug.errors import BpdebugError
from bpdebug.run import Problem
from bpdebug.scenario import bundled, load
from bpdebug.tui.theme import DARK, LIGHT
from bpdebug.wording import pretty, safe, shape_text, value_formula


class ChooserApp(App[Path]):
    """Returns the chosen scenario's path, or None."""

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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+q", "exit_without", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.scenarios = bundled()

    def compose(self) -> ComposeResult:
        yield Static("bpdebug — choose a scenario", id="title")
        with Horizontal():
            yield OptionList(*self._options())
            with VerticalScroll(id="preview", can_focus=False):
                yield Static("", id="text")
        yield Static("enter opens   ↑ ↓ choose   q leaves", id="keys")

    def _options(self) -> list[Option | None]:
        """Lessons, a line, the published examples."""
        options: list[Option | None] = []
        for at, (name, _, title) in enumerate(self.scenarios):
            if at and "/" in name and "/" not in self.scenarios[at - 1][0]:
                options.append(None)
            options.append(Option(Text(safe(title)), id=str(at)))
        return options

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one(OptionList).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the scenario is about."""
        name, path, _ = self.scenarios[int(str(event.option_id))]
        self.query_one("#text", Static).update(preview(name, path))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
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


def preview(name: str, path: Path) -> Text:
    """Title, description, and the graph in formulas."""
    try:
        problem = load(path)
    except BpdebugError as error:
        return Text(str(error))
    text = Text()
    text.append(safe(problem.title), "bold").append(f"\nbpdebug {name}\n\n", "dim")
    text.append(" ".join(safe(line) for line in problem.description.split()) + "\n\n")
    for line in formulas(problem):
        text.append(line + "\n")
    return text


def formulas(problem: Problem) -> list[str]:
    """The graph's named results, the optimizer and the iterations, at most a screenful."""
    graph = problem.build(problem.batch_size if problem.batched else None)
    lines = [
        f"{pretty(node.name)} = {value_formula(graph, node.index)}"
        + (f"   ({shape_text(node.shape)})" if node.shape else "")
        for node in graph.nodes
        if node.op is not None and node.name
    ]
    if len(lines) > 16:
        lines = [*lines[:15], "…"]
    if problem.rule is not None:
        rate = problem.settings.get("learning_rate")
        plural = "s" * (problem.iterations != 1)
        lines += ["", f"{problem.rule.name}, α = {rate:g}, {problem.iterations} iteration{plural}"]
    return lines
