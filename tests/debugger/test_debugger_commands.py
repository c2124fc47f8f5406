"""The command table: complete, without clashes, and every entry does what it says."""

import re
from contextlib import suppress

import pytest

from bpdebug.debugger import COMMANDS, Debugger, ExportRequest, key_text
from bpdebug.debugger.commands.lookup import parse_line
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.wording import Script
from tests.graphs import two_layer_problem

PROMISED = [
    "step", "next", "finish", "continue", "rstep", "rnext", "rfinish", "rcontinue", "goto", "mark",
    "marks", "back", "forward", "restart", "break", "tbreak", "delete", "enable", "disable",
    "breakpoints", "watch", "unwatch", "watches", "print", "where", "info", "list", "export",
    "help", "quit",
]  # fmt: skip
GDB = {
    "s": "step", "n": "next", "f": "finish", "c": "continue", "b": "break", "p": "print",
    "rs": "rstep", "rn": "rnext", "rf": "rfinish", "rc": "rcontinue", "d 1": "delete",
    "tb": "tbreak", "i": "info", "l": "list", "q": "quit", "h": "help", "bt": "where",
    "d": "diagnose", "cont": "continue", "fin": "finish", "undisplay": "unwatch",
    "advance": "until",
}  # fmt: skip
KEYS = {
    "n": "next", "f10": "next", "N": "rnext", "shift+f10": "rnext",
    "s": "step", "f11": "step", "S": "rstep", "ctrl+f11": "rstep",
    "f": "finish", "r": "finish", "shift+f11": "finish", "F": "rfinish",
    "c": "continue", "f5": "continue", "C": "rcontinue", "shift+f5": "rcontinue",
    "t": "until", "f4": "until", "ctrl+o": "back", "alt+left": "back", "alt+right": "forward",
    "H": "where", "b": "break", "f9": "break", "B": "break_condition",
    "shift+f9": "break_condition", "w": "watch", "p": "print", "slash": "find",
    "ctrl+f": "find", "comma": "rfind", "full_stop": "find_next", "g": "goto", "m": "mark",
    "apostrophe": "goto_mark", "less_than_sign": "first", "greater_than_sign": "last",
    "R": "restart", "ctrl+shift+f5": "restart", "x": "export", "question_mark": "help",
    "f1": "help", "q": "quit", "ctrl+q": "quit", "i": "inspect", "v": "paths",
    "right_square_bracket": "next_iteration", "left_square_bracket": "previous_iteration",
    "right_curly_bracket": "along", "left_curly_bracket": "along_back",
}  # fmt: skip


@pytest.fixture
def debugger():
    return Debugger(Run(two_layer_problem()))


def do(debugger, *lines):
    text = ""
    for line in lines:
        reply = debugger.execute(line)
        assert reply.ok, reply.text
        text = reply.text
    return text


def test_every_promised_command_is_there():
    assert set(PROMISED) <= {command.name for command in COMMANDS}


@pytest.mark.parametrize(("short", "name"), GDB.items())
def test_the_short_forms_of_gdb_work(short, name):
    assert parse_line(short)[0].name == name


def test_every_key_of_the_design_is_bound():
    bound = {key: command.id for command in COMMANDS for key in command.keys}
    assert KEYS.items() <= bound.items()  # product.md's to the letter; others may come
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def test_no_two_entries_share_an_id_a_word_or_a_key():
    ids = [c.id for c in COMMANDS]
    words = [w for c in COMMANDS for w in (c.name, *c.abbreviations) if w]
    assert not [w for c in COMMANDS for w in c.alone if w in (c.name, *c.abbreviations)]
    keys = [k for c in COMMANDS for k in c.keys]
    for listed in (ids, words, keys):
        assert len(set(listed)) == len(listed)


def test_a_letter_typed_alone_is_the_command_of_that_key():
    same = {"inspect", "info"}  # on the screen both open the inspector
    for command in COMMANDS:
        for key in command.keys:
            if not key_text(key).strip("/?<>,.'[]{}") or "+" in key:
                continue
            with suppress(BpdebugError):  # an unknown word, or one that is short for several
                typed, _ = parse_line(key)
                assert typed is command or {typed.id, command.id} == same, key


def test_every_entry_can_be_reached_and_explains_itself():
    for command in COMMANDS:
        assert command.name or command.keys
        assert command.summary
        assert not command.summary.endswith(".")
        assert command.form.startswith(command.name)
        # What needs an argument asks for it when it comes from a key.
        needs = command.usage.split()[1:2]
        if command.keys and needs and not needs[0].startswith("["):
            assert command.prompt


def test_help_names_every_command_and_explains_each(debugger):
    overview = do(debugger, "help").splitlines()
    for command in COMMANDS:
        if not command.name:
            continue
        assert any(line.startswith(f"{command.name} ") for line in overview)
        text = do(debugger, f"help {command.name}")
        assert text.startswith(command.form)
        assert command.summary in " ".join(text.split())
        for key in command.keys:
            assert key_text(key) in text


def test_examples_in_the_help_are_commands_that_work(debugger):
    do(debugger, "mark NAME", "last")
    shown = [line for command in COMMANDS for line in command.details.splitlines()]
    examples = [re.split(r"\s{2,}", line)[0] for line in shown]
    kinds = ("break ", "print ", "info ", "goto W2", "goto it")
    examples = [line for line in examples if line.startswith(kinds)]
    assert len(examples) >= 11
    do(debugger, *examples)
    do(debugger, "goto 'NAME")


