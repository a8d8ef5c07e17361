"""A photo and words in one query: candidates from beyond the fused vector, and the order of all of them.

The shelf says what the photo shows (`fusion.votes` of the products nearest to it) and which of its values the words
name. Words that name another value than the photo shows change it; then the variants of what is in the photo come in,
however far their own pictures are. A trained fusion that lies beside the shelf adds its own cosine.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf import fusion
from snapshelf.catalogue import asking, products
from snapshelf.fusion.values import Values
from snapshelf.search.learnt import learnt
from snapshelf.stack import Stack
from snapshelf.types import Filter, Part, Product, Vectors, split_view

NEAR = 8  # products nearest to a photo, which say what it shows
FAMILIES = 24  # nearest families whose variants are looked at
MOST = 600  # of these variants
PASSED_OVER = ("currency", "family", "in_stock", "stock")
Floats = NDArray[np.float64]


class Held(Protocol):
    """The views of some products, those of one together, as in `catalogue.embeddings.Held`."""

    @property
    def skus(self) -> list[str]:
        """The products."""

    @property
    def starts(self) -> NDArray[np.int64]:
        """(products,) row where each product's views begin."""

    @property
    def aspects(self) -> list[str]:
        """(views,) what each view is of."""

    @property
    def vectors(self) -> Vectors:
        """(views, d) unit rows."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A query of a photo and words. ``photo`` and ``words`` are unit rows (d,), with what each counts.

    ``families``: the best cosine of a picture of each family near the photo. ``shown``: what the photo shows.
    ``reach``: SKUs to look at beside those that the fused vector finds.
    """

    photo: NDArray[np.float32]
    words: NDArray[np.float32]
    text: str
    counts: tuple[float, float]
    families: Mapping[str, float]
    shown: fusion.Votes
    near: Sequence[Values]
    reach: tuple[str, ...]


def compose(
    stack: Stack, connection: Connection, parts: Sequence[Part], rows: Vectors, where: Filter | None
) -> Composed | None:
    """The query as one of a photo and words; None when it is not one of both. ``where``: what candidates must pass."""
    weights = np.array([part.weight for part in parts])
    photos = [at for at, part in enumerate(parts) if part.modality == "image"]
    words = [at for at, part in enumerate(parts) if part.modality == "text"]
    if not any(weights[photos] > 0) or not any(weights[words] > 0):
        return None
    photo = fusion.weighted_mean(rows[photos], weights[photos])
    said = fusion.weighted_mean(rows[words], weights[words])
    near = _near(stack, photo)
    family = products.families(connection, list(near))
    families: dict[str, float] = {}
    for sku, cosine in near.items():
        if sku in family:
            families[family[sku]] = max(cosine, families.get(family[sku], -1.0))
    best = sorted(families, key=lambda name: (-families[name], name))[:FAMILIES]
    variants = asking.variants(connection, best, MOST)
    reach = sorted({*near, *variants})
    if where is not None:
        reach = asking.skus(connection, where, reach)
    shown = sorted(near, key=lambda sku: (-near[sku], sku))[:NEAR]
    held = asking.values(connection, shown, PASSED_OVER)
    kept = [held.get(sku, {}) for sku in shown]
    said_by_shelf = fusion.votes(kept, np.array([near[sku] for sku in shown]))
    text = " ".join(part.content for part in parts if isinstance(part.content, str) and part.weight > 0)
    counts = (float(weights[photos].max()), float(weights[words].max()))
    return Composed(photo, said, text, counts, families, said_by_shelf, kept, tuple(reach))


def order(stack: Stack, connection: Connection, query: Composed, held: Held) -> Floats:
    """(products,) a number for each product of ``held``; the highest is the best answer."""
    found, learned = untrained(stack, connection, query, held), learnt(stack)
    return found if learned is None else found + learned.share * _best(held, learned.fuse(query.photo, query.words))


def untrained(stack: Stack, connection: Connection, query: Composed, held: Held) -> Floats:
    """The same, had no fusion been trained."""
    cosines, change = measured(stack, connection, query, held)
    photo, words = query.counts
    counts = fusion.CHANGE if change else fusion.DESCRIBE
    return fusion.composed(cosines, counts, change, photo, words)


