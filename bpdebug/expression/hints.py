"""What to write for a word or a sign that other tools have: hints by meaning, never by spelling.

One table a kind. A remedy that stands in backquotes can be typed as it is, with other names. Where
bpdebug has no op for what a word means, the remedy writes it out, or says that there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bpdebug.ops import REGISTRY

MODULES = (
    "np",
    "numpy",
    "torch",
    "F",
    "nn",
    "functional",
    "tf",
    "jnp",
    "jax",
    "math",
    "scipy",
    "linalg",
    "K",
)
"""Names that other languages write in front of a function."""

NO_DERIVATIVE = "its derivative is 0 wherever it has one, so give its result as data"
AS_DATA = "values are data: write them in [inputs] or [parameters], or let `init` make them"
SHAPES = "shapes are fixed when the scenario is read; write the number, `info NAME` shows it"
HUBER = "write `mean(minimum(abs(p - y), 1) * (abs(p - y) - 0.5 * minimum(abs(p - y), 1)))`"
NONE_OF_IT = "leave it out: {0}"

FUNCTIONS: dict[str, str] = {
    # Activations and elementwise functions.
    "swish": "write `silu(x)`",
    "logistic": "write `sigmoid(x)`",
    "expit": "write `sigmoid(x)`",
    "rectifier": "write `relu(x)`",
    "relu6": "write `minimum(relu(x), 6)`",
    "mish": "write `x * tanh(softplus(x))`",
    "hardtanh": "write `maximum(-1, minimum(x, 1))`",
    "softsign": "write `x / (1 + abs(x))`",
    "logsigmoid": "write `-softplus(-x)`",
    "prelu": "write `maximum(x, 0) + a * minimum(x, 0)`",
    "ln": "write `log(x)`, which is the natural logarithm",
    "log2": "write `log(x) / log(2)`",
    "log10": "write `log(x) / log(10)`",
    "log1p": "write `log(1 + x)`",
    "expm1": "write `exp(x) - 1`",
    "exp2": "write `2 ** x`",
    "tan": "write `sin(x) / cos(x)`",
    "sinh": "write `(exp(x) - exp(-x)) / 2`",
    "cosh": "write `(exp(x) + exp(-x)) / 2`",
    "rsqrt": "write `x ** -0.5`",
    "reciprocal": "write `1 / x`",
    "pow": "write `x ** 2`",
    "fabs": "write `abs(x)`",
    "absolute": "write `abs(x)`",
    "neg": "write `-x`",
    "negative": "write `-x`",
    "mul": "write `a * b`",
    "div": "write `a / b`",
    "sub": "write `a - b`",
    "clip": "write `maximum(0, minimum(x, 1))`",
    "clamp": "write `maximum(0, minimum(x, 1))`",
    "where": "with a mask of 0 and 1 as data write `mask * a + (1 - mask) * b`",
    "masked_fill": "with a mask of 0 and -inf as data write `a + mask`",
    "dropout": "with a mask of 0 and 1 as data write `h * mask / 0.8`",
    "isinf": "write `abs(x) == inf`; `isfinite(x)` is false for NaN too",
    "isposinf": "write `x == inf`",
    "isneginf": "write `x == -inf`",
    "heaviside": NO_DERIVATIVE,
    "step": NO_DERIVATIVE,
    "sign": NO_DERIVATIVE,
    "round": NO_DERIVATIVE,
    "floor": NO_DERIVATIVE,
    "ceil": NO_DERIVATIVE,
    "argmax": NO_DERIVATIVE,
    "argmin": NO_DERIVATIVE,
    "erf": "`gelu(x)` has the approximation by tanh",
    # Sums, products of arrays, shapes.
    "average": "write `mean(a)`",
    "amax": "write `max(a)`",
    "amin": "write `-max(-a)`",
    "var": "write `mean((a - mean(a)) ** 2)`",
    "std": "write `sqrt(mean((a - mean(a)) ** 2))`",
    "prod": "where all are positive write `exp(sum(log(a)))`",
    "cumsum": "with a triangle of ones as data write `ones @ a`",
    "logsumexp": "write `max(a) + log(sum(exp(a - max(a))))`",
    "mm": "write `A @ B`",
    "bmm": "write `A @ B`",
    "mv": "write `A @ b`",
    "inner": "write `dot(a, b)`",
    "vdot": "write `dot(a, b)`",
    "einsum": "write products with `A @ B`, `a * b` and `A.T`, and sums with `sum(a, axis=0)`",
    "tensordot": "write `A @ B`",
    "inv": "of a matrix there is no inverse; `1 / x` is taken cell by cell",
    "cat": "write `concat(a, b, axis=0)`",
    "concatenate": "write `concat(a, b, axis=0)`",
    "hstack": "write `concat(a, b, axis=-1)`",
    "vstack": "write `concat(a, b, axis=0)`",
    "stack": "reshape each, then write `concat(a, b, axis=0)`",
    "view": "write `reshape(a, shape=(2, -1))`",
    "flatten": "write `reshape(a, shape=-1)`",
    "ravel": "write `reshape(a, shape=-1)`",
    "squeeze": "write `reshape(a, shape=-1)` with the shape that it shall have",
    "unsqueeze": "write `a[:, None]`, or `expand_dims(a, axis=1)`",
    "permute": "write `A.T`; other orders of axes have no op",
    "swapaxes": "write `A.T`; other orders of axes have no op",
    "len": SHAPES,
    "size": SHAPES,
    "shape": SHAPES,
    "ndim": SHAPES,
    "numel": SHAPES,
    "array": AS_DATA,
    "asarray": AS_DATA,
    "tensor": AS_DATA,
    "zeros": AS_DATA,
    "zeros_like": AS_DATA,
    "ones": AS_DATA,
    "ones_like": AS_DATA,
    "full": AS_DATA,
    "full_like": AS_DATA,
    "eye": AS_DATA,
    "arange": AS_DATA,
    "linspace": AS_DATA,
    "rand": AS_DATA,
    "randn": AS_DATA,
    "one_hot": "give the rows of 0 and 1 as data",
    "embedding": "with the words as rows of 0 and 1 write `one_hot @ E`",
    "normalize": "write `a / norm(a)`",
    "cosine_similarity": "write `dot(a, b) / (norm(a) * norm(b))`",
    "detach": "nothing stops a gradient; give the value as data",
    "stop_gradient": "nothing stops a gradient; give the value as data",
    "item": NONE_OF_IT.format("a result with one cell is a number"),
    "float": NONE_OF_IT.format("every number is float64"),
    "int": NONE_OF_IT.format("every number is float64"),
    "astype": NONE_OF_IT.format("every number is float64"),
    "numpy": NONE_OF_IT.format("every value is an array"),
    "backward": "the backward pass runs by itself; `grad(W)` is what it gives",
    # Layers.
    "linear": "write `x @ W.T + b`",
    "dense": "write `x @ W.T + b`",
    "batch_norm": "write "
    "`(x - mean(x, axis=0)) / sqrt(mean((x - mean(x, axis=0)) ** 2, axis=0) + 1e-5)`",
    "layer_norm": "write `(a - mean(a)) / sqrt(mean((a - mean(a)) ** 2) + 1e-5)`",
    "logsoftmax": "write `log_softmax(z)`",
    "softmin": "write `softmax(-z)`",
    # Losses.
    "mse": "write `mean_squared_error(p, y)`",
    "mse_loss": "write `mean_squared_error(p, y)`",
    "mseloss": "write `mean_squared_error(p, y)`",
    "l1_loss": "write `mean(abs(p - y))`",
    "mae": "write `mean(abs(p - y))`",
    "nll_loss": "write `negative_log_likelihood(p, y)` with probabilities p; with logits z write "
    "`cross_entropy(z, y)`",
    "nllloss": "write `negative_log_likelihood(p, y)` with probabilities p; with logits z write "
    "`cross_entropy(z, y)`",
    "nll": "write `negative_log_likelihood(p, y)` with probabilities p",
    "crossentropyloss": "write `cross_entropy(z, y)` with logits z",
    "categorical_cross_entropy": "write `negative_log_likelihood(p, y)` with probabilities p, or "
    "`cross_entropy(z, y)` with logits z",
    "bce": "write `binary_cross_entropy(p, y)` with probabilities p",
    "bceloss": "write `binary_cross_entropy(p, y)` with probabilities p",
    "bce_with_logits": "write `binary_cross_entropy(sigmoid(z), y)`, or for logits far from 0 "
    "`mean(softplus(z) - y * z)`",
    "bcewithlogitsloss": "write `binary_cross_entropy(sigmoid(z), y)`, or for logits far from 0 "
    "`mean(softplus(z) - y * z)`",
    "binary_cross_entropy_with_logits": "write `binary_cross_entropy(sigmoid(z), y)`, or for "
    "logits far from 0 `mean(softplus(z) - y * z)`",
    "sigmoid_cross_entropy": "write `binary_cross_entropy(sigmoid(z), y)`, or for logits far "
    "from 0 `mean(softplus(z) - y * z)`",
    "sigmoid_cross_entropy_with_logits": "write `binary_cross_entropy(sigmoid(z), y)`, or for "
    "logits far from 0 `mean(softplus(z) - y * z)`",
    "softmax_cross_entropy": "write `cross_entropy(z, y)` with logits z",
    "softmax_cross_entropy_with_logits": "write `cross_entropy(z, y)` with logits z",
    "sparse_categorical_crossentropy": "with labels y write `negative_log_likelihood(p, y)` with "
    "probabilities p, or `cross_entropy(z, y)` with logits z",
    "huber": HUBER,
    "huber_loss": HUBER,
    "smooth_l1_loss": HUBER,
    "smoothl1loss": HUBER,
    "kl_div": "write `sum(p * (log(p) - log(q)))`",
    "hinge": "write `mean(relu(1 - y * z))`",
    "hinge_loss": "write `mean(relu(1 - y * z))`",
    "hinge_embedding_loss": "write `mean(relu(1 - y * z))`",
}
"""Functions, methods and attributes, in small letters where capitals make no difference."""

ELSEWHERE: dict[str, str] = {
    "dot": "write `A @ b`; `dot(a, b)` takes two vectors",
    "transpose": "write `A.T`",
    "binary_cross_entropy": "write `binary_cross_entropy(p, y)`, which adds up the units of a row; "
    "PyTorch's mean over all entries is that divided by their number in a row",
    "gelu": "write `gelu(x)`, the approximation by tanh",
    "split": "write an index, such as `x[0:1]`",
}
"""Functions that have another meaning, or another form, behind `np.` or `F.`."""

OPERANDS: dict[str, tuple[Callable[[Sequence[int]], bool], str]] = {
    "min": (lambda axes: len(axes) == 2, "the smaller of two is `minimum(a, b)`"),
} | {name: op.instead for name, op in REGISTRY.items() if op.instead is not None}
"""What to write where a function does not take operands with so many axes."""

TRANSPOSES = ("T", "t", "transpose", "mT", "H")
"""Methods and attributes elsewhere that are `.T`."""

NAMES: dict[str, str] = {
    "e": "the number e is `exp(1)`",
    "pi": "write `3.141592653589793`",
    "newaxis": "write None as an index, as in `a[:, None]`",
    "true": "write True",
    "false": "write False",
    "none": "write None",
    "null": "write None",
    "eps": "write the number, such as `1e-8`",
    **dict.fromkeys(
        ("α", "alpha", "η", "eta", "lr", "learning_rate"),
        "the learning rate belongs to [optimizer] in the scenario; `info optimizer` shows it",
    ),
    "δ": "a layer's gradient has its number: `delta(1)`",
    "delta": "a layer's gradient has its number: `delta(1)`",
    "σ": "sigmoid is a function: `sigmoid(z)`",
    "∇": "write `grad(W)`",
    "π": "write `3.141592653589793`",
    "α": "`info optimizer` shows the learning rate",
    "lr": "`info optimizer` shows the learning rate",
    "learning_rate": "`info optimizer` shows the learning rate",
    "inf": "write `inf`",
    "nan": "where a NaN is, `isnan(W)` says",
}
"""Words that stand for a value elsewhere."""

SUM = "a sum is typed `sum(a)`, and along one axis `sum(a, axis=0)`"
"""For Σᵢ, which formulas show and which does not say the axis."""

OPTIONS: dict[str, str] = {
    "dim": "write axis=…",
    "dims": "write axis=…",
    "axes": "write axis=…",
    "keepdim": "write keepdims=True",
    "negative_slope": "write slope=…",
    "size": "write shape=…",
    "dtype": "leave it out: every number is float64",
    "inplace": "leave it out: nothing is changed in place",
    "out": "leave it out: nothing is changed in place",
    "ddof": "there is none: write the divisor out",
    "ord": "leave it out: norm is the root of the sum of squares",
    "p": "leave it out: norm is the root of the sum of squares",
    "approximate": "leave it out: gelu is the approximation by tanh",
    "weight": "there are no weights; multiply each part of the loss by its own",
}
"""Options of functions."""

SIGNS: dict[str, str] = {
    "&&": "write `and`",
    "||": "'or' is the word for it; around a value the bars are its norm, as in ||W||",
    "|": "'or' is the word for it; around a value the bars are its size, as in |x|",
    "&": "write `and`",
    "!": "write `not`, and `!=` for unequal",
    "//": "there is no division that rounds: its derivative is 0 wherever it has one",
    "%": "there is no remainder: write it out",
    "=": "type one side of it; == compares",
    "+=": "type one side of it",
    "←": "type one side of it; `new(W)` is what an update makes",
    "→": "an edge is a place for `break` and `until`, and has no value",
    "->": "an edge is a place for `break` and `until`, and has no value",
    "′": "a local derivative cannot be typed; `terms` shows it in each term",
    "∇": "write `grad(W)`",
}
"""Signs of other languages, and signs of the screen that are no part of a value."""

GRAPH_SIGNS: dict[str, str] = {
    "·": "write * (cell by cell) or @ (a matrix product)",
    "∙": "write * (cell by cell) or @ (a matrix product)",
    "⊙": "write *",
    "×": "write *",
    "−": "write -",
    "÷": "write /",
    "²": "write ** 2",
    "½": "write 0.5 *",
    "√": "write sqrt(…)",
    "‖": "write norm(…)",
    "ᵀ": "write .T",
    "∂": "a gradient belongs in a watch or a condition",
    "≤": "a comparison belongs in a watch or a condition",
    "≥": "a comparison belongs in a watch or a condition",
    "≠": "a comparison belongs in a watch or a condition",
    "…": "write all of it",
}
"""Signs of the screen where an expression makes nodes."""


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
    return f"; {hint}" if fits([len(shape) for shape in shapes]) else ""


def for_name(word: str) -> str:
    """What to write instead of a name; empty when that is unknown."""
    return NAMES.get(word, "")


def for_sign(sign: str) -> str:
    """The problem of a sign that expressions do not have, and what to write instead."""
    meant = SIGNS.get(sign, "")
    return f"'{sign}' has no place in an expression" + (f"; {meant}" if meant else "")


def for_option(word: str) -> str:
    """What to write instead of an option; empty when that is unknown."""
    return OPTIONS.get(word, "")
