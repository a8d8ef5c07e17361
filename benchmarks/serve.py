"""How many searches a second the server answers, over loopback, and how long each takes.

    python benchmarks/serve.py demo/shop demo/shelf            # `make demo` leaves both; writes docs/benchmarks/serve.md
    python benchmarks/serve.py demo/shop demo/shelf --workers 2 --clients 32 --seconds 10 --rate 300

The server runs as `snapshelf serve` does, the clients in this process: connections that stay open, requests made
beforehand, answers read to the end. Clients and server share the machine's cores, so the clients' own processor time is
given as well. "as fast as they can" waits for nothing but the answer (closed loop: the wait of each client is then
clients ÷ throughput); "--rate" sends at a fixed rate, counting from when a request was due (open loop). /health is the
same server doing nothing: the limit that the wire and the loop set.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from machine import describe

PAGE = Path(__file__).parents[1] / "docs/benchmarks/serve.md"
MAIN = "from snapshelf.cli import main; main()"
WARM = "the same, after half a minute of it"
HEAD = (
    "| asked | clients | sent | a second | p50 ms | p95 ms | p99 ms | server's CPU ms | clients' CPU ms |\n"
    "|---|--:|---|--:|--:|--:|--:|--:|--:|"
)


@dataclass
class Run:
    """What one scenario gave: seconds of each answer, over how many seconds, and processor seconds of both sides."""

    waits: list[float]
    seconds: float
    server: float
    clients: float

    def line(self, asked: str, clients: int, sent: str) -> str:
        waits, n = sorted(self.waits), len(self.waits)
        shares = [f"{waits[min(int(n * share), n - 1)] * 1000:.1f}" for share in (0.5, 0.95, 0.99)]
        each = [f"{spent / n * 1000:.2f}" for spent in (self.server, self.clients)]
        return f"| {asked} | {clients} | {sent} | {n / self.seconds:.0f} | {' | '.join(shares)} | {' | '.join(each)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shop", type=Path)
    parser.add_argument("shelf", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rate", type=float, default=300, help="requests a second of the open loop")
    parser.add_argument("--warm", type=float, default=30, help="seconds of shoppers before the server counts as warm")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    process, port = start(given.shelf, given.workers)
    try:
        lines = list(measure(given, process, port))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    command = f"python benchmarks/serve.py SHOP SHELF --workers {given.workers} --clients {given.clients}"
    said = f"`{command}`, {describe('snapshelf', 'fastapi', 'uvicorn')}, load {os.getloadavg()[0]:.1f} before it ended."
    given.page.write_text(
        f"# The server, measured\n\n{(__doc__ or '').split(chr(10) * 2)[2]}\n\n{said}\n\n{HEAD}\n"
        + "\n".join(lines)
        + "\n"
    )


def start(shelf: Path, workers: int) -> tuple[subprocess.Popen[str], int]:
    settings = {"SNAPSHELF_SERVE_RATE": "", "SNAPSHELF_SERVE_CONSENT": "false"}
    command = [sys.executable, "-c", MAIN, "serve", "--shelf", str(shelf), "--port", "0", "--workers", str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings})
    assert process.stdout
    while not (found := re.search(r"open (http://\S+)", process.stdout.readline())):
        pass
    port = urlsplit(found[1]).port or 0
    until = time.monotonic() + 60
    while asyncio.run(ready(port)) != 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(3)  # until every process has searched once
    return process, port


async def ready(port: int) -> int:
    wire = await Wire.open(port)
    status = await wire.ask(get("/ready"))
    wire.close()
    return status


def measure(given: argparse.Namespace, process: subprocess.Popen[str], port: int):
    rng = random.Random(7)
    with (given.shop / "products.csv").open(encoding="utf-8") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    judged = [json.loads(line) for line in (given.shop / "queries.jsonl").read_text().splitlines()]
    fresh = [get(f"/search?q={quote(words(rng, titles))}&family=1") for _ in range(40_000)]
    known = [get(f"/search?q={quote(words(rng, titles))}&family=1") for _ in range(2_000)]
    weights = [1 / rank for rank in range(1, len(known) + 1)]
    popular = rng.choices(known, weights, k=40_000)
    photos = [post(given.shop / query["image"]) for query in judged if "image" in query and "text" not in query]
    mixed = [
        post(given.shop / query["image"], query["text"]) for query in judged if "image" in query and "text" in query
    ]
    many, at_rate = given.clients, f"{given.rate:.0f} a second"
    print(HEAD)
    for asked, requests, clients, rate in (
        ("/health: the limit", [get("/health")], many, 0.0),
        ("words, none twice", fresh, many, 0.0),
        ("words, none twice", fresh[20_000:], many, given.rate),
        ("words as shoppers repeat them (Zipf, 2,000 queries), from the first on", popular, many, 0.0),
        (WARM, popular[5_000:], many, 0.0),
        (WARM, popular[30_000:], many, given.rate),
        ("/suggest while typing", [get(f"/suggest?q={quote(t[:n])}") for t in titles for n in (2, 4, 7)], many, 0.0),
        ("a photo, sent and decoded", photos, 1, 0.0),
        ("a photo, sent and decoded", photos, 4, 0.0),
        ("a photo and words", mixed, 1, 0.0),
    ):
        if asked == WARM and not rate:
            asyncio.run(scenario(port, process.pid, popular[20_000:], clients, rate, given.warm))
        run = asyncio.run(scenario(port, process.pid, requests, clients, rate, given.seconds))
        line = run.line(asked, clients, at_rate if rate else "as fast as they can")
        print(line, flush=True)
        yield line


def words(rng: random.Random, titles: list[str]) -> str:
    """What a shopper might type: some words of a title, now and then with a price."""
    title = rng.choice(titles).split()
    picked = [word for word in title if rng.random() < 0.6] or title[-1:]
    return " ".join(picked) + (f" under {rng.randrange(10, 400)} EUR" if rng.random() < 0.3 else "")


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def post(photo: Path, text: str = "") -> bytes:
    parts = [f'--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n{text}\r\n'.encode()] if text else []
    head = '--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = b"".join([*parts, head.encode(), photo.read_bytes(), b"\r\n--b--\r\n"])
    kind = f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}"
    return f"POST /search HTTP/1.1\r\nHost: bench\r\n{kind}\r\n\r\n".encode() + body


class Wire:
    """One connection that stays open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Wire:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> int:
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length, head
        await self.reader.readexactly(int(length[1]))
        return int(head[9:12])

    def close(self) -> None:
        self.writer.close()


async def scenario(port: int, pid: int, requests: list[bytes], clients: int, rate: float, seconds: float) -> Run:
    wires = [await Wire.open(port) for _ in range(clients)]
    waits: list[float] = []
    began, busy, own = time.perf_counter(), cpu(pid), time.process_time()
    sent = iter(range(10**9))

    async def client(wire: Wire) -> None:
        while True:
            number = next(sent)
            due = began + number / rate if rate else time.perf_counter()
            if (due if rate else time.perf_counter()) - began > seconds:
                return
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            status = await wire.ask(requests[number % len(requests)])
            assert status == 200, status
            waits.append(time.perf_counter() - due)

    await asyncio.gather(*(client(wire) for wire in wires))
    spent = time.perf_counter() - began
    for wire in wires:
        wire.close()
    return Run(waits, spent, cpu(pid) - busy, time.process_time() - own)


def cpu(pid: int) -> float:
    """Processor seconds of a process and its children."""
    tick, total = os.sysconf("SC_CLK_TCK"), 0.0
    for one in [pid, *children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / tick
    return total


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found] + [deeper for one in found for deeper in children(int(one))]


if __name__ == "__main__":
    main()
