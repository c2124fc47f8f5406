"""What a check says of entries that differences cannot see sharply, and of two kinks in a row."""

from __future__ import annotations

import numpy as np

from bpdebug.check.differences import EntryCheck, Estimate, Verdict
from bpdebug.check.gradients import summed_up
from bpdebug.check.probe import Probe
from bpdebug.expression import build
from bpdebug.graph import Engine, GraphBuilder, Kind


def agreeing(cell: int, slope: float, error: float) -> EntryCheck:
    return EntryCheck((cell,), Verdict.AGREES, 1.0, Estimate(slope, error))


def test_an_entry_seen_to_less_than_a_part_in_500_is_counted_and_is_never_the_worst():
    blurred, sharp, exact = agreeing(0, 1.001, 0.01), agreeing(1, 1.0001, 1e-6), agreeing(2, 1, 0.1)
    assert [entry.resolved for entry in (blurred, sharp, exact)] == [False, True, False]
    found = summed_up("w", (3,), [blurred, sharp, exact])
    # The one that agrees to the last digit counts as seen, whatever its differences could tell.
    assert (found.agreeing, found.unresolved, found.differing) == (3, 1, 0)
    assert found.worst is sharp


def test_of_two_kinks_that_are_crossed_the_first_is_named():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    build("relu(w)", builder, "h")
    build("abs(h - 0.25)", builder, "g")
    graph = builder.finish(build("g * 1", builder, "L"))
    probe = Probe(Engine(graph).run({w: np.asarray(0.5)}), w)
    assert probe.at((), 0.6).crossed is None
    crossed = [probe.at((), value).crossed for value in (0.1, -1.0)]
    assert [node.name or node.source for node in crossed if node is not None] == ["g", "h"]
