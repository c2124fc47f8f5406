"""What a notebook shows of a run, a verdict and reports: the screen's own lines, escaped."""

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

import bpdebug

HOSTILE = """
title = "<script>alert('hi')</script> & \\u001b[31m"
[inputs]
x = [1.0, 2.0]
[parameters]
w = [0.5, 0.25]
[graph]
s = "sum(x * w)"
L = "where(s < 3, s ** 2, s) & 1"
"""


class Checked(HTMLParser):
    """Takes HTML apart: every tag is closed, and only those that are expected occur."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert tag in ("div", "pre", "span")
        assert {name for name, _ in attributes} <= {"style", "class"}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def shown(value):
    """The text that a notebook shows of a value."""
    return Checked(value._repr_html_()).text


def test_a_run_shows_its_title_graph_program_and_losses():
    text = shown(bpdebug.load("two_layer"))
    for part in (
        "Two-layer network",
        "L = 0.2984 in iteration 1 of 2",
        "0.298 ┤",
        "╰ z₂  W₂·h₁ + b₂  1.106  1.225",
        "∂ 0.1385  −0.0381",
        "1 ∂L/∂L = 1",
        "7 δ₁ = ∂L/∂h₁ ⊙ σ′(z₁)",
        "10 W₁ ← W₁ − α·∂L/∂W₁",
    ):
        assert part in text, part


@pytest.mark.parametrize("name", ["computation_graph", "lenet", "transformer_block", "nan_birth"])
def test_runs_of_all_sizes_are_whole_html_of_a_bounded_size(name):
    run = bpdebug.load(name)
    html = run._repr_html_()
    assert run.title in Checked(html).text
    assert len(html) < 400_000


def test_what_is_left_out_is_counted(monkeypatch):
    monkeypatch.setattr("bpdebug.api.html.run.ROWS", 8)
    text = shown(bpdebug.load("two_layer"))
    assert "∂L/∂b₁ = δ₁" not in text
    assert "⋮ 3 nodes more" in text
    assert "⋮ 8 lines more" in text


def test_a_long_training_is_not_run_for_a_picture():
    run = bpdebug.load("xor", iterations=10_000_000)
    assert "10,000,000 iterations; losses() runs them" in shown(run)


def test_text_of_a_scenario_is_no_html(tmp_path):
    (tmp_path / "mine.toml").write_text(HOSTILE.replace(" & 1", ""))
    run = bpdebug.load(tmp_path / "mine.toml")
    html = run._repr_html_()
    assert "<script" not in html
    assert "\x1b" not in html
    text = Checked(html).text
    assert "<script>alert('hi')</script> & ␛[31m" in text
    assert "s < 3" in text


def test_a_verdict_shows_its_report_with_wrong_and_right_lines():
    run = bpdebug.load("two_layer")
    v, g = run.values(), run.gradients()
    verdict = run.compare({"W1": np.outer(g["h1"], v["x"]), "W2": g["W2"], "b2": g["b2"] * 3})
    assert shown(verdict).rstrip() == str(verdict).rstrip()
    styles = {
        unescape(text).strip().split("  ")[0]: style
        for style, text in re.findall(
            r'<span style="([^"]*)">([^<]*)</span>', verdict._repr_html_()
        )
    }
    wrong = next(style for text, style in styles.items() if text.startswith("line 7"))
    assert styles["✗ grad(b2)"] == wrong
    assert styles["✓ agree: grad(W2)"] == styles["right"] != wrong


@pytest.mark.parametrize("name", ["two_layer", "forgotten_slope", "nan_birth"])
def test_a_check_shows_its_report(name):
    report = bpdebug.load(name).check()
    assert shown(report) == str(report)
    assert ("color:#dd3b2f" in report._repr_html_()) is not report.agrees


@pytest.mark.parametrize("name", ["two_layer", "vanishing"])
def test_a_diagnosis_shows_its_report(name):
    found = bpdebug.load(name).diagnose()
    assert shown(found) == str(found)


def test_a_run_says_its_notes(tmp_path):
    (tmp_path / "noted.toml").write_text(
        f'notes = ["made up & <b>rounded</b>"]\n{HOSTILE.replace(" & 1", "")}'
    )
    assert "note: made up & <b>rounded</b>" in shown(bpdebug.load(tmp_path / "noted.toml"))
