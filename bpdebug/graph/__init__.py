"""The computation graph and its passes."""

from bpdebug.graph.engine import Engine, RecordedPass, derived_vjp
from bpdebug.graph.graph import Graph, GraphBuilder
from bpdebug.graph.groups import Declared, Group
from bpdebug.graph.layers import Layer, find_layers
from bpdebug.graph.node import Edge, Kind, Node

__all__ = [
    "Declared",
    "Edge",
    "Engine",
    "Graph",
    "GraphBuilder",
    "Group",
    "Kind",
    "Layer",
    "Node",
    "RecordedPass",
    "derived_vjp",
    "find_layers",
]
