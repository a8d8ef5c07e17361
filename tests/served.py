"""A real server for tests: `snapshelf serve` as a process of its own, on a free port, stopped by its own id."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import urllib3

MAIN = "from snapshelf.cli import main; main()"


class Served:
    """Where it listens, and how to ask it. Every answer: (status, headers, JSON or bytes)."""

    def __init__(self, process, url):
        self.process, self.url, self.pid = process, url, process.pid
        self.pool = urllib3.PoolManager(maxsize=64, retries=False, timeout=60)

    def __call__(self, method, path, headers=None, **named):
        answer = self.pool.request(method, self.url + path, headers=headers, **named)
        kind = answer.headers.get("content-type", "")
        return answer.status, answer.headers, json.loads(answer.data) if "json" in kind else answer.data

    def get(self, path, **named):
        return self("GET", path, **named)

    def post(self, path, **named):
        return self("POST", path, **named)


def photo_of(file, name="photo.jpg", kind="image/jpeg"):
    return (name, file.read_bytes(), kind)


@contextmanager
def serving(shelf, *options, **settings):
    """Serve a shelf. settings: of [serve], by name; others with their section, such as ranking_rules."""
    named = {(f"SNAPSHELF_{n}" if "_" in n and n.split("_")[0] in SECTIONS else f"SNAPSHELF_SERVE_{n}").upper(): str(v)
             for n, v in settings.items()}  # fmt: skip
    command = [sys.executable, "-c", MAIN, "serve", "--shelf", str(shelf), "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **named}
    )
    served = None
    try:
        said, url = [], None
        while url is None:
            line = process.stdout.readline()
            assert line, "".join(said)
            said.append(line)
            found = re.search(r"open (http://\S+)", line)
            url = found and found[1]
        served = Served(process, url)
        served.said = said
        until = time.monotonic() + 60
        while served.get("/ready")[0] != 200:
            assert time.monotonic() < until, "".join(said)
            assert process.poll() is None, "".join(said)
            time.sleep(0.05)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            process.stdout.close()
            served and served.pool.clear()


SECTIONS = ("embedder", "store", "media", "speech", "search", "ranking")
