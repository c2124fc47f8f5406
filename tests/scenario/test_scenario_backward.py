"""The table [backward]: what it may say, and one clear error for what it may not."""

from __future__ import annotations

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.scenario import load
from tests.scenario.scenarios import EXPRESSION, NETWORK


def with_backward(tmp_path, lines, scenario=EXPRESSION):
    path = tmp_path / "own.toml"
    path.write_text(f"{scenario}\n[backward]\n{lines}\n", encoding="utf-8")
    return path


def test_lines_are_read_in_their_order(tmp_path):
    lines = 'z2 = "(y_hat - y) * y_hat * (1 - y_hat)"\nW2 = "outer(grad(z2), h1)"'
    for scenario in (EXPRESSION, NETWORK):
        first, second = load(with_backward(tmp_path, lines, scenario)).backward
        assert (first.name, first.key) == ("z2", "backward.z2")
        assert second.text == "outer(grad(z2), h1)"


def test_a_scenario_without_the_table_has_no_lines(tmp_path):
    assert load(with_backward(tmp_path, "")).backward == ()


@pytest.mark.parametrize("key", ["z1", '"grad(z1)"', '"delta(1)"', '"∂L/∂z₁"', '"δ₁"'])
def test_a_node_by_any_of_its_names(tmp_path, key):
    (line,) = load(with_backward(tmp_path, f'{key} = "h1"')).backward
    assert line.name == "z1"


def test_a_pre_activation_without_a_name_as_the_program_shows_it(tmp_path):
    scenario = EXPRESSION.replace(
        'z1 = "W1 @ x + b1"\nh1 = "sigmoid(z1)"', 'h1 = "sigmoid(W1 @ x + b1)"'
    )
    for key in ("z_h1", '"W1 @ x + b1"'):
        lines = f'{key} = "grad(h1) * h1"\nb1 = "grad(z_h1) + grad(W1 @ x + b1)"'
        first, _ = load(with_backward(tmp_path, lines, scenario)).backward
        assert first.name == "z_h1"


ERRORS = [
    ('z9 = "1"', "backward.z9", "unknown name 'z9'; did you mean 'z2'?"),
    ('x = "1"', "backward.x", "'x' has no gradient: it is data, or does not reach the loss"),
    ('"W1[0, 0]" = "1"', "backward.'W1[0, 0]'", "give the whole gradient of 'W1'"),
    ('"new(W1)" = "1"', "backward.'new(W1)'", "write 'W1' alone as its key"),
    ('"W1 @" = "1"', "backward.'W1 @'", "the key of a line is a node of the graph"),
    ("z2 = 3", "backward.z2", "must be a text in quotes, not the number 3"),
    ('z2 = "y_hat -"', "backward.z2", "this cannot be read"),
    ('z2 = "y_hat - t"', "backward.z2", "unknown name 't'"),
    ('z2 = "choose(z1 > 0)"', "backward.z2", "there is no function"),
    ('z2 = "grad(z2)"', "backward.z2", "the line of 'z2' uses its own gradient"),
    ('W2 = "outer(grad(z2), h1)"\nz2 = "y_hat"', "backward.W2", "move that line above this one"),
    ('W2 = "outer(delta(2), h1)"\nz2 = "y_hat"', "backward.W2", "move that line above this one"),
    ('h1 = "new(W2).T @ z2"\nW2 = "1"', "backward.h1", "move that line above this one"),
    (
        'z2 = "y"\n"grad(z2)" = "y"',
        "backward.'grad(z2)'",
        "there are two lines for the gradient of 'z2'",
    ),
    ('z2 = "grad(x)"', "backward.z2", "grad(x) has no gradient"),
    ('z2 = "new(z1)"', "backward.z2", "'z1' has no update"),
    ('z2 = "change(W1)"', "backward.z2", "write new(W1) - W1"),
    ('z2 = "previous(z1)"', "backward.z2", "of one iteration"),
    ('z2 = "state(W1, m)"', "backward.z2", "the optimizer comes after"),
    ('z2 = "y > 0 and y < 1"', "backward.z2", "multiply conditions"),
    ('z2 = "iteration * y"', "backward.z2", "'iteration' does not belong in [backward]"),
    ('z2 = "delta(3)"', "backward.z2", "there is no layer 3"),
]


@pytest.mark.parametrize(("lines", "key", "said"), ERRORS)
def test_a_mistake_is_one_error_with_its_file_its_key_and_a_remedy(tmp_path, lines, key, said):
    path = with_backward(tmp_path, lines)
    with pytest.raises(BpdebugError) as caught:
        load(path)
    assert caught.value.file == str(path)
    assert caught.value.key == key
    assert said in caught.value.problem


def test_no_table_at_all(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(f'backward = "z1"\n{EXPRESSION}')
    with pytest.raises(BpdebugError, match=r"must be a table, written \[backward\]"):
        load(path)
