"""The commands about tensors: `inspect` a whole, the `terms` of a cell, the `paths` of a cell."""

from __future__ import annotations

from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.debugger import Debugger


# Their modules are imported at the first use, so that a start does not wait for them.
def inspect(debugger: Debugger, argument: str) -> str:
    """inspect [NAME | grad(NAME) | delta(K)]"""
    from bpdebug.debugger.text.tensor_text import tensor_text

    return tensor_text(debugger, argument)


def terms(debugger: Debugger, argument: str) -> str:
    """terms [NAME[CELL]]"""
    from bpdebug.debugger.text.term_list import terms_text

    return terms_text(debugger, argument)


def paths(debugger: Debugger, argument: str) -> str:
    """paths [NAME[CELL]]"""
    from bpdebug.debugger.text.path_list import paths_text

    return paths_text(debugger, argument)


TENSORS: tuple[Command, ...] = (
    Command(
        "inspect",
        "a tensor: its cells, its statistics, its histogram",
        inspect,
        abbreviations=("ins",),
        keys=("i",),
        usage="inspect [NAME | grad(NAME) | delta(K)]",
        details="inspect W2          a value\n"
        "inspect grad(W2)    a gradient, as far as it is computed\n"
        "inspect delta(1)    a layer's delta\n"
        "inspect change(W2)  the change by the update; new(W2) is the new value\n"
        "inspect             the tensor that is written here\n"
        "On the screen it scrolls: enter shows the terms of a cell, tab the gradient.",
        argument=Argument.TENSOR,
    ),
    Command(
        "terms",
        "all terms that made one cell of a gradient",
        terms,
        usage="terms [NAME[CELL] | grad(NAME)[CELL]]",
        details="terms W2[0, 1]      a cell of ∂L/∂W2\n"
        "terms delta(1)[0]   a cell of a layer's delta\n"
        "terms               the cell that is written here",
        argument=Argument.TENSOR,
    ),
    Command(
        "paths",
        "all paths from one cell to the loss, the largest product first",
        paths,
        keys=("v",),
        usage="paths [NAME[CELL]]",
        details="paths W1[0, 1]\n"
        "A path's product is that of the local derivatives on it. The products of all paths\n"
        "add up to the gradient.",
        argument=Argument.TENSOR,
    ),
)
