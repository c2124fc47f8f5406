"""Mistakes in data files: measured before they are read, and never trusted."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.scenario.scenarios import EXPRESSION, failure, write

CSV = {
    "empty": ("", "is empty"),
    "no header": ("1,2\n3,4\n", "the first line must name the columns"),
    "no data": ("a,b\n", "has no line of data"),
    "no column": ("aa,b\n1,2\n", "has no column 'a'; did you mean 'aa'?"),
    "column twice": ("a,a\n1,2\n", "two columns named 'a'"),
    "short line": ("a,b\n1,2\n3\n", "line 3 has 1 cell, but the first line has 2"),
    "a text": ("a,b\n1,2\nsetosa,4\n", "line 3, column 'a': 'setosa' is not a number"),
    "an empty cell": ("a,b\n,2\n", "line 2, column 'a': '' is not a number"),
    "control characters": ("a,b\n\x1b[31m,2\n", r"'\x1b[31m' is not a number"),
    "nan": ("a,b\n1,2\nnan,2\n", "NaN (not a number) at [1]; give a number there"),
    "inf": ("a,b\n1,2\ninf,2\n", "infinite or past float64's range at [1]"),
    "too large": ("a,b\n1,2\n1e999,2\n", "line 3, column 'a': '1e999' is past float64's range"),
    "a quote": ('a,b\n"1,2\n', "not valid CSV"),
    "latin": (b"a,b\n\xe9,1\n", "not UTF-8"),
    "nul": (b"a,b\n\x00,1\n", "'\\x00' is not a number"),
    "a long cell": ("a,b\n" + "1" * 200_000 + ",2\n", "not valid CSV"),
    "many columns": (",".join(f"c{at}" for at in range(10_001)) + "\n", "more than 10,000 columns"),
}


@pytest.mark.parametrize("case", CSV)
def test_csv_files(tmp_path, case):
    data, said = CSV[case]
    write(tmp_path, data, "data.csv")
    text = EXPRESSION.replace("[0.35, 0.35]", '{ file = "data.csv", columns = ["a"] }')
    error = failure(write(tmp_path, text))
    assert said in error.problem
    assert error.key.startswith("parameters.b1")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ('"a"', "must be a list of column names"),
        ("[]", "must be a list of column names"),
        ("[1]", "must be a list of column names in quotes"),
        ('["a", "a"]', "names the column 'a' twice"),
    ],
)
def test_the_list_of_columns(tmp_path, columns, said):
    write(tmp_path, "a,b\n1,2\n", "data.csv")
    text = EXPRESSION.replace("[0.35, 0.35]", f'{{ file = "data.csv", columns = {columns} }}')
    error = failure(write(tmp_path, text))
    assert (error.key, said in error.problem) == ("parameters.b1.columns", True)


def damaged_npz(tmp_path, case):
    """An archive with something wrong in it."""
    path = tmp_path / "data.npz"
    arrays = {
        "two": {"a": np.ones(2), "b": np.ones(2)},
        "texts": {"a": np.array(["x", "y"])},
        "objects": {"a": np.array([{}, []], dtype=object)},
        "booleans": {"a": np.array([True, False])},
        "complex": {"a": np.array([1j, 2])},
        "nan": {"a": np.array([1.0, np.nan])},
        "empty": {"a": np.ones((2, 0))},
        "none": {},
    }.get(case, {"a": np.ones(2)})
    np.savez(path, **arrays)
    data = path.read_bytes()
    if case == "not a zip":
        path.write_bytes(b"PK" + bytes(range(256)))
    if case == "cut short":
        path.write_bytes(data[: len(data) // 2])
    if case == "changed":
        path.write_bytes(data.replace(np.float64(1.0).tobytes(), np.float64(3.0).tobytes()))
    if case in ("lying", "gigantic", "negative", "code"):
        header = {
            "lying": "(3,), }",
            "gigantic": "(99999999999,), }",
            "negative": "(-1,), }",
            "code": "(2,), 'x': __import__('os') }",
        }[case]
        write_npy(path, header)
    return path


def write_npy(path, header):
    """An archive with one array of two numbers, whose header says something else."""
    import struct
    import zipfile

    text = ("{'descr': '<f8', 'fortran_order': False, 'shape': " + header).ljust(117) + "\n"
    head = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", head + np.ones(2).tobytes())


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("two", "holds 'a', 'b'; say which with 'key'"),
        ("none", "holds no array"),
        ("texts", "holds no numbers"),
        ("objects", "holds Python objects"),
        ("booleans", "holds true and false"),
        ("complex", "holds complex numbers"),
        ("nan", "NaN (not a number) at [1]"),
        ("empty", "is empty"),
        ("not a zip", "no valid .npz file"),
        ("cut short", "no valid .npz file"),
        ("changed", "no valid .npz file"),
        ("lying", "is cut short"),
        ("gigantic", "99,999,999,999 elements"),
        ("negative", "impossible shape"),
        ("code", "no valid .npz file"),
    ],
)
def test_npz_files(tmp_path, case, said):
    damaged_npz(tmp_path, case)
    text = EXPRESSION.replace("[0.35, 0.35]", '{ file = "data.npz" }')
    error = failure(write(tmp_path, text))
    assert said in error.problem
    assert error.key.startswith("parameters.b1")


def test_a_missing_key_of_an_archive(tmp_path):
    np.savez(tmp_path / "data.npz", weights=np.ones(2))
    text = EXPRESSION.replace("[0.35, 0.35]", '{ file = "data.npz", key = "weight" }')
    error = failure(write(tmp_path, text))
    assert error.key == "parameters.b1.key"
    assert "has no array 'weight'; did you mean 'weights'?" in error.problem


def test_a_data_file_is_measured_before_it_is_read(tmp_path):
    for name in ("data.csv", "data.npz"):
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(600 * 2**20)
        text = EXPRESSION.replace("[0.35, 0.35]", f'{{ file = "{name}" }}')
        assert "629,145,600 bytes, more than" in failure(write(tmp_path, text)).problem
    os.mkfifo(tmp_path / "pipe.csv")
    text = EXPRESSION.replace("[0.35, 0.35]", '{ file = "pipe.csv" }')
    assert "not a regular file" in failure(write(tmp_path, text)).problem
