"""The bundled scenarios: found by name, all in order, and true to their printed numbers."""

from __future__ import annotations

import pytest

from bpdebug.check import check_expectations
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario import bundled, find, load
from bpdebug.scenario.library import FAULTS_ORDER, NETWORKS_ORDER, TEACHING_ORDER, name_of, title_of
from bpdebug.wording import Script, node_name

BUNDLED = {name: path for name, path, _ in bundled()}


def test_the_lessons_and_the_published_examples_are_there():
    lessons = {"computation_graph", "single_neuron", "chain_rule", "dense_layer", "two_layer"}
    assert lessons | {"multi_layer", "iris", "xor", "published/mazur"} <= BUNDLED.keys()


def test_lessons_come_first_and_as_they_are_taught():
    names = list(BUNDLED)
    lessons = [name for name in names if "/" not in name]
    assert names[: len(lessons)] == lessons
    assert lessons == list(TEACHING_ORDER)
    networks = [name for name in names if name.startswith("networks/")]
    assert networks == [f"networks/{name}" for name in NETWORKS_ORDER]
    faults = [f"faults/{name}" for name in FAULTS_ORDER]
    others = [*networks, *faults]
    assert names[len(lessons) : len(lessons) + len(others)] == others


@pytest.mark.parametrize(
    "name",
    [
        *TEACHING_ORDER,
        *(f"networks/{name}" for name in NETWORKS_ORDER),
        *(f"faults/{name}" for name in FAULTS_ORDER),
    ],
)
def test_no_result_of_a_lesson_is_told_from_another_by_a_number_alone(name):
    graph = Run(load(BUNDLED[name])).graph(1)
    assert not [n.label for n in graph.nodes if "#" in node_name(graph, n.index, Script())]


def test_every_bundled_scenario_has_the_title_it_is_listed_with():
    for _, path, title in bundled():
        assert load(path).title == title


@pytest.mark.parametrize("name", BUNDLED)
def test_every_expected_number_comes_out(name):
    problem = load(BUNDLED[name])
    wrong = [check for check in check_expectations(Run(problem)) if not check.agrees]
    assert not wrong
    assert problem.expectations or not name.startswith("published/")
    assert problem.description


@pytest.mark.parametrize(
    "name", ["two_layer", "two_layer.toml", "published/mazur", "mazur", "lenet"]
)
def test_found_by_name_from_any_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = find(name)
    assert found.stem == name.removesuffix(".toml").rpartition("/")[2]
    assert load(found).file == str(found)


def test_a_file_in_the_current_folder_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two_layer.toml").write_text("")
    assert find("two_layer.toml").resolve() == (tmp_path / "two_layer.toml").resolve()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("two_layers", "did you mean 'two_layer'?"),
        ("scenarios/two_layr.toml", "did you mean 'two_layer'?"),
        ("zzzzzz", "--list shows"),
        ("../scenarios/two_layer", "--list shows"),
        ("a\x1b[31m\x00", "--list shows"),
        ("a" * 5_000, "--list shows"),
    ],
)
def test_what_is_not_found(name, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BpdebugError, match=said.replace("?", r"\?")) as caught:
        find(name)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def recording_in(folder, text=""):
    """A folder with a scenario.toml, as a saved recording is."""
    folder.mkdir(parents=True)
    (folder / "scenario.toml").write_text(text or find("two_layer").read_text("utf-8"), "utf-8")
    return folder


def test_a_folder_stands_for_the_scenario_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recording_in(tmp_path / "run")
    for name in ("run", "run/", tmp_path / "run", "run/scenario.toml"):
        assert find(name).resolve() == (tmp_path / "run" / "scenario.toml").resolve()
    monkeypatch.chdir(tmp_path / "run")
    assert load(find(".")).title == load(find("two_layer")).title


def test_a_folder_with_a_scenario_comes_before_a_lesson_and_one_without_does_not(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two_layer").mkdir()
    assert find("two_layer") == BUNDLED["two_layer"]
    recording_in(tmp_path / "xor")
    assert find("xor").resolve() == (tmp_path / "xor" / "scenario.toml").resolve()


def test_a_folder_without_a_scenario_is_named(tmp_path):
    with pytest.raises(BpdebugError) as caught:
        find(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: this folder has no scenario.toml, as a saved recording has; "
        "give a scenario in it"
    )


def test_without_a_title_a_folder_names_its_scenario(tmp_path, monkeypatch):
    plain = '[parameters]\nw = 1\n[graph]\nL = "w * w"\n'
    path = recording_in(tmp_path / "run", plain) / "scenario.toml"
    assert load(path).title == title_of(path) == name_of(path) == "run"
    monkeypatch.chdir(tmp_path / "run")
    assert name_of(find("scenario.toml")) == "scenario"
