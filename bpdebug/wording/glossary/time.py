"""Words of the screen: time and steps."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import chapter

TIME = chapter(
    "Time and steps",
    """
tick; ticks
    The smallest step: one op of the forward pass, one term of the backward pass, or one line of the
    update. Ticks are numbered within an iteration.
term; terms; multiplication
    One scalar multiplication of the backward pass: one number of the upstream gradient times one
    local derivative, added to one cell.
kink
    A point where a curve bends sharply and has no single slope, such as relu at 0. The op's
    convention says which slope bpdebug takes there; `help` with the op's name shows it.
edge; edges; line; lines
    The connection from an op's result back to one of its operands: one line of the backward
    program. It consists of one or more terms.
backward program; program; prog
    The backward pass as a listing, one edge a line, in the order in which they run.
fold; folded; unfold; unfolded
    A folded group is one line of the backward program and one step of 'next': its upstream gradient
    goes in, the gradients of its operands come out. While the cursor is in it, it is open.
iteration; iterations; training
    One forward pass, one backward pass and one update.
phase; pass; phases
    A part of an iteration: the forward pass, the backward pass or the update.
count; +
    How often a key is to be repeated: + and a number before the key, as in +12n.
epoch
    As many iterations as training needs to see every example once.
seed; ∂L/∂L
    The first tick of the backward pass: ∂L/∂L = 1.
breakpoint; breakpoints; brk; hits; hit
    A location or a condition at which `continue` stops.
watch; watches
    An expression whose value you see wherever the cursor stands.
mark; marks
    A named position in time, so that you can come back to it.
timeline
    The iteration as one line: its layers, breakpoints and marks.
start of time; time; recorded time
    The position before the first forward op, where nothing is computed yet.
trace; detail
    The walk through a run as a file, which 'export' writes. Its detail is layer, group, edge or
    term.
not computed yet; not yet; computed; yet; pending
    The cursor stands before the tick that computes this number. It does not mean 0.
""",
)
