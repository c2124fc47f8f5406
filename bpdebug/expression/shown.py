"""What the screen shows, as it may be typed: `∂L/∂W₂`, `‖δ₁‖`, `W₂·h₁ + b₂`, `dL/dW2`, `ŷ`.

Before Python's parser sees an expression, its signs become those of the language: names lose their
subscripts, ∂L/∂W becomes grad(W), ‖a‖ norm(a), Σ and √ calls, ½ a number. Every character keeps
its position in the typed text, so that a mistake is marked there. A name of the scenario always
means that name.

A matrix product and a product of numbers are both `·` on the screen. It becomes `//`, which binds
as tightly as `*` and means nothing else; the shapes decide when it is evaluated.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from bpdebug.errors import BpdebugError
from bpdebug.expression.excerpt import mistake
from bpdebug.expression.functions import Allow, callable_names
from bpdebug.expression.hints import GRAPH_SIGNS, SIGNS, SUM, for_sign
from bpdebug.expression.limits import BRACKETS
from bpdebug.expression.source import SourceText, as_identifier
from bpdebug.expression.tokens import TRANSPOSED, Token, exponent, tokens
from bpdebug.expression.words import Words
from bpdebug.ops import REGISTRY

PLAIN = {
    "−": "-", "·": "//", "∙": "//", "⊙": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">=",
    "≠": "!=", "^": "**", "∞": "inf",
}  # fmt: skip
"""Signs that only look different."""
PREFIXES = {op.prefix: op.name for op in REGISTRY.values() if op.prefix}
"""Signs that stand in front of what they are applied to."""
BARS = {sign: op.name for op in REGISTRY.values() for sign in op.bars}
"""Signs that stand on both sides of what they are applied to."""
LAYER = re.compile(r"(?:δ|delta)([0-9]{1,9})")
CHANGE = re.compile(r"(?:Δ|Delta)(.+)", re.DOTALL)
DOTTED = re.compile(r"[^\W\d]\w*\.\w")
"""A name with a dot, or an attribute."""
FUNCTIONS = {word: op.name for op in REGISTRY.values() for word in op.also}
"""Functions by their other names, such as those that formulas give them: σ, ln, CE."""


def source_of(text: str, words: Words, *, screen: bool) -> SourceText:
    """An expression's text with what Python's parser is given for it.

    With `screen`, the signs of formulas mean what they mean on the screen; without, as in a
    scenario, only names may stand as they are shown. BpdebugError for a sign that has no meaning.
    """
    if not screen and text.isascii() and not DOTTED.search(text):
        return SourceText(text)
    writer = _Writer(text, words, screen)
    writer.write(0, len(writer.tokens))
    return SourceText(text, "".join(writer.code), writer.places)


class _Writer:
    """Writes the tokens of one expression again, as Python's parser takes them."""

    def __init__(self, text: str, words: Words, screen: bool) -> None:
        self.text = text
        self.words = words
        self.screen = screen
        self.tokens = tokens(text, words)
        self.inside: set[int] = set()
        """The tokens that stand in brackets."""
        self.partner = self.pairs()
        self.code: list[str] = []
        self.places: list[tuple[int, int]] = []
        """For each character of the code: the start and the end of the typed text behind it."""
        self.depth = 0

    # Looking at tokens.

    def sign(self, at: int) -> str:
        """The sign that a token is, by its number; empty for any other token, and past the end."""
        there = at < len(self.tokens) and self.tokens[at].kind == "sign"
        return self.tokens[at].text if there else ""

    def token_text(self, at: int) -> str:
        """The text of a token of any kind; empty past the end."""
        return self.tokens[at].text if at < len(self.tokens) else ""

    def solid(self, at: int, step: int = 1) -> int:
        """The first token that is no blank, from a token on, or back with a step of -1."""
        while 0 <= at < len(self.tokens) and self.tokens[at].kind == "blank":
            at += step
        return at

    def fault(self, at: int, problem: str) -> BpdebugError:
        """The error that marks a token."""
        one = self.tokens[min(at, len(self.tokens) - 1)]
        return mistake(problem, self.text, (one.start, one.end))

    def pairs(self) -> dict[int, int]:
        """Brackets and bars by their partner. A bar behind an operand closes, any other opens."""
        found: dict[int, int] = {}
        still_open: list[int] = []
        operand, before = False, ""
        for at, one in enumerate(self.tokens):
            if one.kind == "blank":
                continue
            if still_open:
                self.inside.add(at)
            text = one.text if one.kind == "sign" else ""
            top = self.tokens[still_open[-1]].text if still_open else ""
            closes = bool(text) and (
                (text in ")]}" and top not in BARS) or (text in BARS and operand)
            )
            if text in BARS and closes and top != text:
                raise self.fault(at, for_sign(text))
            if closes:
                found[at] = still_open.pop()
                found[found[at]] = at
            elif text and (text in "([{" or text in BARS):
                still_open.append(at)
            elif text and text in ")]}":
                raise self.fault(still_open[-1], f"'{top}' is never closed")
            operand = closes or not text or text == TRANSPOSED or text.startswith("#")
            if one.kind == "word" and one.text == "d" and before == "/":
                operand = self.sign(at + 1) not in BARS  # dL/d|x|
            before = one.text
        if still_open:
            raise self.fault(
                still_open[-1], f"'{self.tokens[still_open[-1]].text}' is never closed"
            )
        return found

    def operand_end(self, at: int, *, tight: bool = False) -> int:
        """One past the operand that begins at a token: a name, number, call or bracket.

        An index and a power belong to it, unless it is `tight`, as behind ∂.
        """
        at = self.solid(at)
        while self.sign(at) in ("-", "−") or self.token_text(at) in PREFIXES:
            at = self.solid(at + 1)
        if at >= len(self.tokens) or self.partner.get(at, at) < at:
            raise self.fault(at, "an operand is missing here")
        word = self.tokens[at].kind == "word"
        end = self.partner.get(at, at) + 1
        while end < len(self.tokens):
            sign = self.sign(end)
            if (sign == "(" and word) or (sign == "[" and not tight):
                end = self.partner[end] + 1
            elif sign == TRANSPOSED or sign.startswith("#"):
                end += 1
            elif sign == "." and end + 1 < len(self.tokens):
                end += 2
            elif self.tokens[end].kind == "raised" and not tight:
                end += 1
            else:
                break
            word = False
        return end

    # Writing.

    def put(self, code: str, start: int, end: int) -> None:
        """Code that was made of the tokens from one to before another."""
        place = (self.tokens[start].start, self.tokens[max(start, end - 1)].end)
        self.code.append(code)
        self.places += [place] * len(code)

    def copy(self, at: int) -> None:
        """A token as it stands."""
        one = self.tokens[at]
        self.code.append(one.text)
        self.places += [(one.start + n, one.start + n + 1) for n in range(len(one.text))]

    def wrap(self, function: str, sign: int, start: int, end: int) -> int:
        """A call of a function with the tokens from `start` to before `end` as its argument."""
        self.depth += 1
        if self.depth > BRACKETS:
            raise self.fault(sign, f"more than {BRACKETS} nested brackets; split the expression")
        self.put(f"{function}(", sign, start)
        self.write(start, end)
        self.put(")", end - 1, end)
        self.depth -= 1
        return end

    def write(self, start: int, end: int) -> None:
        """The tokens from one to before another."""
        at = start
        while at < end:
            one = self.tokens[at]
            if one.kind == "word":
                at = self.word(at)
            elif one.kind == "number":
                self.put(one.text.replace("−", "-"), at, at + 1)
                at += 1
            elif one.kind == "raised" and self.screen:
                self.put(f"**{exponent(one.text)}", at, at + 1)
                at += 1
            elif one.kind in ("blank", "text"):
                self.copy(at)
                at += 1
            else:
                at = self.other(at, end)

    def other(self, at: int, end: int) -> int:
        """Write the sign at a token; returns the first token that is not written yet."""
        sign = self.tokens[at].text
        if not self.screen:
            if sign in GRAPH_SIGNS or self.tokens[at].kind == "raised":
                meant = GRAPH_SIGNS.get(sign, GRAPH_SIGNS["²"])
                raise self.fault(at, f"'{sign}' makes no node; {meant}")
            self.copy(at)
            return at + 1
        if sign == "∂":
            return self.derivative(at)
        if sign in BARS and at in self.partner:
            self.wrap(BARS[sign], at, at + 1, self.partner[at])
            return self.partner[at] + 1
        if sign in PREFIXES:
            behind = min(self.operand_end(at + 1), end)
            return self.wrap(PREFIXES[sign], at, self.solid(at + 1), behind)
        if sign == "½":
            self.put("0.5", at, at + 1)
            if self.begins_operand(self.solid(at + 1)):
                self.put("//", at, at + 1)
            return at + 1
        if sign == TRANSPOSED:
            self.put(".T", at, at + 1)
        elif len(sign) > 1 and sign[0] == "#":
            self.put(f"._{sign[1:]}", at, at + 1)
        elif sign in PLAIN:
            self.put("*" if self.scales(at) else PLAIN[sign], at, at + 1)
        elif sign in SIGNS and (sign != "=" or at not in self.inside):
            raise self.fault(at, for_sign(sign))
        else:
            self.copy(at)
        return at + 1

    def scales(self, at: int) -> bool:
        """Whether a sign is the `·` of `a ⊙ 2·b`: the number scales b, and no matrix is near."""
        before = self.solid(at - 1, -1)
        if before < 0 or self.tokens[before].kind != "number":
            return False
        sign = self.solid(before - 1, -1)
        return sign >= 0 and PLAIN.get(self.sign(sign), self.sign(sign)) == "*"

    def begins_operand(self, at: int) -> bool:
        """Whether an operand begins at a token, so that a number in front multiplies it."""
        if at >= len(self.tokens):
            return False
        opening = at in self.partner and self.partner[at] > at
        return self.tokens[at].kind in ("word", "number") or opening or self.sign(at) in PREFIXES

    def word(self, at: int) -> int:
        """A name, a function, δ₂, ΔW or the beginning of dL/dW; returns the first token behind."""
        one = self.tokens[at]
        plain = normalize("NFKC", one.text)
        behind = self.solid(at + 1)
        called = self.sign(behind) == "("
        name = self.words.name(one.text)
        after_dot = at > 0 and self.sign(at - 1) == "."
        if self.screen and not after_dot and plain in PREFIXES and (called or name is None):
            return self.wrap(PREFIXES[plain], at, behind, self.operand_end(at + 1))
        if self.screen and plain[0] in PREFIXES and len(plain) > 1 and name is None:
            raise self.fault(at, SUM)
        if name is not None and not called:
            self.put(as_identifier(name), at, at + 1)
            return at + 1
        if self.screen and not after_dot:
            if called and plain not in callable_names(Allow.WATCH) and plain in FUNCTIONS:
                plain = FUNCTIONS[plain]
            layer, change = LAYER.fullmatch(plain), CHANGE.fullmatch(plain)
            if layer is not None and not called:
                plain = f"delta({layer[1]})"
            elif change is not None and not called and self.words.name(change[1]) is not None:
                plain = f"change({as_identifier(self.words.name(change[1]) or '')})"
            elif one.text[0] == "d" and not called and self.sign(behind) == "/":
                above = one.text[1:]
                if self.words.name(above) is not None and self.below(behind) is not None:
                    return self.derivative(at)
        self.put(as_identifier(plain), at, at + 1)
        return at + 1

    def derivative(self, at: int) -> int:
        """∂L/∂W or dL/dW as grad(W): the loss above, and below what the gradient is of."""
        typed = self.sign(at) != "∂"
        above = self.token_text(at)[1:] if typed else self.token_text(at + 1)
        slash = self.solid(at + 1 if typed else at + 2)
        below = self.below(slash)
        if below is None or self.sign(slash) != "/":
            raise self.fault(at, "∂ stands in a gradient of the loss, as in ∂L/∂W")
        if not self.words.is_loss(above):
            loss = self.words.loss or "L"
            problem = f"only gradients of the loss can be typed, as in grad(W) or ∂{loss}/∂W"
            raise self.fault(at if typed else at + 1, problem)
        if self.sign(below) == "∂":
            end = self.operand_end(below + 1, tight=True)
            return self.wrap("grad", at, self.solid(below + 1), end)
        alone = self.tokens[below].text == "d"
        end = self.operand_end(below + alone, tight=True)
        return self.typed_gradient(at, below, end)

    def below(self, slash: int) -> int | None:
        """The token with the second ∂ or d of a gradient behind its slash; None without one."""
        at = self.solid(slash + 1)
        if self.sign(at) == "∂":
            return at
        if at >= len(self.tokens) or self.tokens[at].kind != "word":
            return None
        text = self.tokens[at].text
        follows = self.sign(at + 1)
        if text[0] != "d":
            return None
        rest = text[1:]
        known = self.words.name(rest) is not None
        function = follows == "(" and (rest in callable_names(Allow.WATCH) or rest in FUNCTIONS)
        return at if known or function or (not rest and follows in ("(", *BARS)) else None

    def typed_gradient(self, at: int, below: int, end: int) -> int:
        """`grad(W2)` of dL/dW2, where the d stands in one word with what is below."""
        rest = self.tokens[below].text[1:]
        self.put("grad(", at, below)
        if rest:
            one = self.tokens[below]
            self.tokens[below] = Token("word", rest, one.start + 1)
            self.write(below, end)
            self.tokens[below] = one
        else:
            self.write(below + 1, end)
        self.put(")", end - 1, end)
        return end
