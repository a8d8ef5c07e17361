"""Spoken orders of a coffee bar: how many of the things asked for are in the words that are recognised.

    python examples/speech.py ../shared/data/speech --every 3

The recordings are those of a public benchmark of speech to intent (Picovoice, Apache-2.0): real people, no transcript,
but for each order its slots, such as size "twelve ounce". The bar's catalogue is made of the slots' values. The same
recogniser is asked twice: with the language model that Snapshelf makes of the catalogue, and with its own default one.
"""

import argparse
import csv
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pocketsphinx

import snapshelf
from snapshelf import stats, translate
from snapshelf.media.sound import open_clip
from snapshelf.types import Clip, Product

SLOTS = ("size", "roast", "shots", "milk", "sugar")  # beside the drink


def run(data: Path, work: Path, every: int) -> dict[str, list[float]]:
    """For each recogniser the share of slots found, order by order."""
    with (data / "orders.csv").open(newline="", encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    with snapshelf.open(work / "shelf") as shelf:
        summary = shelf.index(bar(orders))
        print(f"{summary.added} products; {len(orders[::every])} of {len(orders)} orders")
        phrases = translate.phrases_of(shelf.stack)
        recognisers: dict[str, Callable[[Clip], str]] = {
            "catalogue's language model": lambda clip: shelf.stack.recogniser.hear(clip, phrases).words,
            "default language model": default(),
        }
        clips = list(spoken(data, orders[::every]))
        return {name: heard(name, hear, clips) for name, hear in recognisers.items()}


def bar(orders: list[dict[str, str]]) -> Iterator[Product]:
    """Each drink plain, and with each value of each other slot."""
    values = {slot: sorted({order[slot] for order in orders} - {""}) for slot in ("drink", *SLOTS)}
    for drink in values["drink"]:
        titles = [drink, *(f"{value} {drink}" for slot in SLOTS[:3] for value in values[slot])]
        titles += [f"{drink} with {value}" for slot in SLOTS[3:] for value in values[slot]]
        yield from (Product(title.replace(" ", "-"), title) for title in titles)


def spoken(data: Path, orders: list[dict[str, str]]) -> Iterator[tuple[Clip, list[str]]]:
    """Each order's sound, and the values of its slots."""
    with zipfile.ZipFile(data / "orders_opus.zip") as archive:
        for order in orders:
            yield open_clip(archive.read(order["file"])).clip, [order[s] for s in ("drink", *SLOTS) if order[s]]


def default() -> Callable[[Clip], str]:
    """PocketSphinx as it comes."""
    decoder = pocketsphinx.Decoder(loglevel="FATAL")

    def hear(clip: Clip) -> str:
        decoder.start_utt()
        decoder.process_raw((clip.samples * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        return decoder.hyp().hypstr if decoder.hyp() else ""

    return hear


def heard(name: str, hear: Callable[[Clip], str], clips: list[tuple[Clip, list[str]]]) -> list[float]:
    """The share of each order's slots that stand in the words recognised; prints the mean, and what it takes."""
    hear(clips[0][0])  # models are read
    began, words = time.perf_counter(), [f" {hear(clip)} " for clip, _ in clips]
    took = (time.perf_counter() - began) / sum(clip.end for clip, _ in clips)
    shares = []
    for said, (_, wanted) in zip(words, clips, strict=True):
        shares.append(sum(f" {value} " in said for value in wanted) / len(wanted))
    silent, mean = sum(not said.strip() for said in words), stats.mean_interval(shares)
    print(f"{name}: {mean.mean:.3f} of the slots [{mean.low:.3f}, {mean.high:.3f}]")
    print(f"  {silent} orders not understood at all, {took:.3f} s of work per second of sound")
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th order")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        ours, plain = run(given.data, Path(work), given.every).values()
    gain = stats.paired(plain, ours)
    low, high = gain.interval.low, gain.interval.high
    print(f"the catalogue's model finds {gain.interval.mean:+.3f} [{low:.3f}, {high:.3f}], p = {gain.p:.4f}")


if __name__ == "__main__":
    main()
