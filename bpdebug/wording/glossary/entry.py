"""What the glossary is made of: entries in chapters."""

from __future__ import annotations

from bpdebug.record import record


@record
class Entry:
    """One word or sign, with other ways to write it, and what it means."""

    word: str
    meaning: str
    also: tuple[str, ...] = ()
    """Other words and signs that this entry explains, as they are shown or typed."""


@record
class Chapter:
    """Entries that belong together, in the order in which a newcomer reads them."""

    title: str
    entries: tuple[Entry, ...]