def measured(stack: Stack, connection: Connection, query: Composed, held: Held) -> tuple[fusion.Cosines, bool]:
    """What photo and words say of each product of ``held``, and whether the words change what the photo shows."""
    values = asking.values(connection, held.skus, PASSED_OVER)
    each = [values.get(sku, {}) for sku in held.skus]
    wanted = fusion.named(query.text, [*each, *query.near])
    changes = fusion.changed(wanted, query.shown)
    pictured = np.array([not aspect.startswith("text") for aspect in held.aspects], bool)
    photo = _of_kind(held, query.photo, pictured)
    family = products.families(connection, held.skus)
    own = [family.get(sku, "") for sku in held.skus]
    pooled = np.maximum(photo, [query.families.get(name, -1.0) for name in own])
    edited = _edited(stack, query, changes) if changes else None
    return fusion.Cosines(
        photo=photo,
        family=pooled,
        words=_of_kind(held, query.words, pictured) + _of_kind(held, query.words, ~pictured),
        value=np.array([_share(one, wanted) for one in each]),
        kept=np.array([query.shown.kept(one, changes) for one in each]),
        edited=None if edited is None else _best(held, edited),
        alone=np.array([not name for name in own], bool),
    ), bool(changes)


def _near(stack: Stack, photo: NDArray[np.float32]) -> dict[str, float]:
    """SKU → cosine of its picture nearest to the photo, of those nearest in the whole shop."""
    fetch = min(stack.store.count(), 4 * FAMILIES)
    found = stack.store.search(photo[None], fetch) if fetch else None
    near: dict[str, float] = {}
    for id, score in zip(found.ids[0], found.scores[0].tolist(), strict=True) if found else ():
        sku, aspect = split_view(id)
        if aspect != "text":
            near.setdefault(sku, score)
    return near


def _best(held: Held, row: NDArray[np.float32]) -> Floats:
    scores = np.vecdot(held.vectors, row)
    return np.asarray(np.maximum.reduceat(scores, held.starts) if held.skus else scores, np.float64)


def _of_kind(held: Held, row: NDArray[np.float32], of_kind: NDArray[np.bool_]) -> Floats:
    """(products,) cosine with the best view of one kind, where there is none with the best of all."""
    if not held.skus:
        return np.empty(0)
    scores = np.vecdot(held.vectors, row)
    some = np.maximum.reduceat(np.where(of_kind, scores, np.float32(-np.inf)), held.starts)
    return np.asarray(np.where(np.isneginf(some), np.maximum.reduceat(scores, held.starts), some), np.float64)


def _share(values: Values, wanted: Mapping[str, frozenset[str]]) -> float:
    met = [bool(wanted[name] & set(values.get(name, ()))) for name in wanted]
    return sum(met) / len(met) if met else 0.0


# --- the edited photo -------------------------------------------------------------------------------------------------

_words: WeakKeyDictionary[Stack, dict[str, NDArray[np.float32]]] = WeakKeyDictionary()  # open shelf → value → vector
_turn = threading.Lock()


def _edited(stack: Stack, query: Composed, changes: Mapping[str, frozenset[str]]) -> NDArray[np.float32]:
    """The photo with the wanted values in the place of those that it shows; a value is embedded once in a process."""
    photo, (first, second) = query.photo, query.counts
    for name, values in sorted(changes.items()):
        shares = query.shown.shares[name]
        rows = _values(stack, [*sorted(values), *sorted(shares)])
        wanted = np.mean([rows[value] for value in values], axis=0)
        shown = np.sum([share * rows[value] for value, share in shares.items()], axis=0)
        photo = fusion.edited(photo, wanted, shown, min(2.0, second / first))
    return photo


def _values(stack: Stack, values: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    with _turn:
        known = _words.setdefault(stack, {})
        key = {value: f"{stack.dim}/{value}" for value in values}
        missing = sorted({value for value in values if key[value] not in known})
        if missing:
            rows = stack.embedder.embed([value.lower() for value in missing], "query", stack.dim)
            known.update({key[value]: row for value, row in zip(missing, rows, strict=True)})
        return {value: known[key[value]] for value in values}


# --- what is steered away from ----------------------------------------------------------------------------------------

LAST = 4.0  # more than any two orders differ by: what speaks of an unwanted thing comes after all that does not


def steered(connection: Connection, parts: Sequence[Part], skus: Sequence[str]) -> Floats:
    """(products,) what to take from each product's order: LAST where its words speak of what a negative text names."""
    unwanted = [part.content for part in parts if part.weight < 0 and isinstance(part.content, str)]
    if not unwanted or not any(part.weight > 0 for part in parts):
        return np.zeros(len(skus))
    found = products.get(connection, skus)
    texts = [_text(found[sku]) if sku in found else "" for sku in skus]
    return np.array([LAST * any(fusion.mentions(text, words) for words in unwanted) for text in texts])


def _text(product: Product) -> str:
    held = [one for value in product.attributes.values() for one in (value if isinstance(value, tuple) else (value,))]
    return " ".join(
        [product.title, product.category, product.description, *(one for one in held if isinstance(one, str))]
    )
