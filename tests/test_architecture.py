"""The page about the structure names what is there."""

import re

from tests.readme import README
from tests.test_structure import PACKAGE

TEXT = (README.parent / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_file_and_folder_that_is_named_is_there():
    named = set(re.findall(r"`((?:bpdebug|tests|docs)/[\w./]+)`", TEXT))
    named |= {
        f"bpdebug/{name}"
        for name in re.findall(r"`((?:\w+/)+\w+\.py)`", TEXT)
        if not name.startswith(("bpdebug/", "tests/"))
    }
    assert len(named) > 20
    missing = [name for name in named if not (README.parent / name).exists()]
    assert missing == []


def test_every_package_has_its_row():
    rows = TEXT.split("## Five ideas")[0]
    for path in PACKAGE.iterdir():
        if path.is_dir() and (path / "__init__.py").exists():
            assert f"`{path.name}`" in rows, path.name


def test_the_contents_lead_to_sections():
    headings = re.findall(r"^## (.*)", TEXT, flags=re.M)
    known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) == known
