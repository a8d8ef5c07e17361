"""What a caller cannot do to the server: too much, too slowly, too strangely."""

import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.test_search_api import error_of
from tests.served import serving

MB = 1_000_000


@pytest.fixture(scope="module")
def strict(shelf):
    with serving(shelf, rate="", consent="false", max_upload=2 * MB, upload_seconds=1) as server:
        yield server


def connect(server):
    place = urlsplit(server.url)
    return socket.create_connection((place.hostname, place.port), timeout=20)


def memory(pid, name="VmRSS"):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) * 1024


def head(path, **headers):
    lines = [f"POST {path} HTTP/1.1", "Host: x", *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def test_a_request_that_says_it_is_too_large_is_not_read(strict):
    with connect(strict) as wire:
        wire.sendall(head("/search", Content_Length=10**12, Content_Type="multipart/form-data; boundary=x"))
        assert b" 413 " in wire.recv(4096).split(b"\r\n")[0]


def test_a_request_that_turns_out_too_large_is_cut_off(strict):
    before = memory(strict.pid, "VmHWM")
    with connect(strict) as wire:
        wire.sendall(head("/search", Transfer_Encoding="chunked", Content_Type="multipart/form-data; boundary=x"))
        part = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
        wire.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        answer = b""
        try:
            for _ in range(2000):  # 131 MB
                wire.sendall(piece)
            answer = wire.recv(4096)
        except OSError:  # hung up on
            pass
    assert not answer or b" 413 " in answer.split(b"\r\n")[0]
    assert memory(strict.pid, "VmHWM") - before < 60 * MB
    assert strict.get("/search?q=lamp")[0] == 200


def test_many_large_photos_do_not_pile_up(strict, tmp_path):
    """Forty uploads of 1.9 MB at once, of which none is a picture."""
    from PIL import Image

    Image.effect_noise((1100, 1100), 90).convert("RGB").save(tmp_path / "noise.png")
    data = (tmp_path / "noise.png").read_bytes()[: int(1.9 * MB)]
    strict.post("/search", fields={"image": ("a.png", data, "image/png")})
    before = memory(strict.pid, "VmHWM")
    answers = []

    def send():
        answers.append(strict.post("/search", fields={"image": ("a.png", data, "image/png")}))

    threads = [threading.Thread(target=send) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer[0] in (200, 400) for answer in answers)
    assert memory(strict.pid, "VmHWM") - before < 250 * MB


def test_a_body_that_dribbles_is_refused(strict):
    with connect(strict) as wire:
        wire.sendall(head("/search", Content_Length=1000, Content_Type="application/x-www-form-urlencoded") + b"q=l")
        began = time.monotonic()
        assert b" 408 " in wire.recv(4096).split(b"\r\n")[0]
        assert 0.8 < time.monotonic() - began < 8
    assert strict.get("/search?q=lamp")[0] == 200


def test_a_head_that_never_ends_is_hung_up_on(strict):
    with connect(strict) as quiet, connect(strict) as slow:
        began = time.monotonic()
        slow.sendall(b"GET /search?q=lamp HTTP/1.1\r\nHost: x\r\nX-A: ")
        assert strict.get("/search?q=lamp")[0] == 200  # others are served meanwhile
        assert slow.recv(10) == b""
        assert quiet.recv(10) == b""
        assert 5 < time.monotonic() - began < 19


def test_strange_requests(strict):
    for raw in (b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"):
        with connect(strict) as wire:
            wire.sendall(raw)
            assert wire.recv(4096)[:12] in (b"HTTP/1.1 400", b"")
    error_of(strict("PUT", "/search"), 405, "wrong_method")
    error_of(strict.get("/nowhere/at/all"), 404, "not_found")
    error_of(strict.post("/search", body=b"x", headers={"Content-Type": "text/plain"}), 400, "empty_query", "q")
    fields = [("image", ("a.jpg", b"x", "image/jpeg"))] * 40
    assert strict.post("/search", fields=fields)[0] == 400


def test_every_answer_has_its_id_and_the_headers_of_safety(strict):
    for path in ("/search?q=lamp", "/nowhere", "/health", "/"):
        _, headers, _ = strict.get(path)
        assert len(headers["x-request-id"]) == 16
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert strict.get("/health", headers={"X-Request-Id": "from-the-proxy-1"})[1]["x-request-id"] == "from-the-proxy-1"
    assert strict.get("/health", headers={"X-Request-Id": "a b\tc<script>"})[1]["x-request-id"] != "a b\tc<script>"


def test_a_log_line_holds_no_words(shelf):
    with serving(shelf) as server:
        server.get("/search?q=secretwords")
        server.process.terminate()
        said = server.process.stdout.read()
    assert "secretwords" not in said


def test_it_stops_gently(shelf):
    """What was begun before SIGTERM is answered."""
    with serving(shelf, consent="false") as server:
        answers = []
        asked = threading.Thread(target=lambda: answers.append(server.get("/search?q=lamp&k=100&all=1")[0]))
        asked.start()
        time.sleep(0.02)
        server.process.terminate()
        asked.join()
        assert server.process.wait(20) in (0, -15)
    assert answers == [200]


def test_several_processes_share_one_port_and_their_figures(shelf):
    with serving(shelf, "--workers", "2", rate="") as server:
        time.sleep(1)
        for _ in range(30):
            assert server.get("/suggest?q=l", headers={"Connection": "close"})[0] == 200
        text = server.get("/metrics")[2].decode()
    counted = [
        line.split()[-1]
        for line in text.splitlines()
        if line.startswith("snapshelf_requests_total{") and "/suggest" in line
    ]
    assert sum(map(float, counted)) == 30
