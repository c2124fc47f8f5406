"""Pictures of the screens that look into tensors: what changes in one must be looked at."""

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw import tensor

PICTURES = [
    ("iris", ("goto delta(1)", "step 50"), "inspect delta(1)", (120, 36)),
    ("two_layer", ("goto 24",), "paths W1[0, 1]", (80, 24)),
]


@pytest.mark.parametrize(("name", "lines", "shown", "size"), PICTURES, ids=["inspector", "paths"])
def test_picture(name, lines, shown, size, snap_compare, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    # The last of all its digits are the processor's.
    monkeypatch.setattr(tensor, "EXACT", 12)
    debugger = Debugger(Run(load(find(name))))
    for line in lines:
        assert debugger.execute(line).ok

    async def look(pilot):
        pilot.app.screen.execute(shown)
        await pilot.pause()

    app = BpdebugApp(debugger)
    assert snap_compare(app, terminal_size=size, run_before=look)
