"""Makes the pictures of the documentation from the program itself: python docs/make_pictures.py."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.line import Look

HERE = Path(__file__).parent
PICTURES = {
    "screen.svg": ("two_layer", (120, 36), ("s", "n", "n", "s", "s", "s")),
    "small.svg": ("two_layer", (80, 24), ("s", "n", "n", "n", "n", "s", "s", "s")),
    "batch.svg": ("multi_layer", (160, 44), ("s", "n", "n", "n", *["s"] * 5)),
    "update.svg": ("two_layer", (120, 36), ("c", "n", "n", "n")),
}
"""File, scenario, size, keys."""


async def picture(name: str, size: tuple[int, int], keys: tuple[str, ...]) -> str:
    """The screen after some keys, as SVG without a font from elsewhere."""
    app = BpdebugApp(Debugger(Run(load(find(name)))), Look())
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        svg = app.export_screenshot()
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.S)


def main() -> None:
    """Write every picture."""
    for file, (name, size, keys) in PICTURES.items():
        (HERE / file).write_text(asyncio.run(picture(name, size, keys)), encoding="utf-8")


if __name__ == "__main__":
    main()
