"""The footer as data: the last message, else the keys that matter now.

Which keys matter depends on the pass, on the focused pane, and on whether the cursor is at an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from textual.binding import Binding

from bpdebug.debugger import Moment
from bpdebug.debugger.commands.command import Results
from bpdebug.debugger.cursor import FIRST, Instant, end_of_time
from bpdebug.tui.draw.line import Line
from bpdebug.tui.keys.bindings import key_label
from bpdebug.tui.panes.pane_spec import BY_ID, Hint
from bpdebug.wording import Script


class HintRegion(NamedTuple):
    """The cells of a hint in the footer, and the key that a click on them presses."""

    start: int
    end: int
    key: str


FORWARD_KEYS = {
    "forward": (("n", "op"), ("c", "to the loss"), ("f", "layer")),
    "backward": (("n", "edge"), ("s", "term"), ("c", "continue"), ("f", "layer")),
    "update": (("n", "line"), ("c", "continue"), ("f", "parameter")),
}
"""Forward keys in each pass, with the size of their step."""
OTHER_KEYS = (
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
"""The other keys; the last are left out first where room is short."""
LAST_KEYS = (Hint("?", "help", "question_mark"), Hint("q", "quit", "q"))
"""The keys at the end of the footer, which are never left out."""
SEARCH_HINTS = (Hint(".", "next hit", "full_stop"), Hint(",", "previous hit", "comma"))
"""After a search."""
WRONG_LINE_HINTS = (
    Hint(")", "next wrong", "right_parenthesis"),
    Hint("(", "last wrong", "left_parenthesis"),
    Hint("a", "verdict", "a"),
)
"""Where somebody's numbers are compared with the right ones."""
HINTS_AFTER: Mapping[Results, Sequence[Hint]] = {
    Results.HITS: SEARCH_HINTS,
    Results.WRONG_LINES: WRONG_LINE_HINTS,
}
"""Keys that go on from what a command has found."""


def hints(moment: Moment, pane: str) -> list[Hint]:
    """The keys that matter, the most important first."""
    here = Instant(moment.iteration.number, moment.position)
    at_start, at_end = here == FIRST, here == end_of_time(moment.run)
    first: list[Hint] = []
    if at_end:
        first += [Hint("<", "to the start", "less_than_sign"), Hint("R", "restart", "R")]
    else:
        words = dict(FORWARD_KEYS[coming_phase(moment)]) | group_words(moment)
        first += [Hint(key, word, key) for key, word in words.items()]
    if not at_start:
        first.append(Hint("S N F C", "back", "N"))
    own = (*group_hints(moment), *(BY_ID[pane].hints if pane in BY_ID else ()))
    named = {hint.word for hint in own}
    more = (hint for hint in OTHER_KEYS if hint.word not in named)
    compared = wrong_lines(moment)
    return [*first[:3], *compared, *own, *first[3:], *more]


def group_words(moment: Moment) -> dict[str, str]:
    """What forward keys do before a folded group and in a group, where that differs."""
    words = {"n": "over group", "s": "into it"} if moment.entering is not None else {}
    return words | ({"f": "end of group"} if moment.groups else {})


def group_hints(moment: Moment) -> Sequence[Hint]:
    """The key that opens the folded group just passed."""
    return () if moment.passed is None else (Hint("=", "unfold", "equals_sign"),)


def wrong_lines(moment: Moment) -> Sequence[Hint]:
    """The keys of the wrong lines; of a comparison without any, that of the verdict."""
    if moment.comparison is None:
        return ()
    return WRONG_LINE_HINTS if moment.comparison.wrong_lines else WRONG_LINE_HINTS[-1:]


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
    offered_keys: Sequence[Hint] = (),
    welcome: str = "",
) -> tuple[Line, list[HintRegion]]:
    """The footer's line, and the regions in which a click presses a key.

    `offered_keys` follow a message; `replaced` has the user's own keys by the usual keys.
    """
    line = Line(" ")
    if count:
        escape = replaced.get("escape", "") or "escape"
        use = "a key that moves repeats it" if count[1:] else "type its digits"
        line.add(f"count {count[1:]}".rstrip(), "now")
        return line.add(f" – {use}, {escape} drops it", "quiet").cut(room), []
    if message:
        line.add(script.safe(message), "good" if ok else "warning").add("  ")
        return line.cut(room), add_hints(
            line, [with_chosen_keys(hint, replaced) for hint in offered_keys], room
        )
    if welcome:
        line.add(welcome, "good").add("  ")
    end = [with_chosen_keys(hint, replaced) for hint in LAST_KEYS]
    tail = sum(map(cells, end))
    regions = add_hints(
        line, [with_chosen_keys(hint, replaced) for hint in hints(moment, pane)], room - tail
    )
    regions += add_hints(line, end, line.width + tail)
    return line.cut(room), regions


def add_hints(line: Line, offered_keys: Sequence[Hint], room: int) -> list[HintRegion]:
    """Add the hints that fit to a line; returns their regions."""
    regions = []
    for hint in offered_keys:
        if line.width + cells(hint) <= room:
            start = line.width
            line.add(hint.shown, "now").add(f" {hint.word}  ", "quiet")
            regions.append(HintRegion(start, line.width - 2, hint.key))
    return regions


def cells(hint: Hint) -> int:
    """The width of a hint with the blanks after it."""
    return len(hint.shown) + len(hint.word) + 3


def with_chosen_keys(hint: Hint, replaced: Mapping[str, str]) -> Hint:
    """A hint with the user's own keys, one for each of the usual keys."""
    if not replaced:
        return hint
    shown = " ".join((replaced.get(key) or key).split()[0] for key in hint.shown.split())
    pressed = replaced.get(key_label(hint.key), "").split()[:1]
    # Textual's name of a sign: a click presses `question_mark`, not `?`.
    names = [hint.key for hint in Binding.make_bindings([Binding(key, "") for key in pressed])]
    return Hint(shown, hint.word, names[0] if names else hint.key)
