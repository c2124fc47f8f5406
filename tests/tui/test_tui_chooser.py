"""Choosing a scenario."""

from textual.widgets import Static

from bpdebug.tui.chooser import TOUR, ChooserApp
from tests.tui.apps import screen_lines


async def test_the_chooser_previews_and_returns_a_path():
    app = ChooserApp()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "down")
        await pilot.pause()
        await pilot.press("enter")
    assert app.return_value == app.scenarios[1][1]


async def test_the_chooser_offers_the_tour_first():
    app = ChooserApp()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "stop by stop" in str(app.screen.query_one("#text", Static).render())
        await pilot.press("enter")
    assert app.return_value == TOUR


async def test_the_chooser_has_headings_and_names():
    app = ChooserApp(unicode=False)
    async with app.run_test(size=(120, 100)) as pilot:
        await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert text.isascii()
        assert "Lessons" in text
        assert "Published examples" in text
        assert "published/mazur" in text
        assert text.index("computation_graph") < text.index("chain_rule") < text.index("iris")
