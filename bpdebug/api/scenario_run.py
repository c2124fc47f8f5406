"""A run as a caller in Python sees it, whatever it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike, fspath
from typing import IO, TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bpdebug.api.origin import Origin
from bpdebug.api.scripts import output_script
from bpdebug.errors import BpdebugError
from bpdebug.ops import Array
from bpdebug.printable import counted
from bpdebug.run import Iteration, Run
from bpdebug.run.by_name import (
    ParameterUpdate,
    deltas_by_name,
    gradients_by_name,
    updates_by_name,
    values_by_name,
)
from bpdebug.wording import DIGITS, safe

if TYPE_CHECKING:
    from bpdebug.api.reports import CheckReport, DiagnosisReport
    from bpdebug.api.verdict import GradientVerdict

Value = TypeVar("Value")
Iterations = int | str | Iterable[int]
"""A number, numbers, a range, or a text such as `1,10,100-110`."""


class ScenarioRun:
    """The iterations of a scenario, each with its forward pass, backward pass and update.

    `bpdebug.load`, `trace` and `record` make one. An iteration is computed when it is asked for;
    iterations count from 1, and BpdebugError says so for any other. Arrays are float64, or the
    scenario's own kind of numbers. They are copies, which belong to the caller.

        run = bpdebug.load("two_layer")
        run.gradients()["W1"]
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin

    @property
    def _run(self) -> Run:
        return self._origin.run

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self._run.problem.title

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about the scenario or recording, a sentence each."""
        return tuple(one.sentence for one in self._run.problem.notes)

    @property
    def iterations(self) -> int:
        """How many iterations the run has."""
        return self._run.iterations

    @property
    def loss(self) -> float:
        """The loss of the first iteration, before its update."""
        return self._iteration(1).loss

    def losses(self) -> NDArray[np.float64]:
        """The loss of every iteration, before its update, in shape (iterations,).

        This runs all iterations.
        """
        run = self._run
        return np.fromiter(run.walk_losses(1, run.iterations), np.float64, run.iterations)

    def values(self, iteration: int = 1) -> dict[str, Array]:
        """The values of the forward pass by name: inputs, parameters and entries of the graph.

        A parameter that a recorded model has under several names is there under each.

        Example: `run.values()["z1"]`
        """
        return self._named(values_by_name(self._iteration(iteration)))

    def gradients(self, iteration: int = 1) -> dict[str, Array]:
        """The gradient of the loss by each name that has one, in the shape of its value.

        Example: `run.gradients(iteration=2)["W1"]`
        """
        return self._named(gradients_by_name(self._iteration(iteration)))

    def deltas(self, iteration: int = 1) -> dict[str, Array]:
        """The δ of each layer, from the loss down, by the name of its pre-activation."""
        return copies(deltas_by_name(self._iteration(iteration)))

    def updates(self, iteration: int = 1) -> dict[str, ParameterUpdate]:
        """What the update did to each parameter: `before`, `gradient`, `change` and `after`.

        Empty where nothing is updated.

        Example: `run.updates()["W1"].change`
        """
        found = updates_by_name(self._iteration(iteration))
        return {
            name: ParameterUpdate(*map(np.array, (one.before, one.gradient, one.change, one.after)))
            for name, one in self._with_aliases(found).items()
        }

    def _named(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Copies of arrays, by all their names."""
        return copies(self._with_aliases(arrays))

    def _with_aliases(self, found: Mapping[str, Value]) -> dict[str, Value]:
        """What is known by name, also by the further names of parameters."""
        aliases = self._run.problem.aliases.items()
        return {**found, **{name: found[own] for name, own in aliases if own in found}}

    def _iteration(self, number: int) -> Iteration:
        """An iteration; BpdebugError for a number that the run does not have."""
        run = self._run
        whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        if not whole or not 1 <= number <= run.iterations:
            raise BpdebugError(
                f"there is no iteration {safe(str(number)[:40])}; the run has "
                f"{counted(run.iterations, 'iteration')}, from 1"
            )
        return run.iteration(int(number))

    def check(self) -> CheckReport:
        """Compare the gradients with central differences, and every number that is expected.

        Example: `assert run.check().agrees`
        """
        from bpdebug.api.reports import CheckReport
        from bpdebug.check import check
        from bpdebug.mistakes import judge_own

        run, script = self._run, output_script()
        own = judge_own(run, script) if run.problem.backward else None
        return CheckReport(run, check(run, digits=script.digits), own, script)

    def diagnose(self) -> DiagnosisReport:
        """Say what is wrong with the training: a sequence of faults, empty for a healthy run.

        Example: `[finding.id for finding in run.diagnose()]`
        """
        from bpdebug.api.reports import DiagnosisReport
        from bpdebug.diagnosis import diagnose

        return DiagnosisReport(diagnose(self._run, output_script()))

    def compare(self, what: Mapping[str, Any] | Callable[..., Any] | Any) -> GradientVerdict:
        """Compare somebody's gradients with the right ones, and name the mistake in them.

        `what` is one of

        - arrays by name: `W1` or `grad(W1)`, `dW1`, `delta(2)`, `value(z1)`, `new(W1)`, each with
          `@2` behind it for the second iteration. Arrays in float32 are held to its precision.
        - a PyTorch model after `loss.backward()`: the `.grad` of every parameter. Several of them
          as they were recorded: a list in the same order, a dict with the same keys.
        - a function that computes the gradients, `function(**arrays) -> {name: gradient}`.

        A run that was recorded has the loss of the code itself: another scale or sign is a mistake
        there, and beside a scenario's file a convention.

        BpdebugError for a name that means nothing here, and for what is no array of numbers.

        Example: `verdict = run.compare({"W1": dW1, "b1": db1})`
        """
        from bpdebug.api.judging import verdict_on

        return verdict_on(self._origin, what)

    def export(
        self,
        target: str | PathLike[str] | IO[Any],
        *,
        format: str | None = None,
        detail: str = "edge",
        iterations: Iterations | None = None,
        digits: int = DIGITS,
        against: GradientVerdict | None = None,
    ) -> None:
        """Write the run to a file or an open stream, step by step; "-" is standard output.

        `format` is text, markdown, json, jsonl or csv, else as the file's suffix says; `detail` is
        layer, group, edge or term; `iterations` selects some of them. The numbers of a verdict,
        `against`, stand beside the run's. BpdebugError where it cannot be written; an old file then
        stays whole.

        Example: `run.export("trace.md", detail="layer", iterations=1)`
        """
        from bpdebug.api.exporting import export_run

        export_run(self._run, target, format, detail, iterations, digits, against)

    def text(
        self, format: str = "text", *, detail: str = "edge", iterations: Iterations | None = None
    ) -> str:
        """What `export` writes, as a text.

        Example: `print(run.text(detail="layer"))`
        """
        from io import StringIO

        stream = StringIO()
        self.export(stream, format=format, detail=detail, iterations=iterations)
        return stream.getvalue()

    def debug(
        self,
        *,
        breaks: Sequence[str] = (),
        against: GradientVerdict | None = None,
        fresh: bool = False,
    ) -> None:
        """Open the screen on the run; returns when the user leaves it.

        It starts with the breakpoints `breaks`, such as "W1" or "norm(grad(W1)) > 10"; with the
        numbers of a verdict, `against`, beside the run's; with `fresh` without what was saved of
        the last session. In a notebook it says how to see the run instead. BpdebugError where there
        is no terminal.

        Example: `run.debug(breaks=["W2"])`
        """
        from bpdebug.api.screen import open_screen

        open_screen(self._run, breaks, against, fresh=fresh)

    def save(self, folder: str | PathLike[str]) -> None:
        """Save the run as a folder, which `bpdebug FOLDER` and `bpdebug.load` open.

        It holds `scenario.toml` and the data files that this names. An earlier saved run is
        replaced; BpdebugError for a folder with anything else in it. The number of iterations is
        the scenario's own, whatever `load` was asked for. A warning names the data files that were
        copied from outside of the scenario's folder; a saved run may not have any.

        Example: `run.save("my_run")`
        """
        note = self._origin.save(folder_of(folder))
        if note:
            import warnings

            warnings.warn(note, stacklevel=2)

    def __repr__(self) -> str:
        try:
            run = self._run
        except BpdebugError:  # what shows values must not fail, as in the block that is recorded
            return "<bpdebug run: not recorded>"
        title = safe(run.problem.title)
        return f"<bpdebug run: {title}, {counted(run.iterations, 'iteration')}>"

    def _repr_html_(self) -> str:
        """The title, the graph with values and gradients, the program and the losses."""
        from bpdebug.api.html.run import run_html

        return run_html(self._run)


def folder_of(folder: str | PathLike[str]) -> str:
    """The path of a folder that a caller names; BpdebugError for what is no path."""
    path = fspath(folder) if isinstance(folder, (str, PathLike)) else None
    if not isinstance(path, str):
        raise BpdebugError(f"a {type(folder).__name__} is no folder; give the path of one")
    if not path:
        raise BpdebugError("name a folder to save the run in; '.' is this one")
    return path


def copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Copies of arrays, by name."""
    return {name: np.array(array) for name, array in arrays.items()}
