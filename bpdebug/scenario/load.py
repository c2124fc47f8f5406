"""A scenario file to a problem that can be run."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import counted, quoted, reserved, visible
from bpdebug.expression.limits import ITERATIONS, NAME_LENGTH, NODES
from bpdebug.graph.groups import is_number
from bpdebug.ops import Shape
from bpdebug.reading import SCENARIO, MissingError, text_of, toml_in, too_large
from bpdebug.records import replace
from bpdebug.run import Problem
from bpdebug.scenario.aliases import read_aliases
from bpdebug.scenario.backward import read_backward
from bpdebug.scenario.context import Archives, LoadContext
from bpdebug.scenario.entries import GraphEntry, Recipe, parse_entries
from bpdebug.scenario.form import Form
from bpdebug.scenario.layout import note_batches, note_losses
from bpdebug.scenario.leaves import Leaf, check_range, check_states, read_input, read_parameter
from bpdebug.scenario.library import name_of
from bpdebug.scenario.optimizers import read_main_optimizer
from bpdebug.scenario.settings import read_expectations, read_notes, read_run
from bpdebug.scenario.suitable import check_graphs
from bpdebug.scenario.table import TomlTable, dotted, parse_float
from bpdebug.scenario.tables import TOP

NETWORK_DATA = ("x", "y")
"""The inputs of a [network] that have a row for each example."""
NO_ARCHIVES: Archives = MappingProxyType({})
ReadLeaf = Callable[[str, Any, str, LoadContext], Leaf]
"""Reads an entry by its name, its value and its key."""


def load(path: str | Path, *, iterations: int | None = None) -> Problem:
    """The problem in a scenario file; `iterations` overrides the scenario's own.

    BpdebugError with the file and the key for every mistake in it.
    """
    path = Path(path)
    with errors_of(str(path)):
        return read_problem(text_in(path), str(path), iterations, folder=path.parent)


def load_text(
    text: str, *, name: str, archives: Archives = NO_ARCHIVES, iterations: int | None = None
) -> Problem:
    """The problem in the text of a scenario, with its arrays in memory; no disk is read.

    `{ file = "arrays.npz", key = "W1" }` is `archives["arrays.npz"]["W1"]`, an array of real
    numbers, which is copied. `name` stands for the file, in errors and in `Problem.file`. The
    checks and errors are those of a scenario file; so is `iterations`.
    """
    with errors_of(name):
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > SCENARIO.most:
            raise too_large(size, SCENARIO)
        return read_problem(text, name, iterations, archives=archives)


@contextmanager
def errors_of(name: str) -> Iterator[None]:
    """Give errors inside the `with` the name of the file, and make one where memory runs out."""
    try:
        yield
    except BpdebugError as error:
        raise error.at(file=visible(name)) from None
    except MemoryError:
        raise BpdebugError(
            "there is not enough memory for this scenario", file=visible(name)
        ) from None


def text_in(path: Path) -> str:
    """The text of a scenario file; BpdebugError for one that holds arrays."""
    if path.suffix.lower() != ".toml":
        refuse_arrays(path.suffix.lower())
    try:
        return text_of(path, SCENARIO)
    except MissingError:
        raise BpdebugError("there is no such file; --list shows the bundled scenarios") from None


def refuse_arrays(suffix: str) -> None:
    """BpdebugError for the suffix of a file of arrays."""
    from bpdebug.reading.pickled import PICKLES
    from bpdebug.scenario.files.source import READERS

    if suffix in (*READERS, *PICKLES):
        naming = ", and name the file there" if suffix in READERS else ""
        raise BpdebugError(
            f"a {suffix} file is no scenario; write one that has the forward pass{naming}, or "
            "record your own code in Python with bpdebug.trace or bpdebug.record"
        )


def read_tables(text: str) -> dict[str, Any]:
    """The tables of a scenario's text."""
    if not text.strip():
        raise BpdebugError("the file is empty; a scenario needs [inputs] and [graph] or [network]")
    return toml_in(text, parse_float)


def read_problem(
    text: str,
    name: str,
    iterations: int | None,
    *,
    folder: Path | None = None,
    archives: Archives = NO_ARCHIVES,
) -> Problem:
    """The problem in the text of a scenario, and in changed texts of it (`Problem.variant`)."""

    made = problem_of(read_tables(text), name, iterations, folder=folder, archives=archives)
    shapes = {key: array.shape for key, array in {**made.data, **made.parameters}.items()}

    def variant(changes: Sequence[str], wanted: int | None = None) -> Problem:
        tables, many = read_tables(text), iterations if wanted is None else wanted
        return read_variant(tables, changes, shapes, name, many, folder=folder, archives=archives)

    return replace(made, variant=variant)


