"""The file of a saved session."""

import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.containers import VerticalScroll

from bpdebug.debugger import Debugger
from bpdebug.debugger.saved_session import session_data
from bpdebug.run import Run
from bpdebug.scenario import find, load, load_text
from bpdebug.tui import start
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.config import state
from bpdebug.tui.config.saved_session import (
    SavedSession,
    fnv_hash,
    has_place,
    scenario_key,
    session_path,
)
from tests.tui.apps import screen_lines

RUN = Run(load(find("two_layer")))


def saved_session():
    return SavedSession(Debugger(RUN))


def save(*lines):
    one = saved_session()
    assert one.restore() == ""
    for line in lines:
        assert one.debugger.execute(line).ok
    assert one.save() == ""
    return session_path(one.scenario)


def test_kept_for_its_scenario_alone_and_gone_with_the_last_entry(tmp_path):
    path = save("break z1", "watch L")
    again = saved_session()
    assert again.restore() == ""
    assert [b.text for b in again.debugger.breakpoints] == ["z1"]
    copy = tmp_path / "two_layer.toml"
    copy.write_bytes(find("two_layer").read_bytes())
    other = SavedSession(Debugger(Run(load(copy))))
    assert other.restore() == ""
    assert not other.debugger.breakpoints
    again.debugger.execute("delete")
    again.debugger.execute("unwatch")
    assert again.save() == ""
    assert not path.exists()
    assert list(tmp_path.iterdir()) == [copy], "nothing is written beside the scenario"


def test_a_bundled_scenario_is_known_by_its_name_a_file_by_its_real_path(tmp_path, monkeypatch):
    assert scenario_key(str(find("two_layer"))) == "bundled:two_layer"
    (tmp_path / "a.toml").write_text("")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    monkeypatch.chdir(tmp_path)
    assert scenario_key("b.toml") == scenario_key(str(tmp_path / "a.toml"))
    assert session_path(scenario_key("a.toml")) != session_path(scenario_key("c.toml"))
    ours, theirs = (session_path(scenario_key(f"{one}/run/scenario.toml")) for one in "ab")
    assert ours != theirs
    assert ours.name.startswith("run-")


def test_the_hash_is_fnv_1a():
    assert fnv_hash(b"") == 0xCBF29CE484222325
    assert fnv_hash(b"foobar") == 0x85944171F73967E8  # from its authors' test vectors


def test_unchanged_is_not_written_again():
    path = save("break z1")
    os.utime(path, (1, 1))
    one = saved_session()
    one.restore()
    assert one.save() == ""
    assert path.stat().st_mtime == 1


def test_of_two_screens_on_one_scenario_both_are_kept_whoever_leaves_last():
    path = save("break z1", "break z2", "watch L", "mark a")
    one, two = saved_session(), saved_session()
    for each, lines in (
        (one, ["break W1", "disable 1", "watch W1", "goto 9", "mark a", "mark b"]),
        (two, ["break b1", "delete 2", "watch z1", "goto 7", "mark a", "mark c"]),
    ):
        each.restore()
        for line in lines:
            each.debugger.execute(line)
    assert one.save() == ""
    assert two.save() == ""
    both = json.loads(path.read_text())
    assert both["breakpoints"] == [
        {"text": "z1", "enabled": True},  # as the last one has it
        {"text": "b1", "enabled": True},
        {"text": "W1", "enabled": True},
    ]
    assert both["watches"] == ["L", "z1", "W1"]
    assert both["marks"] == {"a": [1, 7], "c": [1, 7], "b": [1, 9]}
    two.debugger.execute("delete")
    assert two.save() == ""
    assert [entry["text"] for entry in json.loads(path.read_text())["breakpoints"]] == ["W1"]


def test_the_last_to_leave_keeps_what_is_not_ours_aside():
    path = save("break z1")
    one = saved_session()
    one.restore()
    path.write_text("something else")
    one.debugger.execute("break z2")
    assert one.save().startswith("The saved session is ignored (not valid JSON: ")
    assert path.with_name(f"{path.name}.bak").read_text() == "something else"
    assert [entry["text"] for entry in json.loads(path.read_text())["breakpoints"]] == ["z1", "z2"]


def test_what_does_not_fit_is_told():
    path = save("watch L")
    data = json.loads(path.read_text())
    data["watches"] += ["grad(gone)"]
    path.write_text(json.dumps(data))
    one = saved_session()
    assert one.restore() == "Left out, because this scenario no longer has it: grad(gone)"
    assert [text for _, text in one.debugger.watches] == ["L"]


