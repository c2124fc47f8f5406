"""Somebody's numbers in an export: beside each array of the run, and the verdict on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from bpdebug.debugger.comparison import Comparison, Mark
from bpdebug.ops import Array
from bpdebug.wording import Script

Named = list[tuple[str, Array]]


class Theirs:
    """What a comparison adds to an export; without one, nothing."""

    def __init__(self, comparison: Comparison | None, script: Script) -> None:
        self.comparison, self.script = comparison, script

    def beside(self, node: int, iteration: int, *quantities: str) -> Named:
        """Arrays of a node that were handed in, with the labels of a document."""
        found: Named = []
        for quantity in quantities or ("grad",):
            values = self.array(node, iteration, quantity)
            if values is None or self.comparison is None:
                continue
            mark = self.comparison.mark(node, iteration, quantity)
            sign = f" {mark.sign(self.script)}" if mark is not None else ""
            name = "theirs" if quantity != "change" else "their change"
            found.append((f"{name}{sign}", values))
        return found

    def array(self, node: int, iteration: int, quantity: str = "grad") -> Array | None:
        """An array that was handed in; None where there is none."""
        if self.comparison is None:
            return None
        return self.comparison.theirs(node, iteration, quantity)

    def formula(self, edge: int, iteration: int) -> Iterator[str]:
        """The line of a document with the wrong formula of an edge; nothing for a right one."""
        if self.comparison is None:
            return
        mistake = self.comparison.mistake(edge)
        if mistake is not None:
            sign = Mark.OWN.sign(self.script)
            yield f"    {self.script.text(f'{sign} theirs: {mistake.wrong}  ({mistake.id})')}\n"
            return
        mark = self.comparison.edge_marks(iteration).get(edge)
        if mark is Mark.OWN:
            yield f"    {mark.sign(self.script)} wrong in theirs\n"
        elif mark is Mark.UNKNOWN:
            yield f"    {mark.sign(self.script)} off in theirs, own or inherited\n"

    def update_formula(self, node: int) -> Iterator[str]:
        """The line of a document with the wrong update of a parameter; nothing for a right one."""
        mistake = self.comparison.mistake_in_update(node) if self.comparison is not None else None
        if mistake is not None:
            sign = Mark.OWN.sign(self.script)
            yield f"    {self.script.text(f'{sign} theirs: {mistake.wrong}  ({mistake.id})')}\n"

    def report(self) -> Iterator[str]:
        """The verdict, as the lines of a block."""
        for line in self.comparison.report if self.comparison is not None else ():
            yield f"  {self.script.text(line)}".rstrip() + "\n"

    # For programs.

    def by_name(self, iteration: int) -> dict[str, Array]:
        """All arrays of an iteration that were handed in, by their names in a file."""
        if self.comparison is None:
            return {}
        return {
            one.handed.name: np.asarray(one.handed.values)
            for one in self.comparison.arrays
            if one.handed.iteration == iteration
        }

    def edge_entries(self, edge: int, iteration: int) -> dict[str, Any]:
        """The mark and the mistake of an edge, as JSON; empty for a right one."""
        if self.comparison is None:
            return {}
        mark = self.comparison.edge_marks(iteration).get(edge)
        entries: dict[str, Any] = {"mark": mark.value} if mark is not None else {}
        mistake = self.comparison.mistake(edge)
        if mistake is not None:
            entries["mistake"] = {"id": mistake.id, "wrong": mistake.wrong, "right": mistake.right}
        return entries

    def document(self) -> str:
        """The verdict as JSON; `null` where no line of a [backward] could be computed."""
        from bpdebug.mistakes.verdict import finite

        if self.comparison is None or self.comparison.verdict is None:
            return "null"
        verdict = finite(self.comparison.verdict.document())
        return json.dumps(verdict, ensure_ascii=not self.script.unicode)
