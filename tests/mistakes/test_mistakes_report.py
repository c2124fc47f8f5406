"""The verdict in words fits on a screen, says what it must, and can be read in ASCII."""

import pytest

from bpdebug.mistakes import document_text, report_lines
from bpdebug.wording import Script
from tests.mistakes.by_hand import numbers, of_parameters
from tests.mistakes.judging import judged, run_of
from tests.mistakes.networks import NETWORKS
from tests.mistakes.planted import PLANTED

pytestmark = pytest.mark.thorough

SCREEN = 24
FIRST = {row.id: row for row in reversed(PLANTED)}
"""A planted mistake of every id."""
SCRIPTS = {"unicode": Script(), "ascii": Script(unicode=False)}


def lines(folder, name, wrong, script="unicode", *, alone=False):
    """The report on a network's numbers."""
    network = NETWORKS[name]
    found = numbers(network, wrong)
    found = of_parameters(network, found) if alone else found
    run = run_of(folder, network.scenario)
    return report_lines(judged(folder, run, found, SCRIPTS[script]), SCRIPTS[script])


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("id", list(FIRST)[::3])
def test_a_single_mistake_fits_on_a_screen(id, script, tmp_path):
    row = FIRST[id]
    told = lines(tmp_path, row.network, row.lines, script)
    assert len(told) <= SCREEN
    assert not any("\n" in line or line != line.rstrip() for line in told)
    assert script == "unicode" or all(line.isascii() for line in told)
    text = "\n".join(told)
    assert f"({id}), at " in text
    for word in ("theirs  ", "right   ", "why: ", "remedy: "):
        assert text.count(f"  {word}") >= 1


def test_it_says_how_much_differs_and_marks_own_and_inherited(tmp_path):
    told = lines(tmp_path, "dense", {"d_z3": "d_y_hat"})
    assert told[0] == "11 of 12 arrays differ"
    assert sum(line.startswith("  ✗ ") for line in told) == 1
    (inherited,) = [line for line in told if line.startswith("  ○ ")]
    assert inherited.startswith("  ○ follow from it: grad(")
    assert inherited.endswith(" and 2 more")
    assert next(line for line in told if line.startswith("  ✗ ")).startswith("  ✗ grad(z3)")
    assert "  ✓ agree: grad(y_hat)" in told


def test_the_mistake_comes_first_then_what_is_wrong_by_itself_then_what_follows(tmp_path):
    told = lines(tmp_path, "dense", {"d_z3": "d_y_hat"})
    order = ["(missing-", "theirs", "right", "that way", "why:", "remedy:", "✗", "○", "✓"]
    found = [next(at for at, line in enumerate(told) if word in line) for word in order]
    assert found == sorted(found)
    assert found[0] == 1
    assert told[found[6] - 1] == ""


def test_it_works_out_a_cell_both_ways(tmp_path):
    told = lines(tmp_path, "dense", {"d_z3": "d_y_hat"})
    (cell,) = [line for line in told if "that way" in line]
    assert cell.startswith("  grad(z3)[")
    assert cell.endswith("the right way")


def test_right_is_said_too(tmp_path):
    assert lines(tmp_path, "dense", {}) == ["all 12 arrays agree to the 15 digits given"]


def test_a_convention_is_told_with_its_setting(tmp_path):
    network = NETWORKS["relu"]
    found = {key: -value for key, value in numbers(network).items()}
    told = report_lines(judged(tmp_path, run_of(tmp_path, network.scenario), found), Script())
    assert told[0].startswith("all 7 arrays agree")
    assert told[1].startswith("by another convention (sign): ")
    assert len(told) == 2


def test_of_many_arrays_not_all_have_a_line(tmp_path):
    layers = "\n".join(f'h{k + 1} = "tanh(h{k} * w)"' for k in range(40))
    text = f'[parameters]\nh0 = 0.5\nw = 1.1\n[graph]\n{layers}\nL = "h40 * 2"\n'
    run = run_of(tmp_path, text)
    recorded = run.iteration(1).recorded
    names = recorded.graph.names
    found = {f"h{k}": 3.0 * recorded.gradients[names[f"h{k}"]] for k in range(41)}
    told = report_lines(judged(tmp_path, run, found), Script())
    assert len(told) <= SCREEN + 6
    assert any(" and " in line and line.endswith(" more") for line in told)


def test_where_nothing_fits_the_first_wrong_array_is_named(tmp_path):
    told = lines(tmp_path, "attention", {"d_o": "(p @ v - y) * [[1], [-2], [3], [0.7]]"})
    assert told[1] == "no known mistake explains this; look first at grad(o)"


def test_the_document_is_in_ascii_where_the_script_is(tmp_path):
    network = NETWORKS["dense"]
    run = run_of(tmp_path, network.scenario)
    verdict = judged(tmp_path, run, numbers(network, {"d_z3": "d_y_hat"}))
    assert not document_text(verdict, SCRIPTS["unicode"]).isascii()
    assert document_text(verdict, SCRIPTS["ascii"]).isascii()


@pytest.mark.parametrize(
    "id",
    ["momentum-missing", "velocity-dampened", "nesterov-missing", "bias-correction-missing"],
)
def test_both_formulas_of_an_update_are_of_the_same_line(id, tmp_path):
    row = FIRST[id]
    told = lines(tmp_path, row.network, row.lines)
    theirs, right = (
        next(line.partition(word)[2].strip() for line in told if f"  {word}  " in line)
        for word in ("theirs", "right")
    )
    assert theirs.partition(" ← ")[0] == right.partition(" ← ")[0]
    assert theirs != right
