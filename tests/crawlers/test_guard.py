"""The request guard: internal addresses are refused in every disguise, at the very socket, unless the technician said so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from crawlers.guard import Guard, GuardedResolver, Refused, is_public
from tests.crawlers.web_run import NOW, read, settings_for
from tests.peers.serving import serving
from tests.peers.web import Site, news

INTERNAL = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::", "2001:0:0:0:0:0:80ff:fffe",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "77.88.8.8", "2a02:6b8::feed:ff", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::"]


@pytest.mark.parametrize("address", INTERNAL)
def test_internal_addresses_are_known_in_every_form(address: str) -> None:
    """Loopback, private, link-local, carrier, test nets, multicast, and IPv6 that carries an IPv4 inside."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    """Ordinary addresses pass, also inside IPv6."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://10.0.0.5/x", "https://[::ffff:127.0.0.1]/",
        "ftp://example.org/", "file:///etc/hostname", "gopher://example.org/", "http://user:pw@example.org/", "http://example.org:8080/",
        "http://example.org:22/", "http:///nohost", "http://example.org:99999/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_what_needs_no_name_server_is_refused_at_once(url: str) -> None:
    """Other schemes, a user in the address, strange ports and literal internal addresses never reach the network."""
    with pytest.raises(Refused):
        Guard().check_url(url)


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://example.org:443/x", "https://77.88.8.8/", "http://пример.рф/"]
)
def test_ordinary_addresses_pass(url: str) -> None:
    """Public sites on the usual ports are let through to the name server."""
    Guard().check_url(url)


def test_the_technician_may_allow_one_host_or_one_port() -> None:
    """An exception is exactly as wide as it is written."""
    guard = Guard(["intranet.example", "127.0.0.1:8091"])

    guard.check_url("http://intranet.example:9000/")
    guard.check_url("http://127.0.0.1:8091/s/x")
    with pytest.raises(Refused, match="порт"):
        guard.check_url("http://127.0.0.1:8092/")
    with pytest.raises(Refused, match="внутренней сети"):
        guard.check_url("http://127.0.0.1/")


def test_a_name_that_leads_inside_is_refused_whole() -> None:
    """One internal address among public ones is enough: that is how rebinding begins."""
    with pytest.raises(Refused, match=r"news\.example \(10\.0\.0\.1\)"):
        Guard().check_addresses("news.example", 80, ["77.88.8.8", "10.0.0.1"])


@pytest.mark.parametrize("name", ["localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
def test_a_name_is_judged_by_what_it_resolves_to(name: str) -> None:
    """Decimal, hexadecimal, octal and short spellings of loopback are refused by the resolver."""

    async def go() -> None:
        resolver = GuardedResolver(Guard())
        try:
            await resolver.resolve(name, 80, socket.AF_INET)
        finally:
            await resolver.close()

    with pytest.raises(Refused, match="внутренней сети"):
        asyncio.run(go())


@pytest.fixture
def site() -> Iterator[tuple[Site, int]]:
    """A site on loopback."""
    made = Site()
    made.publish([news(1)])
    with serving(made.app()) as port:
        yield made, port


def test_a_crawl_of_an_internal_address_asks_nothing(site: tuple[Site, int]) -> None:
    """Without an exception nothing is sent, and the run says what to do."""
    peer, port = site

    got = read("feed", f"http://127.0.0.1:{port}/feed.xml", port, settings=settings_for(1))

    assert peer.asked == []
    assert got.visit.outcome == "failed"
    assert "OTKLIK_ALLOW_INTERNAL" in got.visit.reason


def test_a_name_of_an_internal_address_asks_nothing(site: tuple[Site, int]) -> None:
    """ "localhost" is not what was allowed: the resolver refuses before any socket is opened."""
    peer, port = site
    settings = settings_for(port).model_copy(update={"allow_internal": (f"127.0.0.1:{port}", "localhost:80")})

    got = read("feed", f"http://localhost:{port}/feed.xml", port, settings=settings)

    assert peer.asked == []
    assert got.visit.outcome == "failed"


def test_the_socket_is_the_last_to_look(site: tuple[Site, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if everything above it were fooled, no socket to an internal address is opened."""
    from crawlers.guard import GuardedDownloadHandler

    peer, port = site
    monkeypatch.setattr(Guard, "check_url", lambda self, url: None)
    opened: list[Any] = []
    inner = GuardedDownloadHandler._socket

    def spying(self: GuardedDownloadHandler, info: Any) -> socket.socket:
        opened.append(info[4][0])
        return inner(self, info)

    monkeypatch.setattr(GuardedDownloadHandler, "_socket", spying)

    got = read("feed", f"http://127.0.0.1:{port}/feed.xml", port, settings=settings_for(1))

    assert opened == ["127.0.0.1"]
    assert peer.asked == []
    assert got.visit.outcome == "failed"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/hostile/to-loopback", "внутренней сети"), ("/hostile/to-metadata", "другой сайт"), ("/hostile/to-other", "другой сайт"),
        ("/hostile/to-file", "перенаправляет"),
    ],
)  # fmt: skip
def test_redirects_are_looked_at_like_first_requests(site: tuple[Site, int], path: str, says: str) -> None:
    """A redirect inside, to another site or to a file is refused with a reason that names it."""
    _, port = site

    got = read("feed", f"http://127.0.0.1:{port}{path}", port)

    assert got.visit.outcome == "failed"
    assert says in got.visit.reason


def test_a_bundle_of_our_own_is_trusted_and_nobody_else(tmp_path: Any) -> None:
    """OTKLIK_CA_BUNDLE opens an HTTPS site signed by it; without it the certificate is refused with a reason."""
    from tests.peers.tls import loopback_tls

    bundle, context = loopback_tls(tmp_path)
    peer = Site()
    peer.publish([news(1)])
    with serving(peer.app(), ssl_context=context) as port:
        address = f"https://127.0.0.1:{port}/feed.xml"
        trusted = read("feed", address, port, settings=settings_for(port, ca_bundle=bundle))
        stranger = read("feed", address, port)

    assert len(trusted.posts) == 1
    assert stranger.posts == []
    assert "сертификат" in stranger.visit.reason


def test_the_guard_stands_in_every_crawl() -> None:
    """Scrapy's doors that are open by default are shut, and HTTP goes through the guard alone."""
    from crawlers import settings as ours
    from crawlers.settings import scrapy_settings

    found = scrapy_settings(settings_for(1))

    assert found["REMOTE_CONTROL_ENABLED"] is False
    assert found["TELNETCONSOLE_ENABLED"] is False
    assert found["HTTPPROXY_ENABLED"] is False
    assert found["COOKIES_ENABLED"] is False
    assert found["ROBOTSTXT_OBEY"] is True
    assert {found["DOWNLOAD_HANDLERS"][s] for s in ("http", "https")} == {"crawlers.guard.GuardedDownloadHandler"}
    assert [found["DOWNLOAD_HANDLERS"][s] for s in ("file", "ftp", "s3", "data")] == [None] * 4
    assert ours.BOT_NAME == "otklik"
    assert NOW.tzinfo is not None
