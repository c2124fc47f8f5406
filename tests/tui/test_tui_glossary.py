"""No word and no sign of the screen lacks its entry in the glossary."""

import re
import unicodedata

import pytest

from bpdebug.debugger import COMMANDS
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import OPTIMIZERS, RULES
from bpdebug.wording import no_layers
from bpdebug.wording.glossary import words
from tests.graphs import two_layer
from tests.tui.apps import screen_lines
from tests.tui.snapshots import app_at, at_rest

PLAIN = frozenset(
    re.findall(
        r"[a-z]+",
        "above agrees all an and as at back be begin begins below before brought by command done "
        "end feeds first for go here how in is it left more no nothing number of off on only other "
        "press says start taken that the their this to up with zoom bpdebug",
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
DRAWN = re.compile("[\u2500-\u257f\u2580-\u259f\u2800-\u28ff₀-₉⁰-⁹¹³⁻ⁿ\u0302]")
"""Lines, blocks, dots, subscripts and superscripts."""


def explained():
    """Words and signs that `help` knows: of the glossary, commands, ops and optimizers."""
    known = {part for word in words() for part in re.findall(r"[a-z]{2,}", word.casefold())}
    for name in (*REGISTRY, *OPTIMIZERS, *(command.name for command in COMMANDS)):
        known |= set(re.findall(r"[a-z]+", name.casefold()))
    return known


def signs_explained():
    return {sign for word in words() for sign in word}


def prose():
    """What the sentences that say why are made of."""
    texts = [
        partial.why for op in REGISTRY.values() for partial in op.partials if partial is not None
    ]
    texts += [step.why for rule in RULES.values() for step in rule.steps]
    texts.append(no_layers(two_layer()[0]))
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
    scenario, commands = CASES[case]
    app = app_at(scenario, commands)
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot)
        text = "\n".join(screen_lines(app))
        own = of_the_scenario(app)
    found = set(re.findall(r"[a-z]{2,}", text.casefold()))
    assert sorted(found - explained() - PLAIN - prose() - own) == []
    drawn = {c for c in DRAWN.sub("", text) if not c.isascii() and c not in "".join(own)}
    letters = {c for c in drawn if unicodedata.category(c) == "Mn"}
    assert sorted(drawn - letters - signs_explained()) == []
