"""The lessons with a mistake: --check names exactly it, and the corrected line passes."""

from __future__ import annotations

import pytest

from bpdebug.cli.main import main
from bpdebug.mistakes import judge_own, own_report_lines
from bpdebug.mistakes.own.lines import evaluate_lines
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.scenario import bundled, find, load
from bpdebug.scenario.library import MISTAKES_ORDER
from bpdebug.wording.script import ASCII
from tests.readme import GUIDE

pytestmark = pytest.mark.thorough

LESSONS = {
    "updated_first": ("updated-weights", "h1", "W2.T @ grad(z2)"),
    "forgotten_slope": ("missing-local-derivative", "z1", "grad(h1) * (1 - h1 ** 2)"),
    "slope_at_output": ("derivative-at-output", "z1", "(W2.T @ grad(z2)) * h1 * (1 - h1)"),
    "slope_twice": ("extra-local-derivative", "z2", "(y_hat - y) / 4"),
    "wrong_operand": ("wrong-operand", "W2", "outer(grad(y_hat), h1)"),
    "not_transposed": ("not-transposed", "h1", "W2.T @ grad(z2)"),
    "sign_flipped": ("sign-flipped", "y_hat", "y_hat - y"),
    "path_missing": ("path-missing", "h1", "W2.T @ grad(z2) + grad(out)"),
    "summed_too_far": ("summed-too-far", "b", "sum(grad(z), axis=0)"),
    "batch_factor": ("batch-factor", "scores", "(softmax(scores) - y) / 6"),
}
"""By lesson: the mistake, the line that has it, and that line put right."""


def test_each_of_them_is_known_here_and_stands_in_its_place():
    names = [name.removeprefix("mistakes/") for name, _, _ in bundled() if "mistakes/" in name]
    assert names == list(MISTAKES_ORDER)
    assert set(names) == LESSONS.keys()


@pytest.mark.parametrize("name", LESSONS)
def test_the_mistake_is_named_where_it_is_and_nothing_else_is_accused(name):
    ident, where, _ = LESSONS[name]
    found = judge_own(Run(load(find(f"mistakes/{name}"))))
    (own,) = [line for line in found.lines if line.own]
    assert own.line.name == where
    assert len(own.explanations) == 1
    assert own.ids == (ident,)
    assert found.numbers is not None
    assert found.numbers.verdict == "named"
    below = found.lines[found.lines.index(own) + 1 :]
    assert not any(line.wrong for line in found.lines[: found.lines.index(own)])
    assert all(line.explanations == () for line in below)


@pytest.mark.parametrize("name", LESSONS)
def test_the_corrected_line_passes(name):
    _, where, right = LESSONS[name]
    problem = load(find(f"mistakes/{name}"))
    lines = [replace(o, text=right) if o.name == where else o for o in problem.backward]
    found = judge_own(Run(replace(problem, backward=tuple(lines))))
    assert found.agrees
    assert found.draws == 3


@pytest.mark.parametrize("name", LESSONS)
def test_the_check_says_so_and_ends_with_1(name, capsys):
    ident, where, _ = LESSONS[name]
    assert main([f"mistakes/{name}", "--check"]) == 1
    said = capsys.readouterr().out
    assert f"backward.{where}: WRONG, " in said
    assert f"({ident})" in said
    assert said.count("WRONG, ") == 1 + said.count("1 IS WRONG, ")
    assert "none differs" in said  # bpdebug's own gradients, and Mazur's numbers


def test_every_line_of_text_is_ascii_without_unicode():
    run = Run(load(find("mistakes/updated_first")))
    lines = own_report_lines(run, judge_own(run, ASCII), ASCII)
    assert "\n".join(lines).isascii()


def test_the_loss_that_mazur_prints_after_a_step_comes_from_the_order_of_this_lesson():
    run = Run(load(find("mistakes/updated_first")))
    given = evaluate_lines(run, run.problem.backward)
    first = run.iteration(1)
    names = run.graph(1).names
    moved = {name: first.before[name] - 0.5 * given[names[name]] for name in ("W1", "W2")}
    assert f"{run.loss_of(first, moved):.9f}" == "0.291027924"
    assert f"{run.loss_of(first, first.after):.9f}" == "0.291027774"


def test_the_page_shows_what_the_lesson_says(capsys):
    page = (GUIDE.parent / "scenarios.md").read_text(encoding="utf-8")
    shown = page.rpartition("```\n✗")[2].partition("```")[0]
    main(["mistakes/updated_first", "--check"])
    assert f"✗{shown}" in capsys.readouterr().out
