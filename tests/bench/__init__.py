"""The benchmark: `python -m tests.bench` prints one table of what things cost, as ratios.

Linear algebra runs on one thread, on both sides of every ratio: two threads on a busy machine
measure the machine.
"""

import os

for _name in (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ.setdefault(_name, "1")
