"""Words of the screen: time and steps."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import Chapter, Entry

TIME = Chapter(
    "Time and steps",
    (
        Entry(
            "tick",
            "The smallest step: one op of the forward pass, one term of the backward pass, or one "
            "line of the update. Ticks are numbered within an iteration.",
            ("ticks",),
        ),
        Entry(
            "term",
            "One scalar multiplication of the backward pass: one number of the upstream gradient "
            "times one local derivative, added to one cell.",
            ("terms", "multiplication"),
        ),
        Entry(
            "kink",
            "A point where a curve bends sharply and has no single slope, such as relu at 0. The "
            "op's convention says which slope bpdebug takes there; `help` with the op's name "
            "shows it.",
        ),
        Entry(
            "edge",
            "The way from an op's result back to one of its operands: one line of the backward "
            "program. It consists of one or more terms.",
            ("edges", "line", "lines"),
        ),
        Entry(
            "backward program",
            "The backward pass as a listing, one edge a line, in the order in which they run.",
            ("program", "prog"),
        ),
        Entry(
            "iteration",
            "One forward pass, one backward pass and one update.",
            ("iterations", "training"),
        ),
        Entry(
            "phase",
            "A part of an iteration: the forward pass, the backward pass or the update.",
            ("pass", "phases"),
        ),
        Entry(
            "count",
            "How often a key is to be repeated: + and a number before the key, as in +12n.",
            ("+",),
        ),
        Entry("epoch", "As many iterations as training needs to see every example once."),
        Entry("seed", "The first tick of the backward pass: ∂L/∂L = 1.", ("∂L/∂L",)),
        Entry(
            "breakpoint",
            "A place or a condition at which `continue` stops.",
            ("breakpoints", "brk", "hits", "hit"),
        ),
        Entry(
            "watch", "An expression whose value you see wherever the cursor stands.", ("watches",)
        ),
        Entry("mark", "A named place in time, so that you can come back to it.", ("marks",)),
        Entry("timeline", "The iteration as one line: its layers, breakpoints and marks."),
        Entry(
            "start of time",
            "The place before the first forward op, where nothing is computed yet.",
            ("time", "recorded time"),
        ),
        Entry(
            "trace",
            "The walk through a run as a file, which 'export' writes. Its detail is layer, edge "
            "or term.",
            ("detail",),
        ),
        Entry(
            "not computed yet",
            "The cursor stands before the tick that computes this number. It does not mean 0.",
            ("not yet", "computed", "yet", "pending"),
        ),
    ),
)
