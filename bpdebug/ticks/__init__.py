"""The backward pass as a virtual sequence of scalar multiplications."""

from bpdebug.ticks.spans import Span, Spans
from bpdebug.ticks.state import GradientState, Status, Term, gradient_at, term_at
from bpdebug.ticks.timeline import Phase, Ruler, Stretch, Tick, Timeline

__all__ = [
    "GradientState",
    "Phase",
    "Ruler",
    "Span",
    "Spans",
    "Status",
    "Stretch",
    "Term",
    "Tick",
    "Timeline",
    "gradient_at",
    "term_at",
]
