"""The app on a bundled scenario, and what of it a person sees, for tests that press keys."""

from textual.widgets import Static

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.bars import Footer
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.wording import Script

SIZES = [(80, 24), (120, 36), (200, 60)]


def app_on(name="two_layer", *, unicode=True):
    debugger = Debugger(Run(load(find(name))), Script(unicode=unicode))
    return BpdebugApp(debugger)


def shown(app, pane):
    """What a pane shows, as text."""
    widget = app.screen.query_one(f"#{pane}", LinePane)
    lines = [widget.render_line(y).text for y in range(widget.scrollable_content_region.height)]
    return "\n".join(line.rstrip() for line in lines)


def screen_lines(app):
    """The screen as the terminal gets it."""
    return [
        "".join(piece.text for piece in strip) for strip in app.screen._compositor.render_strips()
    ]


def told(app):
    """What a prompt or a dialog says about what is typed."""
    return str(app.screen.query_one("#message", Static).render())


def footer(app):
    return app.screen.query_one(Footer).message
