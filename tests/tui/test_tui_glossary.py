"""No word and no sign of the screen lacks its entry in the glossary."""

import re
import unicodedata

import pytest

from bpdebug.debugger import COMMANDS
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import OPTIMIZERS, RULES
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.wording import no_layers_text
from bpdebug.wording.glossary import words
from tests.graphs import two_layer
from tests.tui.apps import screen_lines
from tests.tui.snapshots import app_at, at_rest

PLAIN = frozenset(
    re.findall(
        r"[a-z]+",
        "above agree all an and as at back be begin begins below before by close closes command "
        "done down end enter esc feeds first for go goes here highest home how in into is it left "
        "lowest more nn no nothing number of off on only other press right says space start tab "
        "taken that the their them these this to torch up with zoom bpdebug",
    )
)
"""Ordinary English, which needs no entry."""
CASES = {
    "opening": ("two_layer", ()),
    "a term": ("two_layer", ("step", "next 2", "step 2")),
    "an update": ("two_layer", ("goto $",)),
    "a batch": ("xor", ("goto W1", "step 5", "watch norm(delta(1))", "break z1")),
    "adam": ("published/adam_theta_squared", ("continue", "next 3")),
    "vanishing": ("vanishing", ("continue",)),
    "NaN": ("nan_birth", ("nan",)),
    "no layers": ("computation_graph", ("continue",)),
}
SIZES = ((80, 24), (200, 60))
BOXES = ("inspect W2", "inspect grad(W2)", "terms W2[0, 1]", "paths W1[0, 1]", "curves")
DRAWN = re.compile("[\u2500-\u257f\u2580-\u259f\u2800-\u28ff₀-₉⁰-⁹¹³⁻ⁿ\u0302↓]")
"""Lines, blocks, dots, subscripts and superscripts, and the key with an arrow down."""


def explained():
    """Words that `help` knows, each by itself: of the glossary, commands, ops and optimizers."""
    commands = {part for command in COMMANDS for part in (command.name, *command.short)}
    known = {*words(), *REGISTRY, *OPTIMIZERS, *commands}
    return {word.casefold() for word in known}


def signs_explained():
    return {sign for word in words() for sign in word}


def prose():
    """What the sentences that say why are made of."""
    texts = [
        partial.why for op in REGISTRY.values() for partial in op.partials if partial is not None
    ]
    texts += [step.why for rule in RULES.values() for step in rule.steps]
    texts.append(no_layers_text(two_layer()[0]))
    return {word for text in texts for word in re.findall(r"[a-z]{2,}", text.casefold())}


def of_the_scenario(app):
    """Names, title and expressions of a scenario."""
    problem = app.debugger.run.problem
    graph = app.debugger.timeline.graph
    texts = [problem.title, *graph.names]
    return {word for text in texts for word in re.findall(r"[a-z]{2,}", text.casefold())}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("case", CASES)
async def test_every_word_and_sign_is_explained(case, size):
    await check(size, *CASES[case])


@pytest.mark.parametrize("box", BOXES)
async def test_every_word_and_sign_of_a_box_is_explained(box):
    await check((120, 36), "two_layer", ("step", "next 4"), box)


async def check(size, scenario, commands, box=""):
    """Every word and sign of a screen, or of a box over it, is explained or ordinary English."""
    app = app_at(scenario, commands)
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot)
        if box:
            app.screen.execute(box)
            await pilot.pause()
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert not isinstance(app.screen, DebuggerScreen)
        text = "\n".join(screen_lines(app))
        own = of_the_scenario(app)
    found = set(re.findall(r"[a-z]{2,}", text.casefold()))
    assert sorted(found - explained() - PLAIN - prose() - own) == []
    drawn = {c for c in DRAWN.sub("", text) if not c.isascii() and c not in "".join(own)}
    letters = {c for c in drawn if unicodedata.category(c) == "Mn"}
    assert sorted(drawn - letters - signs_explained()) == []
