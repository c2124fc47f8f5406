"""Numbers that cannot be read: one error with the file, the key and the remedy, and status 2."""

import io
import json
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bpdebug.cli.main import main
from bpdebug.errors import BpdebugError
from bpdebug.mistakes import judge, read
from bpdebug.run import Run
from bpdebug.scenario import find, load
from tests.reading.stored import stored

W1 = [[0.1, 0.2], [0.3, 0.4]]
SMALL = """
[parameters]
w = [[1.0, 2.0], [3.0, 4.0]]
[graph]
L = "sum(w)"
"""


@pytest.fixture
def small(tmp_path):
    """A scenario whose search is short, where numbers fit nothing."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


def refused(path, capsys, *words, scenario="two_layer"):
    """That the file is refused in one line with these words, and nothing is printed besides."""
    for more in ([], ["--format", "json"]):
        assert main([scenario, "--against", str(path), *more]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("bpdebug: error: ")
        first, *shown = said.err.splitlines()
        assert len(shown) in (0, 2), "a line, and the place in an expression"
        assert "Traceback" not in said.err
        assert len(said.err) < 600
        for word in (path.name, *words):
            assert word in first, said.err


NAMES = [
    ("nonsense", "no node"),
    ("W9", "W9"),
    ("grad(W9)", "W9"),
    ("grad(W1", "W1"),
    ("W1[0]", "whole array"),
    ("grad(x)", "no gradient"),
    ("x", "no gradient"),
    ("new(z1)", "never updated"),
    ("change(h1)", "never updated"),
    ("delta(9)", "delta"),
    ("W1@0", "from 1"),
    ("W1@x", "from 1"),
    ("W1@", "from 1"),
    ("W1@-1", "from 1"),
    ("W1@101", "too far on"),
    ("W1@99999999999999", "from 1"),
    ("", ""),
    ("a" * 5000, ""),
    ("𝔸\u202e\x1b[31m", ""),
    ("1 + 1", ""),
    ("__import__('os')", ""),
]


@pytest.mark.parametrize(("name", "word"), NAMES, ids=[repr(name[:20]) for name, _ in NAMES])
def test_a_name_that_means_nothing(name, word, tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({name: W1}), encoding="utf-8")
    wanted = [word] if word != "no node" else []
    refused(path, capsys, *wanted)


VALUES = [
    ('"text"', "is no number"),
    ('[1, "two"]', "is no number"),
    ("true", "is no number"),
    ("null", "is no number"),
    ('{"a": 1}', "is no number"),
    ("[]", "is empty"),
    ("[[], []]", "is empty"),
    ("[[1, 2], [3]]", "different lengths"),
    ("[[1, 2], 3]", "different lengths"),
    ("[1, [2]]", "different lengths"),
    ("[[[[[[[[[[1]]]]]]]]]]", "8 axes"),
    ("[" * 500 + "1" + "]" * 500, ""),
    ("1e999", "float64"),
    ("-1e999", "float64"),
    ("1" + "0" * 5000, ""),
]


@pytest.mark.parametrize(("value", "word"), VALUES, ids=[value[:20] for value, _ in VALUES])
def test_a_value_that_is_no_array(value, word, tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text(f'{{"W1": {value}}}', encoding="utf-8")
    refused(path, capsys, word, *(["W1"] if word else []))


TEXTS = [
    ("mine.json", "", "JSON"),
    ("mine.json", "{", "JSON"),
    ("mine.json", "[1, 2]", "object"),
    ("mine.json", "3", "object"),
    ("mine.json", "{}", "no numbers"),
    ("mine.json", '{"W1": [[1, 2], [3, 4]], "grad(W1)": [[1, 2], [3, 5]]}', "twice"),
    ("mine.json", '{"z1": [1, 2], "delta(1)": [1, 3]}', "twice"),
    ("mine.toml", "W1 = ", "TOML"),
    ("mine.toml", "", "no numbers"),
    ("mine.toml", "W1 = 2020-01-01", "W1"),
    ("mine.toml", "[grad]\nW1 = [1.0]", "grad"),
    ("mine.npz", "no archive", "npz"),
    ("mine.npz", "", ""),
    ("mine.csv", "1,2", ".json, .toml, .npz or .safetensors"),
    ("mine", "{}", ".json, .toml, .npz or .safetensors"),
    ("mine.npy", "{}", 'save it as np.savez("mine.npz", W1=dW1)'),
    ("mine.pt", "{}", "compare the model itself, with bpdebug.record"),
    ("mine.safetensors", "{}", "cut short"),
    ("mine.pkl", "{}", "can run any program when it is opened"),
]


@pytest.mark.parametrize(
    ("name", "text", "word"), TEXTS, ids=[f"{n} {t[:20]}" for n, t, _ in TEXTS]
)
def test_a_file_that_holds_no_arrays(name, text, word, tmp_path, capsys):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    refused(path, capsys, word)


def test_a_file_that_is_not_there_and_a_folder(tmp_path, capsys):
    refused(tmp_path / "missing.json", capsys)
    for suffix in ("json", "toml", "npz"):
        folder = tmp_path / f"folder.{suffix}"
        folder.mkdir()
        refused(folder, capsys)


def test_bytes_that_are_no_text(tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_bytes(b'{"W1": \xff\xfe}')
    refused(path, capsys)


ARRAYS = {
    "object": np.array([{"a": 1}, 2], dtype=object),
    "complex": np.array([1 + 2j, 3]),
    "bool": np.array([True, False]),
    "text": np.array(["a", "b"]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "empty": np.zeros((0, 3)),
    "record": np.zeros(2, dtype=[("a", float), ("b", float)]),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_an_array_of_an_archive_that_holds_no_real_numbers(kind, tmp_path, capsys):
    path = tmp_path / "mine.npz"
    np.savez(path, W1=ARRAYS[kind], allow_pickle=True)
    refused(path, capsys, *([] if kind == "object" else ["W1"]))


class Evil:
    """What would run on being unpickled."""

    def __reduce__(self):
        return (open, ("unpickled", "w"))


def test_nothing_is_unpickled(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.npz"
    path.write_bytes(pickle.dumps(Evil()))
    refused(path, capsys)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("W1.npy", pickle.dumps(Evil()))
    refused(path, capsys)
    made = io.BytesIO()
    np.lib.format.write_array(made, np.array([Evil()], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("W1.npy", made.getvalue())
    refused(path, capsys, "never loaded")
    assert not (tmp_path / "unpickled").exists()


def test_an_archive_that_grows_past_memory_is_refused(tmp_path, capsys):
    header = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (2**40,)}
    np.lib.format.write_array_header_1_0(header, shape)
    path = tmp_path / "mine.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("W1.npy", header.getvalue() + b"\0" * 64)
    refused(path, capsys)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, capsys):
    path = tmp_path / "mine.json"
    with path.open("wb") as file:
        file.truncate(2**31)
    refused(path, capsys)


def test_wrong_shapes_are_a_verdict_and_no_error(small, tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text('{"w": [1, 2, 3]}', encoding="utf-8")
    assert main([small, "--against", str(path), "--format", "json"]) == 1
    (one,) = json.loads(capsys.readouterr().out)["arrays"]
    assert (one["status"], one["relative_error"]) == ("shape", 1.0)
    assert main([small, "--against", str(path)]) == 1
    assert "has the shape (3,), and should have the shape (2, 2)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '"nan"', '"inf"', '"-Inf"'])
def test_nan_and_infinities_are_a_verdict_that_says_where_they_are(text, small, tmp_path, capsys):
    path = tmp_path / "mine.json"
    path.write_text(f'{{"w": [[1, 1], [{text}, 1]]}}', encoding="utf-8")
    assert main([small, "--against", str(path), "--format", "json"]) == 1
    (one,) = json.loads(capsys.readouterr().out)["arrays"]
    assert one["status"] == "not finite"
    assert main([small, "--against", str(path)]) == 1
    assert "[1,0]" in capsys.readouterr().out


def test_the_four_kinds_of_file_say_the_same(small, tmp_path, capsys):
    said = set()
    (tmp_path / "mine.json").write_text(json.dumps({"w": W1}), encoding="utf-8")
    (tmp_path / "mine.toml").write_text(f"w = {W1}", encoding="utf-8")
    np.savez(tmp_path / "mine.npz", w=np.array(W1))
    (tmp_path / "mine.safetensors").write_bytes(stored(w=("F64", np.array(W1))))
    for suffix in ("json", "toml", "npz", "safetensors"):
        assert main([small, "--against", str(tmp_path / f"mine.{suffix}")]) == 1
        said.add(capsys.readouterr().out)
    assert len(said) == 1


def whole(suffix):
    """The bytes of a good file."""
    if suffix == "json":
        return json.dumps({"grad(W1)": W1, "b1": [1e-3, float("nan")]}).encode()
    if suffix == "toml":
        return b'W1 = [[0.1, 0.2], [0.3, 0.4]]\n"grad(b1)" = [1e-3, nan]\n'
    if suffix == "safetensors":
        return stored(W1=("F64", np.array(W1)), b1=("F32", np.array([1e-3, np.nan], "<f4")))
    made = io.BytesIO()
    np.savez(made, W1=np.array(W1), b1=np.array([1e-3, np.nan], dtype=np.float32))
    return made.getvalue()


@pytest.mark.parametrize("suffix", ["json", "toml", "npz", "safetensors"])
def test_damaged_bytes_are_read_or_refused(suffix, tmp_path):
    good, path = whole(suffix), tmp_path / f"mine.{suffix}"
    told: list[str] = []

    @settings(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        places=st.lists(
            st.tuples(st.integers(0, len(good) - 1), st.binary(max_size=4)), min_size=1, max_size=4
        ),
        end=st.integers(0, 3 * len(good)),
    )
    def damage(places, end):
        data = bytearray(good)
        for at, new in places:
            data[at : at + len(new)] = new
        path.write_bytes(bytes(data[:end]) if end else bytes(data))
        try:
            arrays, precisions = read(path)
        except BpdebugError as error:
            told.append(str(error))
            return
        assert all(array.dtype == np.float64 for array in arrays.values())
        assert arrays.keys() == precisions.keys()
        assert all(0 <= precision.digits <= 15 for precision in precisions.values())

    damage()
    assert told
    assert all(path.name in text and text.isprintable() for text in told)


def test_a_key_that_is_there_twice_is_told(tmp_path):
    path = tmp_path / "twice.json"
    path.write_text('{"W1": [1.0], "W1": [2.0]}', encoding="utf-8")
    with pytest.raises(BpdebugError, match="'W1' is given twice"):
        read(path)


@pytest.mark.parametrize("dtype", ["BF16", "F16"])
def test_gradients_rounded_to_half_precision_are_not_wrong(dtype, tmp_path):
    run = Run(load(find("two_layer")))
    recorded = run.iteration(1).recorded
    path = tmp_path / "mine.safetensors"

    def agree(factor):
        halves = {}
        for name in ("W1", "b1", "W2", "b2"):
            exact = recorded.gradients[recorded.graph.names[name]] * factor
            half = exact.astype("<f2")
            if dtype == "BF16":  # rounded to the nearest, ties to even
                bits = exact.astype("<f4").view("<u4")
                half = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")
            halves[name] = (dtype, half)
        path.write_bytes(stored(**halves))
        return judge(run, *read(path)).agrees

    assert agree(1.0)
    assert not agree(0.8)


@pytest.mark.parametrize(
    ("dtype", "array", "word"),
    [
        ("F8_E4M3", np.zeros(4, "u1"), "'F8_E4M3', is not read; save it as float32"),
        ("BOOL", np.zeros(4, "u1"), "'BOOL', is not read"),
        ("F32", np.zeros((0, 2), "<f4"), "is empty; leave it out"),
        ("F32", np.zeros((1,) * 9, "<f4"), ""),
    ],
)
def test_arrays_of_safetensors_that_are_no_gradients(dtype, array, word, tmp_path, capsys):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(stored(w=(dtype, array)))
    refused(path, capsys, word)


def test_a_header_that_grows_past_memory_is_not_read(tmp_path, capsys):
    path = tmp_path / "mine.npz"
    head = b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("W1.npy", head + b" " * 2**26)
    tracemalloc.start()
    try:
        refused(path, capsys, "header is longer than 10,000 bytes")
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
