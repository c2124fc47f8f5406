"""Makes the pictures of the documentation from the program itself: python docs/make_pictures.py.

Every picture in this folder is in `PICTURES`. They name no font from elsewhere: a viewer takes its
own monospaced one.
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import NamedTuple

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.line import Look
from bpdebug.tui.panes import ParameterPane

HERE = Path(__file__).parent
DARK, LIGHT = "bpdebug-dark", "bpdebug-light"
FONT = '"Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace'


class Picture(NamedTuple):
    """A state of the screen: lines as they are typed after `:`, then keys."""

    scenario: str
    size: tuple[int, int]
    theme: str
    lines: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


PICTURES = {
    "screen.svg": Picture("two_layer", (120, 36), DARK, ("goto W2", "step")),
    "update.svg": Picture("two_layer", (120, 36), LIGHT, ("continue", "next 3")),
    "small.svg": Picture("two_layer", (80, 24), DARK, ("goto h1", "step")),
    "large.svg": Picture(
        "xor",
        (200, 60),
        DARK,
        (
            "break loss < 0.05",
            "break z2 -> W2",
            "break any(abs(grad(W1)) > 0.2)",
            "watch norm(delta(1)) / norm(delta(2))",
            "watch loss - previous(loss)",
            "goto iteration 100",
            "mark hundred",
            "goto W1",
            "step 5",
        ),
    ),
    "inspector.svg": Picture("iris", (120, 36), LIGHT, (), ("colon", *"inspect h1", "enter", "m")),
    "paths.svg": Picture(
        "two_layer", (80, 24), DARK, (), ("colon", *"paths W1[0, 1]", "enter", "right", "right")
    ),
    "curves.svg": Picture("xor", (120, 36), DARK, ("goto iteration 300",), ("l",)),
}


async def taken(picture: Picture) -> str:
    """The screen in that state, as SVG."""
    debugger = Debugger(Run(load(find(picture.scenario))))
    for line in picture.lines:
        reply = debugger.execute(line)
        if not reply.ok:
            raise SystemExit(reply.text)
    app = BpdebugApp(debugger, Look(), theme=picture.theme)
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        pane = app.screen.query_one(ParameterPane)
        while pane.check_one():  # what the screen does while it is idle
            pass
        await pilot.press(*picture.keys)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        return slim(app.export_screenshot(simplify=True))


def slim(svg: str) -> str:
    """The same picture in half the bytes, with no address but the names of SVG itself."""
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.S)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {FONT}")
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r"terminal-\d+-", "", svg)
    svg = re.sub(
        r'<clipPath id="line-\d+">.*?</clipPath>\s*| clip-path="url\(#line-\d+\)"',
        "",
        svg,
        flags=re.S,
    )
    svg = svg.replace(' shape-rendering="crispEdges"', "")
    svg = svg.replace("<style>", "<style>\n    rect:not([rx]) { shape-rendering: crispEdges }")
    return svg.replace("&#160;", "\N{NO-BREAK SPACE}")


def main() -> None:
    """Write every picture."""
    for file, picture in PICTURES.items():
        (HERE / file).write_text(asyncio.run(taken(picture)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
