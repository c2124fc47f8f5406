"""The catalogue: all ids of the design, each with its texts, that can be filled in."""

import re
from string import Formatter

import pytest

from bpdebug.mistakes.catalogue import BY_ID, CATALOGUE

IDS = """
missing-local-derivative missing-upstream derivative-at-output derivative-formula-at-input
wrong-derivative extra-local-derivative softmax-diagonal mask-from-upstream updated-weights
not-transposed transposed wrong-operand not-summed summed-too-far averaged-again batch-factor
constant-factor sign-flipped path-missing path-repeated not-cleared index-overwritten
update-uphill learning-rate-missing bias-correction-missing step-off-by-one epsilon-inside-root
betas-swapped velocity-dampened momentum-missing nesterov-missing nesterov-extra decay-coupled
decay-decoupled
"""
FIELDS = {"left", "right", "upstream", "local", "into", "output", "other", "detail", "function"}
UPDATE_FIELDS = {"into", "left", "right", "step"}
TEXTS = ("text", "latex", "why", "remedy")


def fields(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_id_of_the_design_is_there():
    assert set(IDS.split()) <= BY_ID.keys()
    assert len(BY_ID) == len(CATALOGUE)


def test_what_is_not_in_the_design_is_named_like_it():
    for ident in BY_ID:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", ident)


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda one: one.id)
def test_every_text_is_there_and_names_what_can_be_filled_in(mistake):
    known = UPDATE_FIELDS if mistake.family.name == "UPDATE" else FIELDS
    for name in TEXTS:
        text = getattr(mistake, name)
        assert text.strip() == text != "", name
        assert fields(text) <= known, name
    assert mistake.title[0].islower() or mistake.title[0] in "βε"
    assert mistake.title
    assert mistake.separates
    for text in (mistake.title, mistake.why, mistake.remedy, mistake.separates, mistake.hidden):
        assert not text.endswith("."), "they are parts of sentences"


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda one: one.id)
def test_latex_has_no_signs_of_text_and_its_braces_match(mistake):
    filled = mistake.latex.format(**dict.fromkeys(FIELDS | UPDATE_FIELDS, "q"))
    depth = 0
    for sign in filled.replace(r"\{", "").replace(r"\}", ""):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"\\left\b", filled)) == len(re.findall(r"\\right\b", filled))
    bare = re.sub(r"\\text\{[^}]*\}", "", filled)
    assert bare.isascii()
