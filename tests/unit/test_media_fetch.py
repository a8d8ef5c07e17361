"""Fetching from a real server on this machine: what is allowed in, what is refused, and what is kept."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from snapshelf.errors import BadMedia
from snapshelf.media import Fetcher
from snapshelf.media.address import is_public

BODY = b"picture" * 1000


class Shop(BaseHTTPRequestHandler):
    """Serves what the path asks for, and counts."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        name = self.path.strip("/").split("/")[0].split("?")[0]
        getattr(self, f"serve_{name}", self.serve_missing)()

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def serve_ok(self):
        if self.headers.get("If-None-Match") == '"1"':
            self.answer(304, ETag='"1"')
        else:
            self.answer(200, BODY, ETag='"1"')

    def serve_missing(self):
        self.answer(404, b"no")

    def serve_flaky(self):
        self.answer(503 if len(self.server.asked) < 3 else 200, BODY)

    def serve_down(self):
        self.answer(503)

    def serve_around(self):
        self.answer(302, Location="/around")

    def serve_there(self):
        self.answer(302, Location="/ok")

    def serve_inside(self):
        self.answer(302, Location=f"http://127.0.0.1:{self.server.server_port}/ok")

    def serve_file(self):
        self.answer(302, Location="file:///etc/passwd")

    def serve_huge(self):
        self.answer(200, b"x" * 200_000)

    def serve_liar(self):
        self.answer(200, b"x" * 10, length=1000)
        self.close_connection = True

    def serve_drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            time.sleep(0.1)
            self.wfile.write(b"x")
            self.wfile.flush()

    def serve_silent(self):
        time.sleep(3)
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the client hung up, as some of these tests mean it to


@pytest.fixture
def shop():
    server = Server(("127.0.0.1", 0), Shop)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url(shop, path):
    return f"http://127.0.0.1:{shop.server_port}/{path}"


def test_fetch_and_keep(shop, tmp_path):
    fetcher = Fetcher(cache=tmp_path / "kept", allow_private=True)
    assert fetcher.fetch(url(shop, "ok")) == BODY
    assert fetcher.fetch(url(shop, "ok")) == BODY
    assert fetcher.fetch(url(shop, "there")) == BODY
    (one, *_) = (tmp_path / "kept").iterdir()
    one.write_bytes(one.read_bytes()[:-10])
    assert fetcher.fetch(url(shop, "ok")) == BODY, "a kept file that is cut off is fetched again"


def test_the_cache_has_a_limit(shop, tmp_path):
    fetcher = Fetcher(cache=tmp_path / "kept", cache_bytes=20_000, allow_private=True)
    for n in range(6):
        assert fetcher.fetch(url(shop, f"ok?{n}")) == BODY
    kept = list((tmp_path / "kept").iterdir())
    assert sum(file.stat().st_size for file in kept) <= 20_000
    assert 1 <= len(kept) < 6


def test_a_failure_that_passes(shop):
    assert Fetcher(allow_private=True).fetch(url(shop, "flaky")) == BODY
    assert shop.asked == ["/flaky"] * 3


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "answers 404"),
        ("down", "answers 503"),
        ("around", "redirects more than"),
        ("file", "must begin with http"),
        ("huge", "larger than 100,000 bytes"),
        ("liar", "broke off"),
    ],
)
def test_what_is_refused(shop, path, reason):
    with pytest.raises(BadMedia, match=reason):
        Fetcher(max_bytes=100_000, allow_private=True).fetch(url(shop, path))


@pytest.mark.parametrize("path", ["drip", "silent"])
def test_a_slow_server_is_left(shop, path):
    began = time.monotonic()
    with pytest.raises(BadMedia, match="too long|in time"):
        Fetcher(timeout=0.6, allow_private=True).fetch(url(shop, path))
    assert time.monotonic() - began < 3, "bounded by the limit, not by the server"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
    ],
)
def test_our_own_machine_is_refused_however_it_is_spelled(shop, host):
    with pytest.raises(BadMedia, match="private network|cannot be found"):
        Fetcher().fetch(f"http://{host}:{shop.server_port}/ok")
    assert shop.asked == []


def test_a_redirect_into_our_network_is_refused(shop, monkeypatch):
    """The first hop is let through, as a public host would be; the second is checked again."""
    import snapshelf.media.fetch as fetching

    real, hops = fetching.vetted, []

    def first_is_public(host, port, allow_private):
        hops.append(host)
        return real(host, port, allow_private or len(hops) == 1)

    monkeypatch.setattr(fetching, "vetted", first_is_public)
    with pytest.raises(BadMedia, match="private network"):
        Fetcher().fetch(url(shop, "inside"))
    assert shop.asked == ["/inside"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize("given", ["ftp://shop/a.jpg", "file:///etc/passwd", "http://", "http://host:99999/", "//a/b"])
def test_what_is_no_url(given):
    with pytest.raises(BadMedia, match="no URL that can be fetched"):
        Fetcher().fetch(given)
