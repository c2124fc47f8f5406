"""The debugger in a real browser, without a window: it opens, steps, and sends its exports."""

import tempfile
from pathlib import Path

import pytest

from bpdebug.export import export
from bpdebug.run import Run
from bpdebug.scenario import find, load
from tests.web.needs import children, chromium, files, require, serving, until

require("textual_serve", "web")
sync_api = require("playwright.sync_api", "web-test")
CHROMIUM = chromium()
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # A name of somebody else's that leads to this machine.
    "--host-resolver-rules=MAP rebound.example 127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport={"width": 1280, "height": 800},
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, "two_layer") as (process, address):
        yield process, address, folder


class Page:
    """A page that shows the debugger, and what the debugger has sent to it."""

    def __init__(self, browser, address):
        self.page = browser.new_page()
        self.sent, self.asked, self.problems = "", [], []
        self.page.on("websocket", lambda socket: socket.on("framereceived", self.receive))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda said: "Content Security" in said.text and self.problems.append(said.text),
        )
        self.page.goto(address)

    def receive(self, frame):
        self.sent += frame if isinstance(frame, str) else frame.decode("utf-8")

    def see(self, wanted):
        """Wait until the debugger has drawn a text, and forget what came before."""
        until(lambda: self.page.wait_for_timeout(50) or wanted in self.sent)
        self.sent = self.sent.partition(wanted)[2]
        self.page.wait_for_timeout(200)  # until the terminal has it in pixels

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def page(browser, server):
    shown = Page(browser, server[1])
    yield shown
    assert shown.problems == []
    shown.page.close()
    until(lambda: not children(server[0]))


def test_the_page_opens_a_key_steps_and_the_screen_changes(page, server):
    page.see("quit")
    before = page.page.screenshot()
    page.press("s")
    page.see("tick 6/32")
    stepped = page.page.screenshot()
    assert stepped != before
    page.press("S")
    page.see("tick 5/32")
    assert page.page.screenshot() != stepped
    assert {url.split("/")[2] for url in page.asked} == {server[1].split("/")[2]}


def test_an_export_is_saved_by_the_browser_and_not_by_the_server(page, server, tmp_path):
    page.see("quit")
    page.press("x")
    page.see("tab completes")
    with page.page.expect_download() as saved:
        page.press("Enter")
    export(Run(load(find("two_layer"))), tmp_path / "trace.txt")
    assert saved.value.suggested_filename == "two_layer.trace.txt"
    assert Path(saved.value.path()).read_bytes() == (tmp_path / "trace.txt").read_bytes()
    assert files(server[2]) == []


def test_a_session_that_ends_says_so_and_a_key_starts_another(page):
    page.see("quit")
    page.press("q")
    page.page.wait_for_selector("text=This session has ended.")
    with page.page.expect_navigation():
        page.press("Enter")
    page.see("quit")


def test_a_site_whose_name_was_made_to_lead_here_reaches_nothing(browser, server):
    stranger = browser.new_page()
    answer = stranger.goto(server[1].replace("127.0.0.1", "rebound.example"))
    assert answer.status == 403
    opened = stranger.evaluate(
        """(url) => new Promise((done) => {
            const socket = new WebSocket(url);
            socket.onopen = () => done(true);
            socket.onerror = () => done(false);
        })""",
        server[1].replace("http", "ws") + "ws",
    )
    assert opened is False
    stranger.close()
    assert not children(server[0])
