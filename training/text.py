"""The text tower: our own word pieces, each with a learnt vector whose length is its weight; a text is their mean.

Taught to point where the teacher points (cosine), and to tell a batch's texts apart as it does (softmax over the
batch), at every Matryoshka size. Static tables of this kind: Tulkens & van Dongen 2024, Model2Vec.
"""

from __future__ import annotations

import json
import time

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch.nn import functional

from training import corpus, teacher
from training.places import DIMS, SEED, Places

VOCABULARY = 12_000
BATCH = 512
RATE = 3e-3
SHARPNESS = 20.0  # of the softmax over the batch


def run(places: Places) -> None:
    """Write tokenizer.json, text.npz (table) and text_facts.json into the runs folder."""
    torch.manual_seed(SEED)
    torch.set_num_threads(places.threads)
    found = corpus.texts(places)
    targets, kept = _targets(found, places)
    tokens = learn_pieces(found)
    tokens.save(str(places.cache("tokenizer.json")))
    fed = [np.asarray(encoding.ids, np.int64) for encoding in tokens.encode_batch(found)]
    table, cosine = _learn(fed, torch.from_numpy(targets), _first(tokens, targets, fed), places)
    np.savez(places.cache("text.npz"), table=table)
    facts = {
        "texts": len(found),
        "pieces": len(table),
        "teacher_energy": kept,
        "cosine": cosine,
        "epochs": places.epochs,
    }
    places.cache("text_facts.json").write_text(json.dumps(facts))
    print(facts, flush=True)


def _targets(found: list[str], places: Places) -> tuple[NDArray[np.float32], float]:
    """(n, 256) unit rows in the order of the texts; kept in the runs folder until the texts change."""
    kept = places.cache("teacher.npz")
    if kept.exists():
        with np.load(kept, allow_pickle=False) as arrays:
            if arrays["texts"].tolist() == found:
                return arrays["targets"], float(arrays["energy"])
    vectors = teacher.encode(found, places)
    axes, energy = teacher.basis(vectors)
    targets = vectors @ axes
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    np.savez(kept, texts=np.asarray(found), targets=targets, axes=axes, energy=energy)
    return targets, energy


def learn_pieces(found: list[str]) -> Tokenizer:
    """Lower-cased word pieces (Schuster & Nakajima 2012) over the corpus; id 0 pads, id 1 is any unknown word."""
    tokens = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokens.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokens.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokens.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, limit_alphabet=120, min_frequency=2, special_tokens=special
    )
    tokens.train_from_iterator(found, trainer)
    return tokens


def _first(tokens: Tokenizer, targets: NDArray[np.float32], fed: list[NDArray[np.int64]]) -> NDArray[np.float32]:
    """Where learning starts: each piece the mean target of the texts it occurs in, the rarer the longer."""
    size = tokens.get_vocab_size()
    sums, counts = np.zeros((size, DIMS[0]), np.float32), np.ones(size, np.float32)
    for ids, target in zip(fed, targets, strict=True):
        np.add.at(sums, ids, target)
        np.add.at(counts, ids, 1)
    mean = sums / counts[:, None]
    mean -= (sums.sum(0) / counts.sum())[None]  # what all texts share tells nothing about a piece
    mean /= np.linalg.norm(mean, axis=1, keepdims=True) + 1e-6
    return (mean * (np.log(len(fed) / counts) / 8).clip(0.2)[:, None]).astype(np.float32)


def _learn(
    fed: list[NDArray[np.int64]], targets: torch.Tensor, first: NDArray[np.float32], places: Places
) -> tuple[NDArray[np.float32], float]:
    """The learnt table (pieces, 256) and the mean cosine to the teacher over the last epoch."""
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(first), freeze=False, mode="sum", padding_idx=0)
    optimizer = torch.optim.Adam(bag.parameters(), lr=RATE)
    steps = places.epochs * (len(fed) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(1 - step / steps, 0.02))
    rng, started, cosine = np.random.default_rng(SEED), time.monotonic(), 0.0
    for epoch in range(places.epochs):
        cosines = []
        order = rng.permutation(len(fed))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            at = order[start : start + BATCH]
            kept = [_thinned(fed[place], rng) for place in at]
            offsets = torch.from_numpy(np.cumsum([0] + [len(ids) for ids in kept[:-1]]))
            out = bag(torch.from_numpy(np.concatenate(kept)), offsets)
            loss, near = _loss(out, targets[at])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            cosines.append(near)
        cosine = float(np.mean(cosines))
        print(f"text epoch {epoch + 1}: cosine {cosine:.4f}, {time.monotonic() - started:.0f} s", flush=True)
        if time.monotonic() - started > places.minutes * 60:
            break
    return bag.weight.detach().numpy(), cosine


def _thinned(ids: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The pieces of a text, a few of them left out at times; at least one remains."""
    if not len(ids):
        return np.ones(1, np.int64)
    if len(ids) < 6 or rng.random() < 0.5:
        return ids
    return ids[rng.random(len(ids)) > 0.1] if len(ids) > 12 else ids


def _loss(out: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Over the Matryoshka sizes: 1 − cosine, plus a tenth of the cross-entropy against the batch's other targets."""
    total, near = torch.zeros(()), 0.0
    for dim in DIMS:
        ours, theirs = functional.normalize(out[:, :dim]), functional.normalize(target[:, :dim])
        cosine = (ours * theirs).sum(1).mean()
        scores = SHARPNESS * ours @ theirs.T
        total = total + (1 - cosine) + 0.1 * functional.cross_entropy(scores, torch.arange(len(out)))
        near = near or float(cosine.detach())
    return total, near
