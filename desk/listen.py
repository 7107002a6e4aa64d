"""The socket the pages are served on."""

from __future__ import annotations

import socket


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket for uvicorn; port 0 takes a free one. OSError when the address is taken or not ours.

    The protocol is named on purpose: asyncio sets TCP_NODELAY only on sockets that say TCP; uvicorn's own bind_socket
    and socket.create_server do not name it. Without that each answer on a kept connection waits 40 ms for the other side's
    acknowledgement (measured with the sign-in page: 47 ms a request instead of 1.4).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    sock.set_inheritable(True)
    return sock
