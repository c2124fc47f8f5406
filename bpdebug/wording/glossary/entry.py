"""What the glossary is made of: entries in chapters, each written as a text."""

from __future__ import annotations

import re

from bpdebug.records import record


@record
class Entry:
    """A word or sign, with its other spellings, and what it means."""

    word: str
    meaning: str
    also: tuple[str, ...] = ()
    """Other words and signs that this entry explains, as they are shown or typed."""


@record
class Chapter:
    """Entries that belong together, in the order in which a newcomer reads them."""

    title: str
    entries: tuple[Entry, ...]


def chapter(title: str, text: str) -> Chapter:
    """The chapter that a text describes.

    Each entry is a line `word; other; other`, and below it the indented meaning.
    """
    entries = []
    for head, meaning in re.findall(r"^(\S.*)\n((?:[ ].*\n)+)", text, re.MULTILINE):
        word, *also = head.split("; ")
        entries.append(Entry(word, " ".join(meaning.split()), tuple(also)))
    return Chapter(title, tuple(entries))
