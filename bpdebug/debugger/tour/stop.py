"""One stop of the tour: a declaration, how the debugger is put there, and its words with numbers.

The words hold no number of the scenario. `{grad(W2)[0, 1]}` is evaluated where the stop stands, in
the language of watches; `{loss | iteration 1}` at another place, written as for `goto`;
`{learning_rate}` is a setting of the optimizer, `{pending}` the sign for what is not known yet.
"""

from __future__ import annotations

import re

from bpdebug.debugger.breakpoints.evaluation import Knowledge
from bpdebug.debugger.breakpoints.targets import destination
from bpdebug.debugger.commands.table import COMMANDS
from bpdebug.debugger.cursor import Place
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import known_text
from bpdebug.errors import BpdebugError
from bpdebug.expression import evaluate_partly
from bpdebug.record import record
from bpdebug.wording import number
from bpdebug.wording.numbers import pending

PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|([^{}]+))?\}")
BY_KEY = {key: command for command in COMMANDS for key in command.keys}


@record
class TourStop:
    """One stop. Nothing of it depends on how the newcomer came here."""

    id: str
    title: str
    panes: tuple[str, ...]
    """The panes that it talks about, the first one most of all."""
    recipe: tuple[str, ...]
    """Commands that lead here from the start of recorded time."""
    text: str
    """A few sentences, with placeholders for numbers; `c` in backquotes is a key."""
    invitation: str
    """What to do now."""
    keys: tuple[str, ...] = ()
    """Keys of the command table that lead to the next stop; none where one only reads on."""


def stand(debugger: Debugger, stop: TourStop) -> None:
    """Put the debugger at a stop: all that it knows then is a function of the stop."""
    debugger.forget()
    for line in stop.recipe:
        reply = debugger.execute(line, place=False)
        if not reply.ok:
            raise BpdebugError(f"the tour cannot go to '{stop.id}': {line}: {reply.text}")


def places(run_as: Debugger, stop: TourStop) -> list[Place]:
    """The stop's place, and where each of its keys leads. `run_as` is moved on the way."""
    stand(run_as, stop)
    found = [run_as.place]
    for key in stop.keys:
        run_as.perform(BY_KEY[key], place=False)
        found.append(run_as.place)
    return found


def told(debugger: Debugger, stop: TourStop) -> str:
    """The stop's words with the numbers of its place; the debugger must stand there."""

    def value(found: re.Match[str]) -> str:
        expression, place = found[1].strip(), (found[2] or "").strip()
        return evaluated(debugger, expression, place)

    return PLACEHOLDER.sub(value, stop.text)


def evaluated(debugger: Debugger, expression: str, place: str = "") -> str:
    """The value of an expression as the panes write it, here or at another place.

    Raises `NotComputed` where it is not known as a whole.
    """
    if expression == "pending":
        return pending(unicode=debugger.unicode)
    settings = debugger.run.problem.settings
    if expression in settings:
        return number(settings[expression], debugger.digits, unicode=debugger.unicode)
    moment = debugger.moment
    if place:
        iteration, position = destination(debugger.run, debugger.place, place, debugger.marks)
        moment = Moment(debugger.run, debugger.run.iteration(iteration), position)
    known = evaluate_partly(expression, Knowledge(moment))
    return known_text(known, debugger.digits, unicode=debugger.unicode)
