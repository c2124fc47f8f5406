"""What to write for a word or a sign that other tools have: hints by meaning, never by spelling.

One table a kind. A remedy that stands in backquotes can be typed as it is, with other names. Where
bpdebug has no op for what a word means, the remedy writes it out, or says that there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bpdebug.errors import did_you_mean
from bpdebug.ops import REGISTRY, declared
from bpdebug.printable import quoted

MODULES = (
    "np", "numpy", "torch", "F", "nn", "functional", "tf", "jnp", "jax", "math", "scipy", "linalg",
    "K",
)  # fmt: skip
"""Names that other languages write in front of a function."""


def by_word(table: dict[str, str]) -> dict[str, str]:
    """The hint for every word, from a table in which words with one hint share a line."""
    return {word: hint for words, hint in table.items() for word in words.split()}


FUNCTIONS = by_word(
    {
        # Activations and elementwise functions.
        "swish": "write `silu(x)`",
        "logistic expit": "write `sigmoid(x)`",
        "rectifier": "write `relu(x)`",
        "prelu": "write `maximum(x, 0) + a * minimum(x, 0)`",
        "ln": "write `log(x)`, which is the natural logarithm",
        "log2": "write `log(x) / log(2)`",
        "log10": "write `log(x) / log(10)`",
        "exp2": "write `2 ** x`",
        "tan": "write `sin(x) / cos(x)`",
        "sinh": "write `(exp(x) - exp(-x)) / 2`",
        "cosh": "write `(exp(x) + exp(-x)) / 2`",
        "pow": "write `x ** 2`",
        "fabs absolute": "write `abs(x)`",
        "neg negative": "write `-x`",
        "mul": "write `a * b`",
        "div": "write `a / b`",
        "sub": "write `a - b`",
        "clamp clip_by_value": "write `clip(x, low=0, high=1)`",
        "masked_fill": "write `where(mask, -inf, a)`, with a comparison or data of 0 and 1 as mask",
        "gt": "write `a > b`",
        "ge": "write `a >= b`",
        "lt": "write `a < b`",
        "le": "write `a <= b`",
        "eq": "write `a == b`",
        "ne": "write `a != b`",
        "logical_and": "multiply comparisons: `(a > 0) * (b > 0)`",
        "logical_or": "take the larger of comparisons: `maximum(a > 0, b > 0)`",
        "logical_not": "subtract a comparison from 1: `1 - (a > 0)`",
        "hard_tanh": "write `hardtanh(x)`",
        "hard_sigmoid": "write `hardsigmoid(x)`",
        "hard_swish": "write `hardswish(x)`",
        "log_sigmoid": "write `logsigmoid(x)`",
        "erfc": "write `1 - erf(x)`",
        "cumprod": "there is `prod(a)`, and `cumsum(a)` for running sums",
        "isinf": "write `abs(x) == inf`; `isfinite(x)` is false for NaN too",
        "isposinf": "write `x == inf`",
        "isneginf": "write `x == -inf`",
        "heaviside step": "write `x > 0`, which is 1 or 0 and passes no gradient",
        "round": "write `floor(x + 0.5)`",
        "ceil": "write `-floor(-x)`",
        "trunc": "write `sign(x) * floor(abs(x))`",
        "argmax argmin": "its derivative is 0 wherever it has one, so give its result as data",
        # Sums, products of arrays, shapes.
        "average": "write `mean(a)`",
        "amax": "write `max(a)`",
        "amin": "write `min(a)`",
        "mm bmm tensordot": "write `A @ B`",
        "mv": "write `A @ b`",
        "inner vdot": "write `dot(a, b)`",
        "inv": "of a matrix there is no inverse; `1 / x` is taken cell by cell",
        "cat concatenate vstack": "write `concat(a, b, axis=0)`",
        "hstack": "write `concat(a, b, axis=-1)`",
        "expand expand_as": "write `broadcast_to(a, shape=(4, -1))`",
        "tile repeat repeat_interleave": (
            "write `broadcast_to(a[:, None], shape=(-1, 4))`, and reshape to join the axes"
        ),
        "moveaxis movedim": "write `permute(a, axes=(0, 2, 1))`",
        "mt": "write `swapaxes(a)`, which transposes each matrix of a stack",
        "view": "write `reshape(a, shape=(2, -1))`",
        "flatten ravel": "write `reshape(a, shape=-1)`",
        "unsqueeze": "write `a[:, None]`, or `expand_dims(a, axis=1)`",
        "len size shape ndim numel": (
            "shapes are fixed when the scenario is read; write the number, `info NAME` shows it"
        ),
        "array asarray tensor zeros zeros_like ones ones_like full full_like eye arange linspace "
        "rand randn": (
            "values are data: write them in [inputs] or [parameters], or let `init` make them"
        ),
        "one_hot": "give the rows of 0 and 1 as data",
        "embedding": "write `E[tokens]`, with tokens as an input of whole numbers",
        "gather take index_select take_along_axis take_along_dim": "write an index, such as "
        "`x[rows]` or `p[rows, labels]`, with inputs of whole numbers",
        "detach stop_gradient": "nothing stops a gradient; give the value as data",
        "item": "leave it out: a result with one cell is a number",
        "float int astype": "leave it out: every number is float64, or float32 where [run] says so",
        "numpy": "leave it out: every value is an array",
        "backward": "the backward pass runs by itself; `grad(W)` is what it gives",
        # Layers.
        "conv convolve correlate convolution": "write `conv2d(x, w, b)`, or `conv1d(x, w, b)`",
        "max_pool maxpool maxpool2d": "write `max_pool2d(x, size=2)`",
        "maxpool1d": "write `max_pool1d(x, size=2)`",
        "avg_pool avgpool avgpool2d": "write `avg_pool2d(x, size=2)`",
        "avgpool1d": "write `avg_pool1d(x, size=2)`",
        "linear dense": "write `x @ W.T + b`",
        "layernorm": "write `layer_norm(x, gamma, beta)`",
        "rmsnorm": "write `rms_norm(x, gamma)`",
        "batchnorm1d batchnorm2d batchnorm3d batchnorm": "write `batch_norm(x, gamma, beta)`",
        "attention sdpa": "write `scaled_dot_product_attention(q, k, v)`",
        "multiheadattention multi_head_attention_forward": (
            "write `multi_head_attention(x, x, x, W_in, b_in, W_out, b_out, heads=4)`"
        ),
        "rnncell rnn_tanh_cell": "write `rnn_cell(x, h, W_ih, W_hh, b_ih, b_hh)`",
        "lstmcell": "write `lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh)`",
        "grucell": "write `gru_cell(x, h, W_ih, W_hh, b_ih, b_hh)`",
        "logsoftmax": "write `log_softmax(z)`",
        "softmin": "write `softmax(-z)`",
        # Losses.
        "mse mse_loss mseloss": "write `mean_squared_error(p, y)`",
        "l1_loss l1loss mae": "write `l1(p, y)`",
        "nll_loss nllloss": (
            "write `negative_log_likelihood(p, y)` with probabilities p; with logits z write "
            "`cross_entropy(z, y)`"
        ),
        "nll": "write `negative_log_likelihood(p, y)` with probabilities p",
        "crossentropyloss softmax_cross_entropy softmax_cross_entropy_with_logits": (
            "write `cross_entropy(z, y)` with logits z"
        ),
        "categorical_cross_entropy": (
            "write `negative_log_likelihood(p, y)` with probabilities p, or "
            "`cross_entropy(z, y)` with logits z"
        ),
        "sparse_categorical_crossentropy": (
            "with labels y write `negative_log_likelihood(p, y)` with probabilities p, or "
            "`cross_entropy(z, y)` with logits z"
        ),
        "bce bceloss": "write `binary_cross_entropy(p, y)` with probabilities p",
        "bce_with_logits bcewithlogitsloss sigmoid_cross_entropy "
        "sigmoid_cross_entropy_with_logits": (
            "write `binary_cross_entropy_with_logits(z, y)` with logits z"
        ),
        "huber_loss huberloss": "write `huber(p, y)`",
        "smooth_l1_loss smoothl1loss": "write `smooth_l1(p, y)`",
        "kl_div kldivloss": "write `kl_divergence(log_p, y)` with log-probabilities log_p",
        "hinge hinge_loss hinge_embedding_loss": "write `mean(relu(1 - y * z))`",
    }
)
"""Functions, methods and attributes, in small letters where capitals make no difference."""

ELSEWHERE: dict[str, str] = {
    "dot": "write `A @ b`, or `dot(A, b)`",
    "transpose": "write `A.T`; two axes change places by `swapaxes(a, axis1=0, axis2=1)`, and "
    "`permute(a, axes=(0, 2, 1))` has any order",
    "stack": "write `stack(a, b, axis=0)`",
    "dropout": "write `dropout(x, mask, rate=0.5)` with a mask of 0 and 1 as data",
    "Dropout": "write `dropout(x, mask, rate=0.5)` with a mask of 0 and 1 as data",
    "binary_cross_entropy": "write `binary_cross_entropy(p, y)`, which adds up the units of a row; "
    "PyTorch's mean over all entries is that divided by their number in a row",
    "gelu": "write `gelu(x, exact=True)`; `gelu(x)` is the approximation by tanh",
    "var": "write `var(x)`, or `var(x, correction=1)` where the divisor is n - 1, as in PyTorch",
    "std": "write `std(x)`, or `std(x, correction=1)` where the divisor is n - 1, as in PyTorch",
    "split": "write an index, such as `x[0:1]`",
}
"""Functions that have another meaning, or another form, behind `np.` or `F.`."""

OPERANDS: dict[str, tuple[Callable[[Sequence[int]], bool], str]] = {
    name: op.instead for name, op in REGISTRY.items() if op.instead is not None
}
"""What to write where a function does not take operands with so many axes."""

TRANSPOSES = ("T", "t", "transpose", "H")
"""Methods and attributes elsewhere that are `.T`."""

NAMES = by_word(
    {
        "e": "the number e is `exp(1)`",
        "pi π": "write `3.141592653589793`",
        "newaxis": "write None as an index, as in `a[:, None]`",
        "true": "write True",
        "false": "write False",
        "none null": "write None",
        "eps": "write the number, such as `1e-8`",
        "alpha η eta": (
            "the learning rate belongs to [optimizer] in the scenario; `info optimizer` shows it"
        ),
        "α lr learning_rate": "`info optimizer` shows the learning rate",
        "δ delta": "a layer's gradient has its number: `delta(1)`",
        "σ": "sigmoid is a function: `sigmoid(z)`",
        "∇": "write `grad(W)`",
        "inf": "write `inf`",
        "nan": "where a NaN is, `isnan(W)` says",
    }
)
"""Words that stand for a value elsewhere."""

LOGIC = {
    "and": "multiply comparisons, as in (a > 0) * (b > 0)",
    "or": "take the larger of comparisons, as in maximum(a > 0, b > 0)",
    "not": "subtract a comparison from 1, as in 1 - (a > 0)",
}
"""What a graph has in the place of the words of logic."""

SUM = "a sum is typed `sum(a)`, and along one axis `sum(a, axis=0)`"
"""For Σᵢ, which formulas show and which does not say the axis."""

OPTIONS = by_word(
    {
        "dim dims axes": "write axis=…",
        "keepdim": "write keepdims=True",
        "negative_slope": "write slope=…",
        "size": "write shape=…",
        "kernel_size pool_size ksize": "write size=…",
        "strides": "write stride=…",
        "dtype": "leave it out: every number is float64, or float32 where [run] says so",
        "inplace out": "leave it out: nothing is changed in place",
        "ddof": "write correction=…",
        "unbiased": "write correction=1, or leave it out",
        "num_heads n_heads": "write heads=…",
        "is_causal": "write causal=True",
        "min min_val a_min": "write low=…",
        "max max_val a_max": "write high=…",
    }
)
"""Options of functions; options of a single op stand in its declaration."""

OPERANDS_ELSEWHERE = {
    "attn_mask": ("mask",),
    "bias": ("b", "beta"),
    "input": ("x", "a"),
    "other": ("b",),
    "target": ("t",),
    "weight": ("w", "W", "gamma"),
}
"""What other tools call operands, which may be given there by name, and what they are here."""

WEIGHTED_LOSS = "there are no weights; multiply each part of the loss by its own"
"""What to write for the option `weight` of a loss."""

SIGNS = by_word(
    {
        "&& &": "write `and`",
        "||": "'or' is the word for it; around a value the bars are its norm, as in ||W||",
        "|": "'or' is the word for it; around a value the bars are its size, as in |x|",
        "!": "write `not`, and `!=` for unequal",
        "//": "write `floor(a / b)`",
        "%": "write `a - b * floor(a / b)`",
        "=": "type one side of it; == compares",
        "+=": "type one side of it",
        "←": "type one side of it; `new(W)` is what an update makes",
        "→ ->": "an edge is a location for `break` and `until`, and has no value",
        "′": "a local derivative cannot be typed; `terms` shows it in each term",
        "∇": "write `grad(W)`",
    }
)
"""Signs of other languages, and signs of the screen that are no part of a value."""

GRAPH_SIGNS = by_word(
    {
        "· ∙": "write * (cell by cell) or @ (a matrix product)",
        "⊙ ×": "write *",
        "−": "write -",
        "÷": "write /",
        "²": "write ** 2",
        "½": "write 0.5 *",
        "√": "write sqrt(…)",
        "‖": "write norm(…)",
        "ᵀ": "write .T",
        "∂": "a gradient belongs in a watch or a condition",
        "≤": "write <=",
        "≥": "write >=",
        "≠": "write !=",
        "…": "write all of it",
    }
)
"""Signs of the screen where an expression makes nodes."""


def after(hint: str) -> str:
    """A hint as the end of a sentence; empty where there is none."""
    return f"; {hint}" if hint else ""


def for_function(word: str) -> str:
    """What to write instead of a function, a method or an attribute; empty when that is unknown."""
    return FUNCTIONS.get(word) or FUNCTIONS.get(word.lower(), "")


def elsewhere(word: str) -> str:
    """What to write for a function of a module or a method; empty when it means the same here."""
    return ELSEWHERE.get(word) or for_function(word)


def for_operands(function: str, shapes: Sequence[tuple[int, ...]]) -> str:
    """What to write where a function does not take such operands, as the end of a sentence."""
    if function not in OPERANDS or not shapes:
        return ""
    fits, hint = OPERANDS[function]
    return after(hint) if fits([len(shape) for shape in shapes]) else ""


def for_sign(sign: str) -> str:
    """The problem of a sign that expressions do not have, and what to write instead."""
    return f"'{sign}' has no place in an expression{after(SIGNS.get(sign, ''))}"


def any_of(names: Sequence[str]) -> str:
    """A question whether one of these names is meant, as the end of a sentence; empty for none."""
    quotes = [quoted(name) for name in names[:MOST_MEANT]]
    return f"; did you mean {' or '.join(quotes)}?" if quotes else ""


MOST_MEANT = 3
"""How many names that end alike are asked for."""


def unknown_name(name: str, known: Iterable[str]) -> str:
    """The problem of a name that stands for nothing."""
    if name.lower() == "nan":
        return "there is no value nan, which nothing equals; a watch or a condition says isnan(…)"
    known = list(known)
    if declared(name) is not None:
        return f"'{name}' is a function; write {name}(…)"
    longer = [one for one in known if one.endswith(f".{name}")]
    hint = after(NAMES.get(name, "")) or any_of(longer) or did_you_mean(name, known)
    if not hint and known:
        hint = f"; there are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}"
    return f"unknown name {quoted(name)}{hint}"
