"""The commands that fold and unfold groups."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.breakpoints.locations import parse_group, some_groups
from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.folds import group_to_fold, group_to_unfold
from bpdebug.errors import BpdebugError
from bpdebug.wording import safe

ALL = "all"
"""The argument for every group, unless a group has that name."""


def fold(debugger: Debugger, argument: str, *, shut: bool = True) -> str:
    """fold [GROUP | all] and unfold [GROUP | all]"""
    moment = debugger.moment
    groups = moment.graph.groups
    verb = "folded" if shut else "unfolded"
    if not groups:
        raise BpdebugError(
            f"nothing can be {verb}: this graph has no groups; calls such as layer_norm(x, g, b) "
            "and names with a dot, as in block1.z, make them"
        )
    if argument == ALL and ALL not in groups:
        debugger.fold(groups, folded=shut)
        return f"{'every group' if len(groups) > 1 else 'the one group'} is {verb}"
    if argument:
        name = parse_group(moment.graph, argument).name
    else:
        found = group_to_fold(moment) if shut else group_to_unfold(moment)
        if found is None:
            state = "" if shut else "folded "
            raise BpdebugError(
                f"there is no {state}group here; name one: {some_groups(moment.graph)}"
            )
        name = found
    if (name in debugger.folded) == shut:
        return f"{safe(name)} is {verb} already{still_open(debugger, name)}"
    debugger.fold([name], folded=shut)
    return f"{safe(name)} is {verb}{still_open(debugger, name)}"


def still_open(debugger: Debugger, name: str) -> str:
    """A note where a folded group is open all the same; else empty."""
    spans = debugger.timeline.spans.inside(debugger.instant.position)
    inside = any(span.group.name == name for span in spans)
    return ", and stays open while the cursor is in it" * (inside and name in debugger.folded)


FOLDING: tuple[Command, ...] = (
    Command(
        "fold",
        "fold a group: `next` passes over it, and the program has one line for it",
        fold,
        keys=("minus",),
        usage="fold [GROUP | all]",
        details="`fold all` folds every group.\n"
        "Alone, it folds the innermost open group that the cursor is in. While the cursor is in\n"
        "a folded group, that group is open. Folding never moves the cursor.",
        argument=Argument.GROUP,
    ),
    Command(
        "unfold",
        "unfold a group: `next` goes through its edges, and the program shows them",
        partial(fold, shut=False),
        keys=("equals_sign",),
        usage="unfold [GROUP | all]",
        details="`unfold all` unfolds every group.\n"
        "Alone, it unfolds the group just passed, or the group around the cursor, or the\n"
        "group that comes next. Unfolding never moves the cursor.",
        argument=Argument.GROUP,
    ),
)
