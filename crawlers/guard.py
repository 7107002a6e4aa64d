"""The request guard: nothing of ours ever asks an internal address, whatever a page, a redirect or a name server says."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import aiohttp.abc
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.exceptions import IgnoreRequest

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = (80, 443)


class Refused(IgnoreRequest):
    """The guard refused an address; the message names it and the mend. Never retried."""


def is_public(address: str) -> bool:
    """Return True when an IP address belongs to the public Internet.

    IPv6 forms that carry an IPv4 address inside (mapped, 6to4, Teredo, NAT64) are judged by what they carry.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner: ipaddress.IPv4Address | None = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


class Guard:
    """Decides which addresses may be asked; `allowed` are the technician's exceptions, "host" or "host:port"."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(a.strip().lower() for a in allowed)

    def allows(self, host: str, port: int) -> bool:
        """Return True when the technician named this host, or this host with this port, in OTKLIK_ALLOW_INTERNAL."""
        host = host.lower().strip("[]")
        return host in self._allowed or f"{host}:{port}" in self._allowed

    def check_url(self, url: str) -> None:
        """Raise Refused for what needs no name server to refuse: scheme, user in the address, port, literal address."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise Refused(f"Адрес {url[:80]} не открываем: нужен http:// или https://")
        host = parts.hostname or ""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            port = -1
        if not host or parts.username is not None or port == -1:
            raise Refused(f"Адрес сайта «{parts.netloc.rpartition('@')[2][:80]}» записан неверно: проверьте его")
        if self.allows(host, port):
            return
        if port not in _PORTS:
            raise Refused(f"{host}: порт {port} не открываем, разрешены 80 и 443 (исключение — OTKLIK_ALLOW_INTERNAL)")
        if _is_literal(host) and not is_public(host):
            raise Refused(_internal(host, host))

    def check_addresses(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Raise Refused when any of the addresses a name resolved to is not public and not allowed."""
        if self.allows(host, port):
            return
        for address in addresses:
            if not is_public(address) and not self.allows(address, port):
                raise Refused(_internal(host, address))


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _internal(host: str, address: str) -> str:
    where = host if host == address else f"{host} ({address})"
    return f"{where} — адрес внутренней сети, запрос отклонён (исключение может дать техник: OTKLIK_ALLOW_INTERNAL)"


class GuardedResolver(aiohttp.abc.AbstractResolver):
    """Resolves a name once and hands out only addresses that the guard let through: rebinding has nothing to rebind."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = aiohttp.ThreadedResolver()
        self.passed: set[tuple[str, int]] = set()
        """Addresses of names the technician allowed; the socket factory lets these through too."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        """Return the checked addresses of a name; raises Refused, or OSError when the name is unknown."""
        found = await self._inner.resolve(host, port, family)
        self._guard.check_addresses(host, port, [r["host"] for r in found])
        if self._guard.allows(host, port):
            self.passed.update((r["host"], port) for r in found)
        return found

    async def close(self) -> None:
        """Let go of the inner resolver."""
        await self._inner.close()


class GuardedDownloadHandler(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler on a connector that asks the guard before each socket is opened."""

    # Ours is pinned (scrapy < 2.20) and covered by tests/crawlers/test_guard.py: no warning at each start.
    experimental = False

    def __init__(self, crawler: Any) -> None:
        # AiohttpDownloadHandler.__init__ would open an unguarded session first; start one floor higher.
        super(AiohttpDownloadHandler, self).__init__(crawler)
        self._guard = Guard(crawler.settings.getlist("OTKLIK_ALLOW_INTERNAL"))
        self._resolver = GuardedResolver(self._guard)
        self._ssl_context = ssl.create_default_context(cafile=crawler.settings.get("OTKLIK_CA_BUNDLE") or None)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver,
                socket_factory=self._socket,
                limit=self._pool_size_total,
                limit_per_host=self._pool_size_per_host,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def download_request(self, request: Any) -> Any:
        """Check the address of a request (redirects come here as new requests), then download it."""
        self._guard.check_url(request.url)
        return await super().download_request(request)

    async def close(self) -> None:
        """Close the connections and the resolver."""
        await super().close()
        await self._resolver.close()

    def _socket(self, info: Any) -> socket.socket:
        """Open the socket for one resolved address: the last look, at the very address that will be connected to."""
        family, kind, proto, _, (address, port, *_rest) = info
        if (address, port) not in self._resolver.passed:
            self._guard.check_addresses(address, port, [address])
        return socket.socket(family, kind, proto)
