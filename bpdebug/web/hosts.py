"""Who may speak with the server: pages that it served itself.

A page of another site can open a websocket to any address, and by DNS rebinding it can make a
name of its own lead to this machine. So the name in `Host` must be one that cannot be rebound,
and a websocket's `Origin` must be that host.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """True where only this machine can reach a server that listens at a host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def name_of(netloc: str) -> str:
    """The host's name in `name:port`, in lower case; empty where there is none."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_address(name: str) -> bool:
    """True for an address in figures, which no DNS can rebind."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def may_visit(netloc: str, listening: str) -> bool:
    """True where `Host: netloc` is a name of the server that listens at a host."""
    name = name_of(netloc)
    if not name or "@" in netloc:
        return False
    if name in LOOPBACK_NAMES or name == listening.lower():
        return True
    if is_loopback(listening):
        return False
    own = socket.gethostname().lower()
    return is_address(name) or name in (own, f"{own}.local")


def same_origin(origin: str, netloc: str) -> bool:
    """True where a page with this `Origin` came from the host that it speaks to."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == netloc.lower() != ""
