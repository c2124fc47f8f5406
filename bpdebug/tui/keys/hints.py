"""The footer as data: what the last command said, else the keys that matter where one stands.

What matters depends on the pass, on the focused pane, and on whether time goes on in a direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from textual.binding import Binding

from bpdebug.debugger import Moment
from bpdebug.debugger.cursor import FIRST, Instant, end_of_time
from bpdebug.tui.draw.line import Line
from bpdebug.tui.keys.bindings import sign
from bpdebug.tui.panes.pane_spec import BY_ID, Hint
from bpdebug.wording import Script


class Spot(NamedTuple):
    """Where a hint stands in the footer, in cells, and the key that a click there presses."""

    start: int
    end: int
    key: str


AHEAD = {
    "forward": (("n", "op"), ("c", "to the loss"), ("f", "layer")),
    "backward": (("n", "edge"), ("s", "term"), ("c", "continue"), ("f", "layer")),
    "update": (("n", "line"), ("c", "continue"), ("f", "parameter")),
}
"""Forward keys in each pass, with the size of their step."""
ALWAYS = (
    Hint("b", "break", "b"),
    Hint("g", "go to", "g"),
    Hint("/", "find", "slash"),
    Hint("w", "watch", "w"),
    Hint("p", "print", "p"),
    Hint("i", "inspect", "i"),
    Hint("x", "export", "x"),
    Hint("z", "zoom", "z"),
    Hint(":", "command", "colon"),
)
"""The rest, in the order in which they have room."""
END = (Hint("?", "help", "question_mark"), Hint("q", "quit", "q"))
"""They never give way."""
FOUND = (Hint(".", "next hit", "full_stop"), Hint(",", "previous hit", "comma"))
"""After a search."""


def hints(moment: Moment, pane: str) -> list[Hint]:
    """The keys that matter, the most important first."""
    here = Instant(moment.iteration.number, moment.position)
    at_start, at_end = here == FIRST, here == end_of_time(moment.run)
    found: list[Hint] = []
    if at_end:
        found += [Hint("<", "to the start", "less_than_sign"), Hint("R", "restart", "R")]
    else:
        coming = coming_phase(moment)
        found += [Hint(key, word, key) for key, word in AHEAD[coming]]
    if not at_start:
        found.append(Hint("S N F C", "back", "N"))
    own = BY_ID[pane].hints if pane in BY_ID else ()
    told = {hint.word for hint in own}
    more = (hint for hint in ALWAYS if hint.word not in told)
    return [*found[:3], *own, *found[3:], *more]


def coming_phase(moment: Moment) -> str:
    """The pass that the next tick is in: forward, backward or update."""
    timeline = moment.timeline
    position = moment.position % timeline.total
    if position < timeline.forward:
        return "forward"
    return "backward" if position < timeline.total - timeline.updates else "update"


def draw_footer(
    moment: Moment,
    script: Script,
    room: int,
    *,
    pane: str,
    count: str,
    message: str,
    ok: bool,
    replaced: Mapping[str, str] = MappingProxyType({}),
    offered: Sequence[Hint] = (),
    welcome: str = "",
) -> tuple[Line, list[Spot]]:
    """The footer's line, and where a click presses a key; `offered` keys stand after a message.

    `replaced` has the keys that a person chose in the place of the usual ones.
    """
    line = Line(" ")
    if count:
        escape = replaced.get("escape", "") or "escape"
        use = "a key that moves repeats it" if count[1:] else "type its digits"
        line.add(f"count {count[1:]}".rstrip(), "now")
        return line.add(f" – {use}, {escape} drops it", "quiet").cut(room), []
    if message:
        told = script.safe(message)
        line.add(told, "good" if ok else "warning").add("  ")
        return line.cut(room), add_hints(line, [chosen(one, replaced) for one in offered], room)
    if welcome:
        line.add(welcome, "good").add("  ")
    end = [chosen(hint, replaced) for hint in END]
    tail = sum(map(cells, end))
    spots = add_hints(line, [chosen(hint, replaced) for hint in hints(moment, pane)], room - tail)
    spots += add_hints(line, end, line.width + tail)
    return line.cut(room), spots


def add_hints(line: Line, offered: Sequence[Hint], room: int) -> list[Spot]:
    """Add the hints that fit to a line; returns where a click presses their keys."""
    spots = []
    for hint in offered:
        if line.width + cells(hint) <= room:
            start = line.width
            line.add(hint.shown, "now").add(f" {hint.word}  ", "quiet")
            spots.append(Spot(start, line.width - 2, hint.key))
    return spots


def cells(hint: Hint) -> int:
    """Cells of a hint with the blanks behind it."""
    return len(hint.shown) + len(hint.word) + 3


def chosen(hint: Hint, replaced: Mapping[str, str]) -> Hint:
    """A hint with the keys that a person chose for it, one for each of the usual ones."""
    if not replaced:
        return hint
    shown = " ".join((replaced.get(key) or key).split()[0] for key in hint.shown.split())
    pressed = replaced.get(sign(hint.key), "").split()[:1]
    # Textual's name of a sign: a click presses `question_mark`, not `?`.
    names = [one.key for one in Binding.make_bindings([Binding(key, "") for key in pressed])]
    return Hint(shown, hint.word, names[0] if names else hint.key)
