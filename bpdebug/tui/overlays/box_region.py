"""Where a box of text is put: beside the lines that its text is about, where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual.geometry import Region, Size

FEWEST = 8
"""Lines of a box at least where it is made lower to cover nothing."""


def box_region(area: Region, box: Size, free: Sequence[Region], spared: Region) -> Region:
    """The region for a box of a size, within an area.

    The box covers none of the regions in `free`, and as little as possible of `spared`. Where it
    would cover some, it is made lower, down to `FEWEST` lines; below that it covers as little of
    them as possible. Without regions to keep free it is centred.
    """
    box = Size(min(box.width, area.width), min(box.height, area.height))
    if not free:
        return centred(area, box)
    candidates = corners(area, box)
    clear = [candidate for candidate in candidates if not covered(candidate, free)]
    if clear:
        return min(clear, key=lambda candidate: covered(candidate, [spared]))
    bands = [band for band in bands_between(area, free) if band.height >= FEWEST]
    if bands:
        band = max(bands, key=lambda band: band.height)
        lower = Size(box.width, min(box.height, band.height))
        return corners(band, lower)[0]
    return min(candidates, key=lambda candidate: covered(candidate, free))


def centred(area: Region, box: Size) -> Region:
    """The box in the middle of an area."""
    x, y = (area.width - box.width) // 2, (area.height - box.height) // 2
    return Region(area.x + x, area.y + y, box.width, box.height)


def corners(area: Region, box: Size) -> list[Region]:
    """The box at the lower border (in the middle, right, left), then at the upper border."""
    middle = centred(area, box)
    right, bottom = area.right - box.width, area.bottom - box.height
    return [
        Region(x, y, box.width, box.height)
        for y in (bottom, area.y)
        for x in (middle.x, right, area.x)
    ]


def covered(box: Region, regions: Sequence[Region]) -> int:
    """How many cells of some regions a box covers."""
    return sum(box.intersection(region).area for region in regions)


def bands_between(area: Region, free: Sequence[Region]) -> list[Region]:
    """The bands of an area's lines that touch no region to keep free, the lowest band first."""
    taken = {line for region in free for line in range(region.y, region.bottom)}
    bands: list[Region] = []
    for is_taken, group in groupby(range(area.y, area.bottom), taken.__contains__):
        lines = list(group)
        if not is_taken:
            bands.insert(0, Region(area.x, lines[0], area.width, len(lines)))
    return bands
