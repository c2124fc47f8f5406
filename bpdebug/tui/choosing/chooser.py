"""Choosing a bundled scenario: a list, and a preview of the scenario at its cursor."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList, Static

from bpdebug.errors import BpdebugError
from bpdebug.run import Problem
from bpdebug.scenario import bundled, load
from bpdebug.scenario.library import FAULTS, MISTAKES, NETWORKS
from bpdebug.tui.choosing.picker import Group, Picker, PickerEntry
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.overlays.wrapping import wrapped
from bpdebug.tui.terminal_app import TerminalApp
from bpdebug.tui.theme import ascii
from bpdebug.wording import Script, group_call, safe, value_formula
from bpdebug.wording.ascii import WORDS

NARROW = 56
"""On a narrower screen there is no room for a preview beside the list."""
TOUR = Path("--tour")
"""The entry of the tour; no scenario has this name."""
HEADINGS = {
    "": "Lessons",
    NETWORKS: "Real networks",
    FAULTS: "Find the fault",
    MISTAKES: "Find the mistake",
}
"""By folder of scenarios: what the list calls it."""
ABOUT_TOUR = (
    "New to backpropagation? The tour explains it station by station, on a small network with "
    "real numbers: what a gradient is, what a δ is, how one multiplication follows another, and "
    "how the weights learn. You need to know what a multiplication is, and what a slope is. Each "
    "station has a few sentences about what you see, and the key to press."
)
KEYS = (
    ("letters", "show only the scenarios with these letters in title or name"),
    ("backspace", "delete the last letter"),
    ("↑ ↓", "choose; also page up, page down, home, end"),
    ("enter", "open it; a click does too"),
    ("escape", "show all again; press it once more to leave"),
    ("?", "show these keys"),
)
KINDS = """

