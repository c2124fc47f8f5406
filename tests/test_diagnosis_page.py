"""The page on faults and the tables of rules are those of the program's own declarations."""

from bpdebug.diagnosis.rules import RULES
from tests.readme import (
    ARCHITECTURE,
    ARCHITECTURE_TABLES,
    DIAGNOSIS,
    DIAGNOSIS_TABLES,
    filled,
    lesson,
)

VOCABULARY = {
    "softmax-over-one-unit",
    "softmax-twice",
    "loss-output-mismatch",
    "wrong-output-activation",
    "wrong-loss-for-task",
    "labels-not-one-hot",
    "shape-broadcast",
    "missing-hidden-activation",
    "vanishing-gradient",
    "dying-relu",
    "bad-init",
    "learning-rate-too-high",
    "learning-rate-too-low",
    "too-few-iterations",
    "unscaled-input",
    "unscaled-target",
    "too-small-network",
    "weight-decay-too-large",
    "wrong-reduction",
    "loss-sign-flipped",
    "wrong-optimizer-setting",
}
"""The words for causes, which other programs read."""


def test_the_pages_are_those_of_the_declarations():
    for page, tables in ((DIAGNOSIS, DIAGNOSIS_TABLES), (ARCHITECTURE, ARCHITECTURE_TABLES)):
        text = page.read_text(encoding="utf-8")
        assert filled(text, tables) == text, "run `python -m tests.readme`"


def test_every_cause_has_a_word_of_the_vocabulary_and_an_entry():
    causes = [rule for rule in RULES if rule.cause]
    assert {rule.id for rule in causes} >= VOCABULARY
    told = {rule.id for rule in causes if rule.looks and rule.why and rule.mends}
    assert told >= VOCABULARY


def test_every_cause_of_the_vocabulary_has_a_lesson_that_the_page_names():
    page = DIAGNOSIS.read_text(encoding="utf-8")
    for ident in VOCABULARY:
        assert lesson(ident), ident
        entry = page.partition(f"### {ident}\n")[2].partition("\n###")[0]
        assert f"`{lesson(ident)}`" in entry


def test_what_a_rule_explains_is_found_by_a_rule():
    known = {rule.id for rule in RULES}
    for rule in RULES:
        assert set(rule.explains) <= known, rule.title
    assert len({rule.title for rule in RULES}) == len(RULES)
