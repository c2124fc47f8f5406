"""The panes that have a key: a declaration for each, in the order of the keys.

Titles, keys, help, the footer, the layout and the guide's page on panes follow from these.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.geometry import Size

Row = tuple[str, str]
"""Keys or mouse actions, and what they do."""


class Hint(NamedTuple):
    """A key in the footer: its text, what it does, and the key that a click on it presses."""

    shown: str
    word: str
    key: str


class PaneSpec(NamedTuple):
    """The declaration of a pane."""

    id: str
    """Its id as a widget. That of the watches and breakpoints stays `stops`: users bind the keys
    `screen.stops`, `stops.remove` and `stops.switch` in their configuration."""
    name: str
    """The title in full."""
    short: str
    """The title where several panes share a narrow column."""
    column: str
    """`left`, `middle` or `right`: panes of one column are in front in turn where room is short."""
    enough: Size
    """The content that shows a small network. The layout adds another pane only where this much
    is left, so that a larger screen never shows less of a pane."""
    key_does: str
    """What its digit does, for help: `to the graph`."""
    shows: str
    """What the pane shows, in sentences."""
    keys: tuple[Row, ...] = ()
    """The pane's own keys and mouse actions."""
    hints: tuple[Hint, ...] = ()
    """The keys that the footer shows while the pane has the focus."""
    without_entries: str = ""
    """The message where the pane has no entries, which hides it; empty for a pane that is always
    there."""
    names_itself: bool = False
    """True for a pane whose title is what it shows, and not its name."""

    @property
    def key(self) -> str:
        """The digit that focuses the pane."""
        return str(SPECS.index(self) + 1)


CURSOR = ("↑ ↓ pgup pgdn home end", "move the pane's cursor")
SCROLL = (("↑ ↓ pgup pgdn, wheel", "scroll"),)
CLICK = ("click, double click", "move the cursor there; do what enter does")
SPECS = (
    PaneSpec(
        "graph",
        "Graph",
        "Graph",
        "left",
        Size(30, 19),
        "to the graph",
        "The tree runs from the loss down to the leaves. A node that is used twice is drawn once; "
        "its second place says ↑ NAME. ▶ marks the node that is written now, ◆ the node that its "
        "gradient comes from. Behind a name, ✗ and ○ mark a gradient of yours that differs: wrong "
        "by itself, or by what came in. A folded group is one row with ▸; ▾ marks the result of an "
        "open group, ▿ that of a folded one that is open while you are in it. Names inside a group "
        "are without its name. If the tree is too deep for the pane, ‥ marks levels that "
        "are left out, and ‥2 a node two levels below the loss.",
        (
            CURSOR,
            ("← →", "close or open the node; ← on a closed node goes up"),
            ("space, click on ▸ ▾", "unfold or fold the group; else open or close the node"),
            ("enter, i", "look into the node's tensor"),
            ("v", "show the paths from its cell to the loss"),
            ("b, B, t", "break on the node; break with a condition; run until it is written"),
            CLICK,
        ),
        hints=(Hint("enter", "inspect", "enter"), Hint("t", "run here", "t")),
    ),
    PaneSpec(
        "program",
        "Backward program",
        "Prog",
        "left",
        Size(30, 6),
        "to the backward program",
        "Each line is one edge (the field calls it a vector-Jacobian product); the update rule is "
        "below. ▶ is the current line, ● a breakpoint, ◐ a breakpoint with a condition, ○ one "
        "that is switched off. Before the number, ✗ marks a line that is wrong in your numbers, "
        "and ○ one that is right given what came in. A folded group is one line with ▸; an open "
        "one has a heading with ▾, or ▿ where it is open only while you are in it.",
        (
            CURSOR,
            ("enter, b", "set a breakpoint on the line, or remove it"),
            ("enter, space, click", "on a heading or at ▸: fold or unfold what is below it"),
            ("← →", "fold or unfold it; ← inside a group goes to its heading"),
            ("- =", "fold or unfold the group at the pane's cursor"),
            ("B, t", "break with a condition; run to the line"),
            ("i, v", "look into the tensor that the line writes; show its paths to the loss"),
            ("click in the gutter", "set a breakpoint on the line, or remove it"),
            ("click, double click", "move the cursor there; do what enter does"),
        ),
        hints=(Hint("enter", "break", "enter"), Hint("t", "run here", "t")),
    ),
    PaneSpec(
        "multiplication",
        "Multiplication",
        "Mul",
        "middle",
        Size(40, 19),
        "to the multiplication",
        "Upstream gradient, local derivative and result. Brackets mark the cells of the current "
        "term; a · is not computed yet, and ⋮ counts rows that are left out. If there is room, "
        "the pane also shows how the forward pass computed the op's result, all terms of the cell "
        "with their running sum, and all terms of the edge. In groups, the title names them in "
        "place of the factors. After a folded group it shows what went in and what came out. Where "
        "your own numbers are compared, "
        "theirs stands beside the result, with ✗ before each number that differs.",
        SCROLL,
        names_itself=True,
    ),
    PaneSpec(
        "delta",
        "δ",
        "δ",
        "right",
        Size(18, 6),
        "to δ",
        "The gradient at each layer's pre-activation, its norm on a log scale, and its ratio to "
        "the layer above.",
        SCROLL,
    ),
    PaneSpec(
        "parameters",
        "Parameters",
        "Par",
        "right",
        Size(18, 13),
        "to the parameters",
        "Value, gradient, change and new value, cell by cell, in the order of the update. If "
        "there is little room, the pane drops columns that are not being written. Of your own "
        "numbers, those that differ stand beside the right ones.",
        SCROLL,
    ),
    PaneSpec(
        "stops",
        "Watches and breakpoints",
        "Brk",
        "right",
        Size(18, 3),
        "to the watches and breakpoints",
        "Each watch with its value here, each breakpoint with its hits.",
        (
            CURSOR,
            ("enter", "go to the breakpoint's next hit; show the watch in full"),
            ("space", "switch a breakpoint on or off"),
            ("e, delete", "change the entry; remove it"),
            CLICK,
        ),
        hints=(
            Hint("enter", "go there", "enter"),
            Hint("e", "edit", "e"),
            Hint("space", "on/off", "space"),
            Hint("del", "remove", "delete"),
        ),
        without_entries="No watches and no breakpoints: w and b make some.",
    ),
)
"""In the order of the keys. The last pane is hidden while there are no watches or breakpoints."""
BY_ID = {spec.id: spec for spec in SPECS}
PANES = tuple(BY_ID)