def read_variant(
    tables: Mapping[str, Any],
    changes: Sequence[str],
    shapes: Mapping[str, Shape],
    name: str,
    iterations: int | None,
    *,
    folder: Path | None,
    archives: Archives,
) -> Problem:
    """The problem with changed settings; every error names the changes.

    An override of the iterations holds where no change is about them.
    """
    # Loaded only when something is changed: a lesson opens sooner.
    from bpdebug.scenario.changed import changed
    from bpdebug.scenario.changes import parse_change

    parsed = [parse_change(text) for text in changes]
    try:
        with errors_of(""):
            made = changed(tables, parsed, shapes)
            if any(change.parts[-1] == "iterations" for change in parsed):
                iterations = None
            found = problem_of(made, name, iterations, folder=folder, archives=archives)
            return replace(found, changes=tuple(change.shown for change in parsed))
    except BpdebugError as error:
        where = f"{error.key}: " if error.key else ""
        said = ", ".join(change.text for change in parsed)
        raise BpdebugError(f"{where}{error.problem}", key=quoted(said, 80)[1:-1]) from None


def problem_of(
    tables: Mapping[str, Any],
    name: str,
    iterations: int | None,
    *,
    folder: Path | None = None,
    archives: Archives = NO_ARCHIVES,
) -> Problem:
    """The problem in the tables of a scenario, in an order in which each can be checked."""
    top = TomlTable(tables)
    top.only(*TOP)
    run = top.table("run")
    own_iterations, batch_size, seed, dtype = read_run(run)
    context = LoadContext(folder, seed, archives)
    inputs: dict[str, Leaf] = {}
    read_leaves(top.table("inputs"), read_input, context, inputs)
    form = read_form(top, inputs, context)
    parameters, loss = form.parameters, form.loss
    inputs |= {leaf.name: leaf for leaf in form.drawn}
    leaves = (*inputs.values(), *parameters)
    parsed = parse_entries(form.entries, [leaf.name for leaf in leaves])
    batched = batched_inputs(run, inputs, batch_size, network="network" in top)
    recipe = Recipe(leaves, frozenset(inputs), batched, parsed, loss)
    graphs = check_graphs(recipe, batch_size)
    graph = next(iter(graphs.values()))
    rule, steps_taken = read_main_optimizer(top)
    check_states(parameters, rule)
    check_range(inputs.values(), "inputs", dtype)
    check_range(parameters, "parameters", dtype)
    problem = Problem(
        title=top.text("title", name_of(Path(name))),
        description=top.text("description", ""),
        file=name,
        build=recipe.build_with(graphs),
        reshape=recipe.reshaped,
        data={leaf.name: leaf.values for leaf in inputs.values()},
        parameters={leaf.name: leaf.values for leaf in parameters},
        batched=batched,
        frozen=frozenset(leaf.name for leaf in parameters if leaf.frozen),
        rule=rule,
        settings=rule.settings if rule is not None else {},
        own_rules={leaf.name: leaf.optimizer for leaf in parameters if leaf.optimizer is not None},
        own_states={leaf.name: leaf.state for leaf in parameters},
        steps_taken=steps_taken,
        iterations=own_iterations if iterations is None else wanted_iterations(iterations),
        batch_size=batch_size,
        seed=seed,
        drawn=frozenset(leaf.name for leaf in form.drawn),
        aliases=read_aliases(top.table("aliases"), [leaf.name for leaf in parameters]),
        notes=(
            *read_notes(top),
            *context.notes,
            *note_losses(recipe, graph),
            *note_batches(recipe, graph),
        ),
    ).of_kind(dtype)
    expected = read_expectations(top.tables("expect"), graph, own_iterations, problem.rules)
    backward = read_backward(top.table("backward"), graph, problem.rules)
    return replace(problem, expectations=expected, backward=backward)


def wanted_iterations(iterations: int) -> int:
    """The override, checked like the scenario's own."""
    if not 1 <= iterations <= ITERATIONS:
        raise BpdebugError(f"must be from 1 to {ITERATIONS:,}", key="--iterations")
    return iterations


def read_leaves(
    table: TomlTable, read: ReadLeaf, context: LoadContext, taken: dict[str, Any]
) -> list[Leaf]:
    """The entries of [inputs] or [parameters], which are added to the names that are `taken`."""
    found = []
    for name in table:
        good = good_name(name, table, taken)
        taken[good] = read(good, table.get(name), table.where(name), context)
        found.append(taken[good])
    return found