@pytest.mark.parametrize(
    "foreign",
    [b"", b"\xff\xfe", b"[]", b"{", b"[" * 100_000, b'{"scenario": "another"}', b" " * (2 << 20)],
    ids=lambda raw: raw[:8].decode("latin-1"),
)
def test_what_is_not_ours_is_put_aside_and_not_overwritten(foreign):
    path = save("break z1")
    path.write_bytes(foreign)
    one = saved_session()
    assert one.restore().startswith("The saved session is ignored (")
    assert path.with_name(f"{path.name}.bak").read_bytes() == foreign
    one.debugger.execute("break z2")
    assert one.save() == ""
    assert b"z2" in path.read_bytes()


def test_where_nothing_can_be_written_a_sentence_says_so(own_folders, monkeypatch):
    one = saved_session()
    assert one.restore() == ""
    (own_folders / ".state").write_text("a file where the folder should be")
    one.debugger.execute("break z1")
    assert one.save().startswith("breakpoints, watches and marks were not saved: ")
    assert saved_session().restore().startswith("The saved session cannot be read")


def test_a_failure_while_writing_leaves_the_old_file_whole(monkeypatch):
    path = save("break z1")
    before = path.read_bytes()
    one = saved_session()
    one.restore()
    one.debugger.execute("break z2")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state.os, "replace", fail)
    assert "No space left" in one.save()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


ENTRY = st.text(max_size=30) | st.sampled_from(
    ["z1", "z2 -> W2", "L > 0", "grad(W1)", "1e9", "\ud800"]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ENTRY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ENTRY, inner, max_size=4),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {
        "scenario": st.just("bundled:two_layer"),
        "format": st.just("bpdebug-kept"),
        "version": st.just(1),
        "breakpoints": st.lists(
            st.fixed_dictionaries({"text": ENTRY, "enabled": st.booleans()}), max_size=3
        )
        | ANY_JSON,
        "watches": st.lists(ENTRY, max_size=3) | ANY_JSON,
        "marks": st.dictionaries(
            ENTRY, st.lists(st.integers(), min_size=2, max_size=2) | ANY_JSON, max_size=3
        ),
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300) | (ANY_JSON | NEARLY).map(lambda data: json.dumps(data).encode()))
def test_any_bytes_open_without_a_failure_and_close_to_a_file_of_ours(raw):
    path = session_path("bundled:two_layer")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    one = saved_session()
    notice = one.restore()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in notice)
    assert one.save() == ""
    if path.exists():
        again = saved_session()
        assert again.restore() == ""
        assert session_data(again.debugger) == session_data(one.debugger)
    assert {Path(p).suffix for p in path.parent.iterdir()} <= {".json", ".bak"}


async def test_what_there_is_to_say_is_in_the_footer_when_the_screen_stands():
    app = BpdebugApp(Debugger(RUN), notices=["Left out: z9"])
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen.footer.message == "Left out: z9"
        await pilot.press("s")
        assert app.screen.footer.message == ""


async def test_a_sentence_that_is_too_long_for_the_footer_is_in_a_box_to_its_end(own_folders):
    path = save("break z1")
    path.write_text("something else")
    notice = saved_session().restore()
    app = BpdebugApp(Debugger(RUN), notices=[notice])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        box = app.screen.query_one(VerticalScroll).content_region
        rows = [row[box.x : box.right] for row in screen_lines(app)[box.y : box.bottom]]
        assert "".join("".join(rows).split()) == "".join(notice.split())
        await pilot.press("escape", "s")
        assert app.debugger.moment.position == 6


def test_a_recording_in_memory_has_no_saved_session(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(start, "run_app", opened.append)
    monkeypatch.chdir(tmp_path)
    text = "[parameters]\nx = 2.0\n[graph]\nL = 'x * x'\n"
    start.launch(Run(load_text(text, name="Net in train.py")))
    (app,) = opened
    app.debugger.execute("break L")
    assert app.save() == ""
    assert list(state.state_folder().glob("kept/*")) == []


@pytest.mark.parametrize(
    ("file", "known"),
    [("net.py:make", True), ("net.py", True), ("gone.py:make", False), ("notes.txt:1", False)],
)
def test_a_program_has_a_place_while_it_is_there(file, known, tmp_path):
    (tmp_path / "net.py").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert has_place(str(tmp_path / file)) is known
