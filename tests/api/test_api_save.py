"""Saved runs: the folder opens again as it was, and nothing else of the user's is overwritten."""

import json
import os

import numpy as np
import pytest

import bpdebug
from bpdebug.cli.main import main
from bpdebug.scenario.library import paths
from bpdebug.scenario.saved import MARK, save_folder

WITH_FILES = """\
# Mine
[inputs]
x = {{ file = "{csv}", columns = ["a", "b"] }}
[parameters]
W = {{ file = '{npz}', key = "W" }}
v = {{ file = "{npz}", "key" = "m", state = {{ m = [0.1, 0.2] }} }}
[graph]
L = "sum((x @ W + v) ** 2)"  # file = "{csv}"
[optimizer]
name = "adam"
learning_rate = 0.1
"""


def contents(folder):
    """Every file of a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def same(first, second):
    """True for two runs with the same numbers."""
    pairs = [(first.values(), second.values()), (first.gradients(), second.gradients())]
    return all(
        one.keys() == other.keys()
        and all(np.array_equal(one[n], other[n], equal_nan=True) for n in one)
        for one, other in pairs
    )


@pytest.fixture
def mine(tmp_path):
    """A scenario with data files, at paths as given."""

    def made(csv="data/rows.csv", npz="arrays.npz"):
        folder = tmp_path / "mine"
        for name in (csv, npz):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / csv).write_text("a,b\n1,2\n3,4\n5,6\n")
        rng = np.random.default_rng(1)
        np.savez(folder / npz, W=rng.normal(size=(2, 2)), m=rng.normal(size=2))
        (folder / "mine.toml").write_text(WITH_FILES.format(csv=csv, npz=npz))
        return folder / "mine.toml"

    return made


@pytest.mark.parametrize("name", ["two_layer", "iris", "xor", "lenet", "forgotten_slope"])
def test_a_bundled_scenario_is_saved_and_opens_again(name, tmp_path, capsys):
    run = bpdebug.load(name)
    run.save(tmp_path / "run")
    again = bpdebug.load(tmp_path / "run")
    assert (again.title, again.iterations) == (run.title, run.iterations)
    assert same(run, again)
    text = (tmp_path / "run" / "scenario.toml").read_text(encoding="utf-8")
    assert text.startswith(MARK)
    assert paths_text(name) in text
    assert main([str(tmp_path / "run"), "-c", "where"]) == 0


def paths_text(name):
    (path,) = (path for key, path in paths().items() if key.rpartition("/")[2] == name)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["run", "run/", "new/deeper/run"])
def test_data_files_go_along(mine, tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    run = bpdebug.load(mine())
    run.save(folder)
    assert set(contents(tmp_path / folder)) == {"scenario.toml", "data/rows.csv", "arrays.npz"}
    again = bpdebug.load(folder)
    assert again.title == "mine"
    assert same(run, again)
    assert same(run, bpdebug.load("mine/mine.toml"))


def test_data_files_from_elsewhere_are_copied_beside_it(mine, tmp_path):
    run = bpdebug.load(mine(csv="../far/rows.csv", npz=str(tmp_path / "other" / "rows.npz")))
    with pytest.warns(
        UserWarning, match="copied from outside of the scenario's folder: '../far/ro"
    ):
        run.save(tmp_path / "run")
    assert set(contents(tmp_path / "run")) == {"scenario.toml", "rows.csv", "rows.npz"}
    (tmp_path / "far" / "rows.csv").unlink()
    (tmp_path / "other" / "rows.npz").unlink()
    assert same(run, bpdebug.load(tmp_path / "run"))


@pytest.mark.parametrize("way", ["relative", "absolute", "link"])
def test_a_saved_run_of_somebody_elses_passes_on_no_file_of_mine(way, mine, tmp_path):
    folder, secret = tmp_path / "theirs", tmp_path / "secret.npz"
    bpdebug.load(mine()).save(folder)
    (folder / "arrays.npz").rename(secret)
    if way == "link":
        try:
            (folder / "arrays.npz").symlink_to(secret)
        except OSError:
            pytest.skip("no links of files here")
    else:
        name = "../secret.npz" if way == "relative" else secret.as_posix()
        text = (folder / "scenario.toml").read_text().replace("'arrays.npz'", f"'{name}'")
        (folder / "scenario.toml").write_text(
            text.replace('"arrays.npz", "key"', f'"{name}", "key"')
        )
    with pytest.raises(bpdebug.BpdebugError, match="outside of its folder, which bpdebug did not"):
        bpdebug.load(folder).save(tmp_path / "sent")
    assert not (tmp_path / "sent").exists()


def test_files_of_one_name_keep_apart(mine, tmp_path):
    path = mine(csv="../far/rows.csv", npz="../far/w.npz")
    path.write_text(path.read_text().replace("'../far/w.npz'", "'../near/w.npz'"))
    (tmp_path / "near").mkdir()
    np.savez(tmp_path / "near" / "w.npz", W=np.ones((2, 2)))
    run = bpdebug.load(path)
    with pytest.warns(UserWarning, match="copied from outside"):
        run.save(tmp_path / "run")
    assert set(contents(tmp_path / "run")) == {"scenario.toml", "rows.csv", "w.npz", "2_w.npz"}
    assert same(run, bpdebug.load(tmp_path / "run"))


def test_the_text_is_the_one_that_was_loaded(mine, tmp_path):
    path = mine()
    run = bpdebug.load(path)
    path.write_text("something else")
    run.save(tmp_path / "run")
    assert same(run, bpdebug.load(tmp_path / "run"))


def test_data_that_has_changed_since_is_told(mine, tmp_path):
    run = bpdebug.load(mine())
    (tmp_path / "mine" / "data" / "rows.csv").write_text("a,b\n1,2\n3,4\n5,7\n")
    with pytest.raises(bpdebug.BpdebugError, match="have changed since it was loaded"):
        run.save(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_earlier_saved_run_is_replaced_whole(mine, tmp_path):
    bpdebug.load(mine()).save(tmp_path / "run")
    bpdebug.load("xor").save(tmp_path / "run")
    assert set(contents(tmp_path / "run")) == {"scenario.toml"}
    assert bpdebug.load(tmp_path / "run").title == "XOR"
    assert sorted(os.listdir(tmp_path)) == ["mine", "run"]


def test_a_saved_run_is_saved_again_in_its_own_folder(mine, tmp_path):
    bpdebug.load(mine()).save(tmp_path / "run")
    before = contents(tmp_path / "run")
    bpdebug.load(tmp_path / "run").save(tmp_path / "run")
    assert contents(tmp_path / "run") == before


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "run").mkdir()
    bpdebug.load("xor").save(tmp_path / "run")
    assert bpdebug.load(tmp_path / "run").title == "XOR"


def test_nothing_else_is_overwritten(mine, tmp_path):
    own = mine()
    bpdebug.load("xor").save(tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine")
    (tmp_path / "byhand").mkdir()
    (tmp_path / "byhand" / "scenario.toml").write_text('[graph]\nL = "1"\n')
    (tmp_path / "file").write_text("mine")
    before = contents(tmp_path)
    for folder, problem in {
        "run": "holds 'notes.txt', which bpdebug did not save",
        "mine": r"holds 'arrays\.npz', 'data/rows\.csv', 'mine\.toml'",
        "byhand": r"holds 'scenario\.toml'",
        "file": "this is a file; name a folder",
    }.items():
        with pytest.raises(bpdebug.BpdebugError, match=problem):
            bpdebug.load(own).save(tmp_path / folder)
    assert contents(tmp_path) == before


def test_a_file_of_the_users_is_kept_though_the_scenario_names_it(mine, tmp_path):
    run, folder = bpdebug.load(mine()), tmp_path / "run"
    run.save(folder)
    np.savez(folder / "mine.npz", W=np.ones((2, 2)))
    text = (folder / "scenario.toml").read_text().replace("'arrays.npz'", "'mine.npz'")
    (folder / "scenario.toml").write_text(text)
    before = contents(folder)
    for one in (run, bpdebug.load(folder)):
        with pytest.raises(bpdebug.BpdebugError, match=r"holds 'mine\.npz', which bpdebug did not"):
            one.save(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["a\x7fb.npz", 'ä " b.npz'])
def test_a_saved_file_may_have_any_name(name, mine, tmp_path):
    if os.name == "nt":
        pytest.skip("these are no names of files there")
    path = mine(npz="arrays.npz")
    (path.parent / "arrays.npz").rename(path.parent / name)
    written = json.dumps(name).replace("\x7f", "\\u007f")
    path.write_text(
        path.read_text().replace("'arrays.npz'", written).replace('"arrays.npz"', written)
    )
    for _ in range(2):
        bpdebug.load(path).save(tmp_path / "run")
    assert name in contents(tmp_path / "run")
    assert same(bpdebug.load(path), bpdebug.load(tmp_path / "run"))


def test_a_folder_with_many_files_is_refused_by_the_first_few(tmp_path, monkeypatch):
    seen = []

    def endless(folder):
        for number in range(10_000):
            seen.append(number)
            yield folder / f"{number}.txt"

    monkeypatch.setattr("bpdebug.scenario.saved.files_in", endless)
    with pytest.raises(bpdebug.BpdebugError, match=r"'0.txt', '1.txt', '2.txt' and more, which"):
        bpdebug.load("xor").save(tmp_path)
    assert len(seen) < 10


def test_a_failure_leaves_the_earlier_run(tmp_path):
    bpdebug.load("xor").save(tmp_path / "run")
    before = contents(tmp_path)

    def fail(path):
        raise OSError(28, "No space left on device")

    with pytest.raises(bpdebug.BpdebugError, match="cannot save the run: No space left"):
        save_folder(tmp_path / "run", "title = 'x'\n", {"arrays.npz": fail})
    with pytest.raises(bpdebug.BpdebugError, match=r"NUL|null"):
        save_folder("a\0b", "title = 'x'\n", {})
    assert contents(tmp_path) == before
    assert os.listdir(tmp_path) == ["run"]


def test_the_folder_is_the_path_of_what_is_given(tmp_path):
    class Place:
        def __fspath__(self):
            return str(tmp_path / "run")

    bpdebug.load("xor").save(Place())
    assert set(contents(tmp_path)) == {"run/scenario.toml"}


def test_a_link_to_a_folder_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    bpdebug.load("xor").save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert set(contents(tmp_path / "real")) == {"scenario.toml"}
