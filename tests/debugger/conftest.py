"""A debugger for every test that asks for one."""

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from tests.debugger.sessions import ITERATIONS
from tests.graphs import two_layer_problem


@pytest.fixture
def debugger():
    return Debugger(Run(two_layer_problem(iterations=ITERATIONS)))
