"""Words of the screen: signs."""

from __future__ import annotations

from bpdebug.wording.glossary.entry import Chapter, Entry

SIGNS = Chapter(
    "Signs",
    (
        Entry(
            "·",
            "In a grid: not computed yet. In a formula: times; between matrices, the matrix "
            "product.",
            ("*",),
        ),
        Entry("⊙", "Times, cell by cell.", ()),
        Entry("ᵀ", "Transposed: rows become columns.", (".T", "transpose")),
        Entry("′", "The derivative of a function: σ′(z) is the slope of σ at z.", ("σ′", "'")),
        Entry(
            "σ",
            "The sigmoid, 1/(1 + e⁻ˣ): it maps any number to one between 0 and 1.",
            ("sigma", "sigmoid"),
        ),
        Entry("Σ", "The sum over all cells, or over the axis written below it.", ("Σₙ", "sum")),
        Entry("½", "One half.", ("1/2",)),
        Entry("²", "Squared: times itself.", ("^2",)),
        Entry("√", "The square root.", ("sqrt",)),
        Entry("−", "Minus.", ("-",)),
        Entry("ŷ", "The prediction of the network for y.", ("y_hat", "_hat")),
        Entry("←", "Becomes: the parameter on the left takes the value on the right.", ("<-",)),
        Entry(
            "[ ]",
            "In every pane, brackets mark the cells of the current term.",
            ("brackets", "lit"),
        ),
        Entry("→", "Leads to. ▲ points at the iteration where the cursor stands.", ("▲", "->")),
        Entry("▶", "The node or line that is written now.", ("now", ">")),
        Entry("◆", "The node that the current gradient comes from.", ()),
        Entry("▸", "A closed part of the listing; ▾ is an open one.", ("▾",)),
        Entry("✓", "Done: this line has run, or a check agrees.", ()),
        Entry("●", "A breakpoint. ◐ has a condition, and ○ is switched off.", ("◐", "○")),
        Entry(
            "⚠",
            "Something is wrong with this gradient; the words after the sign say what.",
            ("warning",),
        ),
        Entry(
            "underline",
            "The last step changed these cells. After a jump nothing is underlined.",
        ),
        Entry("▁", "The end of a scrollbar's handle: the pane has more lines than fit.", ("▇",)),
        Entry("⋮", "The pane leaves out this many rows, cells or terms here.", (":",)),
        Entry(
            "amber",
            "The colour of what is current: the focused pane, the current line and the cells of "
            "the current term. Other themes may use another colour.",
            ("accent", "orange"),
        ),
        Entry(
            "violet and green",
            "The sign of a number: green above 0, violet below (blue in a theme whose accent is "
            "violet). The stronger the colour, the larger the number.",
            ("violet", "green", "blue", "colour", "colours"),
        ),
        Entry(
            "…",
            "The text is cut for lack of room; `z` gives a pane the whole screen.",
            ("...",),
        ),
        Entry(
            "NaN",
            "Not a number: the result of 0/0, ∞ − ∞ or 0 · ∞. Calculations with NaN give NaN.",
            ("nan",),
        ),
        Entry(
            "∞",
            "Infinity: too large for a float64, or the result of dividing by 0.",
            ("inf", "infinity", "infinite"),
        ),
    ),
)
