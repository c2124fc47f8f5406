"""Copying: what is offered, at full precision, and never more than a terminal takes."""

import json
import tomllib

import numpy as np
import pytest
from textual.geometry import Region

from bpdebug.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.scenario import bundled, find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.clipboard.copy_offers import MOST, listed, offers, text_of
from bpdebug.wording import Script


def at(*lines, name="two_layer"):
    debugger = Debugger(Run(load(find(name))))
    for line in lines:
        assert debugger.execute(line).ok
    return debugger


def texts(moment, **options):
    return {offer.title: offer for offer in offers(moment, Script(**options))}


def test_a_multiplication_in_all_its_parts():
    debugger = at("watch norm(grad(W2))", "goto W2", "next", "rnext", "goto W2", "step")
    moment = debugger.moment
    there = texts(moment)
    assert text_of(there["formula"]) == "∂L/∂W₂ = δ₂ · h₁ᵀ"
    assert text_of(there["formula in LaTeX"]).startswith(r"\frac{\partial L}{\partial W_{2}} =")
    term = moment.term
    assert float(text_of(there["its upstream factor"])) == term.upstream
    assert float(text_of(there["its local factor"])) == term.local
    assert float(text_of(there["its product"])) == term.product == term.upstream * term.local
    assert float(text_of(there["the cell so far"])) == term.after
    assert repr(term.upstream)[:12] in text_of(there["this term with its numbers"])
    upstream = eval(text_of(there["upstream δ₂, np.array"]), {"np": np})
    assert np.array_equal(upstream, moment.recorded.gradients[moment.edge.output])
    assert json.loads(text_of(there["upstream δ₂, list"])) == upstream.tolist()
    assert (
        json.loads(text_of(there["local h₁, list"]))
        == np.asarray(moment.recorded.local(moment.edge)).tolist()
    )
    assert text_of(there["watch norm(grad(W2))"]).startswith("norm(grad(W2)): not computed yet")


def test_a_tensor_that_is_not_whole_is_not_copied_as_numbers():
    debugger = at("goto W2")
    there = texts(debugger.moment)
    with pytest.raises(BpdebugError, match="has 1 of 4 cells so far"):
        text_of(there["result ∂L/∂W₂ so far, list"])
    debugger.execute("next")
    debugger.execute("goto W2")
    debugger.execute("next")
    debugger.execute("rstep")
    debugger.execute("step")
    whole = {title: o for title, o in texts(debugger.moment).items() if "result" in title}
    assert "so far" not in " ".join(whole)
    assert len(json.loads(text_of(next(o for t, o in whole.items() if "list" in t))))


@pytest.mark.parametrize("line", ["goto 0", "goto 1", "step", "next 2", "goto $"])
def test_every_offer_of_every_lesson_has_a_text_or_a_reason(line):
    for name, _, _ in bundled()[:10]:
        debugger = at(line, name=name)
        made = offers(debugger.moment, Script())
        assert made
        assert len({offer.title for offer in made}) == len(made)
        for offer in made:
            try:
                text = text_of(offer)
            except BpdebugError as error:
                assert "cells so far" in error.problem or "not computed" in error.problem  # noqa: PT017
            else:
                assert text


def test_nan_and_infinities_are_numpys_and_tomls():
    values = np.array([[np.nan, np.inf], [-np.inf, -0.0]])
    assert listed("t", values, "np.") == "[[np.nan, np.inf], [-np.inf, -0.0]]"
    read = tomllib.loads(f"t = {listed('t', values, '')}")["t"]
    assert np.array_equal(read, values, equal_nan=True)


def test_too_much_for_a_terminal_is_refused_before_it_is_made():
    with pytest.raises(BpdebugError, match=r"W \(1000×1000\) is too large to copy.*74 KB"):
        listed("W", np.broadcast_to(np.float64(0.1), (1000, 1000)), "")
    with pytest.raises(BpdebugError, match="too large to copy"):
        text_of(offer_of("x" * (MOST + 1)))
    assert text_of(offer_of("x" * MOST))


def offer_of(text):
    from bpdebug.tui.clipboard.copy_offers import Offer

    return Offer("text", lambda: text)


async def test_the_menu_copies_and_says_so():
    app = BpdebugApp(at("goto W2"))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("Y", "j", "j", "j", "enter")
        assert float(app.clipboard) == app.debugger.moment.term.upstream
        assert app.screen.footer.message == f"copied its upstream factor: {app.clipboard}"
        await pilot.press("Y", "end", "enter")
        assert "cells so far" in app.screen.footer.message


def lit_by(app):
    return app.screen.get_component_rich_style("screen--selection").bgcolor


async def test_text_dragged_over_is_copied_and_forgotten_with_the_next_step():
    app = BpdebugApp(at("goto W2"))
    async with app.run_test(size=(120, 36)) as pilot:
        pane = app.screen.multiplication
        lines = [pane.render_line(y).text for y in range(4)]
        await pilot.mouse_down(pane, offset=(19, 3))
        await pilot.hover(pane, offset=(36, 4))
        await pilot.mouse_up(pane, offset=(36, 4))
        await pilot.press("ctrl+c")
        first, last = app.clipboard.split("\n")
        assert first == "local h₁ (2)" == lines[2].strip()
        assert "[" in last
        assert lines[3].startswith(last)
        assert len(last) < len(lines[3])
        (line,) = pane.render_lines(Region(0, 3, 60, 1))
        marked = "".join(part for part, style, _ in line if style.bgcolor == lit_by(app))
        assert marked.strip() == first
        await pilot.press("s")
        assert pane.text_selection is None
