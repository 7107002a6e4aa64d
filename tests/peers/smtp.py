"""A loopback mail server: takes letters as a real one does, with or without TLS and a password, and refuses as planned."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Letter
from email.policy import default


@dataclass
class MailServer:
    """What it was sent and how it answers."""

    user: str = ""
    password: str = ""
    starttls: bool = False
    letters: list[Letter] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Recipient -> the answer to RCPT, e.g. "550 no such user"."""
    seen: list[str] = field(default_factory=list)
    """Commands, without what stands behind AUTH."""
    port: int = 0


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """One connection."""
        self.plan, self.safe, self.known = self.server.plan, self.server.wrapped, False
        self.say("220 loopback ready")
        while line := self.rfile.readline(2000):
            words = line.decode("utf-8", "replace").strip()
            verb = words.split(" ", 1)[0].upper()
            self.plan.seen.append(verb if verb == "AUTH" else words)
            if verb == "QUIT":
                self.say("221 bye")
                return
            self.answer(verb, words)

    def finish(self) -> None:
        """Close what STARTTLS opened: the server itself knows only the bare connection."""
        super().finish()
        self.request.close()

    def say(self, text: str) -> None:
        """Answer with a line."""
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def answer(self, verb: str, words: str) -> None:
        """Answer one command."""
        known = {"EHLO": self.greet, "STARTTLS": self.wrap, "AUTH": self.know, "DATA": self.take}
        if verb in known:
            known[verb](words)
        elif verb == "MAIL":
            self.say("530 sign in first" if self.plan.user and not self.known else "250 ok")
        elif verb == "RCPT":
            self.say(next((said for who, said in self.plan.refuse.items() if who in words), "250 ok"))
        else:
            self.say("250 ok")

    def greet(self, _words: str) -> None:
        """Say what the server can."""
        offers = ["loopback", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN"]
        offers += ["STARTTLS"] if self.plan.starttls and not self.safe else []
        for one in offers[:-1]:
            self.say(f"250-{one}")
        self.say(f"250 {offers[-1]}")

    def wrap(self, _words: str) -> None:
        """Begin TLS."""
        self.say("220 go ahead")
        assert self.server.context is not None
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile, self.safe = self.request.makefile("rb"), self.request.makefile("wb"), True

    def know(self, words: str) -> None:
        """Check name and password."""
        told = base64.b64decode(words.split(" ")[2]).decode().split("\0")[1:]
        self.known = told == [self.plan.user, self.plan.password]
        self.say("235 welcome" if self.known else "535 wrong name or password")

    def take(self, _words: str) -> None:
        """Take a letter."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline(100_000)) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.plan.letters.append(message_from_bytes(b"".join(lines), policy=default))
        self.say("250 taken")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, plan: MailServer, context: ssl.SSLContext | None, wrapped: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.plan, self.context, self.wrapped = plan, context, wrapped

    def get_request(self):  # type: ignore[no-untyped-def]
        """Wrap the connection from its first byte when the server speaks TLS only."""
        sock, address = super().get_request()
        if self.wrapped and self.context is not None:
            sock = self.context.wrap_socket(sock, server_side=True)
        return sock, address


@contextmanager
def mail_server(
    plan: MailServer | None = None, context: ssl.SSLContext | None = None, *, wrapped: bool = False
) -> Iterator[MailServer]:
    """Serve on loopback until the block ends; `context` is the server's side of TLS, `wrapped` from the first byte."""
    made = plan or MailServer()
    with _Server(made, context, wrapped) as server:
        made.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(5)
