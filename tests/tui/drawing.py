"""What the tests of the drawings share: sessions, and lines as text."""

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.draw.multiplication import draw_multiplication
from bpdebug.wording import Script

LOOK = Script()


def debugger(name="two_layer"):
    return Debugger(Run(load(find(name))))


def text(lines):
    return "\n".join(line.plain for line in lines)


def lit(lines):
    """The texts of all lit stretches that are numbers."""
    return [t for line in lines for t, role in line.spans if role.endswith("+lit")]


def multiplication(session, columns=46, rows=20):
    return draw_multiplication(session.moment, LOOK, columns, rows)


def in_the_middle_of_w2():
    session = debugger()
    for command in ("step", "next 2", "step 3"):
        session.execute(command)
    return session


def new(lines):
    """The texts that are shown as changed."""
    return [t.strip() for line in lines for t, role in line.spans if role.endswith("+changed")]


def plain_screen(app):
    """What a person reads on the whole screen, line by line."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())
