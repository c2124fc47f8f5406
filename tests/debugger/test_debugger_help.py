"""Help on the names that the screen shows, and what `info` says of a node without a gradient."""

import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.commands.help import LINE
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.run import Run
from bpdebug.scenario import find, load


@pytest.fixture(scope="module")
def debugger():
    return Debugger(Run(load(find("two_layer"))))


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("z₂", "layer 2's pre-activation"),
        ("W2", "W₂  parameter, 2×2"),
        ("ŷ", "result of sigmoid"),
        ("∂L/∂W₂", "first at tick 11"),
        ("x", "x  input, 2"),
    ],
)
def test_help_on_a_node_of_the_screen_tells_what_it_is(debugger, word, says):
    reply = debugger.execute(f"help {word}")
    assert reply.ok
    assert says in reply.text


def test_help_on_a_name_that_is_a_command_too_has_both(debugger):
    told = debugger.execute("help x").text
    assert told.startswith("export FILE")
    assert "x  input, 2" in told


@pytest.mark.parametrize("name", ["α", "alpha", "lr"])
def test_who_prints_the_learning_rate_is_told_where_it_stands(debugger, name):
    reply = debugger.execute(f"print {name}")
    assert not reply.ok
    assert "`info optimizer` shows" in reply.text


@pytest.mark.parametrize(
    ("name", "why"),
    [("x", "it is data"), ("d", "it is computed from data alone"), ("e", "it does not reach")],
)
def test_a_node_without_a_gradient_says_why(name, why, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(
        """
        loss = "L"
        inputs = { x = [1.0, 2.0] }
        parameters = { w = [3.0, 4.0] }
        [graph]
        d = "2 * x"
        e = "w + 1"
        L = "sum(w * d)"
        """
    )
    debugger = Debugger(Run(load(path)))
    assert f"none: {why}" in debugger.execute(f"info {name}").text


def test_help_ops_lists_every_op_under_its_family(debugger):
    told = debugger.execute("help ops").text
    listed = dict.fromkeys(told.replace(",", " ").split())
    assert all(name in listed for name in REGISTRY)
    assert "  activation  identity, sigmoid, tanh, relu," in told
    assert max(map(len, told.splitlines())) <= LINE


def test_help_optimizers_lists_each_with_the_line_that_moves_a_parameter(debugger):
    listing, *_ = debugger.execute("help optimizers").text.split("\n\n")
    assert [line.split()[0] for line in listing.splitlines()[1:]] == list(OPTIMIZERS)
    assert "θ ← θ − α·g" in listing
    assert max(map(len, listing.splitlines())) <= LINE


def test_an_unknown_function_points_to_the_listing(debugger):
    assert "`help ops` lists them" in debugger.execute("print frobnicate(W1)").text
