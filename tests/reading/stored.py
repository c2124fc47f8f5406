"""Bytes of .safetensors files, right and wrong, made without any library."""

import json

import numpy as np


def stored(**arrays):
    """A file with arrays, each given by its kind of numbers and an array of its bytes."""
    header, data = {}, b""
    for name, (dtype, array) in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        places = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": dtype, "shape": list(np.shape(array)), "data_offsets": places}
        data += raw
    return with_header(json.dumps(header), data)


def with_header(header, data=b""):
    """A file with any text as its header."""
    raw = header if isinstance(header, bytes) else header.encode()
    return len(raw).to_bytes(8, "little") + raw + data
