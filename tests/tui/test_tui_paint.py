"""What reaches the terminal: the first screen once, and no more stretches than it needs."""

import pytest
from rich.style import Style
from textual._compositor import Compositor

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.panes.line_pane import run_together
from tests.graphs import two_layer_problem

pytestmark = pytest.mark.usefixtures("as_textual_waits")


async def test_the_first_screen_is_painted_in_full_once(monkeypatch):
    painted = []
    paint = Compositor.render_full_update

    def counted(self, *arguments, **options):
        painted.append(self)
        return paint(self, *arguments, **options)

    monkeypatch.setattr(Compositor, "render_full_update", counted)
    app = BpdebugApp(Debugger(Run(two_layer_problem())))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert len(painted) == 1
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "Backward program" in shown
        assert "∂L/∂W₂" in shown


def test_blanks_join_what_stands_before_them_unless_they_are_seen():
    base, quiet = Style(bgcolor="#000000"), Style(bgcolor="#000000", color="#888888")
    lit = Style(bgcolor="#000000", underline=True)
    assert run_together([("a", quiet), ("  ", base), ("b", base)], base) == [
        ("a  ", quiet),
        ("b", base),
    ]
    seen = [("a", quiet), (" ", lit), (" ", base)]
    assert run_together(seen, base) == seen


async def test_breakpoints_that_were_kept_hide_no_pane_from_the_first_paint():
    debugger = Debugger(Run(two_layer_problem()))
    debugger.execute("break z1")
    app = BpdebugApp(debugger)
    async with app.run_test(size=(120, 36)) as pilot:
        assert app.screen.program.display
        assert app.screen.breakpoints.display
        await pilot.pause()