def read_form(top: TomlTable, inputs: dict[str, Leaf], context: LoadContext) -> Form:
    """Parameters, entries and the loss's name, from `[network]` or from `[graph]`."""
    if "network" in top:
        for name in ("parameters", "graph", "loss"):
            if name in top:
                stands = "its loss stands in [network]" if name == "loss" else "leave one out"
                top.fail(f"a scenario with [network] has no '{name}' of its own; {stands}", name)
        # Loaded only when there is a network: a lesson of a few expressions opens sooner.
        from bpdebug.scenario.network import expand

        return expand(top.table("network"), inputs, context)
    if "graph" not in top:
        top.fail("there is no [graph] and no [network]; a scenario needs one of them")
    taken: dict[str, Any] = dict(inputs)
    parameters = read_leaves(top.table("parameters"), read_parameter, context, taken)
    entries = read_graph(top.table("graph"), taken)
    names = [entry.name for entry in entries]
    loss = normalize("NFKC", top.text("loss", names[-1]))
    if loss not in names:
        hint = did_you_mean(loss, names) or "; it must be one of [graph]'s entries"
        top.fail(f"there is no entry {quoted(loss)} in [graph]{hint}", "loss")
    return Form(tuple(parameters), tuple(entries), loss)


def read_graph(table: TomlTable, taken: dict[str, Any]) -> list[GraphEntry]:
    """The entries of [graph], as texts."""
    if not table.values:
        table.fail('is empty; write entries such as z = "x * w"')
    if len(table.values) > NODES:
        table.fail(f"has {len(table.values):,} entries, more than {NODES:,}")
    entries = []
    for name in table:
        good = good_name(name, table, taken)
        taken[good] = None
        if isinstance(table.get(name), dict):
            hint = dotted(name, table.get(name))
            table.fail(f"must be a text in quotes, not a table{hint}", name)
        entries.append(GraphEntry(good, table.text(name), table.where(name)))
    return entries


def good_name(name: str, table: TomlTable, taken: dict[str, Any]) -> str:
    """The name as expressions will read it; BpdebugError when it is no valid name."""
    key = table.where(name)
    good = normalize("NFKC", name)
    parts = good.split(".")
    if not all(part.isidentifier() or is_number(part) for part in parts) or len(good) > NAME_LENGTH:
        why = "use letters, digits and _, and no digit first; dots stand between a group and a name"
        if len(good) > NAME_LENGTH:
            why, key = f"it is longer than {NAME_LENGTH} characters", table.key
        raise BpdebugError(f"this cannot be a name; {why}", key=key)
    if is_number(parts[0]):
        # The group of `0.weight` would be 0, which is a number wherever a group may be named.
        why = f"a number needs a name in front of it, as in model.{good[:40]}"
        raise BpdebugError(f"this cannot be a name; {why}", key=key)
    word = next((part for part in parts if keyword.iskeyword(part)), "")
    if word:
        raise BpdebugError(f"'{word}' is a word of the language; choose another name", key=key)
    if "T" in parts[1:]:
        raise BpdebugError("'.T' means transposed; choose another name", key=key)
    if reserved(good):
        raise BpdebugError(f"'{good}' is the name of a function; choose another name", key=key)
    if good in taken:
        raise BpdebugError(f"the name '{good}' is defined twice; choose another", key=key)
    return good


def batched_inputs(
    run: TomlTable, inputs: dict[str, Leaf], batch_size: int | None, *, network: bool
) -> frozenset[str]:
    """The inputs that are cut into batches: those with as many rows as the first."""
    if batch_size is None:
        return frozenset()
    candidates = [leaf for leaf in inputs.values() if leaf.batch is not False]
    if network:
        candidates.sort(key=lambda leaf: leaf.name not in NETWORK_DATA)
    first = next((leaf for leaf in candidates if leaf.values.ndim), None)
    if first is None:
        run.fail("no input has rows that could be cut into batches", "batch_size")
    rows = first.values.shape[0]
    if network and first.values.ndim == 1:
        run.fail(f"'{first.name}' is a single example; give it as rows: [[…], […]]", "batch_size")
    if batch_size > rows:
        run.fail(
            f"is {batch_size}, but '{first.name}' has only {counted(rows, 'row')}", "batch_size"
        )
    for leaf in candidates:
        if (leaf.batch or (network and leaf.name in NETWORK_DATA)) and leaf.values.shape[:1] != (
            rows,
        ):
            raise BpdebugError(
                f"cannot be cut into batches with '{first.name}', which has {counted(rows, 'row')}",
                key=f"inputs.{leaf.name}",
            )
    return frozenset(leaf.name for leaf in candidates if leaf.values.shape[:1] == (rows,))
