"""Names as a textbook sets them, and text that no terminal obeys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.wording import (
    Script,
    cut,
    delta_name,
    fit,
    latex_name,
    safe,
    shape_text,
    textbook_name,
    to_ascii,
    width,
)
from bpdebug.wording.script import LATEX


@pytest.mark.parametrize(
    ("name", "shown", "latex"),
    [
        ("W2", "W₂", "W_{2}"),
        ("z_1", "z_1", r"\mathrm{z\_1}"),
        ("W_2", "W_2", r"\mathrm{W\_2}"),
        ("W10", "W₁₀", "W_{10}"),
        ("y_hat", "ŷ", r"\hat{y}"),
        ("y_hat2", "ŷ₂", r"\hat y_{2}"),
        ("z_o1", "z_o₁", r"\mathrm{z\_o_{1}}"),
        ("hidden", "hidden", r"\mathrm{hidden}"),
        ("hidden_hat", "hidden_hat", r"\mathrm{hidden\_hat}"),
        ("y_hat_2", "y_hat_2", r"\mathrm{y\_hat\_2}"),
        ("h_1_2", "h_1_2", r"\mathrm{h\_1\_2}"),
        ("_", "_", r"\_"),
        ("权重2", "权重₂", r"\mathrm{\text{权重}2}"),
        ("σ2", "σ₂", r"\sigma_{2}"),
        ("λ_W", "λ_W", r"\mathrm{\lambda\_W}"),
        ("Δw", "Δw", r"\mathrm{\Delta w}"),
        ("blocks.0.W2", "blocks.0.W₂", r"\mathrm{blocks.0.}W_{2}"),
        ("ln1.0.y_hat", "ln₁.0.ŷ", r"\mathrm{ln1.0.}\hat{y}"),
        ("layers.10", "layers.10", r"\mathrm{layers.10}"),
        ("layers.0_2", "layers.0_2", r"\mathrm{layers.0\_2}"),
    ],
)
def test_a_name_is_set_as_in_a_textbook(name, shown, latex):
    assert textbook_name(name) == shown
    assert latex_name(name) == latex
    assert Script(unicode=False).name(name) == name


@pytest.mark.parametrize(
    ("product", "spaced"),
    [
        (r"x \mathrm{net.0.}b_{1}", r"x\, \mathrm{net.0.}b_{1}"),
        (r"\mathrm{net.1} \mathrm{net.2}^\top v", r"\mathrm{net.1}\, \mathrm{net.2}^\top\, v"),
        (r"2 \mathrm{h\_1} \cdot x", r"2\, \mathrm{h\_1} \cdot x"),
        (
            r"\frac{\partial \mathrm{loss}}{\partial W}",
            r"\frac{\partial \mathrm{loss}}{\partial W}",
        ),
        (r"h_{1} W_{2}^\top + \mathrm{relu}(z)", r"h_{1} W_{2}^\top + \mathrm{relu}(z)"),
    ],
)
def test_an_upright_name_stands_apart_from_a_factor_beside_it(product, spaced):
    assert LATEX.finish(product) == spaced
    assert LATEX.finish(spaced) == spaced


def test_a_root_of_a_name_with_dots_has_brackets_around_all_of_it():
    assert Script(unicode=False).finish("√blocks.0.h + 1") == "sqrt(blocks.0.h) + 1"


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True))
def test_every_name_can_be_set(name):
    assert textbook_name(name)
    assert latex_name(name)
    assert Script(unicode=False).name(name) == name


@pytest.mark.parametrize("text", ["0.5", "-2", "1e3", "y - y2", "sum((a1 - y) ** 2)", "x.T", ""])
def test_what_is_no_name_stays_as_it_is(text):
    assert textbook_name(text) == text


@given(*[st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,4}", fullmatch=True)] * 2)
def test_two_names_are_never_shown_alike(one, other):
    assert (textbook_name(one) == textbook_name(other)) == (one == other)


def test_delta():
    assert delta_name(12) == "δ₁₂"
    assert Script(unicode=False).delta(12) == "delta12"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("two\nlines\tand more", "two␊lines␉and more"),
        ("\x7f\x9b", "␡\\u009b"),
        ("\u202eright to left", "\\u202eright to left"),
        ("[bold]markup[/bold]", "[bold]markup[/bold]"),
        ("两层网络 é", "两层网络 é"),
    ],
)
def test_control_characters_are_shown(raw, shown):
    assert safe(raw) == shown


@given(st.text(max_size=40))
def test_safe_text_steers_no_terminal(text):
    for unicode in (True, False):
        shown = Script(unicode=unicode).safe(text)
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)
        shown.encode("utf-8")  # no lone surrogate is left


def test_width_counts_cells():
    assert width("δ₂ = W") == 6
    assert width("网络") == 4
    assert width("p\u0302") == 1


@given(st.text(max_size=20), st.integers(0, 12))
def test_fit_gives_exactly_the_cells_asked_for(text, cells):
    text = safe(text)
    assert width(fit(text, cells)) == cells
    assert width(fit(text, cells, right=True)) == cells
    assert width(cut(text, cells)) <= max(cells, width(text) if width(text) <= cells else cells)


def test_a_wide_character_is_not_cut_in_two():
    assert fit("两层网络", 4) == "两… "
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, right=True) == "  ab"
    assert cut("abcdef", 4) == "abc…"


def test_signs_have_an_ascii_form():
    assert to_ascii("δ₂ ← W₂ᵀ·h − ½Σ(ŷ)² · x⁻¹²") == "delta2 <- W2.T*h - 1/2*sum((ŷ)^2) * x^-12"
    assert to_ascii("“δ” — it’s ∂L/∂z") == '"delta" - it\'s dL/dz'
    assert shape_text((2, 3)) == "2×3"
    assert Script(unicode=False).shape((2, 3)) == "2x3"
    assert shape_text(()) == ""
