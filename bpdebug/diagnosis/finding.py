"""A finding: what is wrong, the numbers that show it, and the tick where they can be seen."""

from __future__ import annotations

from typing import NamedTuple


class Plot(NamedTuple):
    """Numbers that show the evidence at a glance, for whoever draws them."""

    what: str
    """What they are, in words: `loss`, `column 3 of x`."""
    values: tuple[float, ...]
    """A curve, from its first iteration or epoch, or the sizes that a histogram counts."""
    curve: bool
    """True for a curve over time, False for sizes without an order."""


class Finding(NamedTuple):
    """Something that is wrong, with its evidence and an instant to go to.

    A rule yields it without `id`, `title` and `symptoms`: these follow from the rule's declaration.
    """

    subject: str
    """What the finding is about: `layer 1`, `W2`, `L`."""
    evidence: str
    """The numbers that show it, in a sentence."""
    remedy: str = ""
    """What helps in this network, in a sentence; empty where it is harmless."""
    iteration: int = 1
    position: int = 0
    """The tick of the iteration where the evidence can be seen."""
    node: int | None = None
    """The node of the graph that the finding is about, such as a layer's pre-activation."""
    blocks: bool = False
    """True where no gradient passes that node, or where its value is 0 throughout."""
    harmless: bool = False
    """True where it does this run no harm: it is listed under "also seen"."""
    weak: bool = False
    """True where an experiment speaks against it: other causes are likelier."""
    plot: Plot | None = None
    id: str = ""
    """The name for programs: a word of the vocabulary, or that of a symptom."""
    title: str = ""
    """What is wrong, in a few words."""
    symptoms: tuple[Finding, ...] = ()
    """Findings that follow from this finding; the list leaves them out."""

    @property
    def text(self) -> str:
        """The evidence, then the symptoms; without a full stop."""
        if not self.symptoms:
            return self.evidence
        subjects: dict[str, list[str]] = {}
        for symptom in self.symptoms:
            subjects.setdefault(symptom.title, []).append(symptom.subject)
        follows = ", ".join(f"{title} ({', '.join(names)})" for title, names in subjects.items())
        return f"{self.evidence}; from it follows: {follows}"
