"""Learn the text tower: our own word pieces, a start from their mean targets, then lessons from the teacher."""

from __future__ import annotations

import json

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from training import corpus, distil, teacher
from training.places import DIMS, SEED, Places
from training.tower import Network

VOCABULARY, TABLE_EPOCHS = 16_000, 8


def run(places: Places) -> None:
    """Write tokenizer.json, text.pt (network) and text_facts.json into the runs folder."""
    torch.manual_seed(SEED)
    torch.set_num_threads(places.threads)
    found = corpus.texts(places)
    targets, kept = _targets(found, places)
    tokens = learn_pieces(found)
    tokens.save(str(places.cache("tokenizer.json")))
    fed = [np.asarray(encoding.ids or [1], np.int64)[: distil.LENGTH] for encoding in tokens.encode_batch(found)]
    ids = np.zeros((len(fed), distil.LENGTH), np.int64)
    for row, pieces in zip(ids, fed, strict=True):
        row[: len(pieces)] = pieces
    network = Network(torch.from_numpy(_first(tokens, targets, fed)))
    distil.learn_table(network, distil.Lessons(ids, targets, TABLE_EPOCHS, places.minutes / 4))
    torch.save(network.state_dict(), places.cache("text_table.pt"))
    learnt = distil.learn_all(network, distil.Lessons(ids, targets, places.epochs, places.minutes))
    torch.save(network.state_dict(), places.cache("text.pt"))
    facts = {"texts": len(found), "pieces": tokens.get_vocab_size(), "teacher_energy": kept, **learnt}
    places.cache("text_facts.json").write_text(json.dumps(facts))
    print(facts, flush=True)


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
