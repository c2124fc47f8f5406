"""The network form: layers expand into the parameters and expressions of a textbook.

A kind of layer is one declaration, a `LayerKind` in a file of this package: its keys, and a
function that reads them, adds the layer's parameters and writes its entries of the graph. To add a
kind, declare it and name it in `kinds.py`.
"""

from bpdebug.scenario.network.expand import expand
from bpdebug.scenario.network.kinds import KINDS

__all__ = ["KINDS", "expand"]
