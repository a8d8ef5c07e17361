"""Measure the exported encoder and write docs/models/compact.md, every figure of it from this run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from string import Template

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from snapshelf.embedders import compact
from snapshelf.protocols import Embedder
from snapshelf.stats import paired
from snapshelf.types import Item
from training import corpus, figures, judged, measures, stress, teacher
from training.places import DIMS, PAGE, WEIGHTS, Places

PARTS = ("text.onnx", "image.onnx", "tokenizer.json", "card.json")
LONG = "red running shoes for men with a soft sole, made of leather and recycled nylon " * 5  # 75 words
TAUGHT = "what it says itself once it was taught our groups, in {} steps of {}"
GUIDES = "small networks taught our groups on them, one for each source"
START = (
    "import time; import onnxruntime; t = time.perf_counter(); from snapshelf.embedders import compact as c; "
    "c.load(c.CARDS[0], {}).embed(['red shoe'], 'query', 256); print(time.perf_counter() - t)"
)


def run(places: Places) -> None:
    """Print every table and renew the page."""
    encoder = measures.open_encoder(places)
    facts = json.loads((WEIGHTS / "card.json").read_text("utf-8"))
    found = {
        "revision": facts["revision"],
        "pixels": compact.SIZE,
        "sizes": table([[name, f"{(WEIGHTS / name).stat().st_size / 1e6:.2f} MB"] for name in PARTS], "file", "size"),
        "data": table([[name, str(n)] for name, n in facts["image"]["pictures"].items()], "pictures of", "number"),
        "log": table(_log(facts["image"]["log"]), "steps", "minutes", "pixels", "mean loss of the epoch"),
        "judged": len(told := judged.read(places).grades),
        "coincide": len({text.lower() for text in corpus.texts(places)} & {query.lower() for query in told}),
        "text_score": _text(encoder, places),
        "grocery": _grocery(encoder, places),
        "clothing": _clothing(encoder, places),
        "magento": _magento(encoder, places),
        "shop": _shop(encoder, places),
        "stress": _stress(encoder, places),
        "speed": _speed(),
        "teachers": TAUGHT.format(*facts["image"]["taught"]) if facts["image"]["taught"] else GUIDES,
        **{f"text_{name}": round(value, 5) for name, value in facts["text"].items()},
        **{f"image_{name}": value for name, value in facts["image"].items()},
    }
    places.cache(figures.FILE).write_text(json.dumps(figures.main(encoder, places), ensure_ascii=False), "utf-8")
    template = Template((Path(__file__).parent / "page.md").read_text("utf-8"))
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(template.substitute(found), "utf-8")
    for name in ("text_score", "grocery", "clothing", "magento", "shop", "stress", "speed"):
        print(f"\n{found[name]}", flush=True)
    print(f"\nwritten to {PAGE}", flush=True)


def _log(lines: list[list[float]]) -> list[list[str]]:
    return [[str(value) for value in line] for line in lines]


def table(rows: list[list[str]], *heads: str) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(encoder: Embedder, places: Places) -> str:
    """Ours, BM25 and the teacher on the same queries: mean and interval, and ours less each of the others'."""
    told = judged.read(places)
    ours = judged.by_vectors(told, lambda texts: measures.embed(encoder, list(texts)))
    theirs = judged.by_vectors(told, lambda texts: teacher.project(list(texts), places))
    words = judged.by_words(told)
    rows = [
        ["compact", *(figures.interval(ours[dim]) for dim in DIMS)],
        ["the teacher, through the same axes", *(figures.interval(theirs[dim]) for dim in DIMS)],
        ["BM25", figures.interval(words), "", ""],
        ["compact less BM25", *(_difference(ours[dim], words) for dim in DIMS)],
        ["compact less the teacher", *(_difference(ours[dim], theirs[dim]) for dim in DIMS)],
    ]
    return table(rows, f"nDCG@10, {len(words)} queries", *map(str, DIMS))


def _difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> str:
    found = paired(theirs, ours)
    return f"{found.interval.mean:+.3f} ({found.interval.low:+.3f} to {found.interval.high:+.3f}), p {found.p:.3f}"


def _grocery(encoder: Embedder, places: Places) -> str:
    rows = []
    for dim in DIMS:
        for shelf, tops in measures.grocery(encoder, places, dim).items():
            rows.append([str(dim), shelf, *(figures.interval(hits) for hits in tops)])
    return table(rows, "dim", "products known by", "top-1", "top-5", "coarse class")


def _clothing(encoder: Embedder, places: Places) -> str:
    found = [(dim, *measures.clothing(encoder, places, dim)) for dim in DIMS]
    rows = [[str(dim), figures.interval(hits), str(len(hits)), str(labels)] for dim, hits, labels in found]
    return table(rows, "dim", "top-1", "photos", "labels")


def _magento(encoder: Embedder, places: Places) -> str:
    found = {dim: measures.magento(encoder, places, dim) for dim in DIMS}
    rows = [
        [task, str(len(found[DIMS[0]][task])), *(figures.interval(found[dim][task]) for dim in DIMS)]
        for task in found[256]
    ]
    return table(rows, "recall@10", "questions", *map(str, DIMS))


def _shop(encoder: Embedder, places: Places) -> str:
    from training import shop

    rows = []
    for dim in DIMS:
        for task, tops in shop.scores(encoder, places, dim).items():
            rows.append([str(dim), task, *(figures.interval(hits) for hits in tops), str(len(tops[0]))])
    return table(rows, "dim", "question → products known by", "top-1", "top-5", "questions")


def _stress(encoder: Embedder, places: Places) -> str:
    found = stress.scores(encoder, places)
    rows = [["none", figures.interval(found.pop("none")[0]), "", ""]]
    rows += [[name, *(figures.interval(hits) for hits in strengths)] for name, strengths in found.items()]
    return table(rows, "trouble", *stress.STRENGTHS)


def _speed() -> str:
    """On one thread of whatever machine this runs on, and pictures on two as well; medians."""
    encoder, two = (compact.load(compact.CARDS[0], {"threads": threads}) for threads in (1, 2))
    photo = Image.effect_noise((640, 480), 60).convert("RGB")
    rows = [
        ["one text of three words", f"{_median(encoder, ['red running shoes'], 500):.2f} ms"],
        ["a text of 75 words", f"{_median(encoder, [LONG], 200):.2f} ms"],
        ["64 texts", f"{_median(encoder, ['red running shoes for men'] * 64, 30):.2f} ms"],
        ["one picture of 640 × 480, letterbox included", f"{_median(encoder, [photo], 50):.2f} ms"],
        ["32 such pictures", f"{_median(encoder, [photo] * 32, 9):.1f} ms"],
        ["32 such pictures, two threads", f"{_median(two, [photo] * 32, 9):.1f} ms"],
    ]
    command = [sys.executable, "-c", START]
    starts = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(5)]
    rows.append(["first text of a process, after importing onnxruntime", f"{np.median(starts) * 1e3:.0f} ms"])
    return table(rows, "what", "median")


def _median(encoder: Embedder, items: list[Item], times: int) -> float:
    encoder.embed(items, "query", 256)
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        encoder.embed(items, "query", 256)
        took.append(time.perf_counter() - begun)
    return float(np.median(took)) * 1e3
