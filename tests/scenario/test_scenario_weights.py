"""Weights from .npy and .safetensors, and files that are refused with what to do instead."""

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ELEMENTS
from bpdebug.reading.pickled import PICKLES
from bpdebug.scenario.context import LoadContext
from bpdebug.scenario.files import from_file
from bpdebug.scenario.table import TomlTable
from tests.reading.stored import stored, with_header
from tests.scenario.scenarios import EXPRESSION, failure, loaded, write

B1 = np.array([0.25, -0.5])


def with_b1(entry):
    """A scenario whose b1 comes from a file."""
    return EXPRESSION.replace("[0.35, 0.35]", f"{{ {entry} }}")


@pytest.mark.parametrize("dtype", ["f8", ">f4", "f2"])
def test_an_npy_file_is_its_array(tmp_path, dtype):
    np.save(tmp_path / "b.npy", B1.astype(dtype))
    problem = loaded(tmp_path, with_b1('file = "b.npy"'))
    assert problem.parameters["b1"].dtype == np.float64
    assert np.array_equal(problem.parameters["b1"], B1)


def test_columns_first_and_integers_are_read(tmp_path):
    array = np.asfortranarray(np.arange(4, dtype="i8").reshape(2, 2))
    np.save(tmp_path / "w.npy", array)
    text = EXPRESSION.replace("[[0.15, 0.20], [0.25, 0.30]]", '{ file = "w.npy" }')
    assert np.array_equal(loaded(tmp_path, text).parameters["W1"], array)


def test_safetensors_by_key(tmp_path):
    brain = (B1.astype("<f4").view("<u4") >> 16).astype("<u2")
    data = stored(**{"blocks.0.fc.bias": ("BF16", brain), "other": ("I8", np.array([1, 2], "i1"))})
    (tmp_path / "model.safetensors").write_bytes(data)
    entry = 'file = "model.safetensors", key = "blocks.0.fc.bias"'
    assert np.array_equal(loaded(tmp_path, with_b1(entry)).parameters["b1"], B1)
    entry = 'file = "model.safetensors", key = "other"'
    assert np.array_equal(loaded(tmp_path, with_b1(entry)).parameters["b1"], [1, 2])
    error = failure(write(tmp_path, with_b1('file = "model.safetensors", key = "block"')))
    assert (error.key, "has no array 'block'" in error.problem) == ("parameters.b1.key", True)
    error = failure(write(tmp_path, with_b1('file = "model.safetensors"')))
    assert "say which with 'key'" in error.problem


def test_an_array_of_a_large_file_is_read_alone(tmp_path):
    """The others would not be read anyway: the file has a hole in place of them."""
    entries = {
        "large": {"dtype": "U8", "shape": [2**26], "data_offsets": [0, 2**26]},
        "b": {"dtype": "F64", "shape": [2], "data_offsets": [2**26, 2**26 + 16]},
    }
    with (tmp_path / "model.safetensors").open("wb") as stream:
        stream.write(with_header(json.dumps(entries)))
        stream.seek(2**26, io.SEEK_CUR)
        stream.write(B1.tobytes())
    entry = 'file = "model.safetensors", key = "b"'
    assert np.array_equal(loaded(tmp_path, with_b1(entry)).parameters["b1"], B1)
    error = failure(write(tmp_path, with_b1(entry.replace('"b"', '"large"'))))
    assert f"more than the limit of {ELEMENTS:,}" in error.problem


@pytest.mark.parametrize("dtype", ["F8_E4M3", "F8_E5M2", "BOOL", "C64"])
def test_other_kinds_of_numbers_are_refused(tmp_path, dtype):
    (tmp_path / "m.safetensors").write_bytes(stored(b=(dtype, np.zeros(8, "u1"))))
    error = failure(write(tmp_path, with_b1('file = "m.safetensors"')))
    assert error.key == "parameters.b1.file"
    assert "are not read; save it as float32, or as one of F64, F32, F16, BF16" in error.problem


@pytest.mark.parametrize("suffix", PICKLES)
def test_pickles_are_never_opened(tmp_path, suffix):
    error = failure(write(tmp_path, with_b1(f'file = "no_such_file{suffix.upper()}"')))
    assert error.key == "parameters.b1.file"
    assert "can run any program when it is opened, so it is never read" in error.problem
    assert "np.savez(" in error.problem
    assert ("bpdebug.record" in error.problem) == (suffix in (".pt", ".pth", ".ckpt", ".bin"))


