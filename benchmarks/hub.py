"""What a model costs in the hub embedder: opening it, texts and pictures per second, in each precision.

    python benchmarks/hub.py google/embeddinggemma-2        # or a folder
    python benchmarks/hub.py clip-b32 --random              # that folder, written first: CLIP ViT-B/32 of random weights

Random weights are as fast as trained ones. One thread, so that machines can be compared. cosine: the least agreement of
a vector with its float32 one; company: the largest difference of a coordinate between an item alone and among others.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image

from machine import describe
from snapshelf.embedders import hub

TEXT = "women's trail running shoe, waterproof, size 39, red and black"
SECONDS = 8  # at least, for each figure


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("model")
    asked.add_argument("--random", action="store_true")
    given = asked.parse_args()
    if given.random:
        write_clip(Path(given.model))
    import torch

    torch.set_num_threads(1)
    print(describe("sentence_transformers", "torch", "transformers"))
    heads = ("opened s", "texts/s", "pictures/s", "of 32: texts/s", "pictures/s", "cosine", "company")
    widths = (10, 10, 12, 16, 12, 9, 11)
    print(f"{'precision':<12}" + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)))
    exact = None
    for precision in ("float32", "bfloat16"):
        options = {"model": given.model, "precision": precision, "device": "cpu"}
        start = time.perf_counter()
        model = hub.load(hub.card("", options, ""), options)
        opened = time.perf_counter() - start
        rates = [rate(model, kind, n) for n in (1, 32) for kind in (texts, pictures)]
        rows = model.embed([*texts(8), *pictures(8)], "index", model.card.dims[0])
        alone = [model.embed([item], "index", model.card.dims[0])[0] for item in (*texts(8), *pictures(8))]
        company = float(np.abs(rows - alone).max())
        exact = rows if exact is None else exact
        cosine = float(np.vecdot(exact, rows).min())
        columns = (f"{value:>{width}.1f}" for value, width in zip(rates, (10, 12, 16, 12), strict=True))
        print(f"{precision:<12}{opened:>10.1f}{''.join(columns)}{cosine:>9.4f}{company:>11.1e}")


def rate(model: hub.Hub, kind, n: int) -> float:
    """Items per second, n to a call."""
    items, done = kind(n), 0
    model.embed(items[:1], "index", model.card.dims[0])
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        model.embed(items, "index", model.card.dims[0])
        done += n
    return done / (time.perf_counter() - start)


def texts(n: int) -> list[str]:
    return [f"{TEXT} {number}" for number in range(n)]


def pictures(n: int) -> list[Image.Image]:
    pixels = np.random.default_rng(7).integers(0, 256, (n, 24, 32, 3), np.uint8)
    return [Image.fromarray(one).resize((640, 480)) for one in pixels]


def write_clip(folder: Path) -> None:
    """The shape of openai/clip-vit-base-patch32, with weights and a byte tokenizer of our own."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        CLIPConfig,
        CLIPImageProcessor,
        CLIPModel,
        CLIPProcessor,
        PreTrainedTokenizerFast,
    )

    marks = ["<pad>", "<unk>", "<s>", "</s>"]
    vocabulary = {piece: n for n, piece in enumerate([*marks, *sorted(pre_tokenizers.ByteLevel.alphabet())])}
    pieces = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel()
    ends = [("<s>", 2), ("</s>", 3)]
    pieces.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    words = PreTrainedTokenizerFast(tokenizer_object=pieces, pad_token="<pad>", model_max_length=77)
    text = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    CLIPModel(CLIPConfig(text_config=text)).save_pretrained(folder)
    CLIPProcessor(image_processor=CLIPImageProcessor(), tokenizer=words).save_pretrained(folder)


if __name__ == "__main__":
    main()
