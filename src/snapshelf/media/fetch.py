"""Fetch a URL: bounded in size, time and redirects, never from a private network, kept in a small cache on disk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from snapshelf.errors import BadMedia
from snapshelf.media.address import vetted
from snapshelf.media.cache import Cache, Kept

if TYPE_CHECKING:
    import urllib3

REDIRECTS = 5
TRIES = 3
AGAIN = frozenset({429, 500, 502, 503, 504})
PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How URLs are fetched. ``cache``: folder for what was fetched, at most ``cache_bytes`` in all; None keeps nothing.

    ``timeout`` bounds one fetch with all its redirects and retries, in seconds.
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
            if status == 304 and kept:
                return kept.data
            if cache:
                cache.put(url, Kept(data, headers.get("etag", ""), headers.get("last-modified", "")))
            return data
        raise BadMedia(f"{url} cannot be fetched")

    def _follow(self, url: str, kept: Kept | None, deadline: float) -> tuple[int, dict[str, str], bytes]:
        at = url
        for _ in range(REDIRECTS + 1):
            status, headers, data = self._once(at, kept if at == url else None, deadline)
            if status not in (301, 302, 303, 307, 308):
                return status, headers, data
            if "location" not in headers:
                raise BadMedia(f"{at} redirects without saying where to")
            at = urljoin(at, headers["location"])
        raise BadMedia(f"{url} redirects more than {REDIRECTS} times")

    def _once(self, url: str, kept: Kept | None, deadline: float) -> tuple[int, dict[str, str], bytes]:
        import urllib3

        pool, path, host = self._pool(url, deadline)
        try:
            response = pool.urlopen(
                "GET",
                path,
                headers={"Host": host, "User-Agent": "snapshelf", "Accept": "image/*,*/*;q=0.5"}
                | (kept.conditions() if kept else {}),
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=True,
                assert_same_host=False,
            )
            return self._read(url, response, deadline)
        except (urllib3.exceptions.SSLError, urllib3.exceptions.DecodeError) as error:
            raise BadMedia(f"{url} cannot be fetched: {error}") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _Retry(_plain(error)) from error
        finally:
            pool.close()

    def _pool(self, url: str, deadline: float) -> tuple[urllib3.HTTPConnectionPool, str, str]:
        """A connection to the vetted address itself; TLS still proves the host's name."""
        import urllib3

        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise BadMedia(f"{url!r} is no URL that can be fetched: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadMedia(f"{url!r} is no URL that can be fetched; it must begin with http:// or https://")
        address = vetted(parts.hostname, port, self.allow_private)
        patience = urllib3.Timeout(connect=_left(url, deadline), read=_left(url, deadline))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme == "http":
            return urllib3.HTTPConnectionPool(address, port, timeout=patience), path, host
        named: dict[str, Any] = {"server_hostname": parts.hostname, "assert_hostname": parts.hostname}
        return urllib3.HTTPSConnectionPool(address, port, timeout=patience, **named), path, host

    def _read(self, url: str, response: urllib3.BaseHTTPResponse, deadline: float) -> tuple[int, dict[str, str], bytes]:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status in AGAIN:
            raise _Retry(f"the server answers {response.status}")
        if response.status == 304 or 301 <= response.status <= 308:
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
        return 200, headers, b"".join(pieces)


class _Retry(Exception):
    """A failure that may pass."""


def _left(url: str, deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise BadMedia(f"{url} takes too long; its server is slow, or media.timeout is too short")
    return left


def _plain(error: Exception) -> str:
    if "timed out" in str(error).lower():
        return "the server does not answer in time"
    return "the connection broke off" if "IncompleteRead" in repr(error) else str(error)
