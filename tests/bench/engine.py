"""The engine: a recorded pass, training, and decoding ticks, against the same by hand."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from functools import partial
from time import perf_counter

import numpy as np

from bpdebug.graph import Engine
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.ticks import Timeline
from tests.bench.by_hand import PEERS, numpy_pass, numpy_training
from tests.bench.memory import keep_freed_memory
from tests.bench.table import Row, compared, seconds
from tests.bench.timing import calls_for, in_turn, once
from tests.graphs import drawn, network, two_layer_problem

SIZES = (
    ("2-2-2, one row", (2, 2, 2), None, 1.5),
    ("784-128-10, batch 32", (784, 128, 10), 32, 1.1),
    ("784-1024-1024-10, batch 64", (784, 1024, 1024, 10), 64, 1.05),
)


def passes() -> Iterator[Row]:
    """A forward and recorded backward pass at three sizes, against numpy and every peer.

    First against numpy with the allocator as it is for everyone: recording keeps arrays that a
    pass by hand lets go, and that costs. Then with freed memory kept, where luck plays no part.
    """
    for name, sizes, batch, goal in SIZES:
        graph = network(sizes, batch)
        leaves = drawn(graph)
        hand = numpy_pass({graph.nodes[i].name: v for i, v in leaves.items()}, len(sizes) - 1)
        times = in_turn(partial(Engine(graph).run, leaves), hand)
        yield compared(name, "numpy by hand", times, goal)
    keep_freed_memory()
    for name, sizes, batch, goal in SIZES:
        graph = network(sizes, batch)
        leaves = drawn(graph)
        engine = Engine(graph)
        values = {graph.nodes[i].name: value for i, value in leaves.items()}
        depth = len(sizes) - 1
        hand = numpy_pass(values, depth)
        times = in_turn(partial(engine.run, leaves), hand)
        yield compared(name, "numpy, memory kept", times, goal)
        for peer, build, activation in PEERS:
            work = build(values, depth)
            if work is None:
                continue
            same = Engine(network(sizes, batch, activation=activation))
            times = in_turn(partial(same.run, leaves), work)
            slower = times[1] > in_turn(hand, work)[0]
            yield compared(name, peer, times, 1.0 if slower else None)


def training(iterations: int = 10_000) -> Iterator[Row]:
    """Ten thousand iterations, then go to the last, by replay."""
    problem = two_layer_problem(iterations)
    values = {**problem.data, **problem.parameters}
    by_hand = numpy_training(values, iterations, 0.5)
    times = in_turn(lambda: Run(problem).iteration(iterations), by_hand, 7)
    yield compared(f"{iterations:,} iterations of 2-2-2", "numpy by hand", times, 2.0)
    run = Run(problem)
    run.iteration(iterations)
    start = perf_counter()
    run.iteration(iterations // 2)
    spent = perf_counter() - start
    what = f"back from {iterations:,} to {iterations // 2:,}"
    yield Row(what, seconds(spent), "", "", spent * 1e3, 16, "ms")


def memory(few: int = 10_000, many: int = 100_000) -> Iterator[Row]:
    """What a run of xor holds at its end: about the same however long it was."""
    problem = load(find("xor"))

    def held(iterations: int) -> int:
        tracemalloc.start()
        run = Run(problem, iterations)
        run.iteration(iterations)
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return used

    one, other = held(few), held(many)
    what = f"memory, {many:,} iterations of xor"
    yield Row(
        what,
        f"{other / 2**20:.1f} MiB",
        f"{few:,}",
        f"{one / 2**20:.1f} MiB",
        other / 2**20,
        8,
        "MiB",
    )


def decoding() -> Iterator[Row]:
    """A random tick among a billion: to its edge, its cell and its factors' places."""
    graph = network((784, 1024, 1024, 10), 400)
    tracemalloc.start()
    timeline = Timeline(graph)
    _, memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ticks = iter(
        np.random.default_rng(0)
        .integers(timeline.forward + 2, timeline.total + 1, 2_000_000)
        .tolist()
    )

    def decode() -> object:
        tick = timeline.decode(next(ticks))
        return graph.index_map(graph.edges[tick.index]).locate(tick.term)

    spent = once(decode, calls_for(decode, 0.2))
    what = f"decode a tick of {timeline.total:,}"
    yield Row(what, seconds(spent), "", "", spent * 1e6, 100, "µs")
    yield Row("its index in memory", f"{memory:,} B", "", "", memory / 1024, None, "KiB")
