"""KaTeX itself, strict, sets every formula of the exports.

It needs Node and the npm package `katex`, found through NODE_PATH. Where one is missing the test
is skipped and says so; with BPDEBUG_TEST_KATEX=1 it fails instead.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.export import markdown
from tests.export.test_export_formulas import NAMES, named

PROGRAM = Path(__file__).with_name("katex.cjs")


@pytest.fixture(scope="module")
def node():
    """The path of a Node that finds KaTeX."""
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None:
        return missing("Node is not installed")
    asked = [found, "-e", "require.resolve('katex')"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        return missing("KaTeX is not installed: npm install katex, and NODE_PATH=…/node_modules")
    return found


def missing(reason):
    if os.environ.get("BPDEBUG_TEST_KATEX") == "1":
        pytest.fail(reason, pytrace=False)
    return pytest.skip(reason)


def refused(node, formulas):
    """What KaTeX refuses, each formula with its message."""
    given = json.dumps(sorted(set(formulas)))
    done = subprocess.run([node, str(PROGRAM)], input=given, capture_output=True, text=True)
    assert not done.stderr
    return json.loads(done.stdout)


def test_katex_sets_every_formula_of_the_bundled_scenarios(node):
    documents = markdown.scenarios()
    assert all(markdown.formulas(text) for text in documents.values())
    found = [one for text in documents.values() for one in markdown.formulas(text)]
    assert refused(node, found) == []


def test_katex_sets_every_op_and_every_update_rule(node):
    assert refused(node, markdown.formulas(markdown.declared())) == []


def test_katex_sets_names_of_every_kind(node):
    assert refused(node, [markdown.formulas(named(name))[0] for name in NAMES]) == []


def test_what_katex_refuses_is_seen(node):
    assert [one for one, _ in refused(node, [r"\frac{a}{b}", r"\mathrm{a", "b_1_2"])] == [
        r"\mathrm{a",
        "b_1_2",
    ]
