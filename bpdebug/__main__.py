"""`python -m bpdebug`, and the `bpdebug` command."""

from __future__ import annotations

import sys

from bpdebug.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
