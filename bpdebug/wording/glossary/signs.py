"""Words of the screen: signs."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import chapter

SIGNS = chapter(
    "Signs",
    """
·; *
    In a grid: not computed yet. In a formula: times; between matrices, the matrix product.
⊙
    Times, cell by cell.
ᵀ; .T; transpose
    Transposed: rows become columns.
′; σ′; '
    The derivative of a function: σ′(z) is the slope of σ at z.
σ; sigma; sigmoid
    The sigmoid, 1/(1 + e⁻ˣ): it maps any number to one between 0 and 1.
Σ; Σₙ; sum
    The sum over all cells, or over the axis written below it.
½; 1/2
    One half.
²; ^2
    Squared: times itself.
√; sqrt
    The square root.
−; -
    Minus.
ŷ; y_hat; _hat
    The prediction of the network for y.
←; <-
    Becomes: the parameter on the left takes the value on the right.
[ ]; brackets; lit
    In every pane, brackets mark the cells of the current term. A comparison in brackets, such as
    [x > 0], is 1 where it holds and 0 elsewhere.
→; ▲; ->
    Leads to. ▲ points at the iteration where the cursor stands.
▶; now; >
    The node or line that is written now.
◆
    The node that the current gradient comes from.
▸; ▾; ▿
    A closed part of the listing or the tree, such as a folded group; ▾ is an open one. ▿ is a
    folded group that is open because the cursor is in it.
✓
    Done: this line has run, or a check agrees.
✗
    Wrong: a line or a gradient of your own that is wrong by itself, or a number that differs.
●; ◐
    A breakpoint. ◐ has a condition, and ○ is switched off.
○; inherited
    Where a breakpoint stands, one that is switched off. Behind a name or before a line's number, a
    gradient of your own that differs only by what came in.
⚠; warning
    Something is wrong with this gradient; the words after the sign say what.
underline
    The last step changed these cells. After a jump nothing is underlined.
▁; ▇
    The end of a scrollbar's handle: the pane has more lines than fit.
⋮; :
    The pane leaves out this many rows, cells or terms here.
amber; accent; orange
    The colour of what is current: the focused pane, the current line and the cells of the current
    term. Other themes may use another colour.
violet and green; violet; green; blue; colour; colours
    The sign of a number: green above 0, violet below (blue in a theme whose accent is violet). The
    stronger the colour, the larger the number.
…; ...
    The text is cut for lack of room; `z` gives a pane the whole screen.
NaN; nan
    Not a number: the result of 0/0, ∞ − ∞ or 0 · ∞. Calculations with NaN give NaN.
∞; inf; infinity; infinite
    Infinity: too large for a float64 (in a run in float32, for a float32), or the result of
    dividing by 0.
""",
)
