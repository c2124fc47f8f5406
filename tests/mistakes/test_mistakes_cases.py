"""Twelve public questions about a backward pass by hand, with the numbers that were asked about."""

import json
from pathlib import Path

import pytest

from bpdebug.cli.main import main

CASES = Path(__file__).parent / "cases"
EXPECTED = {
    "batchnorm_sum": ("agrees", []),
    "batchnorm_without_gamma": ("named", [("missing-local-derivative", "xhat")]),
    "bias_sum_over_everything": ("named", [("summed-too-far", "b")]),
    "bptt_no_carry": ("named", [("path-missing", "h2 h1")]),
    "divided_twice": ("named", [("batch-factor", "Z1")]),
    "doubling": ("named", [("path-repeated", "b")]),
    "embedding_repeated": ("named", [("index-overwritten", "C")]),
    "gradcheck10_planted": ("named", [("constant-factor", "W2"), ("constant-factor", "b1")]),
    "minus_the_gradient": ("convention", []),
    "relu_of_the_gradient": ("named", [("mask-from-upstream", "z1")]),
    "softmax_diagonal": ("named", [("softmax-diagonal", "z")]),
    "xor_no_output_slope": ("named", [("missing-local-derivative", "w1")]),
}
"""By case: the verdict, and the mistakes of the likeliest explanation with their places."""


def test_every_case_is_expected():
    assert {path.stem for path in CASES.glob("*.toml")} == EXPECTED.keys()
    assert {path.stem for path in CASES.glob("*.json")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_gets_its_verdict(name, capsys):
    verdict, mistakes = EXPECTED[name]
    files = [str(CASES / f"{name}.toml"), "--against", str(CASES / f"{name}.json")]
    status = main([*files, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == verdict
    assert status == (0 if verdict in ("agrees", "convention") else 1)
    assert told["agrees"] is (status == 0)
    found = told["explanations"][0]["mistakes"] if told["explanations"] else []
    assert [(one["id"], " ".join(one["at"])) for one in found] == mistakes


def test_the_sign_of_a_course_is_a_convention(capsys):
    files = [str(CASES / "minus_the_gradient.toml"), str(CASES / "minus_the_gradient.json")]
    assert main([files[0], "--against", files[1], "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["conventions"]
    assert told["id"] == "sign"
    assert "minus the gradient" in told["setting"]


def test_a_gradient_of_rounding_alone_is_no_difference(capsys):
    files = [str(CASES / "batchnorm_sum.toml"), str(CASES / "batchnorm_sum.json")]
    assert main([files[0], "--against", files[1]]) == 0
    assert capsys.readouterr().out.startswith("the array agrees")


def test_in_words_a_mistake_is_told_by_its_id(capsys):
    files = [str(CASES / "softmax_diagonal.toml"), str(CASES / "softmax_diagonal.json")]
    assert main([files[0], "--against", files[1]]) == 1
    assert "(softmax-diagonal), at z\n" in capsys.readouterr().out
