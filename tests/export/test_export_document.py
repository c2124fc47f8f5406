"""Text and Markdown are for people: literal titles, aligned columns, nothing huge."""

from __future__ import annotations

import re
import tracemalloc

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.export import DETAILS, FORMATS, export, format_of
from bpdebug.export.options import ExportOptions
from bpdebug.graph import GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.optimizer import RULES
from bpdebug.run import Problem, Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script, width
from tests.graphs import network, residual, two_layer_problem


def written(problem: Problem, kind: str = "text", detail: str = "edge", **how) -> str:
    run = Run(problem)
    numbers = range(1, run.iterations + 1)
    return "".join(FORMATS[kind].make(ExportOptions(detail, Script(**how))).chunks(run, numbers))


def dense_problem(sizes: tuple[int, ...], batch: int, **changes) -> Problem:
    graph = network(sizes, batch=batch)
    rng = np.random.default_rng(0)
    values = {n.name: rng.normal(size=n.shape) for n in graph.nodes if n.op is None}
    data = {name: values.pop(name) for name in ("x", "y")}
    given = {"rule": RULES["sgd"], "settings": {"learning_rate": 0.5}, **changes}
    return Problem("dense", lambda rows: graph, data, values, **given)


HOSTILE = "\x1b]0;owned\x07<b>[red]*x*[/red]</b>\u202e"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("unicode", [True, False])
def test_no_terminal_obeys_a_title(kind, unicode):
    text = written(
        two_layer_problem(1, title=HOSTILE, description=f"# {HOSTILE}\n- b\n1. c\n===\x9b"),
        kind,
        unicode=unicode,
    )
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_title_stands_literally_in_text():
    assert "[red]*x*[/red]" in written(two_layer_problem(1, title=HOSTILE))


def test_markdown_takes_titles_literally():
    text = written(two_layer_problem(1, title="<b>*a_b* `c` [d](e) $f$ | 1"), "markdown")
    assert text.startswith(r"# \<b\>\*a\_b\* \`c\` \[d\](e) \$f\$ \| 1" + "\n")
    text = written(two_layer_problem(1, description="- a\n1. b\n====\n# c\n+ d"), "markdown")
    assert "\n\\- a\n1\\. b\n\\====\n\\# c\n\\+ d\n" in text


def test_chinese_names_align():
    builder = GraphBuilder()
    first = builder.leaf("权重", Kind.PARAMETER, (), gradient=True)
    second = builder.leaf("b", Kind.PARAMETER, (), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["add"], (first, second), name="损失"))
    parameters = {"权重": np.float64(1.25), "b": np.float64(2.5)}
    text = written(Problem("两层网络", lambda rows: graph, {}, parameters))
    lines = text.splitlines()
    assert width(lines[0]) == width(lines[1]) == 8
    values = [line for line in lines if line.endswith(("  1.25", "  2.5"))][:2]
    assert len({width(line[: line.rindex("  ")]) for line in values}) == 1
    upstream = [line for line in lines if line.startswith("    upstream")]
    accumulated = [line for line in lines if line.startswith("    accumulated")]
    for above, below in zip(upstream, accumulated, strict=True):
        assert width(above[: above.rindex("  ")]) == width(below[: below.rindex("  ")])


@pytest.mark.parametrize("kind", ["text", "markdown"])
@pytest.mark.parametrize("detail", DETAILS)
def test_ascii_holds_for_a_whole_document(kind, detail):
    text = written(dense_problem((3, 4, 2), 5), kind, detail, unicode=False)
    assert text.isascii()


def test_what_each_detail_adds():
    layer, _, edge, term = (written(two_layer_problem(1), detail=d) for d in DETAILS)
    for text in (layer, edge, term):
        assert "δ₂ = ∂L/∂ŷ ⊙ σ′(z₂)" in text
        assert "W₂ ← W₂ − α·∂L/∂W₂" in text
    assert "upstream" not in layer
    assert "upstream     δ₂" in edge
    assert "0.138499 × 0.596884" not in edge
    assert "∂L/∂W₂[0,1] += δ₂[0] · h₁[1] = 0.138499 × 0.596884 = 0.0826676" in term


