"""The glossary: every word and every sign of the screen, explained in a sentence or two.

`help WORD` reads it, the help screen lists it, and the guide has it as a table. A test holds the
screen to it: no word or sign is shown that has no entry.
"""

from __future__ import annotations

from bpdebug.wording.glossary.chain_rule import CHAIN_RULE
from bpdebug.wording.glossary.entry import Chapter, Entry
from bpdebug.wording.glossary.graph import GRAPH
from bpdebug.wording.glossary.layers import LAYERS
from bpdebug.wording.glossary.signs import SIGNS
from bpdebug.wording.glossary.time import TIME
from bpdebug.wording.glossary.training import TRAINING

__all__ = ["CHAPTERS", "Chapter", "Entry", "entry_of", "words"]

CHAPTERS = (GRAPH, CHAIN_RULE, TIME, LAYERS, TRAINING, SIGNS)


def entry_of(word: str) -> Entry | None:
    """The entry that explains a word or sign, in any case of its letters; None without one."""
    typed = " ".join(word.split())
    for fold in (str, str.casefold):
        for chapter in CHAPTERS:
            for entry in chapter.entries:
                if fold(typed) in {fold(name) for name in (entry.word, *entry.also)}:
                    return entry
    return None


def words() -> list[str]:
    """Every word and sign that has an entry, in the order of the chapters."""
    return [
        word
        for chapter in CHAPTERS
        for entry in chapter.entries
        for word in (entry.word, *entry.also)
    ]
