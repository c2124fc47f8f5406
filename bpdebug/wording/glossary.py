"""The glossary: every word and every sign of the screen, explained in a sentence or two.

`help WORD` reads it, the help screen lists it, and the guide has it as a table. A test holds the
screen to it: no word or sign is shown that has no entry.
"""

from __future__ import annotations

from bpdebug.record import record


@record
class Entry:
    """One word or sign, with other ways to write it, and what it means."""

    word: str
    meaning: str
    also: tuple[str, ...] = ()
    """Other words and signs that this entry explains, as they are shown or typed."""


@record
class Chapter:
    """Entries that belong together, in the order in which a newcomer reads them."""

    title: str
    entries: tuple[Entry, ...]


GRAPH = Chapter(
    "The computation graph",
    (
        Entry(
            "computation graph",
            "The calculation of the loss as a drawing: each value is a node, and each operation "
            "leads from its operands to its result. The screen draws it as a tree with the loss on "
            "top.",
            ("graph",),
        ),
        Entry(
            "node",
            "One value of the graph: an input, a parameter, a constant, or the result of an "
            "operation. It is a single number or an array of numbers.",
            ("value", "val", "tensor", "scalar"),
        ),
        Entry(
            "op",
            "An operation, such as +, @ or sigmoid: it makes one result from its operands, and "
            "knows the local derivative of the result with respect to each operand.",
            ("ops", "operation"),
        ),
        Entry(
            "operand",
            "A value that an op takes. In z = W·x + b the operands are W, x and b.",
            ("operands",),
        ),
        Entry(
            "cell",
            "One number of an array, named by its place from 0: W₂[0,1] is in row 0 and column 1.",
            ("cells",),
        ),
        Entry("input", "Data for the network. Training does not change it.", ("inputs", "data")),
        Entry(
            "parameter",
            "A number or an array that training changes, such as a weight W or a bias b.",
            ("parameters", "par", "weight", "weights", "bias"),
        ),
        Entry(
            "loss",
            "The one number that training makes small: it measures how far the prediction is from "
            "the target. The backward pass starts there.",
            ("L",),
        ),
        Entry(
            "BCE",
            "Binary cross-entropy, the loss for yes-or-no answers. CE is cross-entropy, the loss "
            "for one of many classes, computed from logits; NLL computes it from probabilities.",
            ("CE", "NLL"),
        ),
        Entry(
            "batch",
            "Several examples that go through the network together, one example a row unless the "
            "scenario lays them out as columns.",
            ("row", "rows", "example", "batches"),
        ),
        Entry("↑ NAME", "A node that is already in the tree, higher up.", ("↑",)),
        Entry(
            "‥",
            "Levels of the tree that are left out because the tree is too deep for the pane; ‥2 is "
            "a node two levels below the loss.",
        ),
        Entry(
            "×",
            "Times. Between whole numbers it is a shape: 2×3 has 2 rows and 3 columns. After a "
            "bar it compares two norms: ×0.1 of layer 2 is a tenth of that layer's norm.",
            ("2×3", "shape"),
        ),
        Entry("axes", "What the rows and the columns of an array stand for.", ("axis",)),
        Entry(
            "min, max, mean, std",
            "The smallest, the largest and the average of all cells, and their standard deviation: "
            "how far they lie from the average. 'zeros' counts the cells that are exactly 0.",
            ("min", "std", "standard deviation", "zeros"),
        ),
        Entry(
            "histogram",
            "How many cells are of which size, as bars from the smallest number to the largest.",
        ),
        Entry(
            "made by",
            "The formula that computes a node; 'used by' names the nodes that are computed from "
            "it.",
            ("used by", "used"),
        ),
        Entry("written", "When a gradient last changed: the tick that added to it."),
        Entry(
            "#2",
            "The second node with this formula; the number tells equal formulas apart.",
            ("#",),
        ),
    ),
)

CHAIN_RULE = Chapter(
    "The chain rule",
    (
        Entry(
            "gradient",
            "How fast the loss changes with a value: move the value by a small amount, and the "
            "loss moves by the gradient times that amount. A gradient has one number for each "
            "cell of the value.",
            ("∂", "gradients", "derivative"),
        ),
        Entry(
            "∂L/∂W",
            'The gradient of the loss L with respect to W, read "d L by d W". It has the shape of '
            "W.",
            ("dL/dW", "∂L/∂"),
        ),
        Entry(
            "backward pass",
            "The way from the loss back to the parameters, which computes every gradient from "
            "the gradients above it.",
            ("backward", "backpropagation"),
        ),
        Entry(
            "forward pass",
            "The calculation itself, from the inputs to the loss. The local derivatives are taken "
            "at its values.",
            ("forward",),
        ),
        Entry(
            "upstream gradient",
            "The gradient of the loss with respect to an op's result: what arrives at the op from "
            "above.",
            ("upstream",),
        ),
        Entry(
            "local derivative",
            "How fast an op's own result changes with one of its operands, at the current numbers. "
            "For z = w·x and the operand w it is x.",
            ("local", "slope"),
        ),
        Entry(
            "chain rule",
            "Upstream gradient times local derivative is the gradient of the operand. If the "
            "operand feeds several results, the terms add up.",
            ("chain",),
        ),
        Entry(
            "contribution",
            "What one edge adds to the gradient of its operand. A value that is used twice gets "
            "two contributions, and their sum is its gradient.",
            ("contributions", "accumulated", "+=", "partial"),
        ),
        Entry("so far", "The cell of the gradient after this term; later terms add to it."),
        Entry(
            "result",
            "The gradient that an edge writes: upstream gradient times local derivative.",
            ("product", "products"),
        ),
        Entry(
            "vector-Jacobian product",
            "The field's name for what one edge computes: the upstream gradient (a vector) times "
            "all local derivatives of an op (its Jacobian).",
            ("vjp", "Jacobian"),
        ),
        Entry(
            "checked to",
            "Central differences confirm this gradient: bpdebug changed each number a little in "
            "both directions, ran the forward pass again, and found the gradient to this bound.",
            ("central differences", "central", "differences", "✓ checked", "checked", "agrees"),
        ),
        Entry(
            "path",
            "One way from a cell to the loss along the operations. Its share of the gradient is "
            "the product of the local derivatives on it. The percentage compares the size of this "
            "share with the sizes of all shares together.",
            ("paths", "share", "Σ|product|"),
        ),
        Entry("Π", "The product of the local derivatives on a path, from its cell to this line."),
    ),
)

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
            (),
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
        Entry("timeline", "The iteration as one line: its layers, breakpoints and marks.", ()),
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

