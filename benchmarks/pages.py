"""How quickly pages can be used, in headless Chromium: first paint, largest paint, interactive, layout shift, weight.

    python benchmarks/pages.py demo/shelf              # `make demo` leaves one; writes docs/benchmarks/pages.md

Each page is opened anew with an empty cache, medians of several visits. Interactive: the page is there and its modules
have run. Shift: the sum of all layout shifts (Cumulative Layout Shift, web.dev/cls; 0.1 and less is good). Weight: bytes
over the wire, pictures apart. The machine serves and draws at the same time, on the same cores.
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from machine import describe
from serve import start

PAGE = Path(__file__).parents[1] / "docs/benchmarks/pages.md"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = {"start": "/", "results": "/?q=red+shoes", "nothing found": "/?q=garden+hose", "sign-in": "/console"}
HEAD = (
    "| page | size | first paint ms | largest paint ms | interactive ms | layout shift | kB without pictures |\n"
    "|---|---|--:|--:|--:|--:|--:|"
)
WATCH = """
window.seen = { shift: 0, largest: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((one) => { seen.shift += one.hadRecentInput ? 0 : one.value; }))
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => { seen.largest = one.startTime; }))
  .observe({ type: "largest-contentful-paint", buffered: true });
"""
READ = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const page = performance.getEntriesByType("navigation")[0];
  const files = performance.getEntriesByType("resource").filter((one) => one.initiatorType !== "img");
  const bytes = files.reduce((sum, one) => sum + one.transferSize, page.transferSize);
  return [paint, seen.largest, page.domContentLoadedEventEnd, seen.shift, bytes / 1000];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shelf", type=Path)
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    process, port = start(given.shelf, 1)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
            lines = [
                line(browser, f"http://127.0.0.1:{port}{path}", name, size, given.visits)
                for name, path in PAGES.items()
                for size in SIZES
            ]
            version = browser.version
            browser.close()
    finally:
        process.terminate()
        process.wait(30)
    about = (__doc__ or "").split("\n\n")[2]
    said = f"{describe('snapshelf')}, Chromium {version}, load {os.getloadavg()[0]:.1f} before it ended."
    given.page.write_text(f"# Pages, measured\n\n{about}\n\n{said}\n\n{HEAD}\n" + "\n".join(lines) + "\n")


def line(browser: Browser, url: str, name: str, size: str, visits: int) -> str:
    found = [visit(browser, url, *SIZES[size]) for _ in range(visits)]
    paint, largest, ready, shift, weight = (statistics.median(values) for values in zip(*found, strict=True))
    made = f"| {name} | {size} | {paint:.0f} | {largest:.0f} | {ready:.0f} | {shift:.3f} | {weight:.0f} |"
    print(made, flush=True)
    return made


def visit(browser: Browser, url: str, width: int, height: int) -> list[float]:
    context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=width < 500)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url, wait_until="load")
    page.wait_for_timeout(700)  # late shifts count, too
    figures: list[float] = page.evaluate(READ)
    context.close()
    return figures


if __name__ == "__main__":
    main()
