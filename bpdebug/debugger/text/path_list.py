"""What `paths` prints: the paths of a cell to the loss, the largest product first."""

from __future__ import annotations

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.tensors.cell_paths import (
    PathSum,
    agreement,
    chain_text,
    factor_row,
    path_sum,
    share_text,
)
from bpdebug.debugger.tensors.named_cells import parse_cell
from bpdebug.trace.paths import Path
from bpdebug.trace.reach import MOST_PATHS
from bpdebug.wording.numbers import count_text, in_product
from bpdebug.wording.steps import cell_name

PATHS = 20
"""So many paths are printed,"""
WRITTEN = 4
"""so many of them with their factors,"""
FACTORS = 12
"""and of each so many factors."""


def paths_text(debugger: Debugger, argument: str) -> str:
    """paths [NAME[CELL]]"""
    node, cell = parse_cell(debugger, argument)
    ways = path_sum(debugger.moment, node, cell)
    found = ways.paths.first(PATHS)
    lines = [*path_sum_lines(debugger, ways), ""]
    products = debugger.script.aligned([path.product for path in found])
    for rank, (path, product) in enumerate(zip(found, products, strict=True), 1):
        share = share_text(ways, [path])
        lines.append(f"{rank:>3}  {product}  {share:>6}  {chain_text(debugger, path)}")
        if rank <= WRITTEN:
            factors = [factor_row(debugger, factor) for factor in path.steps[:FACTORS]]
            more = " ..." if len(path.steps) > FACTORS else ""
            times = f" {debugger.script.times} "
            lines.append(f"       = {times.join(in_product(row[2]) for row in factors)}{more}")
    lines.append(coverage_text(ways, found))
    return "\n".join(lines)


def path_sum_lines(debugger: Debugger, ways: PathSum) -> list[str]:
    """How many paths there are, and that their sum is the gradient."""
    moment, script = debugger.moment, debugger.script
    many = "1 path" if ways.paths.count == 1 else f"{count_text(ways.paths.count)} paths"
    loss = cell_name(moment.graph, moment.graph.loss, (), script)
    name = cell_name(moment.graph, ways.node, ways.cell, script)
    first = f"{name} reaches {loss} by {many}"
    return [first + zero_factors_text(ways), agreement(debugger, ways)]


def zero_factors_text(ways: PathSum) -> str:
    """How many of the paths have a factor 0; nothing where none has, or where that is unknown."""
    count, alive = ways.paths.count, ways.paths.alive
    if count == alive:
        return ""
    if not alive:
        return ", all of them with a factor 0"
    if count > MOST_PATHS:
        return f", all but {count_text(alive)} of them with a factor 0"
    return f", {count_text(count - alive)} of them with a factor 0"


def coverage_text(ways: PathSum, found: list[Path]) -> str:
    """`showing 20 of 4,096 paths: 97 % of the sum of all |products|`."""
    many = ways.paths.count
    if len(found) == many:
        return "these are all of them"
    shown, share = f"showing {len(found)} of {count_text(many)} paths", share_text(ways, found)
    return shown if share == "-" else f"{shown}: {share} of the sum of all |products|"