LAYERS = Chapter(
    "Layers",
    (
        Entry(
            "layer",
            "A weighted sum and the activation after it. Layers are numbered from the input.",
            ("layers",),
        ),
        Entry(
            "pre-activation",
            "The weighted sum of a layer before its activation, often called z.",
            ("preactivation",),
        ),
        Entry(
            "activation",
            "The function after the weighted sum, such as σ, tanh or relu; also its result.",
            ("activations",),
        ),
        Entry(
            "δ",
            "The gradient of the loss at a layer's pre-activation: δ₂ = ∂L/∂z₂. The gradients of "
            "the layer's weights and of the layer below are computed from it.",
            ("delta", "deltas", "δ₁", "δ₂"),
        ),
        Entry("unit", "One neuron of a layer: one weighted sum.", ("units", "neuron")),
        Entry(
            "‖·‖",
            "The norm: the length of an array, √(sum of squares). ‖δ‖ measures how large a "
            "gradient is as a whole.",
            ("norm", "|.|"),
        ),
        Entry(
            "log, 6 decades",
            "The bars are on a logarithmic scale: the right end is the largest norm, and the left "
            "end a millionth of it, six powers of ten below.",
            ("log", "log scale", "decades", "bar", "scale"),
        ),
        Entry(
            "linear scale",
            "Equal distances on the axis are equal differences; on a log scale they are equal "
            "ratios.",
            ("linear",),
        ),
        Entry(
            "vanishing",
            "A gradient becomes so small on its way back that the first layers hardly learn.",
            ("vanishing gradient",),
        ),
        Entry(
            "exploding",
            "A gradient becomes so large on its way back that updates overshoot.",
            ("exploding gradient",),
        ),
        Entry(
            "dead",
            "The unit's relu gives 0 for every example, so its weights get no gradient.",
            ("dead unit", "dead units"),
        ),
        Entry(
            "saturated",
            "The unit's sigmoid or tanh is nearly flat for every example, so hardly any gradient "
            "gets through.",
            ("saturated units",),
        ),
    ),
)

TRAINING = Chapter(
    "Training",
    (
        Entry(
            "update",
            "The last part of an iteration: the optimizer moves each parameter, line by line.",
            ("updates", "update rule"),
        ),
        Entry(
            "α",
            "The learning rate: in plain gradient descent, a parameter moves by α times its "
            "gradient.",
            ("alpha", "learning rate", "rate"),
        ),
        Entry(
            "change",
            "What the update adds to the parameter: new value minus old value.",
            ("Δ", "Δθ"),
        ),
        Entry("new", "The parameter's value after the update.", ("new value",)),
        Entry(
            "optimizer",
            "The rule that makes an update from a gradient, such as sgd, momentum or adam.",
            ("optimizers",),
        ),
        Entry(
            "β",
            "How much of its old value a moving average keeps: in Adam, β₁ for the gradient (m) "
            "and β₂ for its square (v). The small number ε prevents a division by 0.",
            ("beta", "β₁", "β₂", "m", "v", "m̂", "v̂", "ε", "eps"),
        ),
        Entry("θ", "Any parameter, in the lines of an update rule.", ("theta",)),
        Entry("g", "The gradient of the parameter, in the lines of an update rule.", ()),
        Entry(
            "promised",
            "The change of the loss that the gradient predicts for the update: ∂L/∂θ · Δθ. The "
            "number beside it, 'brought', is the change that a forward pass with the new value "
            "finds.",
            ("promise", "kept", "brought", "ΔL"),
        ),
        Entry(
            "over time",
            "The loss of every iteration that is known so far.",
            ("known up to iteration", "known up to", "known"),
        ),
        Entry("frozen", "The update does not change this parameter, but its gradient is shown."),
        Entry(
            "finding",
            "What a rule of 'diagnose' found in the run, with its evidence and a usual remedy.",
            ("findings", "rules", "diagnosis"),
        ),
    ),
)

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
            (),
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

CHAPTERS = (GRAPH, CHAIN_RULE, TIME, LAYERS, TRAINING, SIGNS)


def entry_of(word: str) -> Entry | None:
    """The entry that explains a word or sign, in any case of its letters; None without one."""
    wanted = " ".join(word.split())
    for fold in (str, str.casefold):
        for chapter in CHAPTERS:
            for entry in chapter.entries:
                if fold(wanted) in {fold(known) for known in (entry.word, *entry.also)}:
                    return entry
    return None


def words() -> list[str]:
    """Every word and sign that has an entry, in the order of the chapters."""
    return [
        word
        for chapter in CHAPTERS
        for entry in chapter.entries
        for word in (entry.word, *entry.also)
    ]
