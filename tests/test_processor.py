"""The second run of the tests, as another processor, is one."""

import os
import subprocess
import sys
from pathlib import Path

from tests.processor import dispatched, settings

ROOT = Path(__file__).resolve().parents[1]
SHOW = "from tests.processor import dispatched; print(dispatched())"


def test_numpy_uses_its_baseline_alone():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SHOW],
        env={**os.environ, **settings()}, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_settings_are_words_for_env():
    told = settings()
    assert ("NPY_DISABLE_CPU_FEATURES" in told) == bool(dispatched())
    assert told["OPENBLAS_NUM_THREADS"] in ("1", "2")
    for name, value in told.items():
        assert not (set(name + value) & set(" \t\n'\""))
