"""Themes: every role stands out from what it is drawn on, in all themes."""

import pytest
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.derived import contrast
from bpdebug.tui.draw.line import ROLES, Look
from bpdebug.tui.palettes import CONTRAST, HEAT_ROLES, THEMES
from bpdebug.tui.theme import styles

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


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_heat_of_either_sign_is_its_own(theme):
    colors = [styles(theme)[role].color.triplet for role in HEAT_ROLES]
    assert all(c.blue > c.red for c in colors[:3])
    assert all(c.red > c.blue for c in colors[3:])


async def test_a_theme_of_every_kind_can_be_changed_to_while_the_screen_stands():
    app = BpdebugApp(Debugger(Run(load(find("two_layer")))), Look())
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
    app = BpdebugApp(Debugger(Run(load(find("two_layer")))), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        sent = [part for line in app.screen._compositor.render_strips() for part in line]
        colours = [part.style.color for part in sent if part.style and part.style.color]
        shades = {len({*colour.get_truecolor()}) for colour in colours}
        assert (shades == {1}) == colourless