def test_an_unknown_word_is_answered_with_the_nearest(debugger):
    reply = debugger.execute("contineu")
    assert not reply.ok
    assert reply.text == "unknown command 'contineu'; did you mean 'continue'?"
    assert "`help` lists" in debugger.execute("xyzzy").text
    assert not debugger.execute("help xyzzy").ok


@pytest.mark.parametrize("line", ["where W1", "quit now", "nan 3", "first 2", "tour 1", "wh x"])
def test_what_a_command_takes_no_notice_of_is_refused(debugger, line):
    before = debugger.moment.tick
    reply = debugger.execute(line)
    assert not reply.ok
    assert not reply.quit
    assert "takes no argument; leave" in reply.text
    assert debugger.moment.tick == before


def test_an_unmistakable_beginning_is_enough_and_another_is_not():
    assert parse_line("finis")[0].name == "finish"
    assert parse_line("breakp")[0].name == "breakpoints"
    with pytest.raises(BpdebugError, match="'ma' is short for mark or marks"):
        parse_line("ma")


def test_empty_lines_and_comments_do_nothing(debugger):
    before = debugger.instant
    for line in ("", "   ", "# a comment"):
        assert debugger.execute(line).ok
    assert debugger.instant == before


@pytest.mark.parametrize("name", ["find_next", "rfind", "find"])
def test_searching_again_before_any_search_says_what_to_do(debugger, name):
    command = next(c for c in COMMANDS if c.id == name)
    reply = debugger.perform(command)
    assert not reply.ok
    assert reply.text == "nothing searched yet; press / (or: find TEXT)"


def test_quit_asks_the_front_end_to_leave(debugger):
    assert not debugger.execute("where").quit
    assert debugger.execute("q").quit


def test_export_hands_its_arguments_to_the_front_end(debugger):
    asked = []
    debugger.export_with(lambda request: asked.append(request) or "written")
    assert do(debugger, "export 'my trace.md' --detail term") == "written"
    do(debugger, "export --format=json -")
    assert asked == [
        ExportRequest("my trace.md", "", "term"),
        ExportRequest("-", "json", ""),
    ]


def test_a_tilde_in_an_export_is_the_home_folder(debugger, monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("USERPROFILE", "/somewhere")
    asked = []
    debugger.export_with(lambda request: asked.append(request.target) or "written")
    do(debugger, "export ~/trace.md")
    assert asked == ["/somewhere/trace.md"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("export", "export to which file?"),
        ("export a b", "one file, not 'b' too"),
        ("export a --format xml", "--format is one of text, markdown, json, jsonl, csv, not 'xml'"),
        ("export a --detial term", "did you mean '--detail'?"),
        ("export 'a", "never closed"),
    ],
)
def test_a_wrong_export_is_explained(debugger, line, told):
    debugger.export_with(lambda request: pytest.fail("nothing should be written"))
    reply = debugger.execute(line)
    assert not reply.ok
    assert told in reply.text


def test_export_without_a_writer_says_so(debugger):
    assert not debugger.execute("export trace.md").ok


def test_list_shows_the_program_around_the_cursor(debugger):
    do(debugger, "break W2", "goto W2")
    lines = do(debugger, "list").splitlines()
    assert [line for line in lines if "▶" in line] == ["● ▶    4 ∂L/∂W₂ = δ₂ · h₁ᵀ"]
    assert any("── layer 2 · δ₂ = ∂L/∂z₂ ──" in line for line in lines)
    assert "∂L/∂W₁ = δ₁ · xᵀ" in do(debugger, "list 8")
    assert "the program has 1 to 13" in debugger.execute("list 99").text
    whole = do(debugger, "list all").splitlines()
    assert len(whole) == len(debugger.listing)
    assert set(lines) < set(whole)
    assert [line for line in whole if "▶" in line] == [line for line in lines if "▶" in line]


def test_info_says_when_a_gradient_was_last_written(debugger):
    assert "not yet in this iteration; first at tick 11" in do(debugger, "info W2")
    assert "not yet" in do(debugger, "goto W2", "rstep", "info W2")
    do(debugger, "goto W2", "step 2")
    text = do(debugger, "info W2")
    assert "W₂  parameter, 2×2" in text
    assert "(partial: 3 of 4 cells)" in text
    assert "last at tick 13, by line 4: ∂L/∂W₂ = δ₂ · h₁ᵀ" in text
    do(debugger, "last")
    assert "last at tick 14, by line 4" in do(debugger, "info W2")


def test_info_on_data_says_that_it_has_no_gradient(debugger):
    assert "gradient   none" in do(debugger, "info x")


def test_info_line_gives_the_reason(debugger):
    do(debugger, "goto W2")
    assert "multiplies h₁[0]" in do(debugger, "info line")


def test_in_ascii_nothing_else_is_said():
    debugger = Debugger(Run(two_layer_problem()), Script(unicode=False))
    do(debugger, "break W2", "watch grad(W2)")
    for line in ("first", "where", "step 9", "goto W2", "info line", "info", "list", "breakpoints",
                 "watches", "print grad(W2)", "last", "info W1", "list", "where"):  # fmt: skip
        assert do(debugger, line).isascii(), line
