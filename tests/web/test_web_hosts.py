"""Who may speak with the server, and what they may say."""

import json
import socket

import pytest

from bpdebug.web.hosts import is_loopback, may_visit, same_origin
from bpdebug.web.messages import DEFAULT, MOST, parse_message, size_of


@pytest.mark.parametrize(
    "netloc", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "localhost.:8000"]
)
def test_this_machine_is_known_by_its_own_names(netloc):
    assert may_visit(netloc, "127.0.0.1")


@pytest.mark.parametrize(
    "netloc",
    ["evil.example:8000", "127.0.0.1.evil.example", "192.168.0.7:8000", "", ":8000", "[::1",
     "evil@localhost", "localhost@evil.example", "localhost.evil.example"],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_not(netloc):
    assert not may_visit(netloc, "127.0.0.1")


def test_on_every_address_figures_and_the_machines_name_are_known_and_no_other():
    assert may_visit("192.168.0.7:8000", "0.0.0.0")
    assert may_visit("[fe80::1]:8000", "::")
    assert may_visit(f"{socket.gethostname()}:8000", "0.0.0.0")
    assert may_visit("lab.example:8000", "lab.example")
    assert not may_visit("evil.example:8000", "0.0.0.0")


def test_only_loopback_is_loopback():
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "lab.example", ""))


def test_a_page_speaks_with_the_host_that_it_came_from():
    assert same_origin("http://localhost:8000", "localhost:8000")
    assert same_origin("https://lab.example", "lab.example")
    for origin in ("http://localhost:3000", "http://evil.example:8000", "null", "", "http://[",
                   "file://localhost:8000", "http://127.0.0.1:8000"):  # fmt: skip
        assert not same_origin(origin, "localhost:8000")
    assert not same_origin("http://", "")


def test_messages_are_taken_apart():
    assert parse_message('["stdin", "s"]') == ("stdin", b"s")
    assert parse_message('["resize", {"width": 100, "height": 30}]') == ("resize", (100, 30))
    assert parse_message('["ping", "12"]') == ("ping", "12")
    assert parse_message('["focus"]') == ("focus", None)


@pytest.mark.parametrize(
    "message",
    ["", "s", "[]", "{}", "null", '["stdin"]', '["stdin", 7]', '["resize", "80x24"]', '["quit"]',
     '["deliver_chunk_request", {"key": "x"}]', '[["stdin"], "s"]', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_message_is_nothing(message):
    assert parse_message(message) == ("", None)


def test_half_a_character_is_no_key():
    assert parse_message(json.dumps(["stdin", "s\ud800"])) == ("stdin", b"s")
    assert parse_message(json.dumps(["stdin", "\ud800"])) == ("", None)


def test_a_size_stays_within_bounds():
    assert size_of({"width": 10**9, "height": "999999999"}) == MOST
    assert size_of({"width": -5, "height": 0}) == (1, 1)
    assert size_of({"width": "x", "height": True}) == DEFAULT
    assert size_of({"width": "9" * 5000, "height": 1.5}) == DEFAULT
