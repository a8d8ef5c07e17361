"""From process start to printed hits, and where the time goes.

    python benchmarks/startup.py demo/shelf          # a shelf that exists: `make demo` leaves one

Whole processes, run in turn, medians. The floor is what interpreter and libraries cost with no Snapshelf at all.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from machine import describe

RUNS = 9
LIBRARIES = ("numpy", "sqlalchemy", "onnxruntime", "tokenizers", "typer", "faiss", "pydantic_settings")


def main() -> None:
    shelf = sys.argv[1] if len(sys.argv) > 1 else "demo/shelf"
    command = str(Path(sys.executable).with_name("snapshelf"))
    floor = "import numpy, sqlalchemy, onnxruntime, tokenizers, typer"
    timed = {
        "interpreter alone": [sys.executable, "-c", "pass"],
        "import snapshelf": [sys.executable, "-c", "import snapshelf"],
        "snapshelf --help": [command, "--help"],
        "the libraries a search imports": [sys.executable, "-c", floor],
        "snapshelf search, words": [command, "search", "red mug", "--shelf", shelf],
        **{f"import {name}": [sys.executable, "-c", f"import {name}"] for name in LIBRARIES if installed(name)},
    }
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(RUNS):
        for name, line in timed.items():
            seconds[name].append(run(line))
    base = statistics.median(seconds["interpreter alone"])
    print(describe("snapshelf", "numpy", "sqlalchemy", "onnxruntime"))
    print(f"{'':<34}{'median s':>9}{'above the interpreter':>23}")
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{name:<34}{median:>9.3f}{median - base:>23.3f}")


def installed(name: str) -> bool:
    """Whether a library can be imported here; pydantic_settings is shown only where someone installed it."""
    import importlib.util

    return importlib.util.find_spec(name) is not None


def run(line: list[str]) -> float:
    """Seconds of one process; a failing one stops the benchmark."""
    began = time.perf_counter()
    subprocess.run(line, check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
