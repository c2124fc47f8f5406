"""The backward pass as a virtual sequence of scalar multiplications."""

from bpdebug.trace.spans import Span, Spans
from bpdebug.trace.state import GradientState, Status, Term, gradient_at, term_at
from bpdebug.trace.timeline import Phase, Ruler, Stretch, Tick, Timeline

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
