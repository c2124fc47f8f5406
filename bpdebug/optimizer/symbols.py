"""How settings, states and intermediates of update rules are written, as text and in LaTeX."""

from __future__ import annotations

from collections.abc import Mapping

SYMBOLS: Mapping[str, tuple[str, str]] = {
    # settings
    "learning_rate": ("α", r"\alpha"),
    "momentum": ("μ", r"\mu"),
    "dampening": ("τ", r"\tau"),
    "weight_decay": ("λ", r"\lambda"),
    "eps": ("ε", r"\epsilon"),
    "beta1": ("β₁", r"\beta_1"),
    "beta2": ("β₂", r"\beta_2"),
    "rho": ("ρ", r"\rho"),
    "lr_decay": ("η", r"\eta"),
    "clip_value": ("c", "c"),
    "clip_norm": ("c", "c"),
    # schedules
    "every": ("n", "n"),
    "factor": ("γ", r"\gamma"),
    "over": ("T", "T"),
    "lowest": ("α_min", r"\alpha_{\min}"),
    "start": ("f", "f"),
    # what one iteration has in common
    "t": ("t", "t"),
    "squares": ("Σ ‖∂L/∂θ‖²", r"\sum \lVert \partial L/\partial \theta \rVert^2"),
    "norm": ("‖∇L‖", r"\lVert \nabla L \rVert"),
    "scale": ("k", "k"),
    "fresh": ("κ", r"\kappa"),
    # states and intermediates
    "v": ("v", "v"),
    "m": ("m", "m"),
    "s": ("s", "s"),
    "u": ("u", "u"),
    "g_mean": ("ḡ", r"\bar{g}"),
    "spread": ("Var", r"\mathrm{Var}"),
    "m_hat": ("m̂", r"\hat{m}"),
    "v_hat": ("v̂", r"\hat{v}"),
    "v_max": ("v_max", r"v_{\max}"),
    "step": ("Δ", r"\Delta"),
}

FIRST: Mapping[str, tuple[str, str]] = {"learning_rate": ("α₀", r"\alpha_0")}
"""How a name is written until a line of the rule has given it another value."""
