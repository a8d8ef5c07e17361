"""The lanes: vector, lexical and exact, each a list of products by its own measure; `score` brings them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.catalogue import codes
from snapshelf.errors import Outside
from snapshelf.receipts import Suggestion
from snapshelf.search import remembered
from snapshelf.search.retrieve import candidates
from snapshelf.stack import Stack
from snapshelf.types import Filter, Part
from snapshelf.understand import Printed

LANES = ("vector", "lexical", "exact")
DEPTH = 192  # products that each lane puts forward at a time
SHORTEST, NUMBER = 4, 8  # characters of a word within a query that may be a code, and of one without a letter
JOINED = ", joined by calibrated evidence"
NEAR = 3  # codes offered at most
NOTHING = Printed()


@dataclass(frozen=True, slots=True)
class Asked:
    """What all lanes are asked with. ``need``: products, or families with ``fold``, that each shall find."""

    parts: Sequence[Part]
    fused: NDArray[np.float32]
    where: Filter | None
    need: int
    fold: bool
    passing: int
    total: int
    said: str = ""  # the words as they were typed, in which codes are looked for
    barcodes: Sequence[str] = ()  # what was read in its photos
    printed: Printed = NOTHING  # the same of the words on the things in them

    @property
    def text(self) -> str:
        """What the lexical lane looks for: the words of the query; if it has none, those that its photos show."""
        return self.words or self.printed.text

    @property
    def reads(self) -> bool:
        """Whether the lexical lane looks for words that were read in photos."""
        return bool(self.printed.words) and not self.words

    @property
    def words(self) -> str:
        """The words of the query that count for it."""
        return " ".join(p.content for p in self.parts if isinstance(p.content, str) and p.weight > 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What the lanes put forward, best first: ``vector`` SKUs, ``lexical`` SKU → BM25, ``codes`` SKU → (kind, whole).

    ``whole``: the whole query is the code. ``ideal`` is the highest BM25 there could be. ``notes``: lanes left out.
    """

    vector: list[str] = field(default_factory=list)
    lexical: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    ideal: float = 0.0
    path: str = ""
    recall: float | None = None
    notes: tuple[str, ...] = ()

    def blocks(self) -> dict[str, int]:
        """Every SKU that some lane found → its block: `DEPTH` ranks of a lane, so that later pages only ever append."""
        found: dict[str, int] = dict.fromkeys(self.codes, 0)
        lanes = [list(self.vector), list(self.lexical)]
        for block in range(-(-max(map(len, lanes)) // DEPTH)):
            for lane in lanes:
                for sku in lane[block * DEPTH : (block + 1) * DEPTH]:
                    found.setdefault(sku, block)
        return found


def ask(stack: Stack, connection: Connection, asked: Asked, lanes: Sequence[str], chosen: bool) -> Found:
    """Ask each lane. ``chosen``: the caller named them, so that one which cannot answer is an error, not a note."""
    vector, path, recall = list[str](), list[str](), None
    if "vector" in lanes:
        near = candidates(
            stack, connection, asked.fused[None], asked.need, asked.where, asked.fold, asked.passing, asked.total
        )
        vector, recall = near.skus, near.recall
        path.append(near.path)
    lexical, ideal, notes = dict[str, float](), 0.0, list[str]()
    if "lexical" in lanes and asked.text:
        try:
            lexical = _lexical(stack, connection, asked)
            ideal = stack.lexical.ideal(asked.text)
            path.append(f"lexical: {len(lexical)} candidates by BM25")
        except Outside as error:
            if chosen:
                raise
            notes.append(f"the words were not searched for: {error}")
    coded = dict[str, tuple[str, bool]]()
    if "exact" in lanes:
        shown = [*asked.barcodes, *asked.printed.gtins]
        coded = exact(stack, connection, asked.said or asked.words, asked.where, shown, asked.printed.codes)
    if coded:
        path.append(f"exact: {len(coded)} by code")
    return Found(vector, lexical, coded, ideal, "; ".join(path) + JOINED * (len(path) > 1), recall, tuple(notes))


def _lexical(stack: Stack, connection: Connection, asked: Asked) -> dict[str, float]:
    """SKU → BM25 over the query's words, best first, filtered."""
    fetch, total = asked.need, stack.lexical.count()
    while True:
        found = stack.lexical.search(asked.text, fetch) if total else []
        passed = found
        if asked.where is not None:
            passing = remembered.among(stack, connection, asked.where, [sku for sku, _ in found])
            passed = [(sku, score) for sku, score in found if sku in passing]
        if len(passed) >= asked.need or len(found) < fetch or fetch >= total:
            return dict(passed)
        fetch *= 8


def exact(
    stack: Stack,
    connection: Connection,
    text: str,
    where: Filter | None,
    barcodes: Sequence[str] = (),
    printed: Sequence[str] = (),
) -> dict[str, tuple[str, bool]]:
    """SKU → (kind of code, whether the whole query is it) of products whose code the query is, holds, or shows.

    printed: part numbers read in photos, which count as those among other words.
    """
    words = [word for word in text.split() if _may_be_a_code(codes.bare(word))]
    asked = [*barcodes, text, *words[:16], *printed]
    matches, found = codes.find(connection, asked), dict[str, tuple[str, bool]]()
    for said in asked:
        for match in matches.get(said, ()):
            found.setdefault(match.sku, (match.kind, said == text or said in barcodes))
    if where is None or not found:
        return found
    passing = remembered.among(stack, connection, where, list(found))
    return {sku: how for sku, how in found.items() if sku in passing}


def _may_be_a_code(word: str) -> bool:
    """Within other words: digits and letters together, or a number too long for a measure or an amount."""
    return word.isalnum() and any(c.isdigit() for c in word) and len(word) >= (NUMBER if word.isdigit() else SHORTEST)


def looks_like_a_code(text: str) -> bool:
    """One word with a digit in it, or digits apart by blanks and dashes, as a number on a box is read out."""
    words = text.split()
    plain = [codes.bare(word) for word in words]
    digits = [one for one in plain if any(c.isdigit() for c in one)]
    return len(digits) == len(words) > 0 and (len(words) == 1 or all(one.isdigit() for one in plain))


def did_you_mean(stack: Stack, connection: Connection, text: str) -> tuple[Suggestion, ...]:
    """Codes one typo away from a query that looks like one; nothing is assumed of them."""
    if not looks_like_a_code(text):
        return ()
    matches = codes.near(connection, text)[:NEAR]
    held = remembered.products_of(stack, connection, [match.sku for match in matches])
    return tuple(Suggestion(getattr(held[m.sku], m.kind), m.sku, m.kind) for m in matches)
