"""Names and titles as text: textbook names, texts cut to fit, control characters made harmless."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, normalize

from bpdebug.printable import cell_width, width

SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPT = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
DOTTED = re.compile(r"[^\W\d]\w*(?:\.\w+)+")
"""A name with those of the groups around it: `block1.W`, `blocks.0.W`, `layers.10`."""
INDEXED = re.compile(r"(.*?)(_hat)?([0-9]*)")
ELLIPSIS = "…"
MATRIX = "∙"
"""Between the factors of a matrix product in a formula that is not finished yet: in the end it
is `·`, as any product's sign, and in ASCII `@`, where `*` would mean cell by cell."""


@lru_cache(maxsize=4096)
def textbook_name(name: str) -> str:
    """A scenario's name as a textbook sets it: `W2` → W₂, `y_hat` → ŷ.

    Only a single letter takes the hat. `W_2` stays as it is typed, so that it differs from `W2`;
    so does a text that is no name, as `0.5`.
    """
    name = safe(name)
    if DOTTED.fullmatch(name):
        return ".".join(map(textbook_name, name.split(".")))
    stem, hat, digits = split_name(name)
    if not hat and not digits:
        return name
    letter = normalize("NFC", stem + "\u0302") if hat else stem
    return letter + digits.translate(SUBSCRIPT)


def split_name(name: str) -> tuple[str, bool, str]:
    """The parts of a name that are set apart: stem, whether it has a hat, its last digits."""
    if not name.isidentifier():
        return name, False, ""
    match = INDEXED.fullmatch(name)
    assert match is not None  # every name matches
    stem, hat, digits = match[1], match[2], match[3]
    if hat and (len(stem) != 1 or not stem.isalpha()):
        stem, hat = stem + hat, None
    # Digits set low stand right behind a letter (or its hat): `h_1_2` and `_1` stay as typed.
    if not stem[-1:].isalpha():
        return name, False, ""
    return stem, bool(hat), digits


def latex_name(name: str) -> str:
    r"""The name in LaTeX: `W2` → `W_{2}`, `y_hat` → `\hat{y}`, longer names upright.

    A subscript stands right behind a letter, never behind a brace: Markdown may take `}_` for the
    beginning of an emphasis.
    """
    if DOTTED.fullmatch(name):
        group, _, last = name.rpartition(".")
        if last[0].isdecimal():
            return rf"\mathrm{{{latex_escape(name)}}}"
        return rf"\mathrm{{{latex_escape(group)}.}}{latex_name(last)}"
    stem, hat, digits = split_name(name)
    text = ""
    for piece in PIECE.findall(stem):
        apart = piece.isalpha() and piece.isascii() and OPEN_COMMAND.search(text)
        text += " " * bool(apart)
        if piece.isascii():
            text += latex_escape(piece)
        else:
            text += GREEK.get(piece, rf"\text{{{safe(piece)}}}")
    low = f"_{{{digits}}}" if digits and not text.endswith("}") else digits
    if len(stem) != 1:
        return rf"\mathrm{{{text}{low}}}"
    if hat:
        return rf"\hat {text}{low}" if low else rf"\hat{{{text}}}"
    return text + low


def latex_escape(text: str) -> str:
    """Characters that LaTeX or Markdown would obey, made literal."""
    special = {"\\": r"\backslash ", "^": r"\wedge ", "~": r"\sim "}
    return "".join(special.get(c, "\\" + c if c in "_%&#{}$" else c) for c in safe(text))


def delta_name(layer: int) -> str:
    """The name of a layer's δ: `δ₂`."""
    return "δ" + str(layer).translate(SUBSCRIPT)


def safe(text: str, *, unicode: bool = True) -> str:
    """The text with control characters visible and obeyed by no terminal: ESC becomes `␛`.

    Line breaks and tabs become pictures too, so the result is always a single line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(visible(c, unicode) for c in text)


def visible(c: str, unicode: bool) -> str:
    """One character, or its picture when it would steer a terminal or turn the line around."""
    code = ord(c)
    if c == "\x7f":
        return "␡" if unicode else r"\x7f"
    if code < 32:
        return chr(0x2400 + code) if unicode else rf"\x{code:02x}"
    # Cc: C1 controls. Cf: writing direction and other invisible marks. Cs: lone surrogates.
    if category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return rf"\u{code:04x}" if code < 0x10000 else rf"\U{code:08x}"
    return c


def fit(text: str, cells: int, *, right: bool = False, mark: str = ELLIPSIS) -> str:
    """The text in exactly `cells` cells: padded, or cut with a mark of one cell at its end."""
    if width(text) <= cells:
        space = " " * (cells - width(text))
        return space + text if right else text + space
    if cells <= 0:
        return ""
    fitting, used = [], 0
    for c in text:
        used += cell_width(c)
        if used > cells - 1:
            used -= cell_width(c)
            break
        fitting.append(c)
    return "".join(fitting) + mark + " " * (cells - 1 - used)


def cut(text: str, cells: int, *, mark: str = ELLIPSIS) -> str:
    """The text as it is, or cut with a mark of one cell where it is wider than `cells` cells."""
    return text if width(text) <= cells else fit(text, cells, mark=mark).rstrip()


GREEK = {
    letter: rf"\{command}"
    for commands, letters in (
        ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu", "αβγδεζηθικλμ"),
        ("nu xi pi rho sigma tau upsilon phi chi psi omega", "νξπρστυφχψω"),
        ("Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega", "ΓΔΘΛΞΠΣΦΨΩ"),
    )
    for command, letter in zip(commands.split(), letters, strict=True)
} | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
"""The Greek letters in LaTeX, which has no command for those that look like Latin ones."""
PIECE = re.compile(rf"[\x00-\x7f]|[{''.join(GREEK)}]|[^\x00-\x7f{''.join(GREEK)}]+")
"""A letter of ASCII, a Greek letter, or a run of others."""
OPEN_COMMAND = re.compile(r"\\[A-Za-z]+$")
"""A command that a letter behind it would become a part of."""


def cut_middle(text: str, cells: int, *, mark: str = ELLIPSIS) -> str:
    """The text as it is, or without its middle where it is wider than so many cells.

    Of a dotted name the end says the most, in whole parts where there is room: `t…h.0.mlp.weight`.
    """
    if width(text) <= cells:
        return text
    if cells < 3:
        return cut(text, cells, mark=mark)
    tail = end_of_name(text, cells - 2)
    return cut(text, cells - width(tail), mark=mark) + tail


def end_of_name(text: str, cells: int) -> str:
    """The end of a text that is wider than so many cells: the last parts of a dotted name, at least
    two, else the last of them with the end of that before it, and at least a half of the cells."""
    parts = text.split(".")
    tails = (".".join(parts[at:]) for at in range(1, len(parts) - 1))
    whole = next((tail for tail in tails if width(tail) <= cells), "")
    room = min(max(width(parts[-1]) + BEFORE_LAST if parts[1:] else 0, (cells + 2) // 2), cells)
    tail = ""
    for character in reversed(text):
        if whole or width(character + tail) > room:
            break
        tail = character + tail
    return whole or tail


BEFORE_LAST = 5
"""Cells for a dot and the end of the part before the last of a name."""


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as a label: `2×3`, `4`; nothing for a scalar."""
    return "×".join(str(n) for n in shape)
