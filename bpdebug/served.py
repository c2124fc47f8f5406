"""Whether the user at the screen is a visitor in a browser, and not the owner of this machine.

A visitor sees the scenario and nothing else: bpdebug writes no file of the server for them, reads
none whose name they give, and stores nothing between their visits. Code that reads or writes files
for the user at the screen calls `served` first.
"""

from __future__ import annotations

import os

VARIABLE = "TEXTUAL_DRIVER"
DRIVER = "bpdebug.tui.browser.web_driver:BrowserDriver"
"""What `--serve` sets the variable to; Textual loads its driver from there."""


def served() -> bool:
    """True where the screen is drawn in a browser, by `--serve` or another server of Textual's."""
    return "web_driver:" in os.environ.get(VARIABLE, "")
