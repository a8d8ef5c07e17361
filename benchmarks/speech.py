"""What it takes to expect a shop's words: build the language model of many titles, and hear orders among them.

python benchmarks/speech.py ../shared/data --titles 5000

The titles are Icecat's (electronics), and the coffee bar of examples/speech.py stands among them. Then how surely orders
are heard by the bar alone, whose words they are, and by the electronics alone, whose words they are not: what decides from
which confidence words said in a product's video are kept.
"""

from __future__ import annotations

import argparse
import csv
import runpy
import tempfile
import time
from pathlib import Path

import duckdb

from machine import describe
from snapshelf import stats
from snapshelf.protocols import Phrases
from snapshelf.recognisers import pocketsphinx
from snapshelf.types import Clip

SURE = (0.01, 0.5, 0.6, 0.7)
EXAMPLE = Path(__file__).parents[1] / "examples" / "speech.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--titles", type=int, default=5000)
    parser.add_argument("--every", type=int, default=12, help="take every n-th order")
    given = parser.parse_args()
    print(describe("pocketsphinx"))
    example = runpy.run_path(str(EXAMPLE))
    with (given.data / "speech" / "orders.csv").open(newline="", encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    icecat = given.data / "icecat" / "products.parquet"
    query = f"SELECT title FROM '{icecat}' WHERE title IS NOT NULL ORDER BY id LIMIT {given.titles}"
    foreign, own = [title for (title,) in duckdb.sql(query).fetchall()], [p.title for p in example["bar"](orders)]
    titles = foreign + own
    clips = list(example["spoken"](given.data / "speech", orders[:: given.every]))
    with tempfile.TemporaryDirectory() as folder:
        phrases = Phrases("benchmark", lambda: titles, Path(folder))
        for state in ("made", "kept"):
            began = time.perf_counter()
            recogniser = pocketsphinx.load({})
            recogniser.hear(clips[0][0], phrases)
            print(
                f"{len(titles):,} titles, language model {state}: first answer after {time.perf_counter() - began:.2f} s"
            )
        began, shares = time.perf_counter(), []
        for clip, wanted in clips:
            words = f" {recogniser.hear(clip, phrases).words} "
            shares.append(sum(f" {value} " in words for value in wanted) / len(wanted))
        took = (time.perf_counter() - began) / sum(clip.end for clip, _ in clips)
    mean = stats.mean_interval(shares)
    print(f"{len(clips)} orders: {mean.mean:.3f} of the slots [{mean.low:.3f}, {mean.high:.3f}]", end=", ")
    print(f"{took:.3f} s of work per second of sound")
    print(
        f"| orders heard with a confidence of at least | {' | '.join(map(str, SURE))} |\n| --- |{' --- |' * len(SURE)}"
    )
    for name, known in (("by the bar", own), ("by a shop of electronics", foreign)):
        print(f"| {name} | {' | '.join(f'{share:.2f}' for share in sure(known, [clip for clip, _ in clips]))} |")


def sure(titles: list[str], clips: list[Clip]) -> list[float]:
    """The share of clips in which a shop with these titles hears words, at each of `SURE`."""
    with tempfile.TemporaryDirectory() as folder:
        phrases, recogniser = Phrases("sure", lambda: titles, Path(folder)), pocketsphinx.load({})
        heard = [recogniser.hear(clip, phrases) for clip in clips]
    return [sum(bool(one.words) and one.confidence >= least for one in heard) / len(heard) for least in SURE]


if __name__ == "__main__":
    main()