@pytest.mark.parametrize("name", ["model.pt", "w.npz", "w.npy", "w.safetensors", "iris.csv"])
def test_a_file_of_arrays_is_no_scenario(tmp_path, name):
    error = failure(write(tmp_path, "", name))
    assert "file is no scenario; write one that has the forward pass" in error.problem
    assert ("name the file there" in error.problem) == (name != "model.pt")


@pytest.mark.parametrize("name", ["w.mat", "w.h5", "w.txt", "w"])
def test_other_files_are_refused_with_those_that_are_read(tmp_path, name):
    error = failure(write(tmp_path, with_b1(f'file = "{name}"')))
    assert error.problem == (
        f"'{name}' is no data file that is read; give a .csv, .npz, .npy or .safetensors file"
    )


@pytest.mark.parametrize(
    ("entry", "key", "said"),
    [
        ('file = "b.npy", key = "b"', "key", "it holds one array; leave it out"),
        ('file = "b.npy", columns = ["b"]', "columns", "it holds one array; leave it out"),
        ('file = "b.safetensors", columns = ["b"]', "columns", "use 'key'"),
        ('file = "none.npy"', "file", "there is no file 'none.npy'"),
        ('file = "none.safetensors"', "file", "there is no file 'none.safetensors'"),
    ],
)
def test_what_does_not_fit(tmp_path, entry, key, said):
    error = failure(write(tmp_path, with_b1(entry)))
    assert error.key == f"parameters.b1.{key}"
    assert said in error.problem


def saved(array):
    """The bytes of an .npy file."""
    made = io.BytesIO()
    np.save(made, array, allow_pickle=True)
    return made.getvalue()


NPY = {
    "nothing": (b"", "no valid .npy file"),
    "text": (b"1 2 3", "no valid .npy file"),
    "objects": (saved(np.array([{}, []], dtype=object)), "holds Python objects"),
    "truth values": (saved(np.array([True])), "holds true and false"),
    "a table": (saved(np.zeros(2, [("a", "f8"), ("b", "f8")])), "holds no numbers"),
    "cut short": (saved(np.zeros(9))[:-1], "is cut short"),
    "version 3": (b"\x93NUMPY\x03\x00" + saved(np.zeros(2))[8:], "array format (3, 0)"),
    "a long header": (b"\x93NUMPY\x02\x00" + b"\xff" * 4, "longer than 10,000 bytes"),
    "empty": (saved(np.zeros((2, 0))), "is empty"),
    "nan": (saved(np.array([1.0, np.nan])), "NaN (not a number) at [1]"),
}


@pytest.mark.parametrize("case", NPY)
def test_damaged_npy_files(tmp_path, case):
    data, said = NPY[case]
    (tmp_path / "b.npy").write_bytes(data)
    error = failure(write(tmp_path, with_b1('file = "b.npy"')))
    assert error.key.startswith("parameters.b1")
    assert said in error.problem


GOOD = {
    ".npy": saved(np.arange(6.0).reshape(2, 3)),
    ".safetensors": stored(b=("F32", np.arange(6, dtype="<f4").reshape(2, 3))),
}
PIECES = [b"0", b"9", b"-", b",", b"(", b")", b"[", b"]", b"{", b"}", b"'", b"True", b"<f2", b"\n"]


@pytest.mark.parametrize("suffix", GOOD)
def test_any_bytes_are_an_array_or_an_error(tmp_path, suffix):
    path = tmp_path / f"b{suffix}"

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(st.data())
    def attempt(data):
        changed = bytearray(GOOD[suffix])
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(changed)))
            piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))
            changed[at : at + data.draw(st.integers(0, 4))] = piece
        path.write_bytes(changed)
        table = TomlTable({"file": path.name}, "parameters.b1")
        errors = []
        try:
            assert from_file(table, LoadContext(tmp_path, 0)).dtype == np.float64
        except BpdebugError as error:
            errors.append(error)
        for error in errors:
            assert error.key.startswith("parameters.b1")
            assert error.problem.isprintable()

    attempt()
