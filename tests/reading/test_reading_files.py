"""Any file is read, or one sentence says why not, at once: whatever stands under its name."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from time import monotonic

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.reading import (
    FileKind,
    MissingError,
    UnreadableError,
    opened,
    text_of,
)

SMALL = FileKind("note", 10, "write less")


def refused(path, kind=SMALL):
    with pytest.raises(BpdebugError) as error:
        text_of(path, kind)
    assert "\n" not in error.value.problem
    return error.value.problem


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"", ""), (b"a\r\nb", "a\r\nb"), (b"\xef\xbb\xbfa", "a"), (b"a\x00b", "a\x00b"),
     ("δ₁".encode(), "δ₁")],
)  # fmt: skip
def test_text_is_as_it_is_written_but_for_its_mark(tmp_path, raw, text):
    path = tmp_path / "a"
    path.write_bytes(raw)
    assert text_of(path, SMALL) == text


@pytest.mark.parametrize("raw", ["δ".encode("utf-16"), b"a\n\xe9", b"\xed\xa0\x80"])
def test_what_is_not_utf_8_names_the_line_and_the_remedy(tmp_path, raw):
    path = tmp_path / "a"
    path.write_bytes(raw)
    line = 2 if b"\n" in raw else 1
    assert refused(path) == f"the file is not UTF-8 text (line {line}); save it as UTF-8"


def test_a_size_is_checked_before_a_byte_is_read(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 10)
    assert text_of(path, SMALL) == "x" * 10
    with path.open("wb") as stream:
        stream.truncate(2**40)
    assert refused(path) == "the file has 1,099,511,627,776 bytes, more than 10; write less"


def test_a_folder_a_pipe_a_socket_and_a_device_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    here = socket.socket(socket.AF_UNIX)
    here.bind(str(tmp_path / "socket"))
    start = monotonic()
    assert refused(tmp_path) == "this is a folder; give a note in it"
    for path in (tmp_path / "pipe", tmp_path / "socket", "/dev/zero", "/dev/tty"):
        told = refused(Path(path))
        assert told == "this is not a regular file; give a note", path
    here.close()
    assert monotonic() - start < 5


def test_a_pipe_that_takes_a_files_place_does_not_hang(tmp_path, monkeypatch):
    path, pipe = tmp_path / "a", tmp_path / "pipe"
    path.write_text("a")
    os.mkfifo(pipe)
    before = path.stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: before)
    assert refused(pipe) == "this is not a regular file; give a note"


def test_links_are_followed_and_a_circle_of_them_is_told(tmp_path):
    (tmp_path / "a").write_text("text")
    (tmp_path / "link").symlink_to("a")
    assert text_of(tmp_path / "link", SMALL) == "text"
    (tmp_path / "circle").symlink_to("circle")
    assert refused(tmp_path / "circle").startswith("cannot read the file: ")
    (tmp_path / "dangling").symlink_to("nothing")
    with pytest.raises(MissingError, match="there is no such file"):
        text_of(tmp_path / "dangling", SMALL)


def test_what_the_system_refuses_is_told_apart_from_what_is_not_there(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("text")
    with pytest.raises(UnreadableError) as error:
        text_of(tmp_path / "a" / "b", SMALL)
    assert not isinstance(error.value, MissingError)
    assert refused(Path("a\x00b")).startswith("a file's name cannot have a NUL")
    assert refused(tmp_path / ("a" * 5000)).startswith("cannot read the file: File name too long")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bpdebug.reading.files.os.open", refuse)
    with pytest.raises(UnreadableError, match="Permission denied; check its name and its perm"):
        text_of(tmp_path / "a", SMALL)


def test_a_file_that_fails_while_it_is_read_is_told(tmp_path):
    (tmp_path / "a").write_text("text")
    with pytest.raises(UnreadableError, match="input/output error"), opened(tmp_path / "a", SMALL):
        raise OSError(5, "input/output error")


def test_a_file_without_a_size_is_measured_as_it_is_read():
    path = Path("/proc/self/status")
    if not path.exists():
        pytest.fail("this system has no /proc; run the tests where it is")
    assert path.stat().st_size == 0
    assert refused(path).endswith("more than 10; write less")
