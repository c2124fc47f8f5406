"""Another processor, as far as this one can be one: its settings for a second run of the tests.

`python -m tests.processor` prints them as NAME=value, one a line, for `env`. They turn off what
numpy, its BLAS and the C library choose by the processor that they find, and change the number of
BLAS threads: the last digits of most results change then. Nothing that a picture, an export or a
test holds may.
"""

from __future__ import annotations

import platform

import numpy as np

CORES = {"x86_64": "Prescott", "amd64": "Prescott", "aarch64": "ARMV8", "arm64": "ARMV8"}
"""By machine: the plainest core that every such processor can run as."""


def dispatched() -> list[str]:
    """What numpy would use of this processor beyond its baseline."""
    return list(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))


def settings() -> dict[str, str]:
    """Environment variables by name."""
    machine = platform.machine().lower()
    found = {"OPENBLAS_NUM_THREADS": "2"}  # the tests' own is 1
    if dispatched():
        found["NPY_DISABLE_CPU_FEATURES"] = ",".join(dispatched())
    if machine in CORES:
        found["OPENBLAS_CORETYPE"] = CORES[machine]
    if CORES.get(machine) == "Prescott":
        found["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"
    return found


if __name__ == "__main__":
    print(*(f"{name}={value}" for name, value in settings().items()), sep="\n")
