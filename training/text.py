"""Learn the text tower: our own word pieces, a start from their mean targets, then lessons from the teacher."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from training import corpus, distil, teacher
from training.places import DIMS, SEED, Places
from training.tower import Network

VOCABULARY, TABLE_EPOCHS = 16_000, 8
TOLD = 12  # pieces from which on a text is a product's
UNKNOWN = 1  # the piece of any unknown word


def run(places: Places) -> None:
    """Write tokenizer.json, text.pt (network) and text_facts.json into the runs folder.

    If text_start.pt lies there, a copy of an earlier text.pt beside its tokenizer.json, learning goes on from it, and
    text_start.json, a copy of its facts, is counted in.
    """
    torch.manual_seed(SEED)
    torch.set_num_threads(places.threads)
    found = corpus.texts(places)
    targets, kept = _targets(found, places)
    start, pieces = places.cache("text_start.pt"), places.cache("tokenizer.json")
    tokens = Tokenizer.from_file(str(pieces)) if start.exists() else learn_pieces(found)
    tokens.save(str(pieces))
    ids = _fed(tokens, found)
    at = _chosen(found, (ids != 0).sum(1))
    lessons = distil.Lessons(ids[at], targets[at], places.epochs, places.minutes)
    if start.exists():
        network = Network(torch.zeros(tokens.get_vocab_size(), DIMS[0]))
        network.load_state_dict(torch.load(start, weights_only=True))
        network.to(places.device)
    else:
        table = _first(lessons.ids, lessons.targets, tokens.get_vocab_size())
        network = Network(torch.from_numpy(table)).to(places.device)
        distil.learn_table(network, replace(lessons, epochs=TABLE_EPOCHS, minutes=places.minutes / 4))
    learnt = distil.learn_all(network, lessons)
    torch.save(network.cpu().state_dict(), places.cache("text.pt"))
    facts = {"texts": len(found), "pieces": tokens.get_vocab_size(), "teacher_energy": kept, **learnt}
    before = places.cache("text_start.json")
    for name, value in json.loads(before.read_text()).items() if before.exists() else ():
        facts[name] += value if name in ("epochs", "steps") else 0
    places.cache("text_facts.json").write_text(json.dumps(facts))
    print(facts, flush=True)


def _fed(tokens: Tokenizer, found: list[str]) -> NDArray[np.int64]:
    """(n, LENGTH) ids of the pieces, zeros behind; a text without any is an unknown word."""
    ids = np.zeros((len(found), distil.LENGTH), np.int64)
    for row, encoding in zip(ids, tokens.encode_batch(found), strict=True):
        pieces = (encoding.ids or [UNKNOWN])[: distil.LENGTH]
        row[: len(pieces)] = pieces
    return ids


def _targets(found: list[str], places: Places) -> tuple[NDArray[np.float32], float]:
    """(n, 256) unit rows in the order of the texts, and the share of the teacher's energy that 256 axes keep.

    Kept in the runs folder with their axes: texts added later are turned onto the same axes, since the image tower
    may have learnt them by then. Without the file, the axes are those of the texts at hand.
    """
    kept = places.cache("teacher.npz")
    if kept.exists():
        with np.load(kept, allow_pickle=False) as arrays:
            known = dict(zip(arrays["texts"].tolist(), arrays["targets"], strict=True))
            axes, energy = arrays["axes"], float(arrays["energy"])
        new = [text for text in found if text not in known]
        known |= zip(new, _turned(teacher.encode(new, places), axes), strict=True)
        targets = np.stack([known[text] for text in found])
    else:
        vectors = teacher.encode(found, places)
        axes, energy = teacher.basis(vectors)
        targets = _turned(vectors, axes)
    np.savez(kept, texts=np.asarray(found), targets=targets, axes=axes, energy=energy)
    return targets, energy


def _turned(vectors: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = vectors @ axes
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


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


def _chosen(found: list[str], pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the texts to learn from: what a shop says of a product twice, since a shelf hangs on it; of the
    teacher's own words those that are one piece here too, for names cut into pieces only blur what these mean.
    """
    lone = set(teacher.words())
    cut = np.asarray([text in lone for text in found]) & (pieces > 1)
    return np.concatenate([np.flatnonzero(~cut), np.flatnonzero(pieces >= TOLD)])


def _first(ids: NDArray[np.int64], targets: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Where learning starts: each piece the mean target of the texts it occurs in, the rarer the longer."""
    sums, counts = np.zeros((size, DIMS[0]), np.float32), np.ones(size, np.float32)
    for row, target in zip(ids, targets, strict=True):
        pieces = row[row != 0]
        np.add.at(sums, pieces, target)
        np.add.at(counts, pieces, 1)
    mean = sums / counts[:, None]
    mean -= (sums.sum(0) / counts.sum())[None]  # what all texts share tells nothing about a piece
    mean /= np.linalg.norm(mean, axis=1, keepdims=True) + 1e-6
    mean[0] = 0  # padding
    return (mean * (np.log(len(ids) / counts) / 8).clip(0.2)[:, None]).astype(np.float32)
