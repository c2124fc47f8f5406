"""What a layer is written with: names, shapes, parameters and entries of the network so far."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, NoReturn

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import quoted
from bpdebug.expression.written import BARE
from bpdebug.ops import Op, Shape, show_shape
from bpdebug.scenario.context import LoadContext
from bpdebug.scenario.entries import GraphEntry
from bpdebug.scenario.leaves import Leaf, Wanted, read_parameter
from bpdebug.scenario.network.options import ACTIVATIONS, read_options, written
from bpdebug.scenario.table import TomlTable

TARGET = "y"
OUTPUT = "y_hat"
DEFAULT_KIND = "dense"
IMAGES = 4
"""Axes of images: (batch, channels, height, width)."""


class Draft:
    """The parameters and entries of a network's layers, written one after another."""

    def __init__(self, inputs: Mapping[str, Leaf], context: LoadContext, *, turned: bool) -> None:
        self.inputs = inputs
        self.context = context
        self.turned = turned
        """True where the weights of dense layers have a row for each input."""
        self.before = "x"
        """The result of the layer before."""
        self.number = 0
        """The number of the last layer with weights; 0 before the first."""
        self.shapes: dict[str, Shape] = {
            name: leaf.values.shape for name, leaf in inputs.items() if name != TARGET
        }
        """The results and inputs that a layer may read, with their shapes."""
        self.activation: Op = BARE
        """What the last result is of; the bare op where it is of anything else."""
        self.parameters: list[Leaf] = []
        self.weights: list[str] = []
        """The parameters that a penalty is about: neither biases nor those of a normalisation."""
        self.drawn: list[Leaf] = []
        """Inputs that the network draws itself: masks."""
        self.entries: list[GraphEntry] = []
        self.taken: set[str] = {OUTPUT}

    def fresh(self, base: str) -> str:
        """A new name: `h` in layer 2 is `h2`, and a second one there `h2_2`.

        BpdebugError where an input has it.
        """
        stem = f"{base}{self.number or ''}"
        names = (stem if n == 1 else f"{stem}_{n}" for n in count(1))
        name = next(one for one in names if one not in self.taken)
        self.taken.add(self.own(name))
        return name

    def own(self, name: str) -> str:
        """The name of something that the network makes; BpdebugError where an input has it."""
        if name in self.inputs:
            raise BpdebugError(
                f"the network makes '{name}' itself; choose another name", key=f"inputs.{name}"
            )
        return name

    def entry(self, name: str, text: str, shape: Shape, key: str) -> None:
        """Write an entry of the graph, in the group of the layer that is under way."""
        group = self.own(f"layer{self.number}") if self.number else ""
        self.entries.append(GraphEntry(name, text, key, group))
        self.shapes[name] = shape


class Layer:
    """A table of `[[network.layers]]`, with what its kind needs to write it."""

    def __init__(self, table: TomlTable, draft: Draft, following: TomlTable | None) -> None:
        self.table = table
        self.draft = draft
        self.following = following
        """The table of the next layer; None for the last layer."""
        self.before = self.earlier("input") if "input" in table else draft.before
        """The name of what it computes from."""
        self.shape = draft.shapes[self.before]
        self.own: list[Leaf] = []
        """The parameters that it has added."""

    @property
    def arrives(self) -> str:
        """What it computes from, in words: `h1 of shape (4, 3)`."""
        return f"{self.before} of shape {show_shape(self.shape)}"

    def fail(self, problem: str, name: str = "") -> NoReturn:
        """Raise an error at a key of the layer, or at the layer itself."""
        self.table.fail(problem, name)

    def earlier(self, key: str) -> str:
        """The name of an earlier result or of an input, which a key gives."""
        name, known = self.table.text(key), self.draft.shapes
        if name not in known:
            hint = did_you_mean(name, known) or ";"
            listed = ", ".join(list(known)[-8:])
            self.fail(f"there is no {quoted(name)} before this layer{hint} known are {listed}", key)
        return name

    def parameter(
        self, base: str, key: str, wanted: Wanted, default: Any = None, *, weights: bool = False
    ) -> str:
        """Add a parameter whose values a key gives, or the default; returns its name.

        BpdebugError for other shapes than the one wanted, and where there are no values.
        """
        if key not in self.table and default is None:
            self.fail(f"the key '{key}' is missing; {GIVE}")
        value, name = self.table.get(key, default), self.draft.fresh(base)
        frozen = self.table.flag("frozen", False)
        where, context = self.table.where(key), self.draft.context
        self.own.append(read_parameter(name, value, where, context, wanted, frozen=frozen))
        self.draft.parameters.append(self.own[-1])
        if weights:
            self.draft.weights.append(name)
        return name

    def bias(self, units: int, axes: str = "(units)") -> str:
        """` + b1`, or nothing for a layer without a bias: its text behind the product."""
        if self.table.get("bias", None) is False:
            return ""
        return self.parameter("b", "bias", Wanted((units,), axes), ZEROS)

    def finish(self, base: str, text: str, shape: Shape, *, pre_activation: bool = False) -> None:
        """Write the layer's result, then the residual join and the activation that it asks for.

        The last of these is what the next layer reads; in the last layer it is the output. A
        pre-activation always has its own name there, and in front of a dense layer.
        """
        plain = pre_activation and "residual" not in self.table
        bare = plain and (self.following is None or self.feeds_dense(self.following))
        self.write([(base, text), *self.ending(shape, bare=bare)], shape)

    def feeds_dense(self, following: TomlTable) -> bool:
        """True where the next layer is dense and computes from this layer's result."""
        dense = following.text("kind", DEFAULT_KIND) == DEFAULT_KIND
        return dense and "input" not in following

    def ending(self, shape: Shape, *, bare: bool = False) -> list[tuple[str, str]]:
        """The names and texts of the residual join and of the activation, as far as asked for.

        `{}` stands for what is before them. With `bare`, an activation is always written.
        """
        steps = []
        if "residual" in self.table:
            steps.append(("joined", f"{{}} + {self.joined(shape)}"))
        if "activation" in self.table or bare:
            name = self.table.text("activation", BARE.name)
            given = written(read_options(self.table, ACTIVATIONS[name].options))
            steps.append(("h", f"{name}({{}}{given})"))
        return steps

    def write(self, steps: list[tuple[str, str]], shape: Shape) -> None:
        """Write entries one after another; `{}` in a text stands for the result before it."""
        for at, (base, text) in enumerate(steps, 1):
            last = self.following is None and at == len(steps)
            name = self.draft.own(OUTPUT) if last else self.draft.fresh(base)
            self.draft.entry(name, text.format(self.before), shape, self.table.key)
            self.before = name
        self.draft.before = self.before
        self.draft.activation = ACTIVATIONS[self.table.text("activation", BARE.name)]

    def joined(self, shape: Shape) -> str:
        """The earlier result that is added; BpdebugError where its shape is another."""
        name = self.earlier("residual")
        if self.draft.shapes[name] != shape:
            self.fail(
                f"{name} has shape {show_shape(self.draft.shapes[name])}, but this layer's result "
                f"has {show_shape(shape)}, and both are added; bring {name} to that shape by a "
                f'layer of its own, with input = "{name}", and join with its result',
                "residual",
            )
        return name


GIVE = 'give numbers, { init = "…" } or { file = "…" }'
ZEROS = {"init": "zeros"}
ONES = {"init": "ones"}
