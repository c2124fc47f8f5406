"""The verdict on somebody's gradients, as a caller in Python sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpdebug.debugger.comparison import Comparison, of_verdict
from bpdebug.mistakes import report_lines
from bpdebug.mistakes.verdict import ArrayVerdict, NamedExplanation, Verdict, array_entry
from bpdebug.records import record
from bpdebug.run import Run
from bpdebug.wording import Script

if TYPE_CHECKING:
    from bpdebug.mistakes.conventions import Convention

SOURCE = "your gradients"
"""What the numbers are called beside the run's, on the screen and in exports."""


@record
class JudgedArray:
    """The verdict on one array; the fields are those of the JSON."""

    name: str
    """`grad(W1)`, `delta(2)`, `value(z1)` or `new(W1)`."""
    iteration: int
    status: str
    """`agrees`, `differs`, `transposed`, `shape`, `not finite` or `undecidable`."""
    relative_error: float
    """The largest difference over the largest entry; 1 where shapes differ or NaN stands there."""
    blame: str
    """`own`, `inherited` or `unknown`: whose error it is where it differs."""

    @classmethod
    def of(cls, one: ArrayVerdict) -> JudgedArray:
        """The verdict on an array, in words."""
        return cls(**array_entry(one))


class GradientVerdict:
    """What is right and wrong with somebody's gradients, and which mistake explains it.

    It prints as the report, is true where everything agrees, and has the fields of the JSON:

        verdict = run.compare({"W1": dW1})
        assert verdict, verdict
        verdict.explanations[0].mistakes[0].id
    """

    def __init__(self, run: Run, verdict: Verdict, script: Script) -> None:
        self._run = run
        self._verdict = verdict
        self._script = script

    @property
    def agrees(self) -> bool:
        """True where nothing is wrong; another convention is not wrong."""
        return self._verdict.agrees

    def __bool__(self) -> bool:
        return self.agrees

    @property
    def verdict(self) -> str:
        """`agrees`, `convention`, `named`, `several` or `unknown`."""
        return self._verdict.verdict

    @property
    def arrays(self) -> tuple[JudgedArray, ...]:
        """The verdict on each array that was handed in, in their order."""
        return tuple(map(JudgedArray.of, self._verdict.arrays))

    @property
    def explanations(self) -> tuple[NamedExplanation, ...]:
        """What explains the differences, best first; each has `mistakes` and `relative_error`.

        A mistake has `id`, `title`, `at`, `line`, `tick`, `wrong`, `right`, `why` and `remedy`.
        """
        return self._verdict.explanations

    @property
    def conventions(self) -> tuple[Convention, ...]:
        """The conventions under which the arrays agree, each with `id` and `setting`."""
        return self._verdict.conventions

    @property
    def separate(self) -> str:
        """What numbers would tell between several explanations; empty where there is one."""
        return self._verdict.separate

    @property
    def notes(self) -> tuple[str, ...]:
        """What else is to be said, such as what was left out."""
        return self._verdict.notes

    def document(self) -> Mapping[str, Any]:
        """The verdict for programs, as `--against` with `--format json` writes it."""
        return self._verdict.document()

    def comparison(self) -> Comparison:
        """The numbers that were handed in beside the run's, for a screen and for exports."""
        return of_verdict(self._run, self._verdict, SOURCE, self._script)

    def belongs_to(self, run: Run) -> bool:
        """True where the numbers were compared with those of this run."""
        return run is self._run

    def lines(self) -> list[str]:
        """The lines of the report."""
        return report_lines(self._verdict, self._script)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__
    """An interpreter and pytest show the report, too."""

    def _repr_html_(self) -> str:
        """The report for a notebook."""
        from bpdebug.api.html.reports import report_html

        return report_html(self.lines())
