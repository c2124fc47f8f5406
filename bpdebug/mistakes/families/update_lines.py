"""How mistakes in the update are declared: an update rule with one of its lines changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.mistake import Change, Family, Find, Mistake, UpdateRule
from bpdebug.ops import Array
from bpdebug.optimizer import Rule, RuleLine
from bpdebug.records import replace

NO_TEXTS: Mapping[str, tuple[str, str]] = {}
Compute = Callable[[Mapping[str, Any]], Array]


def with_line(rule: Rule, target: str, change: Callable[[RuleLine], RuleLine]) -> Rule:
    """A rule with its last line of a target changed; the rule itself where it has none."""
    places = [at for at, line in enumerate(rule.lines) if line.target == target]
    if not places:
        return rule
    lines = list(rule.lines)
    lines[places[-1]] = change(lines[places[-1]])
    return replace(rule, lines=tuple(lines), continued=())


def computed(line: RuleLine, compute: Compute) -> RuleLine:
    """A line that computes something else."""
    return replace(line, compute=compute)


def has(rule: Rule, *names: str) -> bool:
    """Whether a rule has these settings, with values other than 0."""
    return all(rule.settings.get(name) for name in names)


def writes(rule: Rule, target: str) -> bool:
    """Whether a rule has a line of this target."""
    return any(line.target == target for line in rule.lines)


def everywhere(
    applies: Callable[[Rule], bool],
    *ways: tuple[str, UpdateRule],
    targets: Sequence[str],
    texts: Mapping[str, tuple[str, str]],
) -> Find:
    """Where a mistake in the update can happen: in all parameters, else in one of them.

    `targets` are those of the lines that it changes; `texts` has, by variant, the only one of them
    and the wrong line.
    """

    def find(grounds: Grounds) -> Iterator[Change]:
        if not grounds.updates:
            return
        names = [name for name, rule in grounds.rules.items() if applies(rule)]
        nodes = {name: grounds.graph.names[name] for name in names}
        for variant, way in ways:
            target, text = texts.get(variant, ("", ""))
            changed = Change(
                BY_FIND[find],
                tuple(nodes.values()),
                update=way,
                variant=variant,
                targets=(target,) if target else tuple(targets),
                text=text,
            )
            if names:
                yield changed
            for name in names if len(names) > 1 else ():

                def only(which: str, rule: Rule, name: str = name, way: UpdateRule = way) -> Rule:
                    return way(which, rule) if which == name else rule

                yield replace(changed, at=(nodes[name],), update=only, cost=0.5)

    return find


def declared(
    id: str,
    title: str,
    text: str,
    latex: str,
    why: str,
    remedy: str,
    applies: Callable[[Rule], bool],
    *ways: tuple[str, UpdateRule],
    cost: float = 1.2,
    separates: str = "the parameter after the update",
    hidden: str = "",
    targets: Sequence[str] = ("theta",),
    texts: Mapping[str, tuple[str, str]] = NO_TEXTS,
) -> Mistake:
    """Declare a mistake in the update, in the lines of these targets."""
    find = everywhere(applies, *ways, targets=targets, texts=texts)
    made = Mistake(
        id,
        title,
        Family.UPDATE,
        text,
        latex,
        why,
        remedy,
        find,
        cost,
        separates=separates,
        hidden=hidden,
    )
    BY_FIND[find] = made
    return made


BY_FIND: dict[Find, Mistake] = {}
