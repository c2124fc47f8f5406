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
from bpdebug.tui.panes.parameter_pane import ParameterPane

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
    then: tuple[str, ...] = ()
    """Further lines: the picture moves, and shows the screen after each of them too."""


PICTURES = {
    "screen.svg": Picture(
        "two_layer", (120, 36), DARK, ("goto W2",), then=("step", "step", "step", "next", "next")
    ),
    "update.svg": Picture("two_layer", (120, 36), LIGHT, ("continue", "next 3")),
    "against.svg": Picture("mistakes/forgotten_slope", (120, 36), LIGHT, ("goto z1",)),
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
    "curves.svg": Picture(
        "xor", (120, 36), DARK, ("goto iteration 300", "with learning_rate=0.1"), ("L",)
    ),
    "together.svg": Picture("vanishing", (80, 24), LIGHT, (), ("colon", *"curves delta", "enter")),
}


async def taken(picture: Picture) -> str:
    """The picture as SVG: the screen in that state, and where it moves, after each further line."""
    frames = [
        await screenshot(picture._replace(lines=picture.lines + picture.then[:count]))
        for count in range(len(picture.then) + 1)
    ]
    return animated(frames) if picture.then else frames[0]


async def screenshot(picture: Picture) -> str:
    """The screen in one state."""
    debugger = Debugger(Run(load(find(picture.scenario))))
    for line in picture.lines:
        reply = debugger.execute(line)
        if not reply.ok:
            raise SystemExit(reply.text)
    app = BpdebugApp(debugger, theme=picture.theme)
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
    svg = re.sub(r"(?:<rect [^>]*/>){2,}", lambda run: joined(run[0]), svg)
    svg = svg.replace(' shape-rendering="crispEdges"', "")
    svg = svg.replace("<style>", "<style>\n    rect:not([rx]) { shape-rendering: crispEdges }")
    return svg.replace("&#160;", "\N{NO-BREAK SPACE}")


BACKGROUND = re.compile(
    r'<rect fill="([^"]+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
    r'(?: shape-rendering="crispEdges")?/>'
)


def joined(run: str) -> str:
    """Backgrounds of one colour that lie side by side as one."""
    found: list[list[str]] = []
    for fill, x, y, width, height in BACKGROUND.findall(run):
        last = found[-1] if found else None
        end = float(last[1]) + float(last[3]) if last else -1.0
        if last and [last[0], last[2]] == [fill, y] and abs(end - float(x)) < 0.11:
            last[3] = f"{float(x) + float(width) - float(last[1]):.6g}"
        else:
            found.append([fill, x, y, width, height])
    return "".join(
        f'<rect fill="{fill}" x="{x}" y="{y}" width="{width}" height="{height}"/>'
        for fill, x, y, width, height in found
    )


SECONDS = 1.8
"""How long each state of a moving picture stands."""
RULE = re.compile(r"^\s*\.(r\d+) (\{.*?\})$", re.M)
ELEMENT = re.compile(r"<rect [^>]*/>|<text [^>]*>[^<]*</text>")
BODY = re.compile(r'(?<=clip-path="url\(#clip-terminal\)">).*(?=</g>)', re.S)


def animated(frames: list[str]) -> str:
    """One picture that shows the frames in turn; what is in all of them stands once.

    A viewer that does not move pictures, or is asked not to, shows the last frame.
    """
    styles: dict[str, str] = {}
    drawn = [elements(frame, styles) for frame in frames]
    still = set.intersection(*map(set, drawn))
    parts = ["".join(one for one in drawn[0] if one in still and one.startswith("<rect"))]
    for at, frame in enumerate(drawn):
        moving = "".join(one for one in frame if one not in still)
        # A negative delay: every frame is somewhere in its turn from the beginning.
        delay = (at - len(frames)) * SECONDS
        parts.append(f'<g class="frame" style="animation-delay:{delay:g}s">{moving}</g>')
    # Texts last: no background of a frame lies over one that stands still.
    parts.append("".join(one for one in drawn[0] if one in still and one.startswith("<text")))
    rules = "".join(f".{name} {rule}\n" for rule, name in styles.items())
    body = f'<g class="matrix">{"".join(parts)}</g>'
    svg = BODY.sub(lambda _: body, re.sub(r"\n\s*\.r\d+ .*", "", frames[-1]), count=1)
    return svg.replace("</style>", f"{rules}{motion(len(frames))}</style>", 1)


def elements(frame: str, styles: dict[str, str]) -> list[str]:
    """The elements of a frame, backgrounds first; their classes are named as in all frames.

    `styles` gives every rule of any frame one name, and grows.
    """
    own = {
        name: styles.setdefault(rule, f"r{len(styles) + 1}") for name, rule in RULE.findall(frame)
    }
    body = BODY.search(frame)
    assert body is not None
    return [
        re.sub(r'class="(r\d+)"', lambda m: f'class="{own[m[1]]}"', element)
        for element in ELEMENT.findall(body[0])
    ]


def motion(frames: int) -> str:
    """The style by which one frame after another is visible, each for the same time."""
    share = f"{100 / frames:.4g}%"
    return (
        ".frame { visibility: hidden }\n.frame:last-of-type { visibility: visible }\n"
        "@media (prefers-reduced-motion: no-preference) {\n"
        f".frame {{ animation: shown {frames * SECONDS:g}s step-end infinite }}\n"
        f"@keyframes shown {{ 0% {{ visibility: visible }} {share} {{ visibility: hidden }} "
        "100% { visibility: hidden } }\n"
        "}\n"
    )


def main() -> None:
    """Write every picture."""
    for file, picture in PICTURES.items():
        (HERE / file).write_text(asyncio.run(taken(picture)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
