"""Themes: every role stands out from what it is drawn on, in all themes."""

from math import dist

import numpy as np
import pytest
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.line import ROLES
from bpdebug.tui.theme.derived import contrast
from bpdebug.tui.theme.palettes import CONTRAST, HEAT_ROLES, THEMES
from bpdebug.tui.theme.styles import styles

TRUE_COLOUR = [theme for name, theme in BUILTIN_THEMES.items() if not name.startswith("ansi")]


def grounds(theme):
    """What a line may be drawn on: the panes, the bars, and the band of a pane's cursor."""
    made = theme.to_color_system().generate()
    band = styles(theme)["cursor"].bgcolor.name
    return [Color.parse(color) for color in (made["surface"], made["panel"], band)]


def color_of(style, theme):
    text = theme.to_color_system().generate()["foreground"]
    return Color.parse(style.color.name if style.color else text)


def ratios(theme):
    """Every role's least contrast, by its name."""
    found = {}
    for role, style in styles(theme).items():
        if role.startswith("cursor"):
            continue
        backs = [Color.parse(style.bgcolor.name)] if style.bgcolor else grounds(theme)
        found[role] = min(contrast(color_of(style, theme), back) for back in backs)
    return found


def test_contrast_is_wcags():
    black, white, grey = (Color.parse(c) for c in ("#000000", "#ffffff", "#777777"))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, grey) == pytest.approx(4.48, abs=0.005)  # a well-known near miss


@pytest.mark.parametrize("theme", [*THEMES, *TRUE_COLOUR], ids=lambda theme: theme.name)
def test_every_role_is_legible(theme):
    least = 7 if theme is CONTRAST else 4.5
    found = ratios(theme)
    assert set(found) >= {*ROLES, *(f"{role}+lit" for role in ROLES)}
    assert {role: round(ratio, 2) for role, ratio in found.items() if ratio < least} == {}


@pytest.mark.parametrize("theme", [*THEMES, *BUILTIN_THEMES.values()], ids=lambda theme: theme.name)
def test_without_colour_weight_and_underline_still_tell(theme):
    made = styles(theme)
    assert set(made) >= {"cursor", *ROLES, *(f"{role}+lit" for role in ROLES)}
    for role in ROLES:
        assert made[f"{role}+changed"].underline
        assert made[f"{role}+lit"].bold
        assert not made[role].underline
    assert made["now"].bold
    assert made["warning"].bold
    assert made["cursor"].bgcolor or made["cursor"].reverse
    assert made["text"] == Style() or made["text"].color


def shade(style):
    """A style's colour as linear red, green and blue."""
    srgb = np.array(style.color.triplet.normalized)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def apart(one, other, seen=None):
    """How far two shades are apart to the eye, CIE76; `seen` is a colour deficiency's matrix."""
    points = []
    for shade in (one, other):
        light = np.clip(shade if seen is None else seen @ shade, 0, 1)
        xyz = XYZ @ light / (0.9505, 1, 1.089)
        f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        points.append((116 * f[1], 500 * (f[0] - f[1]), 200 * (f[1] - f[2])))
    return dist(*points)


XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
# Machado, Oliveira and Fernandes (2009), severity 1.
DEFICIENCIES = {
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.mark.parametrize("theme", [*THEMES, *TRUE_COLOUR], ids=lambda theme: theme.name)
def test_no_number_has_the_colour_of_now_or_of_a_warning(theme):
    made = {role: shade(styles(theme)[role]) for role in (*HEAT_ROLES, "now", "warning")}
    for heat in ("heat-3", "heat+3"):
        for other in ("now", "warning"):
            # Another theme's accent may be pale; 2 is what an eye just notices.
            least = 25 if theme in THEMES else 15
            assert apart(made[heat], made[other]) > least, (heat, other)


@pytest.mark.parametrize("theme", [t for t in BUILTIN_THEMES.values() if t.name[:4] == "ansi"])
def test_no_number_has_the_terminals_colour_of_now_or_of_a_warning(theme):
    made = styles(theme)
    meanings = [made[role].color for role in ("heat-3", "heat+3", "now", "warning")]
    assert len(set(meanings)) == 4


EYES = [(theme, seen) for theme in THEMES for seen in DEFICIENCIES]
EYES += [(theme, seen) for theme in TRUE_COLOUR for seen in ("deuteranopia", "protanopia")]


@pytest.mark.parametrize(("theme", "seen"), EYES, ids=lambda part: getattr(part, "name", part))
def test_plus_and_minus_differ_to_every_eye(theme, seen):
    made = styles(theme)
    ends = shade(made["heat-3"]), shade(made["heat+3"])
    assert apart(*ends, np.array(DEFICIENCIES[seen])) > 25


async def test_a_theme_of_every_kind_can_be_changed_to_while_the_screen_stands():
    app = BpdebugApp(Debugger(Run(load(find("two_layer")))))
    async with app.run_test(size=(80, 24)) as pilot:
        for name in ("ansi-dark", "ansi-light", "nord", *(ours.name for ours in THEMES)):
            app.theme = name
            await pilot.pause()
            assert app.screen._roles[0].name == name
        await pilot.press("s")
    assert app.failure is None


@pytest.mark.parametrize(("value", "colourless"), [("", False), ("1", True), (None, False)])
async def test_no_color_counts_unless_it_is_empty(value, colourless, monkeypatch):
    if value is not None:
        monkeypatch.setenv("NO_COLOR", value)
    app = BpdebugApp(Debugger(Run(load(find("two_layer")))))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        sent = [part for line in app.screen._compositor.render_strips() for part in line]
        colours = [part.style.color for part in sent if part.style and part.style.color]
        shades = {len({*colour.get_truecolor()}) for colour in colours}
        assert (shades == {1}) == colourless
