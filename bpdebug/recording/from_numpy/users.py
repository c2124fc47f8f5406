"""Which code is the user's, and which is only called by it: NumPy, packages, Python's library."""

from __future__ import annotations

import os
import sysconfig
from functools import lru_cache
from pathlib import PurePath
from types import CodeType

import numpy as np

from bpdebug.recording.lines import OWN

NUMPY = str(np.__path__[0]) + os.sep
INSTALLED = ("site-packages", "dist-packages")
"""Folders into which packages are installed."""
LIBRARY = tuple({sysconfig.get_path(one) + os.sep for one in ("stdlib", "platstdlib")})
"""Folders of Python's own library."""


def of_user(file: str, code: CodeType | None) -> bool:
    """Whether a file is the user's, or of the package that has the code that is traced."""
    return users(file, code.co_filename if code else "")


@lru_cache(maxsize=4096)
def users(file: str, home: str) -> bool:
    """Whether a file is the user's; a package is, where `home` is one of its files."""
    if file.startswith((OWN, NUMPY, "<frozen")):
        return False
    package = package_of(file)
    return package is None or package == package_of(home)


def package_of(file: str) -> PurePath | None:
    """The folder or file of the installed package that a file belongs to; None for other files."""
    path = PurePath(file)
    for at in reversed(range(len(path.parts) - 1)):
        if path.parts[at] in INSTALLED:
            return PurePath(*path.parts[: at + 2])
    for folder in LIBRARY:
        if file.startswith(folder):
            return PurePath(folder, path.relative_to(folder).parts[0])
    return None
