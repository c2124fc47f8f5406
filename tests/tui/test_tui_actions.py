"""The table of what keys do on the screen beyond their command's line."""

import pytest

from bpdebug.debugger import COMMANDS
from bpdebug.debugger.commands.command import Argument
from bpdebug.tui.dialogs.completion import KINDS
from bpdebug.tui.dialogs.line_message import ARGUMENTS
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


def test_every_kind_of_argument_is_completed_and_most_are_explained():
    assert set(KINDS) == set(Argument) - {Argument.NONE}
    assert set(ARGUMENTS) < set(KINDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_that_says_more_of_itself_has_what_that_needs(command):
    assert not command.alone_as_key or (command.keys and command.id in ACTIONS)
    assert not command.downloads or command.long
    assert command.argument is Argument.NONE or command.usage or command.prompt
