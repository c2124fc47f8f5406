"""A terminal without Unicode gets ASCII alone."""

import pytest

from bpdebug.wording.ascii import one_cell_ascii
from tests.tui.apps import SIZES, app_on, screen_lines


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_terminal_without_unicode_gets_ascii_alone(size):
    app = app_on(unicode=False)
    async with app.run_test(size=size) as pilot:
        for keys in (
            ["s", "n", "n", "s"],
            ["2", "4", "z", "z"],
            ["question_mark"],
            ["escape", "colon", *"info W2", "enter"],
            ["escape", "w", *"grad(W2)", "enter"],
            ["g", *"W9", "enter"],
            ["x"],
            ["escape", "ctrl+p", "d"],
            ["escape", "ctrl+c"],
        ):
            await pilot.press(*keys)
            await pilot.pause()
            text = "\n".join(screen_lines(app))
            assert text.isascii(), [c for c in text if not c.isascii()]
            assert {len(line) for line in screen_lines(app)} == {size[0]}


async def test_the_frames_in_ascii():
    app = app_on(unicode=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert screen_lines(app)[1].startswith("+- 1 Graph | 2 Prog -+")
        assert "+- 4 delta | 5 Par -+" in screen_lines(app)[1]
        await pilot.press("question_mark")
        await pilot.pause()
        assert screen_lines(app)[1].startswith("+- Help ---")


def test_a_sign_without_a_likeness_becomes_a_question_mark_of_its_width():
    assert one_cell_ascii("a│ж网b") == "a|???b"
