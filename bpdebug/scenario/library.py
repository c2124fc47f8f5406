"""Scenarios by path or name: files, folders that hold one, and the bundled ones."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.printable import quoted, visible
from bpdebug.reading import SCENARIO, MissingError, text_of, toml_in

TEACHING_ORDER = (
    "computation_graph",
    "chain_rule",
    "single_neuron",
    "dense_layer",
    "two_layer",
    "multi_layer",
    "xor",
    "iris",
    "optimizers_valley",
    "vanishing",
    "exploding",
    "dead_relu",
    "symmetric_init",
    "too_large_step",
    "nan_birth",
)
"""The lessons in teaching order; each needs only what earlier lessons showed."""
NETWORKS = "networks"
"""The folder of the lessons about the parts of real networks."""
NETWORKS_ORDER = (
    "convolution",
    "lenet",
    "residual",
    "batch_norm",
    "layer_norm",
    "dropout",
    "embedding",
    "lstm",
    "gru",
    "attention",
    "transformer_block",
    "float32",
)
"""These lessons in their order."""
FAULTS = "faults"
"""The folder of the lessons with one fault each, which a diagnosis names: it is the file's name."""
FAULTS_ORDER = (
    "softmax_over_one_unit",
    "wrong_output_activation",
    "loss_output_mismatch",
    "softmax_twice",
    "wrong_loss_for_task",
    "labels_not_one_hot",
    "shape_broadcast",
    "loss_sign_flipped",
    "missing_hidden_activation",
    "too_small_network",
    "unscaled_input",
    "unscaled_target",
    "learning_rate_too_low",
    "too_few_iterations",
    "wrong_reduction",
    "wrong_optimizer_setting",
    "weight_decay_too_large",
)
"""These lessons in their order: output and loss, the network, the data, the steps."""
MISTAKES = "mistakes"
"""The folder of the lessons whose [backward] is wrong on purpose."""
MISTAKES_ORDER = (
    "updated_first",
    "forgotten_slope",
    "slope_at_output",
    "slope_twice",
    "wrong_operand",
    "not_transposed",
    "sign_flipped",
    "path_missing",
    "summed_too_far",
    "batch_factor",
)
"""These lessons in their order."""
ORDERS = {
    "": TEACHING_ORDER,
    NETWORKS: NETWORKS_ORDER,
    FAULTS: FAULTS_ORDER,
    MISTAKES: MISTAKES_ORDER,
}
"""By folder: its lessons in their order. Other folders come after these."""
FILE = "scenario.toml"
"""The scenario of a folder: what a recording is saved as, beside its arrays."""
PROGRAM = re.compile(r"(?P<file>.*\.py)(?::(?P<function>.*))?", re.DOTALL)
PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path | None:
    """Where the bundled scenarios are: in the package, or beside it in a checkout."""
    inside, beside = PACKAGE / "scenarios", PACKAGE.parent / "scenarios"
    if inside.is_dir():
        return inside
    checkout = (PACKAGE.parent / "pyproject.toml").is_file()
    return beside if checkout and beside.is_dir() else None


@lru_cache(maxsize=1)
def paths() -> dict[str, Path]:
    """Path by name: lessons, those in folders of their own, and published examples."""
    root = folder()
    if root is None:
        return {}
    found = {
        path.relative_to(root).with_suffix("").as_posix(): path
        for path in (*root.glob("*.toml"), *root.glob("*/*.toml"))
    }
    return dict(sorted(found.items(), key=lambda item: place(item[0])))


def is_bundled(file: str) -> bool:
    """Whether a scenario's file is one of those that come with bpdebug."""
    root = folder()
    return root is not None and Path(os.path.realpath(file)).is_relative_to(root)


def place(name: str) -> tuple[int, int, str]:
    """A scenario's place: that of its folder, its own in the folder's order, then by name."""
    room, _, stem = name.rpartition("/")
    order = ORDERS.get(room, ())
    at = order.index(stem) if stem in order else len(order)
    return list(ORDERS).index(room) if room in ORDERS else len(ORDERS), at, name


def bundled() -> list[tuple[str, Path, str]]:
    """Name, path and title of every bundled scenario."""
    return [(name, path, title_of(path)) for name, path in paths().items()]


def title_of(path: Path) -> str:
    """The title, which stands above the first table; the scenario's name when there is none."""
    try:
        above, _, _ = f"\n{text_of(path, SCENARIO)}".partition("\n[")
        title = toml_in(above).get("title")
    except BpdebugError:
        title = None
    return title if isinstance(title, str) else name_of(path)


def name_of(path: Path) -> str:
    """What a path calls a scenario: the file's stem, or `run` for `run/scenario.toml`."""
    return path.parent.name or path.stem if path.name == FILE else path.stem


def program_in(text: str) -> tuple[str, str] | None:
    """The file and the function of a program, `model.py:make`; None for what names a scenario.

    The function is empty where none is named. A folder, and a file with any other suffix, are what
    they are, whatever stands in their names.
    """
    found = PROGRAM.fullmatch(text)
    if found is None:
        return None
    try:
        path = Path(text)
        if path.is_dir() or (path.is_file() and path.suffix != ".py"):
            return None
    except (OSError, ValueError):
        pass
    return found["file"], found["function"] or ""


def scenario_in(path: Path) -> Path:
    """The scenario of a folder, which is its `scenario.toml`; any other path as it is.

    BpdebugError for a folder without one.
    """
    if not path.is_dir():
        return path
    if (path / FILE).exists():
        return path / FILE
    raise BpdebugError(
        f"this folder has no {FILE}, as a saved recording has; give a scenario in it",
        file=visible(str(path)),
    )


def find(name_or_path: str | Path) -> Path:
    """The file of a scenario: a path, or the name of a bundled scenario, as `published/mazur`.

    A folder stands for the `scenario.toml` in it. MissingError where there is nothing of this name.
    """
    text = str(name_or_path)
    path = Path(text)
    name = text.removesuffix(".toml").replace("\\", "/")
    try:
        taken = name in paths() and not (path.is_file() or (path / FILE).is_file())
        if path.exists() and not taken:
            return scenario_in(path)
    except (OSError, ValueError):
        pass
    known = paths()
    if name in known:
        return known[name]
    alike = [key for key in known if key.rpartition("/")[2] == name]
    if len(alike) == 1:
        return known[alike[0]]
    short = {key.rpartition("/")[2]: key for key in known}
    hint = did_you_mean(path.stem, short)
    raise MissingError(
        f"there is no such file{hint or ';'} --list shows the bundled scenarios",
        file=visible(text) if len(text) < 300 else quoted(text),
    )
