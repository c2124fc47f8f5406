"""The command line in one process: what each option prints, and the exit status."""

import io
import json
from pathlib import Path

import pytest

from bpdebug.cli import arguments, tasks, tour
from bpdebug.cli.main import main
from bpdebug.expression.limits import ITERATIONS
from bpdebug.run import progress
from bpdebug.tui import screens
from bpdebug.tui.choosing.chooser import TOUR
from bpdebug.tui.choosing.next_scenario import ScreenResult

SCENARIO = """
title = "One neuron"
[inputs]
x = 2.0
y = 1.0
[parameters]
w = 0.5
[graph]
z = "w * x"
y_hat = "sigmoid(z)"
L = "0.5 * (y - y_hat) ** 2"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 2
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "neuron.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_commands_run_in_order_and_print_their_answers(run, scenario):
    status, out, err = run(
        scenario, "-c", "break w", "--command", "continue", "-c", "print grad(w)"
    )
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "breakpoint 1: w"
    assert out.splitlines()[-1].startswith("grad(w) = ")


def test_the_first_failing_command_ends_the_run(run, scenario):
    status, out, err = run(scenario, "-c", "print x", "-c", "nxt", "-c", "print y")
    assert status == 2
    assert out == "x = 2\n"
    assert err == "bpdebug: error: nxt: unknown command 'nxt'; did you mean 'next'?\n"


def test_quit_ends_it_without_the_rest(run, scenario):
    assert run(scenario, "-c", "q", "-c", "nxt")[0] == 0


def test_plain_reads_lines_and_goes_on_after_a_mistake(run, scenario, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("print x\nnxt\nprint y\nquit\nprint x\n"))
    status, out, err = run(scenario, "--plain")
    assert status == 0
    assert out == "x = 2\ny = 1\n"
    assert "did you mean 'next'?" in err


def test_plain_ends_with_its_input(run, scenario, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("print x"))
    assert run(scenario, "--plain")[:2] == (0, "x = 2\n")


def test_commands_come_before_plain(run, scenario, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("print y\n"))
    assert run(scenario, "--plain", "-c", "print x")[1] == "x = 2\ny = 1\n"


def test_breakpoints_are_there_from_the_start(run, scenario):
    _, out, _ = run(scenario, "--break", "w", "--break", "loss < 1", "-c", "breakpoints")
    assert out.startswith("breakpoint 2: loss < 1 (it becomes true right here)")
    assert [line.split()[-1] for line in out.splitlines()[1:]] == ["w", "1"]


def test_a_wrong_breakpoint_is_a_wrong_argument(run, scenario):
    status, _, err = run(scenario, "--break", "q", "-c", "where")
    assert status == 2
    assert err.startswith("bpdebug: error: --break: unknown name 'q'")


@pytest.mark.parametrize("work", [["--check"], ["--export", "trace.txt"], ["-c", "where"]])
def test_a_wrong_breakpoint_is_told_before_any_work(run, scenario, monkeypatch, tmp_path, work):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(scenario, "--break", "", *work)
    assert (status, out) == (2, "")
    assert err.startswith("bpdebug: error: --break: a breakpoint needs a node, an edge or a cond")
    assert not (tmp_path / "trace.txt").exists()


def test_a_check_does_not_stand_in_the_exported_document(run, scenario):
    status, out, err = run(scenario, "--check", "--export", "-", "--format", "json")
    assert status == 0
    assert json.loads(out)["format"] == "bpdebug-trace"
    assert err.startswith("gradient of w, a scalar: 1 entry agrees")


def test_empty_names_are_told_plainly(run, scenario):
    assert run(scenario, "--export", "")[::2] == (
        2, "bpdebug: error: --export: name a file, or '-' for standard output\n"
    )  # fmt: skip
    status, _, err = run("", "--check")
    assert (status, err[:35]) == (2, "bpdebug: error: name a scenario: a ")


def test_digits_and_iterations(run, scenario):
    _, out, _ = run(scenario, "--digits", 3, "--iterations", 7, "-c", "print loss", "-c", "where")
    assert out.startswith("loss = 0.0362\n")
    assert "iteration 1/7" in out


def test_export_to_a_file_says_so_and_tells_the_format_by_its_suffix(run, scenario, tmp_path):
    target = tmp_path / "trace.json"
    status, out, _ = run(scenario, "--export", target)
    assert (status, out) == (0, f"wrote {target}\n")
    assert target.read_text(encoding="utf-8").startswith('{"format": "bpdebug-trace"')


@pytest.mark.parametrize("option", ["command", "argument"])
def test_export_to_an_unknown_suffix_says_that_it_wrote_text(run, scenario, tmp_path, option):
    target = tmp_path / "trace.pdf"
    how = ("--export", target) if option == "argument" else ("-c", f"export {target}")
    status, out, err = run(scenario, *how)
    told = "a suffix of .txt .md .json .jsonl .csv tells the format"
    assert (status, out, err) == (0, f"wrote {target} as text; {told}\n", "")
    assert target.read_text(encoding="utf-8").startswith("One neuron\n=")
    plain = tmp_path / "trace"
    assert run(scenario, "--export", plain)[1] == f"wrote {plain}\n"
    assert run(scenario, "--export", target, "--format", "json")[1] == f"wrote {target}\n"


def test_export_to_standard_output_is_the_trace_alone(run, scenario, tmp_path):
    target = tmp_path / "trace.md"
    run(scenario, "--export", target, "--detail", "term")
    _, out, err = run(scenario, "--export", "-", "--format", "markdown", "--detail", "term")
    assert out == target.read_text(encoding="utf-8")
    assert err == ""


def test_the_export_command_takes_what_the_command_line_says(run, scenario, tmp_path):
    by_option, by_command = tmp_path / "a.txt", tmp_path / "b.txt"
    run(scenario, "--export", by_option, "--detail", "term", "--digits", 3)
    run(scenario, "-c", f"export {by_command}", "--detail", "term", "--digits", 3)
    assert by_command.read_bytes() == by_option.read_bytes()


def test_an_export_that_cannot_be_written_is_an_error(run, scenario, tmp_path):
    status, out, err = run(scenario, "--export", tmp_path / "nowhere" / "trace.txt")
    assert (status, out) == (2, "")
    assert err.startswith("bpdebug: error: ")
    assert "nowhere" in err


def test_check_passes_and_prints_a_line_for_each_array(run, scenario):
    status, out, _ = run(scenario, "--check")
    assert status == 0
    assert out.startswith("gradient of w, a scalar: 1 entry agrees")


def test_check_fails_with_1_on_an_expectation_that_differs(run, scenario):
    with open(scenario, "a", encoding="utf-8") as file:
        file.write('[[expect]]\niteration = 1\nvalue = "z"\nis = "1.1"\n')
    status, out, err = run(scenario, "--check")
    assert (status, err) == (1, "")
    assert "DIFFERS" in out


def test_a_bad_scenario_is_one_error_with_file_and_key(run, scenario):
    with open(scenario, "a", encoding="utf-8") as file:
        file.write('[optimiser]\nname = "sgd"\n')
    status, out, err = run(scenario, "--check")
    assert (status, out) == (2, "")
    assert err.startswith(f"bpdebug: error: {scenario}: ")
    assert "did you mean 'optimizer'?" in err


def test_list_gives_path_and_title_of_each_bundled_scenario(run):
    status, out, _ = run("--list")
    assert status == 0
    line = next(line for line in out.splitlines() if "two_layer.toml" in line)
    path, title = line.split(None, 1)
    assert title == "Two-layer network"
    assert run(path, "-c", "print iteration")[1] == "iteration = 1\n"


def test_a_bundled_scenario_is_found_by_its_name(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run("two_layer", "-c", "print iteration")[0] == 0
    status, _, err = run("two_layre", "-c", "where")
    assert status == 2
    assert "did you mean 'two_layer'?" in err


@pytest.mark.parametrize("given", [[], ["two_layer"]])
def test_without_a_terminal_it_names_the_ways_that_need_none(run, monkeypatch, given):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    status, out, err = run(*given)
    assert (status, out) == (2, "")
    assert "--export" in err
    assert "--plain" in err


@pytest.mark.parametrize(
    ("given", "named"),
    [(["two_layer"], "SCENARIO"), (["--plain"], "--plain"), (["-c", "step"], "--command"),
     (["--export", "-"], "--export"), (["--check"], "--check"), (["--diagnose"], "--diagnose"),
     (["--break", "z1"], "--break"), (["--iterations", "3"], "--iterations"),
     (["--against", "a.json"], "--against"), (["--list"], "--list")],
)  # fmt: skip
def test_the_tour_goes_with_no_other_work(run, given, named):
    status, out, err = run("--tour", *given)
    assert (status, out) == (2, "")
    assert err.startswith("bpdebug: error: --tour: ")
    assert f"leave {named} out" in err


def test_every_option_is_the_tours_or_clashes_with_it():
    options = set(vars(arguments.parser().parse_args([])))
    assert options - set(tour.NOT_FOR_TOUR) == {
        *("tour", "digits", "format", "detail", "version"),
        "fresh",  # which the tour always is
        *("serve", "host", "port"),  # the tour in a browser
    }


def test_the_tour_needs_a_terminal(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    status, out, err = run("--tour")
    assert (status, out) == (2, "")
    assert "no terminal" in err


def test_the_tour_is_of_the_bundled_scenario_from_any_folder(monkeypatch, tmp_path):
    (tmp_path / "two_layer").write_text("something else")
    (tmp_path / "two_layer.toml").write_text("something else")
    monkeypatch.chdir(tmp_path)
    assert screens.tour_run().problem.title == "Two-layer network"


@pytest.mark.parametrize("given", [["--tour"], []])
def test_the_tour_opens_by_its_option_and_from_the_chooser(run, monkeypatch, given):
    taken = []
    monkeypatch.setattr(tasks, "require_terminal", lambda: None)
    monkeypatch.setattr("bpdebug.tui.start.choose", lambda: TOUR)
    monkeypatch.setattr(
        "bpdebug.tui.start.take_tour", lambda run, **_: taken.append(run) or ScreenResult(0)
    )
    assert run(*given) == (0, "", "")
    assert [run.problem.title for run in taken] == ["Two-layer network"]


def test_one_screen_leads_to_the_next_until_the_user_leaves(run, monkeypatch, tmp_path):
    seen = []
    other = tmp_path / "other.toml"
    other.write_text('title = "Other"\n[parameters]\nx = 1.0\n[graph]\nL = "x * x"\n')
    ways = iter(
        [ScreenResult(0, other, "nord"), ScreenResult(0, TOUR, "nord"), ScreenResult(0, None)]
    )

    def shown(run, *, breaks=("none",), theme, second=None, **_):
        seen.append((run.problem.title, list(breaks), theme, second and second.label))
        return next(ways)

    monkeypatch.setattr("bpdebug.cli.tasks.require_terminal", lambda: None)
    monkeypatch.setattr("bpdebug.tui.start.launch", shown)
    monkeypatch.setattr("bpdebug.tui.start.take_tour", shown)
    assert run("xor", "--break", "W1", "--with", "seed=3") == (0, "", "")
    assert seen == [
        ("XOR", ["W1"], "", "seed = 3"),
        ("Other", [], "nord", None),
        ("Two-layer network", ["none"], "nord", None),
    ]


def test_work_without_a_scenario_asks_for_one(run):
    status, _, err = run("--check")
    assert status == 2
    assert "--list" in err


@pytest.mark.parametrize(
    "given",
    [["--digits", "0"], ["--digits", "18"], ["--digits", "six"], ["--digits", "0" * 11 + "61"],
     ["--digits", "9" * 5000], ["--iterations", "0"], ["--iterations", "-1"], ["--format", "xml"],
     ["--detail", "cell"], ["--nonsense"], ["a", "b"], ["--export"], ["--iter", "3"]],
)  # fmt: skip
def test_bad_usage_ends_with_2(given, capsys):
    with pytest.raises(SystemExit) as caught:
        main(given)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bpdebug: error: ")
    assert line.endswith("; see bpdebug --help")


def test_constants_without_numpy_are_those_of_the_program():
    assert arguments.MOST_ITERATIONS == ITERATIONS


def test_the_help_names_every_option_of_the_design(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for option in ("--export FILE", "--format {text,markdown,json,jsonl,csv}",
                   "--detail {layer,group,edge,term}", "--iterations N", "--digits N",
                   "--check", "--command CMD", "-c CMD", "--plain", "--break CONDITION",
                   "--tour", "--list", "--version", "SCENARIO"):  # fmt: skip
        assert option in text
    assert text.isascii()


def test_ctrl_c_ends_with_130(run, scenario, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("bpdebug.cli.tasks.Tasks.run", interrupted)
    assert run(scenario)[0] == 130


def test_watches_are_printed_after_every_motion(run, scenario):
    _, out, _ = run(scenario, "-c", "watch grad(w)", "-c", "next", "-c", "finish")
    shown = [line for line in out.splitlines() if line.startswith("watch 1: grad(w)")]
    assert len(shown) == 3
    assert shown[1].endswith("not computed yet")


LONG = (["--export", "-"], ["--diagnose"], ["--check"], ["-c", "goto iteration 100"])


@pytest.mark.parametrize("arguments", LONG)
@pytest.mark.parametrize("terminal", [True, False])
def test_long_work_shows_its_progress_where_a_person_sees_it(
    scenario, arguments, terminal, monkeypatch, capsys
):
    with open(scenario, "a", encoding="utf-8") as file:
        file.write('iterations = 100\n[[expect]]\niteration = 90\nvalue = "w"\nis = "1"\n')
    text = Path(scenario).read_text(encoding="utf-8").replace("iterations = 2\n", "")
    Path(scenario).write_text(text, encoding="utf-8")
    errors = io.StringIO()
    monkeypatch.setattr(errors, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stderr", errors)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    main([scenario, *arguments])
    told = errors.getvalue()
    if not terminal:
        assert told == ""
        return
    assert " of " in told
    assert "Ctrl+C ends it" in told
    *_, last, end = told.split("\r")
    assert (last.strip(), end) == ("", "")


def test_a_selection_that_nothing_exports_by_is_a_mistake(run, scenario, tmp_path):
    for asked in (["--diagnose"], ["-c", "where"], ["--check"], ["-c", "where", "--diagnose"]):
        status, _, err = run(scenario, "--iterations", "1,2", *asked)
        assert status == 2
        assert err.startswith("bpdebug: error: --iterations: 1,2 says which iterations to export")
    target = tmp_path / "a.csv"
    assert run(scenario, "--iterations", "2-2", "-c", "where", "-c", f"x {target}")[0] == 0
    assert [line.split(",")[0] for line in target.read_text().splitlines()] == ["iteration", "2"]


def test_what_is_no_number_of_iterations_is_told_what_else_there_is(run, scenario, capsys):
    with pytest.raises(SystemExit):
        run(scenario, "--iterations", "1,a")
    assert "or which to export, as in 1,10,100-110, not '1,a'" in capsys.readouterr().err


def test_a_folder_is_opened_by_the_scenario_in_it(run, tmp_path):
    folder = tmp_path / "recorded"
    folder.mkdir()
    status, out, err = run(folder, "--export", "-")
    assert (status, out) == (2, "")
    assert err.startswith(f"bpdebug: error: {folder}: this folder has no scenario.toml")
    (folder / "scenario.toml").write_text(SCENARIO.replace('title = "One neuron"', ""), "utf-8")
    status, out, _ = run(folder, "--export", "-")
    assert status == 0
    assert out.startswith("recorded\n")
    assert run(folder, "--check")[0] == 0
