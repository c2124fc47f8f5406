"""A visitor's export: the same bytes, for the browser, under a harmless name."""

from io import BytesIO

import pytest

from bpdebug.debugger import ExportRequest
from bpdebug.debugger.commands.export import export_request
from bpdebug.export import export
from bpdebug.export.stream import stream
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.served import DRIVER, VARIABLE, served
from bpdebug.tui.browser.download import browser_exporter, harmless_name
from bpdebug.tui.dialogs.completion import complete_file


@pytest.fixture
def visited(monkeypatch):
    monkeypatch.setenv(VARIABLE, DRIVER)


@pytest.mark.parametrize(
    ("name", "detail"), [("t.txt", "term"), ("t.md", "edge"), ("t.json", "edge")]
)
def test_the_stream_has_the_bytes_of_the_file(tmp_path, name, detail):
    run = Run(load(find("two_layer")))
    export(run, tmp_path / name, detail=detail)
    read = stream(run, name, detail=detail)
    assert read.seek(0) == 0
    pieces = list(iter(lambda: read.read(1000), b""))
    assert b"".join(pieces) == (tmp_path / name).read_bytes()
    assert {len(piece) for piece in pieces[:-1]} == {1000}


@pytest.mark.parametrize(
    ("target", "name"),
    [("trace.md", "trace.md"), ("../../etc/passwd", "passwd"), ("C:\\x\\t.txt", "t.txt"),
     ('a"; b\r\nX: y.txt', "a_b_X_y.txt"), ("~root", "root"), ("-", "trace.txt"),
     ("..", "trace.txt"), ("/", "trace.txt"), (".bashrc", "bashrc"), ("δ.md", "md")],
)  # fmt: skip
def test_a_name_is_made_harmless(target, name):
    assert harmless_name(target) == name


def test_the_browser_is_given_the_bytes_and_the_person_the_name():
    class App:
        def deliver_binary(self, stream, **options):
            self.read, self.options = stream.read(), options

    app = App()
    send = browser_exporter(app, lambda request: BytesIO(request.format.encode()))
    answer = send(ExportRequest("/etc/trace.md", "json"))
    assert answer == "sent to your browser: trace.md"
    assert (app.read, app.options["save_filename"]) == (b"json", "trace.md")


def test_a_terminal_is_no_browser(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not served()
    monkeypatch.setenv(VARIABLE, "textual.drivers.linux_driver:LinuxDriver")
    assert not served()
    monkeypatch.setenv(VARIABLE, "textual.drivers.web_driver:WebDriver")
    assert served()


def test_a_visitor_does_not_learn_what_files_there_are(visited, tmp_path):
    (tmp_path / "there.txt").write_text("")
    assert offered(tmp_path) == []
    assert export_request("~/trace.txt").target == "~/trace.txt"


def test_the_owner_of_the_machine_is_offered_its_files(monkeypatch, tmp_path):
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "there.txt").write_text("")
    assert offered(tmp_path) == ["there.txt"]


def offered(folder):
    """How a path in a folder may be completed."""
    return list(complete_file(f"{folder}/th").words)
