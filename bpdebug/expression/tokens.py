"""The tokens of an expression as it is typed or copied from the screen."""

from __future__ import annotations

import re
from unicodedata import normalize

from bpdebug.expression.limits import NAME_LENGTH
from bpdebug.expression.words import Words
from bpdebug.records import record

SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
TRANSPOSED = "ᵀ"
DOT = "·"
SIGNED = ("d", "Δ", "Delta")
"""What may stand in one word with a name: dW is below in dL/dW, ΔW a change."""
KINDS = {
    "blank": re.compile(" +"),
    "number": re.compile(
        r"0[xXbBoO][0-9a-fA-F_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][-+−]?[0-9]+)?j?"
    ),
    "text": re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)"),
    "raised": re.compile(f"[{RAISED}]+"),
    "sign": re.compile(r"\*\*|//|&&|\|\||<=|>=|==|!=|<<|>>|:=|\+=|->|\.\.\.|#[0-9]+"),
}
"""Tokens other than words, by their kind; a sign of a single character has no pattern."""


@record
class Token:
    """A word, number, text, sign or blank, with its position in the text."""

    kind: str
    """`word`, `number`, `text`, `sign`, `raised` or `blank`."""
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position behind its last character."""
        return self.start + len(self.text)


def tokens(text: str, words: Words) -> list[Token]:
    """All tokens of a text, none of it left out."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        made = token(text, at, words)
        found.append(made)
        at = made.end
    return found


def token(text: str, at: int, words: Words) -> Token:
    """The token that begins at a position of the text."""
    char = text[at]
    if char.isidentifier() and char != TRANSPOSED:
        word, end = text[at : word_end(text, at)], at
        if text[at + len(word) : at + len(word) + 1] == DOT:
            # Python takes the dot for a letter, and a name may have it; else it is a product.
            while text[end : end + 1] and in_word(text[end]) and end - at < NAME_LENGTH:
                end += 1
            word = text[at:end] if words.name(text[at:end]) else word
        return Token("word", dotted(text, at, word, words), at)
    for kind, pattern in KINDS.items():
        match = pattern.match(text, at)
        if match is not None:
            return Token(kind, match[0], at)
    return Token("sign", char, at)


def dotted(text: str, at: int, word: str, words: Words) -> str:
    """The longest name with dots that begins with a word, such as `blocks.0.attn.q`; else the word.

    What stands behind a name, as the `.T` of `block1.W.T`, is no part of it. Behind a dot a number
    can only be meant as a part of a name: where there is no such name, the token is what looks like
    one, so that it can be reported whole.
    """
    longest = end = at + len(word)
    numbered = False
    # A gradient and a change may be typed with their sign in front: dL/dblock1.W, Δblock1.W.
    starts = [at, *(at + len(sign) for sign in SIGNED if text.startswith(sign, at))]
    while text[end : end + 1] == "." and text[end + 1 : end + 2] and in_word(text[end + 1]):
        numbered |= text[end + 1].isdecimal()
        end = word_end(text, end + 1)
        if end - at > NAME_LENGTH + len(SIGNED[-1]):
            break
        if any(words.name(text[start:end]) for start in starts):
            longest, numbered = end, False
    return text[at : end_of_unknown(text, end) if numbered else longest]


def end_of_unknown(text: str, end: int) -> int:
    """The end of what looks like a name with a number, without a `.T` or a method behind it."""
    last = text.rindex(".", 0, end)
    method = text[end : end + 1] == "(" and not text[last + 1].isdecimal()
    return last if method or text[last:end] == ".T" else end


def word_end(text: str, at: int) -> int:
    """The end of the word that begins at a position, without the dot of a product."""
    while at < len(text) and text[at] != DOT and in_word(text[at]):
        at += 1
    return at


def in_word(char: str) -> bool:
    """Whether a character may stand in a name as it is typed or as it is shown."""
    return char in SUBSCRIPTS or (char != TRANSPOSED and ("a" + char).isidentifier())


def exponent(raised: str) -> str:
    """A raised number as a number: `⁻¹` is -1."""
    return normalize("NFKC", raised).replace("−", "-")