Each lesson explains one thing. The simplest lesson comes first.
Those of real networks have one of their parts each, as attention or a convolution.
A lesson to find a fault trains badly; bpdebug NAME --diagnose says why.
A lesson to find a mistake has a wrong backward pass; bpdebug NAME --check names it.
A published example reproduces the numbers of a book, a course or a page.
You can also open a scenario by its name: bpdebug xor, or :open xor from inside."""


class ChooserScreen(Picker):
    """Gives a scenario's number in `bundled()`, the tour's id, or None where the user leaves."""

    CSS = """
    ChooserScreen { background: $background; }
    ChooserScreen #title {
        height: 1; background: $panel; color: $accent; text-style: bold; padding: 0 1;
    }
    ChooserScreen #keys {
        height: 1; dock: bottom; background: $panel; color: $foreground-muted; padding: 0 1;
    }
    ChooserScreen PickList {
        width: 2fr; min-width: 30; height: 1fr; border: round $border; padding: 0 1;
    }
    ChooserScreen PickList:focus { border: round $accent; }
    ChooserScreen.-narrow #preview { display: none; }
    ChooserScreen #preview {
        width: 3fr; height: 1fr; border: round $border-blurred; background: $surface;
        padding: 0 2; scrollbar-size: 1 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+q", "leave", show=False, id="chooser.leave"),
        Binding("ctrl+n", "move(1)", show=False, id="chooser.down"),
        Binding("ctrl+p", "move(-1)", show=False, id="chooser.up"),
        Binding("question_mark,f1", "help", show=False, id="chooser.help"),
    ]

    def __init__(self, script: Script, *, back: str = "leaves") -> None:
        """Take the script, and the word for what escape does."""
        self.script = script
        self.scenarios = bundled()
        super().__init__(entries(self.scenarios, script))
        self._back = back
        self._title = Static("", id="title", markup=False)
        self._text = Static("", id="text", markup=False)
        self._about = Text()

    def compose(self) -> ComposeResult:
        yield self._title
        with Horizontal():
            yield self.list
            with VerticalScroll(id="preview", can_focus=False):
                yield self._text
        arrows = self.script.either("↑ ↓", "up down")
        keys = f"enter opens   esc {self._back}   ? help   letters filter   {arrows} choose"
        yield Static(keys, id="keys", markup=False)

    def show_matches(self, matches: int) -> None:
        dash, cursor = ("—", "▏") if self.script.unicode else ("-", "_")
        if not self.typed:
            more = ", or type a part of its name" if self.app.size.width >= NARROW else ""
            self._title.update(f"bpdebug {dash} choose a scenario{more}")
            return
        typed = self.script.safe(self.typed)
        many = f"{matches} of {len(self.scenarios) + 1}"
        self._title.update(f"bpdebug {dash} {typed}{cursor}  {many}")
        if not matches:
            self._show(Text(f"Nothing here has '{typed}'. Backspace deletes a letter."))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Preview the highlighted entry, unless another letter has removed it meanwhile."""
        if event.option_list.highlighted != event.option_index:
            return
        if event.option_id == str(TOUR):
            self._show(Text(author_text(ABOUT_TOUR, self.script)))
            return
        name, path, _ = self.scenarios[int(str(event.option_id))]
        self._show(preview(name, path, self.script))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the preview to its new width; hide it on a narrow screen."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.call_after_refresh(lambda: self._show(self._about))

    def _show(self, about: Text) -> None:
        self._about = about
        room = self.query_one("#preview").scrollable_content_region.width
        self._text.update(wrapped(about, max(room, 20)))
        self.query_one("#preview").scroll_home(animate=False)

    def action_help(self) -> None:
        """`?`: show the keys, and the kinds of scenarios."""
        signs: Mapping[int, str] = {} if self.script.unicode else WORDS
        keys = "\n".join(f"{key.translate(signs):<12}{does}" for key, does in KEYS)
        dialogs.show_box(self.app, "Choosing a scenario", self.script.text(keys + KINDS))


class ChooserApp(TerminalApp[Path]):
    """Returns the path of the chosen scenario, `TOUR`, or None where the user leaves."""

    CSS = ascii.CSS
    ENABLE_COMMAND_PALETTE = False

    def on_mount(self) -> None:
        """Show the chooser, and end with its result."""
        self.push_screen(ChooserScreen(self.script), lambda ident: self.exit(path_of(ident)))


def path_of(ident: str | None) -> Path | None:
    """The path of the scenario with the id of an entry, or `TOUR`; None for None."""
    return TOUR if ident == str(TOUR) else None if ident is None else bundled()[int(ident)][1]


def entries(scenarios: list[tuple[str, Path, str]], script: Script) -> list[Group]:
    """The tour, the lessons by their folders, published examples; by title and name."""
    tour = Text("A tour of backpropagation").append("\n  --tour", "dim")
    first = PickerEntry(str(TOUR), tour, ("tour", "A tour of backpropagation"))
    found: dict[str, list[PickerEntry]] = {
        heading: [] for heading in (*HEADINGS.values(), "Published examples")
    }
    for at, (name, _, title) in enumerate(scenarios):
        text = Text(author_text(title, script)).append(f"\n  {safe(name)}", "dim")
        heading = HEADINGS.get(name.rpartition("/")[0], "Published examples")
        found[heading].append(PickerEntry(str(at), text, (name, title)))
    return [("", [first]), *((heading, of) for heading, of in found.items() if of)]


@lru_cache(maxsize=64)
def preview(name: str, path: Path, script: Script) -> Text:
    """The preview of a scenario: title, description and formulas; or its error."""
    try:
        problem = load(path)
    except BpdebugError as error:
        return Text(str(error))
    description = author_text(" ".join(problem.description.split()), script)
    body = "\n".join([description, "", *formulas(problem, script)])
    text = Text(author_text(problem.title, script), "bold").append(
        f"\nbpdebug {name}\n\n", "dim not bold"
    )
    text.append(body, "not bold")
    return text


def author_text(text: str, script: Script) -> str:
    """An author's text in a script, with its control characters made visible."""
    return script.text(script.safe(text))


def formulas(problem: Problem, script: Script) -> list[str]:
    """The scenario's own lines, the optimizer and the iterations, at most a screenful.

    Of a composite the call is shown, and not the lines that it stands for.
    """
    graph = problem.build(problem.batch_size if problem.batched else None)
    composites = [group for group in graph.groups.values() if group.composite is not None]
    calls = {group.result: group for group in composites[::-1]}  # a group before those inside it
    inside = {node for group in composites for node in group.nodes if node != group.result}
    lines = [
        (
            group_call(graph, calls[node.index], script.whole)
            if node.index in calls
            else f"{script.name(node.name)} = {value_formula(graph, node.index, script)}"
        )
        + (f"   ({script.shape(node.shape)})" if node.shape else "")
        for node in graph.nodes
        if node.op is not None and node.name and node.index not in inside
    ]
    if len(lines) > 16:
        lines = [*lines[:15], script.dots]
    trained = training(problem, script)
    return [*lines, "", trained] if trained else lines


def training(problem: Problem, script: Script) -> str:
    """Every optimizer with its learning rate, and the iterations; empty where nothing updates."""
    alpha = script.text("α")
    optimizers = [] if problem.rule is None else [(problem.rule, problem.settings, "")]
    optimizers += [
        (rule, rule.settings, f" for {script.name(name)}")
        for name, rule in problem.own_rules.items()
    ]
    if not optimizers:
        return ""
    settings_texts = [
        f"{rule.name}{whose}, {alpha} = {settings['learning_rate']:g}"
        for rule, settings, whose in optimizers
    ]
    plural = "s" * (problem.iterations != 1)
    return f"{'; '.join(settings_texts)}, {problem.iterations} iteration{plural}"
