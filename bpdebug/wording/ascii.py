"""How formulas, drawings and sentences are written where only ASCII can be shown.

A sign may have several forms: `·` is `*` in a formula and `.` in a drawing, whose columns stay.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bpdebug.ops import REGISTRY
from bpdebug.printable import width
from bpdebug.wording.names import MATRIX

SPELLED = "delta sigma alpha beta mu gamma rho lambda eps eta theta kappa tau pi Delta"
FORMULA_SIGNS: dict[str, str] = {
    **dict(zip("δσαβμγρλεηθκτπΔ", SPELLED.split(), strict=True)),
    **dict.fromkeys("·×⊙", "*"),
    **dict.fromkeys("−–—", "-"),
    **dict.fromkeys("“”", '"'),
    "∂": "d",
    "∇": "grad ",
    "ḡ": "g_mean",
    "\u0302": "_hat",
    "⌊": "floor(",
    "⌋": ")",
    "±": "+-",
    MATRIX: "@",
    "’": "'",
    "′": "'",
    "ᵀ": ".T",
    "½": "1/2",
    "‖": "||",
    "𝟏": "1",
    "←": "<-",
    "→": "->",
    "…": "...",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
} | {op.prefix: op.name for op in REGISTRY.values() if op.prefix}
"""How the signs of formulas are written where only ASCII can be shown."""
FORMULAS = str.maketrans(
    FORMULA_SIGNS
    | {sub: str(n) for n, sub in enumerate("₀₁₂₃₄₅₆₇₈₉")}
    | {"ₐ": "_a", "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k", "ₗ": "_l", "ₘ": "_m", "ₙ": "_n", "ₚ": "_p"}
    | {"ₒ": "_o", "ₑ": "_e", "ₕ": "_h"}
)
CELLS = str.maketrans("…×∂·–✓●◐○◆▶▸↑│─", "~xd.-*@%o<>+^|-")
"""Signs of the drawings in ASCII, each as wide as the sign that it replaces."""
BLOCKS = "▔▁▂▃▄▅▆▇█▀▌▐▊▎▏▍▋▉▕"
FRAMES = str.maketrans("┌┐└┘╭╮╰╯├┤┬┴┼━┃" + BLOCKS, "+" * 13 + "-|" + " " * len(BLOCKS))
"""Frames and ends of scrollbars, whose middle is a coloured blank too."""
GUIDES = str.maketrans("│╰├‥", "|`|:")
"""The guides of a tree in ASCII, where a corner is no corner of a frame."""
WORDS = str.maketrans(
    {"←": "left", "→": "right", "↑": "up", "↓": "down"}
    | {"δ": "delta", "α": "alpha", "ŷ": "y_hat", "▶": ">", "‥": ".."}
)
"""Keys, letters and signs that a sentence speaks about."""
HELP = CELLS | str.maketrans("ˣ▲▾▿▁⚠⋮", "x^--_!:") | WORDS
"""The signs that the help explains, those of the drawings as the drawings show them."""
RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
ROOT = re.compile(r"√([0-9.]+(?:e[−-]?[0-9]+)?|[^\W\d][\w\u0302]*(?:\.[\w\u0302]+)*)")
"""A root of a name or a number, which has brackets in ASCII."""
HALF = re.compile(r"½(?=[\w(Σ√‖|])")
AROUND_MATRIX = re.compile(rf" *{MATRIX} *")
LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def powers_inside(text: str) -> str:
    """Σ(a − b)² with the power inside of the brackets, since sum(a - b)^2 is the sum's square."""
    at = text.find("Σ(")
    while at >= 0:
        depth, end = 0, at + 1
        while end < len(text) and (depth or end == at + 1):
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        power = RAISED.match(text, end)
        if power is not None and not depth:
            text = f"{text[: at + 1]}({text[at + 1 : power.end()]}){text[power.end() :]}"
        at = text.find("Σ(", at + 2)
    return text


def to_ascii(text: str, *, dot: str = "") -> str:
    """A formula or sentence of ours in ASCII; text that the user typed may keep other letters.

    `dot` is written for `·` where that separates parts, and multiplies nothing.
    """
    if text.isascii():
        return text
    if dot:
        text = text.replace("·", dot)
    text = HALF.sub("½·", powers_inside(text))
    text = AROUND_MATRIX.sub(f" {MATRIX} ", ROOT.sub(r"√(\1)", text))
    text = RAISED.sub(lambda found: "^" + found[0].translate(LOWERED), text)
    return text.translate(FORMULAS)


@lru_cache(maxsize=4096)
def one_cell_ascii(text: str) -> str:
    """The text in ASCII, equally wide; a sign without a replacement becomes `?`."""
    translated = text.translate(CELLS).translate(FRAMES)
    return "".join(c if c.isascii() else "?" * width(c) for c in translated)
