"""The judged Icecat queries: each encoder ranks every query's graded products, beside BM25 and the teacher itself."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.metrics.ndcg_exp import score as ndcg
from snapshelf.types import Vectors
from snapshelf.vectors import cut
from training.places import DIMS, Places
from training.tables import csv_rows, parquet_rows

K1, B = 1.2, 0.75  # of BM25, as in Lucene
Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Judged:
    """``grades``: query → product → 0 to 3, queries with a grade above 0. ``texts``: title and short description."""

    grades: dict[str, dict[str, int]]
    texts: dict[str, str]


def read(places: Places) -> Judged:
    """All of them, in the order of the alphabet."""
    products = {row["id"]: row for row in parquet_rows(places.data / "icecat/products.parquet")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in csv_rows(places.data / "icecat/ratings.csv"):
        grades[row["query"]][row["doc_id"]] = int(float(row["rating"]))
    asked = {query: grades[query] for query in sorted(grades) if max(grades[query].values()) > 0}
    pool = sorted({id for judged in asked.values() for id in judged})
    return Judged(asked, {id: f"{products[id]['title']}. {products[id]['short_description'] or ''}" for id in pool})


def by_vectors(judged: Judged, encode: Encode) -> dict[int, NDArray[np.float64]]:
    """nDCG@10 (gain 2^g − 1) of every query, by dim; products ranked by cosine, ties in the order of ids."""
    ids = list(judged.texts)
    place = {id: number for number, id in enumerate(ids)}
    rows, queries = encode(list(judged.texts.values())), encode(list(judged.grades))
    found = {}
    for dim in DIMS:
        shelf, heard = cut(rows, dim), cut(queries, dim)
        scores = []
        for grades, vector in zip(judged.grades.values(), heard, strict=True):
            pool = sorted(grades)
            scores.append(_ndcg(pool, shelf[[place[id] for id in pool]] @ vector, grades))
        found[dim] = np.asarray(scores)
    return found


def by_words(judged: Judged) -> NDArray[np.float64]:
    """The same of BM25 (Robertson & Zaragoza 2009), its statistics taken over the whole pool; words lose a plural s."""
    counts = {id: Counter(_words(text)) for id, text in judged.texts.items()}
    having = Counter(word for words in counts.values() for word in words)
    usual = sum(words.total() for words in counts.values()) / len(counts)
    scores = []
    for query, grades in judged.grades.items():
        pool = sorted(grades)
        found = np.zeros(len(pool))
        for word in _words(query):
            rare = math.log(1 + (len(counts) - having[word] + 0.5) / (having[word] + 0.5))
            for at, id in enumerate(pool):
                often, length = counts[id][word], counts[id].total() / usual
                found[at] += rare * often * (K1 + 1) / (often + K1 * (1 - B + B * length))
        scores.append(_ndcg(pool, found, grades))
    return np.asarray(scores)


def _words(text: str) -> list[str]:
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in re.findall(r"\w+", text.lower())]


def _ndcg(pool: list[str], near: NDArray[np.floating], grades: dict[str, int]) -> float:
    return ndcg([pool[at] for at in np.argsort(-near, kind="stable")], grades, 10)
