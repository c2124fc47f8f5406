"""The table of what keys do on the screen beyond their command's line."""

import pytest

from bpdebug.debugger import COMMANDS
from bpdebug.tui.keys.actions import ACTIONS, action
from bpdebug.tui.keys.bindings import SCREEN_KEYS


@pytest.mark.parametrize("ident", ACTIONS)
def test_each_row_is_for_a_key_or_command_and_leads_to_a_function(ident):
    assert ident in {command.id for command in COMMANDS} | {row[2] for row in SCREEN_KEYS}
    found = action(ident)
    assert found is not None
    assert found.__doc__


def test_a_command_without_a_row_runs_as_it_is():
    assert action("step") is None
