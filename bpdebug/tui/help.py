"""The help screen: what the panes show, and every key, from the command table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from rich.text import Text

from bpdebug.debugger import COMMANDS
from bpdebug.tui.keys import SCREEN_KEYS, sign
from bpdebug.tui.line_pane import ONE_CELL_ASCII
from bpdebug.wording import to_ascii

ASCII_SIGNS: dict[int, int | str] = {
    **ONE_CELL_ASCII,
    ord("δ"): "delta",
    ord("←"): "left",
    ord("→"): "right",
}
"""The signs as the panes show them where the terminal shows ASCII only."""
PANE_HELP = {
    "graph": "Graph: from the loss down to the leaves. ▶ is written now, ◆ is where its gradient "
    "comes from. ← and → close and open, enter shows a node in full, b breaks, t runs there.",
    "program": "Backward program: one edge a line. ▶ is the current line, ● a breakpoint. "
    "Enter or b sets one, t runs there.",
    "multiplication": "Multiplication: upstream gradient, local derivative and result. The cells "
    "of the current multiplication are in brackets; a · is not computed yet.",
    "delta": "δ: the gradient at each layer's pre-activation, its norm on a log scale, and how it "
    "compares with the layer above.",
    "stops": "Watches and breakpoints: enter goes to a breakpoint's next hit or shows a watch in "
    "full, space enables or disables, delete removes.",
    "parameters": "Parameters: value, gradient, change and new value, cell by cell.",
}


def help_text(
    pane: str | None,
    roles: Mapping[str, Style],
    *,
    unicode: bool = True,
    replaced: Mapping[str, str] | None = None,
) -> Text:
    """Help for the focused pane first, then every key; `replaced` as `keys.replaced` gives it."""
    other = replaced or {}
    text = Text()
    if pane in PANE_HELP:
        described = PANE_HELP[pane] if unicode else PANE_HELP[pane].translate(ASCII_SIGNS)
        text.append(f"{described}\n\n")
    text.append("Lower case goes forward in time, upper case back.\n\n", roles["quiet"])
    rows = [
        (
            " ".join(filter(None, (other.get(sign(key), sign(key)) for key in command.keys))),
            command.summary,
        )
        for command in COMMANDS
        if command.keys
    ]
    rows += [(other.get(sign(key), sign(key)), summary) for _, key, _, summary in SCREEN_KEYS]
    width = max(len(keys) for keys, _ in rows)
    for keys, summary in rows:
        text.append(f"{keys:<{width}}  ", roles["now"]).append(
            f"{summary if unicode else to_ascii(summary)}\n"
        )
    text.append("\nType : and a command for the rest: ", roles["quiet"])
    text.append(", ".join(c.name for c in COMMANDS if c.name and not c.keys), roles["quiet"])
    text.append("\n\nNew to backpropagation? bpdebug --tour walks through it.", roles["quiet"])
    return text