def test_a_document_has_its_parts():
    text = written(two_layer_problem(2, description="What it teaches."))
    assert text.startswith("two layers\n==========\n\nWhat it teaches.\n\nloss        L\n")
    assert "optimizer   sgd, α = 0.5" in text
    assert "Iteration 1 of 2: L = 0.298371" in text
    assert "Iteration 2 of 2: L = " in text
    for head in (
        "Forward",
        "Backward",
        "Layer 2 · δ₂ = ∂L/∂z₂",
        "Layer 1 · δ₁ = ∂L/∂z₁",
        "δ per layer",
        "Update",
    ):
        assert f"\n  {head}\n" in text
    assert "δ₂ = ∂L/∂z₂, norm 0.143643" in text


def test_shared_nodes_say_which_contribution_this_is():
    graph, leaves = residual(2)
    parameters = {graph.nodes[i].name: value for i, value in leaves.items()}
    text = written(Problem("joins", lambda rows: graph, {}, parameters))
    assert "∂L/∂w += Σ (δ₁ ⊙ x)    (tick" in text
    assert "contribution 2 of 2" in text


def test_batches_name_their_rows():
    graph = network((2, 2), batch=2)
    problem = Problem(
        "batches",
        lambda rows: graph,
        {"x": np.arange(8.0).reshape(4, 2), "y": np.ones((4, 2))},
        {"W1": np.eye(2), "b1": np.zeros(2)},
        batched=frozenset({"x", "y"}),
        batch_size=2,
        iterations=2,
    )
    text = written(problem)
    rows = re.findall(r"rows of the data: (\d) (\d)\n", text)
    assert sorted(int(row) for pair in rows for row in pair) == [0, 1, 2, 3]
    assert "batch size  2" in text


def test_digits():
    assert "0.13849856" in written(two_layer_problem(1), digits=8)
    assert "0.1385\n" not in written(two_layer_problem(1), digits=8)


def test_a_large_tensor_is_shown_in_part():
    text = written(dense_problem((300, 120, 7), 16), detail="edge")
    assert len(text) < 60_000
    assert "W₁  120×300" in text
    assert "rows 0–5 of 120, columns 0–5 of 300" in text
    assert "‖·‖" in text


def test_the_same_run_gives_the_same_bytes(tmp_path):
    for kind in FORMATS:
        files = [tmp_path / f"{n}.{kind}" for n in range(2)]
        for file in files:
            export(Run(dense_problem((4, 3, 2), 5, iterations=3)), file, format=kind, detail="term")
        assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "csv"])
def test_memory_does_not_grow_with_the_number_of_steps(kind):
    def peak(inputs: int, batch: int) -> tuple[int, int]:
        run = Run(dense_problem((inputs, 20, 2), batch))
        terms = run.iteration(1).timeline.total
        chunks = FORMATS[kind].make(ExportOptions("term", Script())).chunks(run, [1])
        tracemalloc.start()
        length = sum(len(chunk) for chunk in chunks)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert length > 30 * terms
        return terms, top

    few, small = peak(30, 8)
    many, large = peak(120, 40)
    assert many > 15 * few
    assert large < 2 * small + 2_000_000


@pytest.mark.parametrize(
    ("target", "asked", "kind"),
    [
        ("a.txt", None, "text"),
        ("a.md", None, "markdown"),
        ("a.JSON", None, "json"),
        ("a.log", None, "text"),
        ("-", None, "text"),
        ("a.txt", "json", "json"),
    ],
)
def test_the_format(target, asked, kind):
    assert format_of(target, asked) == kind


def test_unknown_words_are_named(tmp_path):
    run = Run(two_layer_problem(1))
    with pytest.raises(
        BpdebugError, match="no format 'jsn'; use text, markdown, json, jsonl, csv; did you"
    ):
        export(run, tmp_path / "x", format="jsn")
    with pytest.raises(
        BpdebugError, match="no detail 'terms'; use layer, group, edge, term; did you"
    ):
        export(run, tmp_path / "x", detail="terms")
    assert not (tmp_path / "x").exists()


def test_parts_of_the_pass_say_which_pre_activations_they_are_of():
    rnn = written(load(find("published/bptt_scalar_rnn_3step")))
    assert "\n  Layer 2 · ∂L/∂y₃\n" in rnn
    assert "\n  Layer 1 · ∂L/∂a₁\n" in rnn
    gates = written(load(find("published/gomez_lstm_2step")))
    assert "\n  Layer 1 · z_o₁, z_f₁, z_i₁, z_a₁\n" in gates
