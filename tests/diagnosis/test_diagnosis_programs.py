"""Forty real faulty programs and their mended twins: the cause is named first, a twin has none."""

import json
import re
from pathlib import Path

import pytest

from bpdebug.diagnosis import diagnose
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording import Script

PROGRAMS = Path(__file__).parent / "programs"
TRUTH = json.loads((PROGRAMS / "TRUTH.json").read_text(encoding="utf-8"))
MISSED: set[str] = set()
"""Programs whose cause is not named first. The list may only become shorter."""
ALARMS: set[str] = set()
"""Twins that have a finding all the same. The list may only become shorter."""
QUICK = ["009_IPS_17.toml", "033_34311586.toml", "043_46359741.toml", "079_68458462.toml"]


def found_in(path):
    """The ids of a program's findings, in their order."""
    return [one.id for one in diagnose(Run(load(path)), Script()).findings]


def right(entry):
    """The words that name its cause."""
    return {*entry["fault"], *entry["equivalent"]}


@pytest.mark.parametrize("file", QUICK)
def test_the_cause_of_a_small_program_is_named_first(file):
    (entry,) = [entry for entry in TRUTH if entry["file"] == file]
    assert found_in(PROGRAMS / file)[0] in right(entry)
    assert found_in(PROGRAMS / entry["fixed"]) == []


@pytest.mark.thorough
@pytest.mark.parametrize("entry", TRUTH, ids=lambda entry: entry["file"][:-5])
def test_the_cause_is_named_first(entry):
    found = found_in(PROGRAMS / entry["file"])
    if entry["file"] in MISSED:
        pytest.xfail("not named first yet")
    assert found[0] in right(entry)


@pytest.mark.thorough
@pytest.mark.parametrize("entry", TRUTH, ids=lambda entry: entry["file"][:-5])
def test_a_mended_twin_has_no_finding(entry):
    if entry["fixed"] in ALARMS:
        pytest.xfail("a finding without a fault")
    assert found_in(PROGRAMS / entry["fixed"]) == []


def test_the_scores_do_not_sink():
    assert len(TRUTH) == 40
    assert len(MISSED) == len(ALARMS) == 0


# Names and spelling.

LINE = re.compile(r"^(\w+) = (.*)$", re.M)
GRAPHS = [
    entry["file"]
    for entry in TRUTH
    if "[graph]" in (PROGRAMS / entry["file"]).read_text(encoding="utf-8")
]


def split(text):
    """A scenario's text before, in and behind its table of the graph."""
    before, _, rest = text.partition("[graph]\n")
    graph, bar, behind = rest.partition("\n[")
    return before, graph, bar + behind


def renamed(text):
    """The text with other names for all inputs, parameters and results."""
    before, graph, behind = split(text)
    names = [name for name, _ in LINE.findall(before.split("[inputs]")[1])]
    names += [name for name, _ in LINE.findall(graph)]
    for at, name in enumerate(names):
        own = re.compile(rf"(?<![\w\".]){name}(?![\w\"])")
        before = re.sub(rf"^{name} =", f"q{at}q =", before, flags=re.M)
        graph = own.sub(f"q{at}q", graph)
        graph = re.sub(rf'"{name}(?!\w)', f'"q{at}q', graph)
        graph = re.sub(rf'(?<!\w){name}"', f'q{at}q"', graph)
    return f"{before}[graph]\n{graph}{behind}"


def inlined(text):
    """The text with its whole graph in a single line."""
    before, graph, behind = split(text)
    done = {}
    for name, quoted in LINE.findall(graph):
        value = quoted.strip('"')
        for known, inside in done.items():
            value = re.sub(rf"(?<!\w){known}(?!\w)", f"({inside})", value)
        done[name] = value
    return f'{before}[graph]\n{name} = "{done[name]}"\n{behind}'


@pytest.mark.thorough
@pytest.mark.parametrize("file", GRAPHS)
@pytest.mark.parametrize("change", [renamed, inlined])
def test_names_and_lines_change_nothing(tmp_path, file, change):
    text = (PROGRAMS / file).read_text(encoding="utf-8")
    for data in PROGRAMS.glob(f"{file[:3]}*.npz"):
        (tmp_path / data.name).write_bytes(data.read_bytes())
    written = tmp_path / file
    written.write_text(change(text), encoding="utf-8")
    assert change(text) != text
    # Parameters of another name start at other random numbers, so the rest may differ.
    assert found_in(written)[0] == found_in(PROGRAMS / file)[0]
