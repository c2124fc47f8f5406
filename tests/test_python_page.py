"""The page about Python: its examples run in their order, and print what stands below them."""

import re
from contextlib import redirect_stdout
from io import StringIO

import bpdebug
from tests.readme import README

PAGE = README.parent / "docs" / "python.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", flags=re.S)


class Output(StringIO):
    """Standard output that shows Unicode, whatever the tests run on."""

    encoding = "utf-8"


def test_the_examples_print_what_the_page_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    examples = EXAMPLE.findall(TEXT)
    assert len(examples) > 8
    for code, told in examples:
        output = Output()
        with redirect_stdout(output):
            exec(compile(code, str(PAGE), "exec"), names)
        assert output.getvalue() == told, code


def test_every_text_stands_below_an_example():
    assert TEXT.count("```text\n") == sum(bool(told) for _, told in EXAMPLE.findall(TEXT))


def test_every_name_has_its_row():
    rows = re.findall(r"^\| `(\w+)", TEXT.split("## All names")[1], flags=re.M)
    assert sorted(rows) == sorted(bpdebug.__all__)


def test_every_method_of_a_run_is_on_the_page():
    methods = [name for name in vars(bpdebug.ScenarioRun) if not name.startswith("_")]
    for name in methods:
        assert re.search(rf"`{name}`|run\.{name}\b", TEXT), name


def test_the_contents_lead_to_sections():
    headings = re.findall(r"^## (.*)", TEXT, flags=re.M)
    known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) == known


def test_links_to_other_pages_lead_to_sections():
    for page, section in re.findall(r"\]\((\w+\.md)#?([^)]*)\)", TEXT):
        text = (PAGE.parent / page).read_text(encoding="utf-8")
        headings = re.findall(r"^## (.*)", text, flags=re.M)
        known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert section in {"", *known}, (page, section)
