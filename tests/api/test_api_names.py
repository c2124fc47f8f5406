"""`import bpdebug`: it costs nothing, and has the names that it promises."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bpdebug

HEAVY = ("numpy", "textual", "rich", "torch")
LOADED = f"print([name for name in {HEAVY} if name in sys.modules])"


def printed(code):
    """What a new Python prints."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; {code}"], capture_output=True, text=True, check=True
    ).stdout


def test_the_import_loads_nothing_heavy():
    assert printed(f"import bpdebug; dir(bpdebug); bpdebug.__version__; {LOADED}") == "[]\n"


def test_a_run_and_its_representation_load_no_screen():
    code = "import bpdebug; bpdebug.load('two_layer')._repr_html_(); "
    assert printed(code + LOADED) == "['numpy']\n"


WITHOUT_TORCH = """
import asyncio, tempfile
import numpy as np
import bpdebug
from bpdebug.debugger import Debugger
from bpdebug.tui.app import BpdebugApp

run = bpdebug.load("two_layer")
assert run.check() and run.text() and run.diagnose() is not None and run._repr_html_()
w = np.ones(3)
traced = bpdebug.trace(lambda w: (w * w).sum(), parameters={"w": w})
assert traced.compare({"w": 2 * w}) and traced.compare(lambda w: {"w": 2 * w})
with tempfile.TemporaryDirectory() as folder:
    traced.save(folder)
    assert bpdebug.load(folder).gradients()["w"].any()

async def screen():
    async with BpdebugApp(Debugger(run._run)).run_test() as pilot:
        await pilot.press("s")

asyncio.run(screen())
print([name for name in sys.modules if name.split(".")[0] == "torch"])
"""


def test_only_record_imports_torch():
    """What a trace, a saved recording and the screen do, they do without it."""
    assert printed(WITHOUT_TORCH) == "[]\n"


@pytest.mark.parametrize("name", bpdebug.__all__)
def test_every_name_is_there_and_is_listed(name):
    assert getattr(bpdebug, name) is not None
    assert name in dir(bpdebug)


def test_type_checkers_see_every_name_where_it_is():
    tree = ast.parse(Path(bpdebug.__file__).read_text(encoding="utf-8"))
    (types,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname: node.module
        for node in types.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == bpdebug.NAMES


def test_a_star_import_brings_the_names():
    names = {}
    exec("from bpdebug import *", names)
    assert set(bpdebug.__all__) <= set(names)


def test_a_name_that_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'laod'; did you mean 'load'"):
        bpdebug.laod  # noqa: B018
    assert not hasattr(bpdebug, "nothing_like_it")


def test_modules_are_imported_as_ever():
    assert printed("import bpdebug.run; print(bpdebug.run.__name__)") == "bpdebug.run\n"
    assert printed("from bpdebug import check; print(check.__name__)") == "bpdebug.check\n"
