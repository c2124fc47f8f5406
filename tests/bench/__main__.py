"""Runs the benchmark.

Names of parts as arguments choose among them: engine windows start export screen verdict recording
diagnosis threads.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from tests.bench import (
    diagnosis,
    engine,
    export,
    gpt,
    lenet,
    recording,
    screen,
    start,
    threads,
    verdict,
)
from tests.bench.table import Row, show

PARTS: dict[str, tuple[Callable[[], Iterator[Row]], ...]] = {
    "engine": (engine.passes, engine.training, engine.memory, engine.decoding),
    "windows": (lenet.windows, gpt.blocks),
    "start": (start.options, start.first_paint),
    "export": (export.lines,),
    "screen": (screen.repaints,),
    "verdict": (verdict.verdicts,),
    "recording": (recording.numpy_functions, recording.torch_models),
    "diagnosis": (diagnosis.diagnoses,),
    "threads": (threads.trainings,),
}


def main(chosen: list[str]) -> int:
    """Measure the chosen parts, all of them unless said, and print the table."""
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        print(f"no part named {unknown[0]}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in chosen or PARTS:
        for measure in PARTS[name]:
            for row in measure():
                rows.append(row)
                if sys.stderr.isatty():
                    print(f"  {row.what}: {row.cells()[4]}", file=sys.stderr)
    print(show(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
