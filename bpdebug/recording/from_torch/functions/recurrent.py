"""Recurrent networks: layers, directions and steps, by the composites that unroll them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from bpdebug.recording.formula import formula, formulas, picked
from bpdebug.recording.from_torch.functions.dropout import dropped
from bpdebug.recording.from_torch.functions.joining import joined
from bpdebug.recording.from_torch.functions.shape import turned
from bpdebug.recording.from_torch.functions.table import RUNS, of, refuse
from bpdebug.recording.written import RefusedError, Result, Written, alike, data, entry
from bpdebug.records import record

PACKED = "packed sequences have no op; pad them, and leave the padding out of the loss by a mask"


@record
class Stack:
    """A recurrent network of several layers, one direction or two, as PyTorch calls it."""

    kind: str
    """The composite of a layer: rnn, gru, lstm."""
    more: str
    """The options of the composite."""
    weights: Sequence[Any]
    biased: bool
    layers: int
    rate: float
    """The share that is dropped between layers."""
    bidirectional: bool
    examples_first: bool
    masks: Sequence[Any]

    @property
    def directions(self) -> int:
        """How many networks a layer has."""
        return 2 if self.bidirectional else 1

    def of_layer(self, at: int) -> tuple[Any, Any, Any, Any]:
        """The weights of a layer and direction; zeros for biases that it has not."""
        each = 4 if self.biased else 2
        found = tuple(self.weights[at * each : (at + 1) * each])
        if len(self.weights) != each * self.layers * self.directions:
            raise RefusedError(f"{self.kind} with proj_size has no op; leave proj_size out")
        if self.biased:
            return found
        zeros = data(np.zeros(found[0].shape[0]), "zeros")
        return (*found, zeros, zeros)

    def written(self, input: Any, states: Sequence[Any]) -> list[Written]:
        """The output, and the last states of all layers, from the states at the start."""
        x = turned(input, 0, 1, 3) if self.examples_first else alike(input)
        states = starts(states)
        last: list[list[Written]] = [[] for _ in states]
        for layer in range(self.layers):
            if layer and self.rate:
                kept = dropped(x, self.rate, self.masks[layer - 1])
                x = entry(kept, f"dropped_{layer - 1}")
            parts = []
            for direction in range(self.directions):
                at = layer * self.directions + direction
                output, ends = self.one(x, at, direction, [start(one, at) for one in states])
                parts.append(output)
                for held, end in zip(last, ends, strict=True):
                    held.append(end)
            x = joined(parts, -1)
        x = turned(x, 0, 1, 3) if self.examples_first else x
        return [x, *(joined(one, 0) for one in last)]

    def one(
        self, x: Written, at: int, direction: int, states: Sequence[Any]
    ) -> tuple[Written, list[Written]]:
        """A layer in a direction: its output, and its last states, each with an axis in front."""
        name = "layer" if not self.bidirectional else ("onward", "back")[direction]
        name = f"{name}_{at // self.directions}" if self.layers > 1 else name
        name = self.kind if name == "layer" else name
        steps = formula("flip(x, axis=0)", x=x) if direction else x
        made = formula(
            f"{name} = {self.kind}(x, *states, *weights{self.more})",
            x=steps,
            states=tuple(states),
            weights=self.of_layer(at),
        )
        made = entry(made, name) if name != self.kind else made
        output, ends = made, [picked(made, (slice(-1, None),))]
        if self.kind == "lstm":
            output = picked(made, (slice(None, -1),))
            ends = [picked(made, (slice(-2, -1),)), *ends]
        return formula("flip(output, axis=0)", output=output) if direction else output, ends


def starts(states: Sequence[Any]) -> list[Any]:
    """The states at the start; zeros, as PyTorch has them where it is given none, are data."""
    if any(one.requires_grad or bool(one.any()) for one in states):
        return list(states)
    zeros = data(np.zeros(states[0].shape[1:]), "zeros")
    return [zeros for _ in states]


def start(states: Any, at: int) -> Any:
    """The state at the start of a layer and direction."""
    return states if isinstance(states, Written) else picked(states, (at,))


def arguments(
    input: Any,
    hx: Any,
    params: Any,
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool = False,
) -> dict[str, Any]:
    """The arguments of a recurrent network; RefusedError for those of packed sequences."""
    if not isinstance(params, (tuple, list)) or isinstance(has_biases, (tuple, list)):
        raise RefusedError(PACKED)
    return {
        "input": input,
        "states": hx if isinstance(hx, (tuple, list)) else [hx],
        "weights": params,
        "biased": has_biases,
        "layers": num_layers,
        "rate": dropout if train else 0.0,
        "bidirectional": bidirectional,
        "examples_first": batch_first,
    }


def masks_of(call: dict[str, Any]) -> Iterator[torch.Tensor]:
    """Tensors in the shape of what is dropped between layers, tokens first."""
    states = call["states"][0]
    input = call["input"]
    length, batch = input.shape[:2][:: -1 if call["examples_first"] else 1]
    width = states.shape[-1] * (2 if call["bidirectional"] else 1)
    for _ in range(call["layers"] - 1):
        yield input.new_ones((length, batch, width))


def runs(function: Any) -> Any:
    """What is called in the place of a recurrent network: it knows what is dropped."""

    def run(*args: Any, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        masks: list[torch.Tensor] = []
        try:
            call = arguments(*args, **kwargs)
        except (RefusedError, TypeError):
            return function(*args, **kwargs), {"masks": masks}
        if call["rate"]:
            like = list(masks_of(call))
            with torch.random.fork_rng([]):
                masks = [functional.dropout(one, call["rate"]).detach() != 0 for one in like]
        return function(*args, **kwargs), {"masks": masks}

    return run


def network(kind: str, more: str = "") -> Any:
    """The translation of a recurrent network."""

    def translation(*args: Any, masks: Any = (), **kwargs: Any) -> Result:
        call = arguments(*args, **kwargs)
        input, states = call.pop("input"), call.pop("states")
        return tuple(Stack(kind, more, masks=masks, **call).written(input, states))

    return translation


refuse(PACKED, torch._pack_padded_sequence, torch._pad_packed_sequence)
NETWORKS = {
    torch.lstm: network("lstm", ", cell=True"),
    torch.gru: network("gru"),
    torch.rnn_tanh: network("rnn"),
    torch.rnn_relu: network("rnn", ', nonlinearity="relu"'),
}
for function, translation in NETWORKS.items():
    RUNS[function] = runs(function)
    of(function)(translation)


def with_biases(w_ih: Any, b_ih: Any, b_hh: Any) -> tuple[Any, Any]:
    """The biases of a cell; zeros where it has none."""
    zeros = data(np.zeros(w_ih.shape[0]), "zeros")
    return (zeros, zeros) if b_ih is None else (b_ih, b_hh)


@of(torch.lstm_cell)
def lstm_cell(
    input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> Result:
    """The next h and c"""
    made = formulas(
        """
        lstm_cell = lstm_cell(input, *states, *weights)
        h = lstm_cell[0]
        c = lstm_cell[1]
        """,
        input=input,
        states=tuple(hx),
        weights=(w_ih, w_hh, *with_biases(w_ih, b_ih, b_hh)),
    )
    return made["h"], made["c"]


def cell(kind: str, more: str = "") -> Any:
    """The translation of a cell with a single state."""

    def translation(
        input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
    ) -> Written:
        return formula(
            f"{kind}(input, hx, *weights{more})",
            input=input,
            hx=hx,
            weights=(w_ih, w_hh, *with_biases(w_ih, b_ih, b_hh)),
        )

    return translation


of(torch.gru_cell)(cell("gru_cell"))
of(torch.rnn_tanh_cell)(cell("rnn_cell"))
of(torch.rnn_relu_cell)(cell("rnn_cell", ', nonlinearity="relu"'))
