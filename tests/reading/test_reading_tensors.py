"""The reader of .safetensors: the arrays of the library of that name, or an error."""

import io
import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from bpdebug.reading.npy import DamagedError
from bpdebug.reading.tensors import HEADER_BYTES, NUMBERS, tensors_in
from tests.reading.stored import stored, with_header

KINDS = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"]


def read(data):
    """All arrays that are read, by name."""
    stream = io.BytesIO(data)
    found = tensors_in(stream)
    return {name: found.read(stream, one) for name, one in found.stored.items() if one.real}


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_library_saves_is_read(kind):
    rng = np.random.default_rng(1)
    arrays = {
        "blocks.0.fc.weight": rng.integers(0, 100, (3, 4)).astype(kind),
        "a number": np.array(7, kind),
        "empty": np.zeros((0, 5), kind),
        "deep": rng.integers(0, 100, (2, 1, 3, 2)).astype(kind),
    }
    found = read(save(arrays, metadata={"format": "np"}))
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


def test_every_bfloat16_becomes_the_float32_that_it_is():
    halves = np.arange(2**16, dtype="<u2")
    found = read(stored(w=("BF16", halves)))["w"]
    assert found.dtype == np.float32
    # Sign, exponent and fraction by hand, where it is a number.
    sign, exponent, fraction = halves >> 15, (halves >> 7) & 255, halves & 127
    scale = np.where(exponent == 0, -126, exponent.astype(int) - 127)
    right = np.ldexp((exponent > 0) + fraction / 128, scale) * np.where(sign, -1.0, 1.0)
    finite = exponent < 255
    assert np.array_equal(found[finite].astype(np.float64), right[finite])
    assert np.isinf(found[~finite & (fraction == 0)]).all()
    assert np.isnan(found[~finite & (fraction > 0)]).all()


def entry(dtype="F32", shape=(1,), places=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(places)}


DAMAGED = {
    "nothing": b"",
    "seven bytes": b"\0" * 7,
    "a length past the end": (2**62).to_bytes(8, "little") + b"{}",
    "a header that is too long": with_header(" " * (HEADER_BYTES + 1)),
    "no JSON": with_header("{"),
    "no text": with_header(b'{"\xff": 1}'),
    "a list": with_header("[]"),
    "nested too deep": with_header("[" * 100_000),
    "a number of many digits": with_header('{"a": ' + "9" * 5_000 + "}"),
    "a name twice": with_header(
        f'{{"a": {json.dumps(entry())}, "a": {json.dumps(entry())}}}', b"\0" * 4
    ),
    "no entry": with_header('{"a": 3}'),
    "no shape": with_header('{"a": {"dtype": "F32", "data_offsets": [0, 4]}}', b"\0" * 4),
    "a shape of numbers with a point": with_header(json.dumps({"a": entry(shape=[1.0])}), b"0000"),
    "a shape of truth values": with_header(json.dumps({"a": entry(shape=[True])}), b"0000"),
    "a negative size": with_header(json.dumps({"a": entry(shape=[-1])}), b"0000"),
    "two negative sizes": with_header(json.dumps({"a": entry(shape=[-1, -1])}), b"0000"),
    "a gigantic shape": with_header(json.dumps({"a": entry(shape=[2**62, 2**62])}), b"0000"),
    "three places": with_header(json.dumps({"a": entry(places=[0, 4, 8])}), b"0000"),
    "places past the end": with_header(json.dumps({"a": entry(places=[4, 8])}), b"0000"),
    "places backwards": with_header(json.dumps({"a": entry("??", [1], [4, 0])}), b"0000"),
    "negative places": with_header(json.dumps({"a": entry(places=[-4, 0])}), b"0000"),
    "another size": with_header(json.dumps({"a": entry(shape=[2])}), b"0000"),
    "bytes too many": with_header(json.dumps({"a": entry()}), b"00000"),
    "bytes too few": with_header(json.dumps({"a": entry()}), b"000"),
    "overlapping": with_header(
        json.dumps({"a": entry(), "b": entry(shape=[2], places=[0, 8])}), b"0" * 8
    ),
    "a gap": with_header(json.dumps({"a": entry(), "b": entry(places=[8, 12])}), b"0" * 12),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_files_are_refused(case):
    with pytest.raises(DamagedError):
        read(DAMAGED[case])


@pytest.mark.parametrize("dtype", ["BOOL", "C64", "F8_E4M3", "F8_E5M2", "F4", "whatever"])
def test_kinds_of_numbers_that_are_not_read_are_no_real_numbers(dtype):
    stream = io.BytesIO(with_header(json.dumps({"a": entry(dtype)}), b"0000"))
    assert not tensors_in(stream).stored["a"].real


def test_no_memory_is_taken_for_what_a_header_promises():
    data = with_header(json.dumps({"a": entry("U8", [2**40], [0, 2**40])}))
    tracemalloc.start()
    try:
        with pytest.raises(DamagedError):
            read(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


GOOD = stored(
    a=("F32", np.arange(6, dtype="<f4").reshape(2, 3)),
    b=("BF16", np.arange(4, dtype="<u2")),
    c=("I64", np.array(3)),
)
PIECES = [b"0", b"9", b"-", b",", b"[", b"]", b"{", b"}", b'"', b"F32", b"F64", b"1e9", b"\xff"]


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.data())
def test_damaged_bytes_give_the_arrays_of_the_library_or_an_error(data):
    changed = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=3))
        changed[at : at + data.draw(st.integers(0, 3))] = piece
    try:
        found = read(bytes(changed))
    except DamagedError:
        return
    try:
        right = dict(deserialize(bytes(changed)))
    except SafetensorError:
        # The library also knows the sizes of kinds that are not read here, and refuses new ones.
        stored_here = tensors_in(io.BytesIO(bytes(changed))).stored
        assert not all(one.dtype in NUMBERS for one in stored_here.values())
        return
    for name, array in found.items():
        assert list(array.shape) == right[name]["shape"]
        if right[name]["dtype"] != "BF16":
            assert array.tobytes() == bytes(right[name]["data"])
