"""Names as the lines of a group show them, typed: `mlp.z1` in place of `blocks.0.mlp.z1`.

A line inside a group leaves out the names of the groups around it. What is typed like this is
written out before a command reads it, so a watch or a breakpoint means the same node wherever the
cursor goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from bpdebug.debugger.moment import Moment
from bpdebug.expression.functions import BUILT_IN
from bpdebug.expression.shown import LAYER
from bpdebug.expression.tokens import SIGNED, Token, tokens
from bpdebug.expression.words import Words, words_of
from bpdebug.graph import Graph
from bpdebug.graph.groups import is_number
from bpdebug.records import record
from bpdebug.wording.script import without_group

OTHERWISE = frozenset(
    [*BUILT_IN, "all", "node", "line", "optimizer", "breakpoints", "watches", "if", "and", "or"]
)
"""Words that commands and expressions understand by themselves."""


@record
class Endings:
    """What the names of a graph end with, where the groups in front are left out."""

    whole: Mapping[str, Sequence[str]]
    """By ending: the names of nodes and groups with this ending."""
    words: Words
    """The names and the endings."""
    names: frozenset[str]
    """The names of nodes and groups."""


made: WeakKeyDictionary[Graph, Endings] = WeakKeyDictionary()


def endings_of(graph: Graph) -> Endings:
    """The endings of a graph's names, found once."""
    if graph not in made:
        names = frozenset([*words_of(graph).names, *graph.groups])
        whole: dict[str, list[str]] = {}
        for name in sorted(names):
            parts = name.split(".")
            for at in range(1, len(parts)):
                if not is_number(parts[at]):
                    whole.setdefault(".".join(parts[at:]), []).append(name)
        made[graph] = Endings(whole, Words(names | whole.keys()), names)
    return made[graph]


def short_names(moment: Moment) -> list[str]:
    """The names of nodes as lines at the cursor show them, where groups in front are left out."""
    around = groups_here(moment)
    names = [node.name for node in moment.graph.nodes if node.name]
    short = [without_group(name, around) for name in names] if around else []
    return [one for one, name in zip(short, names, strict=False) if one != name]


def groups_here(moment: Moment) -> list[str]:
    """The names of the groups around the cursor and of one just passed, the innermost first."""
    passed = [] if moment.passed is None else [moment.passed]
    return [span.group.name for span in (*moment.groups, *passed)][::-1]


def written_out(moment: Moment, text: str) -> str:
    """A command's argument with the whole names of nodes and groups.

    An ending means the name in the innermost group around the cursor that has it, else the only
    name with this ending. Where there are several, the text stays as it is.
    """
    if not moment.graph.groups:
        return text
    endings = endings_of(moment.graph)
    found = [one for one in tokens(text, endings.words) if one.kind != "blank"]
    around = groups_here(moment)
    parts, end = [], 0
    for at, one in enumerate(found):
        start = start_of_ending(found, at, endings)
        if start is None:
            continue
        name = endings.words.name(one.text[start:]) or ""
        whole = whole_name(endings.whole[name], name, around)
        if whole:
            parts += [text[end : one.start + start], whole]
            end = one.end
    return "".join(parts) + text[end:]


def start_of_ending(found: Sequence[Token], at: int, endings: Endings) -> int | None:
    """Where in a token an ending begins: behind the sign of a gradient or a change.

    None for a token that is none: a name of its own, a function, an option, the state in
    `state(W, m)`.
    """
    one = found[at]
    before = [token.text for token in found[max(at - 4, 0) : at]]
    behind = found[at + 1].text if at + 1 < len(found) else ""
    if one.kind != "word" or one.text in OTHERWISE or LAYER.fullmatch(one.text):
        return None
    if behind in ("(", "=") or before[-1:] in (["."], ["="]) or in_state(before):
        return None
    if endings.words.name(one.text) in endings.names:
        return None
    signs = [sign for sign in SIGNED if sign != "d" or before[-1:] == ["/"]]
    starts = [0, *(len(sign) for sign in signs if one.text.startswith(sign))]
    rest = {start: endings.words.name(one.text[start:]) for start in starts}
    if any(name in endings.names for name in rest.values()):
        return None
    return next((start for start, name in rest.items() if name in endings.whole), None)


def in_state(before: Sequence[str]) -> bool:
    """Whether a word behind these is the second in `state(W, m)`, a name of the optimizer's."""
    return len(before) == 4 and before[:2] == ["state", "("] and before[3] == ","


def whole_name(names: Sequence[str], ending: str, around: Sequence[str]) -> str:
    """The one of some names that an ending means, with these groups around; empty for none."""
    inside = (f"{group}.{ending}" for group in around)
    only = names[0] if len(names) == 1 else ""
    return next((name for name in inside if name in names), only)
