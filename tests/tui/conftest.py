"""Tests of the screen wait for the app itself, not for the machine to be idle."""

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.settling import paint_later, paused, settled


@pytest.fixture
def as_textual_waits():
    """For tests of when and how often something is painted: Textual's own pace."""


@pytest.fixture(autouse=True)
def waiting_ends_when_all_is_done(request, monkeypatch):
    """A wait ends as soon as every message is handled and every change painted, once."""
    if "as_textual_waits" in request.fixturenames:
        return
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", settled)
    monkeypatch.setattr(Pilot, "pause", paused)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 3600.0)
    monkeypatch.setattr(Screen, "_compositor_refresh", paint_later)
