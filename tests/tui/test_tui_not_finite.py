"""The screen on numbers that are not finite from the start: every pane and overlay opens."""

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import load_text
from bpdebug.tui.app import BpdebugApp
from bpdebug.wording import Script
from tests.scenario.test_scenario_not_finite import ALL
from tests.tui.apps import SIZES, screen_lines


@pytest.mark.parametrize("case", ALL)
async def test_every_key_works_where_nothing_is_finite(case):
    app = BpdebugApp(Debugger(Run(load_text(ALL[case], name="mine")), Script()))
    async with app.run_test(size=SIZES[1]) as pilot:
        await pilot.press("s", "s", "colon", *"nan", "enter")
        assert app.debugger.moment.position == (1 if case == "data" else 0)
        found = "∞" if case == "infinite" else "NaN"
        assert any(found in line for line in screen_lines(app))
        await pilot.press("escape")
        for key in ("s", "n", "l", "i", "escape", "I", "p", "escape", "dollar_sign", "v", "escape"):
            await pilot.press(key)
        for command in ("curves", "goto $", "list all", "diagnose", "iteration 3"):
            await pilot.press("colon", *command, "enter", "escape")
        assert any("NaN" in line for line in screen_lines(app))
