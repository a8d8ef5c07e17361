"""A real server over a small shop, and a real Chromium: what tests of the pages share."""

import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from snapshelf import sample
from snapshelf.shelf import open_shelf

CHROMIUM = "/usr/bin/chromium"
REQUIRE_EXTRAS = "SNAPSHELF_REQUIRE_EXTRAS"
PRODUCTS = 60
BARCODE = "4006381333931"  # an EAN-13 with a right check digit, on no product


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """A folder with `shop` (pictures, customer/ photos, products.csv) and `shelf`, where it is indexed."""
    folder = tmp_path_factory.mktemp("small")
    sample.render(folder / "shop", products=PRODUCTS)
    with open_shelf(folder / "shelf") as shelf:
        shelf.index(folder / "shop" / "products.csv")
    return folder


class Served:
    """A server of its own process. ``url``: where it is."""

    def __init__(self, shelf, settings=""):
        file = Path(shelf).parent / f"{os.urandom(4).hex()}.toml"
        file.write_text(settings)
        command = ["-c", "from snapshelf.cli import main; main()", "serve", "--shelf", str(shelf), "--port", "0"]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--settings", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
        )
        self.said, self.url = [], ""
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"http://[\d.:]+", line):
                self.url = found[0]
                break
        assert self.url, "".join(self.said)
        self.reader = threading.Thread(target=self.said.extend, args=[self.process.stdout], daemon=True)
        self.reader.start()
        assert urllib.request.urlopen(f"{self.url}/health", timeout=60).status == 200

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.reader.join(5)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def serve():
    """Start servers: ``serve(shelf, settings="")``; all are stopped at the end."""
    running = []

    def start(shelf, settings=""):
        running.append(Served(shelf, settings))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture(scope="session")
def served(shop, serve):
    """The address of a server over the small shop, as it is set by default but for the rate."""
    return serve(shop / "shelf", '[serve]\nrate = ""\n').url


def _spoken(folder):
    """Somebody who speaks, or the browser's own beeps where that recording is not here."""
    held = Path(__file__).resolve().parents[3] / "shared" / "data" / "speech" / "orders_wav24.zip"
    if not held.is_file():
        return []
    with zipfile.ZipFile(held) as archive:
        name = next(name for name in sorted(archive.namelist()) if name.endswith(".wav"))
        (folder / "spoken.wav").write_bytes(archive.read(name))
    return [f"--use-file-for-fake-audio-capture={folder / 'spoken.wav'}%noloop"]


def bars(digits, module=4, height=220):
    """An EAN-13 as a picture (ISO/IEC 15420: seven modules a digit; sets A and B by the first digit, then C)."""
    left = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split()
    right = ["".join("10"[bit == "1"] for bit in code) for code in left]
    parity = "AAAAAA AABABB AABBAB AABBBA ABAABB ABBAAB ABBBAA ABABAB ABABBA ABBABA".split()
    sets = {"A": left, "B": [code[::-1] for code in right], "C": right}
    codes = [sets[kind][int(digit)] for kind, digit in zip(parity[int(digits[0])] + "CCCCCC", digits[1:], strict=True)]
    lines = "101" + "".join(codes[:6]) + "01010" + "".join(codes[6:]) + "101"
    picture = Image.new("L", (640, 480), 255)
    draw = ImageDraw.Draw(picture)
    start = (640 - module * len(lines)) // 2
    for place, bit in enumerate(lines):
        if bit == "1":
            x = start + place * module
            draw.rectangle([x, 130, x + module - 1, 130 + height], fill=0)
    return picture


def _film(file):
    """What the camera sees: a barcode, as YUV4MPEG2."""
    grey = np.asarray(bars(BARCODE))
    frame = grey.tobytes() + bytes([128]) * (grey.size // 2)
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + frame) * 3)
    return [f"--use-file-for-fake-video-capture={file}"]


@pytest.fixture(scope="package")
def browser(tmp_path_factory):
    """Chromium with a camera that sees a barcode and a microphone into which somebody speaks."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        if os.environ.get(REQUIRE_EXTRAS):
            pytest.fail("playwright is not installed; it is in the extra dev")
        pytest.skip("playwright is not installed; it is in the extra dev")
    if not shutil.which(CHROMIUM):
        pytest.skip(f"{CHROMIUM} is not here; install the package chromium")
    folder = tmp_path_factory.mktemp("devices")
    devices = [*_film(folder / "seen.y4m"), *_spoken(folder)]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--use-fake-device-for-media-stream", *devices]
        )
        yield opened
        opened.close()


@pytest.fixture
def faults():
    """What went wrong in pages: scripts that failed, and what the content security policy forbade."""
    return []


@pytest.fixture
def tab(browser, faults):
    """A fresh page of a fresh shopper, ``tab(width=1280, height=900, **context)``; nothing may go wrong in it."""
    contexts = []

    def make(width=1280, height=900, **more):
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda one: faults.append(one.text) if "Content Security Policy" in one.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def accessible(faults):
    """Asserts that axe finds nothing wrong with a page."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page, where=None):
        before = len(faults)
        found = Axe().run(page, where)
        del faults[before:]  # axe sets styles of its own, which the pages do not allow
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []

    return check


@pytest.fixture(scope="session")
def customer(shop):
    """Photos of customers, by path, sorted."""
    return sorted((shop / "shop" / "customer").glob("*.jpg"))
