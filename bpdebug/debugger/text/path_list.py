"""The text of `paths`: the paths from a cell to the loss, the largest product first."""

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
from bpdebug.ticks.paths import Path
from bpdebug.ticks.reach import MOST_PATHS
from bpdebug.wording.numbers import count_text, in_product
from bpdebug.wording.steps import cell_name

MOST_PATHS_PRINTED = 20
MOST_WITH_FACTORS = 4
"""Paths printed with their factors, at the most."""
MOST_FACTORS = 12
"""Factors printed of a path, at the most."""


def paths_text(debugger: Debugger, argument: str) -> str:
    """paths [NAME[CELL]]"""
    node, cell = parse_cell(debugger, argument)
    result = path_sum(debugger.moment, node, cell)
    shown = result.paths.first(MOST_PATHS_PRINTED)
    lines = [*path_sum_lines(debugger, result), ""]
    products = debugger.script.aligned([path.product for path in shown])
    for rank, (path, product) in enumerate(zip(shown, products, strict=True), 1):
        share = share_text(result, [path])
        lines.append(f"{rank:>3}  {product}  {share:>6}  {chain_text(debugger, path)}")
        if rank <= MOST_WITH_FACTORS:
            factors = [factor_row(debugger, factor) for factor in path.steps[:MOST_FACTORS]]
            more = " ..." if len(path.steps) > MOST_FACTORS else ""
            times = f" {debugger.script.times} "
            lines.append(f"       = {times.join(in_product(row[2]) for row in factors)}{more}")
    lines.append(coverage_text(result, shown))
    return "\n".join(lines)


def path_sum_lines(debugger: Debugger, result: PathSum) -> list[str]:
    """How many paths a cell has, and that their sum is the gradient, as two lines."""
    moment, script = debugger.moment, debugger.script
    many = "1 path" if result.paths.count == 1 else f"{count_text(result.paths.count)} paths"
    loss = cell_name(moment.graph, moment.graph.loss, (), script)
    name = cell_name(moment.graph, result.node, result.cell, script)
    first = f"{name} reaches {loss} by {many}"
    return [first + zero_factors_text(result), agreement(debugger, result)]


def zero_factors_text(result: PathSum) -> str:
    """How many of the paths have a factor 0; empty where none has, or that is unknown."""
    count, alive = result.paths.count, result.paths.alive
    if count == alive:
        return ""
    if not alive:
        return ", all of them with a factor 0"
    if count > MOST_PATHS:
        return f", all but {count_text(alive)} of them with a factor 0"
    return f", {count_text(count - alive)} of them with a factor 0"


def coverage_text(result: PathSum, shown: list[Path]) -> str:
    """`showing 20 of 4,096 paths: 97 % of the sum of all |products|`."""
    count = result.paths.count
    if len(shown) == count:
        return "these are all of them"
    text, share = f"showing {len(shown)} of {count_text(count)} paths", share_text(result, shown)
    return text if share == "-" else f"{text}: {share} of the sum of all |products|"
