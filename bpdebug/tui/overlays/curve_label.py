"""How the curves of a run are called on the screen."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import Allow
from bpdebug.expression.parse import parse
from bpdebug.expression.tree import Delta, NodeAspect
from bpdebug.run.curves import DELTA_NORM, GRADIENT_NORM, RELATIVE_CHANGE
from bpdebug.wording import Script, delta_name, textbook_name

FORMS = {
    DELTA_NORM: "‖{}‖",
    GRADIENT_NORM: "‖∂{loss}/∂{}‖",
    RELATIVE_CHANGE: "‖Δ{0}‖ / ‖{0}‖",
}
"""A textbook's names for the curves that every run has, by the expressions that name them."""


def curve_label(name: str, script: Script, loss: str = "L") -> str:
    """A curve's name for the screen: `‖δ₁‖`, `‖∂L/∂W₁‖`, `‖ΔW₁‖ / ‖W₁‖`; a watch as typed."""
    for typed, shown in measured(name) if script.unicode else ():
        for expression, form in FORMS.items():
            if name == expression.format(typed):
                return form.format(shown, loss=loss)
    return script.safe(name)


@lru_cache(maxsize=256)
def measured(name: str) -> list[tuple[str, str]]:
    """The layers and nodes that an expression measures, each as it is typed and as it is shown."""
    with suppress(BpdebugError):
        nodes = parse(name, allow=Allow.WATCH).nodes
        return [
            *((str(n.number), delta_name(n.number)) for n in nodes if isinstance(n, Delta)),
            *((n.of.text, textbook_name(n.of.text)) for n in nodes if isinstance(n, NodeAspect)),
        ]
    return []
