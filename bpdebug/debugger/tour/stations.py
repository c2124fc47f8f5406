"""The stations of the tour: declarations only.

The words hold no number of the scenario. `{grad(W2)[0, 1]}` is evaluated at the station, in the
language of watches; `{loss | iteration 1}` where `goto iteration 1` goes;
`{learning_rate}` is a setting of the optimizer, `{pending}` the sign for what is not known yet.
"""

from __future__ import annotations

from bpdebug.records import record

SCENARIO = "two_layer"
"""The bundled scenario that the tour goes through."""
LOWER = "loss < 0.29"
"""A condition that the second iteration meets and the first does not."""


@record
class Station:
    """A station of the tour. It is where the keys of all stations before it lead."""

    id: str
    title: str
    panes: tuple[str, ...]
    """The panes that it talks about, the most important first."""
    text: str
    """A few sentences, with placeholders for numbers; `c` in backquotes is a key."""
    invitation: str
    """What the user may do now."""
    keys: tuple[str, ...] = ()
    """Keys of the command table that lead to the next station; none where the user reads on."""
    command: str = ""
    """A line that the tour executes on arrival; empty for none."""


STATIONS: tuple[Station, ...] = (
    Station(
        "network",
        "A small network",
        ("graph",),
        "This network turns two numbers, x = {x}, into two others, ŷ. Read the graph from the "
        "bottom up: each layer multiplies by weights W, adds a bias b, and bends the sum z with "
        "a curve, σ. A {pending} is a number that is not computed yet.",
        "Press `c` (continue): run the network forward, from x to ŷ.",
        ("c",),
    ),
    Station(
        "loss",
        "How wrong is it?",
        ("graph",),
        "The network says ŷ = {y_hat}. We want y = {y}. The loss L = {L} measures how wrong that "
        "is: half the sum of the squared differences. The weights can be changed so that L "
        "falls. But which way, and how much?",
        "Press `n` (next edge) twice: we start at L and go backward.",
        ("n", "n"),
    ),
    Station(
        "slope",
        "Every number has a slope",
        ("multiplication", "program"),
        "∂L/∂ŷ is a slope, also called a gradient: how fast L changes when ŷ changes. Here it is "
        "ŷ − y. The first answer, ŷ[0], is too large: slope {grad(y_hat)[0]}. The second, ŷ[1], "
        "is too small: slope {grad(y_hat)[1]}, for L falls when it grows. The program lists all "
        "the slopes we need, one edge a line.",
        "Press `n`: one edge back, from ŷ through the curve σ.",
        ("n",),
    ),
    Station(
        "delta",
        "What a δ is",
        ("delta", "multiplication"),
        "δ (delta) is the slope of L at z, the sum before the curve. Move z₂[1], and ŷ[1] moves "
        "{y_hat[1] * (1 - y_hat[1])} times as far; L moves {grad(y_hat)[1]} times as far as "
        "ŷ[1]. Slopes in a row multiply: δ₂[1] = {grad(y_hat)[1]} × "
        "{y_hat[1] * (1 - y_hat[1])} = {delta(2)[1]}. That is the chain rule.",
        "Press `s` (step): one single multiplication.",
        ("s",),
    ),
    Station(
        "product",
        "One multiplication",
        ("multiplication",),
        "How fast does L change with the weight W₂[0,0]? That weight multiplies h₁[0] = {h1[0]}, "
        "so z₂[0] moves {h1[0]} times as far: the local slope. L moves {delta(2)[0]} times as far "
        "as z₂[0]: the upstream slope. Multiply both: {grad(W2)[0, 0]}.",
        "Press `n`: the other weights of this layer, in the same way.",
        ("n",),
    ),
    Station(
        "matrix",
        "A matrix, cell by cell",
        ("multiplication", "parameters"),
        "Every weight has its own slope now. Each cell of ∂L/∂W₂ is one δ times one h. The last "
        "two factors are lit: δ₂[1] × h₁[1] = {delta(2)[1]} × {h1[1]} = {grad(W2)[1, 1]}. It is "
        "below 0: let this weight grow, and L falls.",
        "Press `n`: the next edge, to the bias.",
        ("n",),
    ),
    Station(
        "bias",
        "The bias",
        ("multiplication",),
        "A bias is only added. Let it grow by 1, and z₂ grows by 1: the local slope is 1. So the "
        "slope at b₂ is δ₂ itself: {grad(b2)}.",
        "Press `s`: from layer 2 back to layer 1.",
        ("s",),
    ),
    Station(
        "share",
        "Back through the weights",
        ("multiplication", "graph"),
        "What is the slope at h₁[0]? It goes into both sums of layer 2. It reaches z₂[0] through "
        "the weight W₂[0,0] = {W2[0, 0]}, and the slope comes back through the same weight: "
        "{delta(2)[0]} × {W2[0, 0]} = {delta(2)[0] * W2[0, 0]}. That is one share of two.",
        "Press `s`: the other share, which comes back from z₂[1].",
        ("s",),
    ),
    Station(
        "sum",
        "Shares add up",
        ("multiplication", "graph"),
        "From z₂[1] comes {delta(2)[1]} × {W2[1, 0]} = {delta(2)[1] * W2[1, 0]}. Both paths "
        "count, so the shares are added: {delta(2)[0] * W2[0, 0]} + ({delta(2)[1] * W2[1, 0]}) = "
        "{grad(h1)[0]}. Where paths split going forward, slopes add up coming back.",
        "Press `S` (shift and s): one step back in time.",
        ("S",),
    ),
    Station(
        "back",
        "Back in time",
        ("multiplication",),
        "The second share is gone again: ∂L/∂h₁[0] is back at {delta(2)[0] * W2[0, 0]}, and not "
        "finished. Nothing is lost; you are only at an earlier moment. Every step has its way "
        "back: `s` and `S`, `n` and `N`, `c` and `C`.",
        "Press `n` twice: all of ∂L/∂h₁, then the δ of layer 1.",
        ("n", "n"),
    ),
    Station(
        "delta1",
        "The same again: δ₁",
        ("delta", "multiplication"),
        "Layer 1 does what layer 2 did: what came back, times the slope of its curve. δ₁[1] = "
        "{grad(h1)[1]} × {h1[1] * (1 - h1[1])} = {delta(1)[1]}. Both its numbers are far "
        "smaller than those of δ₂. In a network of many layers, slopes can shrink to almost "
        "nothing.",
        "Press `c`: to the end of the backward pass. Then press `s`.",
        ("c", "s"),
    ),
    Station(
        "update",
        "The update",
        ("parameters", "multiplication"),
        "Now the weights learn. Each moves against its slope, by α = {learning_rate} times "
        "the slope: W₁[0,0] = {W1[0, 0] | iteration 1} − {learning_rate} × {grad(W1)[0, 0]} = "
        "{W1[0, 0]}. Where a slope is below 0, the weight grows. α is called the learning rate.",
        "Press `enter` to read on.",
    ),
    Station(
        "breakpoint",
        "A breakpoint",
        ("stops",),
        f"Does it help? The network runs forward again, with the new weights. We need not step "
        f"there: a breakpoint waits, with a condition, {LOWER}. The debugger stops where that "
        f"becomes true. (`B` makes such a breakpoint.)",
        "Press `c`: run on until the breakpoint.",
        ("c",),
        command=f"break {LOWER}",
    ),
    Station(
        "lower",
        "The loss is lower",
        ("graph", "stops"),
        "L was {L | iteration 1} and is {L} now. Forward, backward, update, over and over: that "
        "is training. Now go on by yourself: `?` shows the keys, `x` writes "
        "this walk to a file, and `bpdebug xor` opens another network.",
        "Press `enter` to leave the tour here, or `backspace` to look back.",
    ),
)
