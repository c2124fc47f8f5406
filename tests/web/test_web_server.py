"""The server as a process, spoken to as an attacker would: by a websocket of one's own."""

import asyncio
import json
import os
import signal
from contextlib import asynccontextmanager

import pytest

from tests.web.needs import ROOT, children, files, require, serving, until

require("textual_serve", "web")
aiohttp = require("aiohttp", "web")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The server's working folder; the scenario's name holds all that a shell obeys."""
    made = tmp_path_factory.mktemp("server")
    text = (ROOT / "scenarios/two_layer.toml").read_text(encoding="utf-8")
    (made / HOSTILE).write_text(text, encoding="utf-8")
    return made


HOSTILE = "it's $(touch owned) \"; touch owned2; &.toml"


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder, HOSTILE, "--break", "W2") as (process, address):
        yield process, address


class Visitor:
    """A websocket, and what the screen has been sent through it."""

    def __init__(self, socket):
        self.socket, self.seen = socket, ""

    async def say(self, kind, data=None):
        await self.socket.send_str(json.dumps([kind, data]))

    async def command(self, line):
        """Type a command where it is asked for."""
        await self.say("stdin", ":")
        await self.see("m:\x1b[0m")
        await self.say("stdin", f"{line}\r")

    async def see(self, wanted, seconds=60):
        """Wait until a text has been sent; the next call looks only at what comes after it."""
        async with asyncio.timeout(seconds):
            while wanted not in self.seen:
                message = await self.socket.receive()
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)
                data = message.data
                self.seen += data if isinstance(data, str) else data.decode("utf-8")
        before, _, self.seen = self.seen.partition(wanted)
        return before


@asynccontextmanager
async def visiting(address, **headers):
    headers = {"Origin": address.rstrip("/"), **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{address}ws?width=100&height=30", headers=headers) as socket,
    ):
        yield Visitor(socket)


async def test_a_visitor_steps_and_their_debugger_ends_when_they_leave(server):
    process, address = server
    async with visiting(address) as visitor:
        await visitor.see("quit")
        assert len(children(process)) == 1
        await visitor.say("stdin", "c")
        await visitor.see("breakpoint 1")
    until(lambda: not children(process))


@pytest.mark.parametrize(
    ("headers", "path"),
    [({"Host": "evil.example"}, ""), ({"Host": "evil.example"}, "page/page.css"),
     ({"Origin": "http://evil.example"}, ""), ({"Host": "evil.example"}, "static/js/textual.js"),
     ({"Host": "evil.example"}, "download/1")],
)  # fmt: skip
async def test_nobody_comes_by_another_name_or_from_another_site(server, headers, path):
    async with (
        aiohttp.ClientSession() as session,
        session.get(server[1] + path, headers=headers) as got,
    ):
        assert got.status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:3000", "null", None])
async def test_no_websocket_is_opened_by_a_page_of_another_site(server, origin):
    process, address = server
    headers = {} if origin is None else {"Origin": origin}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await session.ws_connect(f"{address}ws", headers=headers)
    assert refusal.value.status == 403
    assert not children(process)


NONSENSE = (
    "",
    "{}",
    "[" * 9999,
    '["stdin"]',
    '["stdin", ""]',
    '["stdin", "\\ud800"]',
    '["resize", {"width": "x"}]',
    '["quit"]',
    '["deliver_chunk_request", {"key": "x"}]',
)


async def test_nonsense_is_passed_over(server):
    async with visiting(server[1]) as visitor:
        await visitor.see("quit")
        for nonsense in NONSENSE:
            await visitor.socket.send_str(nonsense)
        await visitor.socket.send_bytes(b"\xff\x00")
        # The size in what is typed, an end of file, suspend, interrupt, quit signal.
        await visitor.say("stdin", "\x1b[48;99999;99999;9;9t\x04\x1a\x03\x1c")
        await visitor.say("resize", {"width": 10**9, "height": 10**9})
        await visitor.say("resize", {"width": 100, "height": 30})
        await visitor.say("stdin", "s")
        await visitor.see("tick 6/")


async def test_no_command_writes_a_file_and_exports_are_sent(server, folder):
    process, address = server
    before = files(folder)
    async with visiting(address) as visitor:
        await visitor.see("quit")
        for line in (f"export {folder}/owned.txt", "export ~/owned.md --format markdown",
                     "export ../owned.json", "export /dev/null"):  # fmt: skip
            await visitor.command(line)
            await visitor.see('["deliver_file_start", "')
            key = await visitor.see('"]')
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{address}download/{key}") as got,
            ):
                assert got.status == 200
                assert got.headers["Content-Disposition"].startswith("attachment; filename=")
                assert len(await got.read()) > 1000
        await visitor.command("mark here")  # as the breakpoint, gone with the visitor
        await visitor.see("here")
        await visitor.command("export -")
        await visitor.see("sent to your browser: trace.txt")
        # The palette has no command that saves a picture of the screen, as Textual's own has.
        await visitor.say("stdin", "\x10")
        await visitor.see("Commands")
        await visitor.say("stdin", "screenshot")
        await visitor.see("nothing matches")
    until(lambda: not children(process))
    assert files(folder) == before


async def test_the_tour_is_shown_too_and_its_exports_are_sent(tmp_path):
    with serving(tmp_path, "--tour") as (_, address):
        async with visiting(address) as visitor:
            await visitor.see("quit")
            await visitor.command("export owned.txt")
            await visitor.see('["deliver_file_start", "')
    assert files(tmp_path) == []


async def test_a_debugger_that_quits_ends_the_session(server):
    async with visiting(server[1]) as visitor:
        await visitor.see("quit")
        await visitor.say("stdin", "q")
        async with asyncio.timeout(60):
            while (message := await visitor.socket.receive()).type == aiohttp.WSMsgType.BINARY:
                pass
        assert message.type == aiohttp.WSMsgType.CLOSE


async def test_without_a_scenario_visitors_choose_one(tmp_path):
    with serving(tmp_path) as (process, address):
        async with visiting(address) as visitor:
            await visitor.see("choose a scenario")
            await visitor.say("resize", {"width": 120, "height": 36})
            await visitor.see("opens")
            await visitor.say("stdin", "\x0e\r")  # ctrl+n and enter
            await visitor.see("Timeline")
            await visitor.say("stdin", "s")
            await visitor.see("tick 3/")
            await visitor.say("stdin", ":open xor\r")
            await visitor.see("iteration 1/1000")
            assert len(children(process)) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_the_server_ends_cleanly_and_no_debugger_outlives_it(tmp_path, number):
    with serving(tmp_path, "two_layer") as (process, address):
        async with visiting(address) as visitor:
            await visitor.see("quit")
            (child,) = children(process)
            process.send_signal(number)
            said = await asyncio.to_thread(process.stdout.read)
            status = await asyncio.to_thread(process.wait)
    if number != signal.SIGKILL:
        assert (status, said) == (0, "Ctrl+C ends it\n")
    until(lambda: not alive(child))


def alive(pid):
    """Whether a process is there, and no zombie that waits for whoever takes it over."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_an_address_that_others_reach_is_warned_of(tmp_path):
    with serving(tmp_path, "two_layer", "--host", "0.0.0.0") as (process, address):
        assert len(process.before) == 1
        assert process.before[0].startswith("warning: there is no authentication; everyone who ")
        assert address.startswith("http://127.0.0.1:")
