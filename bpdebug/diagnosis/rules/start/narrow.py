"""A layer so narrow that hardly anything gets through it."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.inputs import first_columns
from bpdebug.diagnosis.rule import Rule, When

NARROW = 2
"""A hidden layer of no more units is narrow where more inputs come in."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the narrowest hidden layer; it is never more than likely."""
    widths = [(case.units_of(layer), layer) for layer in case.network.hidden]
    columns = max((one.rows.shape[1] for one in first_columns(case.network, case.probe)), default=0)
    if not widths or not case.trained or case.samples == ():
        return
    width, layer = min(widths, key=lambda pair: pair[0])
    if width > NARROW or columns <= width:
        return
    units = f"{width} unit{'s' * (width > 1)}"
    yield Finding(
        case.layer(layer),
        f"all that the network knows of {columns} inputs passes {units} in {case.layer(layer)}, "
        "and the run does not learn",
        f"take more than {units} in {case.layer(layer)}, such as {max(8, 2 * columns)}",
        *case.at_value(layer.pre_activation),
        node=layer.pre_activation,
        weak=True,
    )


RULE = Rule(
    "too-small-network",
    "a layer that is too narrow",
    When.END,
    f"a hidden layer has no more than {NARROW} units and more inputs come in, and the run does not "
    "learn; other causes are likelier",
    find_faults,
    forgiven=True,
)
