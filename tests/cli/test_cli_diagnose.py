"""--diagnose: the findings on standard output, and an exit status that a script can use."""

import pytest

from bpdebug.cli.main import main


@pytest.mark.parametrize(("name", "status"), [("two_layer", 0), ("nan_birth", 1), ("xor", 0)])
def test_the_status_says_whether_anything_was_found(name, status, capsys):
    assert main([name, "--diagnose"]) == status
    out = capsys.readouterr().out.splitlines()
    assert out[-1].startswith("looked at")
    assert out[-1].endswith("nothing wrong") == (status == 0)
    assert any(line.startswith("1. ") for line in out) == (status == 1)


def test_beside_an_export_on_standard_output_the_findings_go_to_standard_error(capsys):
    assert main(["dead_relu", "--diagnose", "--export", "-", "--format", "json"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("{")
    assert "dead units" in told.err
    assert "dead units" not in told.out


def test_it_needs_a_scenario(capsys):
    assert main(["--diagnose"]) == 2
    assert "name a scenario" in capsys.readouterr().err
