"""Where the server listens: the given port, or the first free port from 8000 on."""

from __future__ import annotations

import errno
import socket
import sys

from bpdebug.errors import BpdebugError
from bpdebug.wording import safe

FIRST_PORT = 8000
TRIES = 100


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket; BpdebugError where the host or its ports are not available."""
    if not host:  # The system would take it for every address.
        raise BpdebugError("name an address, such as 127.0.0.1", key="--host")
    ports = range(FIRST_PORT, FIRST_PORT + TRIES) if port is None else (port,)
    for number in ports:
        try:
            return bound_socket(host, number)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and number != ports[-1]:
                continue
            raise refusal(host, number, error) from None
    raise AssertionError("there is always a port to try")


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket bound to one port of a host."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # There it would let two servers share a port.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made


def refusal(host: str, port: int, error: OSError) -> BpdebugError:
    """The error of a server that cannot listen there, with a remedy."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        text = f"'{safe(host[:80])}' is no address of this machine; leave it out, or give one"
        return BpdebugError(text, key="--host")
    remedy = "the system chooses" if port == 0 else "give another, or 0 for any that is free"
    return BpdebugError(f"cannot listen on port {port}: {error.strerror}; {remedy}", key="--port")


def url(made: socket.socket, host: str) -> str:
    """The URL for a browser; an address for every interface is shown as this machine's own."""
    port = made.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
