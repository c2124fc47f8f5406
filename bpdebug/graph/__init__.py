"""The computation graph and its passes."""

from bpdebug.graph.engine import Engine, RecordedPass, derived_vjp
from bpdebug.graph.graph import Graph, GraphBuilder
from bpdebug.graph.layers import Layer, find_layers
from bpdebug.graph.node import Edge, Kind, Node

__all__ = [
    "Edge",
    "Engine",
    "Graph",
    "GraphBuilder",
    "Kind",
    "Layer",
    "Node",
    "RecordedPass",
    "derived_vjp",
    "find_layers",
]
