"""Fetch a URL: bounded in size, time and redirects, never from a private network, kept in a small cache on disk."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from snapshelf.errors import BadMedia
from snapshelf.media.address import vetted
from snapshelf.media.cache import Cache, Kept

if TYPE_CHECKING:
    import urllib3
    from urllib3.connection import HTTPConnection

REDIRECTS = 5
TRIES = 3
AGAIN = frozenset({429, 500, 502, 503, 504})
ELSEWHERE = frozenset({301, 302, 303, 307, 308})
PIECE = 65_536
PLAIN = "%/?:@!$&'()*+,;=~"  # signs of a path and its query that stay as they are


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How URLs are fetched. ``cache``: folder for what was fetched, at most ``cache_bytes`` in all; None keeps nothing.

    ``timeout`` bounds one fetch with all its redirects and retries, in seconds; looking up a name is bounded by the
    system's own patience alone.
    """

    cache: Path | None = None
    cache_bytes: int = 500_000_000
    max_bytes: int = 20_000_000
    timeout: float = 20.0
    allow_private: bool = False

    def fetch(self, url: str) -> bytes:
        """What the URL holds. A kept copy is asked to be confirmed (ETag, Last-Modified) before it is used again.

        Raises BadMedia for a scheme other than http and https, a private address, too many redirects, too many bytes,
        too much time, or an answer that is not 200.
        """
        deadline = time.monotonic() + self.timeout
        cache = Cache(self.cache, self.cache_bytes) if self.cache else None
        kept = cache.get(url) if cache else None
        for attempt in range(TRIES):
            try:
                status, headers, data = self._follow(url, kept, deadline)
            except _Retry as error:
                if attempt + 1 == TRIES or time.monotonic() + 0.2 * 2**attempt > deadline:
                    raise BadMedia(f"{url} cannot be fetched: {error}") from error
                time.sleep(0.2 * 2**attempt)
                continue
            if status == 304:
                if kept is None:
                    raise BadMedia(f"{url}: the server says that nothing has changed, but nothing was kept of it")
                return kept.data
            if cache:
                cache.put(url, Kept(data, headers.get("etag", ""), headers.get("last-modified", "")))
            return data
        raise BadMedia(f"{url} cannot be fetched")

    def _follow(self, url: str, kept: Kept | None, deadline: float) -> tuple[int, dict[str, str], bytes]:
        at = url
        for _ in range(REDIRECTS + 1):
            status, headers, data = self._once(at, kept if at == url else None, deadline)
            if status not in ELSEWHERE:
                return status, headers, data
            try:
                at = urljoin(at, headers["location"])
            except (KeyError, ValueError) as error:
                raise BadMedia(f"{at} redirects without saying where to") from error
        raise BadMedia(f"{url} redirects more than {REDIRECTS} times")

    def _once(self, url: str, kept: Kept | None, deadline: float) -> tuple[int, dict[str, str], bytes]:
        import ssl
        from http.client import HTTPException

        import urllib3

        place = _place(url)
        addresses = vetted(place.host, place.port, self.allow_private)
        asked = {"Host": place.header, "User-Agent": "snapshelf", "Accept": "image/*,*/*;q=0.5"}
        connection = guard = None
        try:
            connection = _connected(url, place, addresses, deadline)
            # A server that sends a byte now and then never times out by itself.
            guard = threading.Timer(_left(url, deadline), _hang_up, [connection])
            guard.daemon = True
            guard.start()
            asked |= {"Accept-Encoding": "identity"} | (kept.conditions() if kept else {})
            connection.request("GET", place.target, headers=asked, preload_content=False)
            return self._read(url, connection.getresponse(), deadline)
        except (ssl.SSLError, urllib3.exceptions.SSLError, urllib3.exceptions.DecodeError) as error:
            raise BadMedia(f"{url} cannot be fetched: {error}") from error
        except (urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
            _left(url, deadline)
            raise _Retry(_plain(error)) from error
        finally:
            if guard:
                guard.cancel()
            if connection:
                connection.close()

    def _read(self, url: str, response: urllib3.BaseHTTPResponse, deadline: float) -> tuple[int, dict[str, str], bytes]:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status in AGAIN:
            raise _Retry(f"the server answers {response.status}")
        if response.status == 304 or response.status in ELSEWHERE:
            return response.status, headers, b""
        if response.status != 200:
            raise BadMedia(f"{url}: the server answers {response.status}")
        pieces, size = [], 0
        while piece := response.read1(PIECE):
            size += len(piece)
            if size > self.max_bytes:
                raise BadMedia(f"{url} is larger than {self.max_bytes:,} bytes")
            _left(url, deadline)
            pieces.append(piece)
        _left(url, deadline)  # a connection that was hung up looks like a short body
        return 200, headers, b"".join(pieces)


class _Retry(Exception):
    """A failure that may pass."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A URL in the parts that a request needs: ``header`` names the host, ``target`` is the path with its query."""

    secure: bool
    host: str
    port: int
    header: str
    target: str


def _place(url: str) -> _Place:
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        host = parts.hostname or ""
        if not host.isascii():
            host = host.encode("idna").decode()
    except ValueError as error:
        raise BadMedia(f"{url!r} is no URL that can be fetched: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadMedia(f"{url!r} is no URL that can be fetched; it must begin with http:// or https://")
    named = f"[{host}]" if ":" in host else host
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=PLAIN, errors="replace")
    return _Place(secure, host, port, named if parts.port is None else f"{named}:{parts.port}", target)


def _connected(url: str, place: _Place, addresses: list[str], deadline: float) -> HTTPConnection:
    """A connection to the first vetted address that can be reached; TLS still proves the host's name."""
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    left, secure = len(addresses), {"server_hostname": place.host, "assert_hostname": place.host}
    while True:
        address, patience = addresses[-left], _left(url, deadline) / left  # each address has its share of the time
        connection = (
            HTTPSConnection(address, place.port, timeout=patience, **secure)  # type: ignore[arg-type]
            if place.secure
            else HTTPConnection(address, place.port, timeout=patience)
        )
        try:
            connection.connect()
            connection.sock.settimeout(_left(url, deadline))
            return connection
        except (ConnectTimeoutError, NewConnectionError):
            connection.close()
            left -= 1
            if not left:
                raise
        except BaseException:
            connection.close()
            raise


def _hang_up(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # closed meanwhile
        connection.sock.shutdown(socket.SHUT_RDWR)


def _left(url: str, deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise BadMedia(f"{url} takes too long; its server is slow, or media.timeout is too short")
    return left


def _plain(error: Exception) -> str:
    if "timed out" in str(error).lower():
        return "the server does not answer in time"
    if "http.client" in type(error).__module__ or "IncompleteRead" in repr(error):
        return "the connection broke off"
    return "the server cannot be reached" if "NewConnection" in type(error).__name__ else str(error)
