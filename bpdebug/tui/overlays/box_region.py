"""Where a box stands on the screen: beside what it speaks of, as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size

FEWEST = 8
"""Lines that a box has at the least where it is made lower, so that it covers nothing."""


def box_region(area: Region, box: Size, kept: Sequence[Region], spared: Region) -> Region:
    """The region of a box that wants a size, within an area.

    It covers none of the regions that are `kept` free, and of the one to be `spared` as little as
    it can. Where it would have to cover some, it is made lower, down to `FEWEST` lines; below that
    it covers as little of them as it can. With nothing to keep free it stands in the middle.
    """
    box = Size(min(box.width, area.width), min(box.height, area.height))
    if not kept:
        return centred(area, box)
    places = corners(area, box)
    free = [place for place in places if not covered(place, kept)]
    if free:
        return min(free, key=lambda place: covered(place, [spared]))
    bands = [band for band in bands_between(area, kept) if band.height >= FEWEST]
    if bands:
        band = max(bands, key=lambda one: one.height)
        lower = Size(box.width, min(box.height, band.height))
        return corners(band, lower)[0]
    return min(places, key=lambda place: covered(place, kept))


def centred(area: Region, box: Size) -> Region:
    """The box in the middle of an area."""
    x, y = (area.width - box.width) // 2, (area.height - box.height) // 2
    return Region(area.x + x, area.y + y, box.width, box.height)


def corners(area: Region, box: Size) -> list[Region]:
    """The box at the lower border, in the middle first, and then at the upper one."""
    middle = centred(area, box)
    right, bottom = area.right - box.width, area.bottom - box.height
    return [
        Region(x, y, box.width, box.height)
        for y in (bottom, area.y)
        for x in (middle.x, right, area.x)
    ]


def covered(place: Region, regions: Sequence[Region]) -> int:
    """How many cells of some regions a place covers."""
    return sum(place.intersection(region).area for region in regions)


def bands_between(area: Region, kept: Sequence[Region]) -> list[Region]:
    """The stretches of an area's lines on which nothing is to be kept free, the lowest first."""
    taken = {line for region in kept for line in range(region.y, region.bottom)}
    bands: list[Region] = []
    start = area.bottom
    for line in range(area.bottom - 1, area.y - 2, -1):
        if line in taken or line < area.y:
            if start > line + 1:
                bands.append(Region(area.x, line + 1, area.width, start - line - 1))
            start = line
    return bands
