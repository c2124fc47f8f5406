"""A finding: what is wrong, the numbers that show it, and the tick where they can be seen."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Fault(Enum):
    """What can be wrong with a run; the value is the title, `id` the name for programs."""

    id: str

    def __new__(cls, title: str, id: str) -> Fault:
        """A fault whose value is its title alone."""
        fault = object.__new__(cls)
        fault._value_ = title
        fault.id = id
        return fault

    NOT_FINITE = "NaN or infinity", "not-finite"
    ONE_UNIT = "softmax over one unit", "softmax-over-one-unit"
    BLOCKED = "no gradient reaches the output", "loss-output-mismatch"
    BROADCAST = "prediction and target are broadcast", "shape-broadcast"
    REACH = "an output that cannot reach its targets", "wrong-output-activation"
    CLIMBS = "steps go up the gradient", "loss-sign-flipped"
    ROUNDING = "a gradient that is rounding only", "gradient-is-rounding"
    DIVERGES = "the loss diverges", "loss-diverges"
    VANISHING = "vanishing gradient", "vanishing-gradient"
    EXPLODING = "exploding gradient", "exploding-gradient"
    ZERO = "zero initialisation", "zero-initialisation"
    SYMMETRIC = "symmetric initialisation", "symmetric-initialisation"
    DEAD = "dead units", "dying-relu"
    SATURATED = "saturated units", "saturated-units"
    OSCILLATES = "the loss oscillates", "loss-oscillates"
    SAME_OUTPUT = "the same output for every example", "same-output"
    SLOW = "the loss falls slowly", "learning-rate-too-low"
    LARGE_UPDATE = "an update larger than its weight", "large-update"
    NEVER_MOVES = "a parameter never moves", "never-moves"
    STANDS_STILL = "the loss stands still", "loss-stands-still"


class Finding(NamedTuple):
    """Something that is wrong, with its evidence and an instant to go to."""

    fault: Fault
    subject: str
    """What the finding is about: `layer 1`, `W2`, `L`."""
    evidence: str
    """The numbers that show it, in a sentence."""
    remedy: str
    """What usually helps, in a sentence."""
    iteration: int
    position: int
    """The tick of the iteration where the evidence can be seen."""
    symptoms: tuple[Finding, ...] = ()
    """Findings that follow from this finding; the list leaves them out."""
    node: int | None = None
    """The node of the graph that the finding is about, such as a layer's pre-activation."""
    blocks: bool = False
    """True where no gradient passes that node, or where its value is 0 throughout."""

    @property
    def text(self) -> str:
        """The evidence, then the symptoms; without a full stop."""
        if not self.symptoms:
            return self.evidence
        subjects: dict[str, list[str]] = {}
        for symptom in self.symptoms:
            subjects.setdefault(symptom.fault.value, []).append(symptom.subject)
        follows = ", ".join(f"{title} ({', '.join(names)})" for title, names in subjects.items())
        return f"{self.evidence}; from it follows: {follows}"


class HarmlessFinding(NamedTuple):
    """Something that may be a fault but does this run no harm: listed under "also seen"."""

    fault: Fault
    subject: str
    evidence: str
