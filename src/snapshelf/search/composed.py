"""A photo and words in one query: candidates from beyond the fused vector, and the order of all of them.

The shelf says what the photo shows (`fusion.votes` of the products nearest to it) and which of its values the words
name. Words that name another value than the photo shows ("in green", "2 m long") change it; then the variants of what
is in the photo come in, however far their own pictures are. A trained fusion that lies beside the shelf adds its own
cosine.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf import fusion
from snapshelf.catalogue import asking, products
from snapshelf.filters import matches
from snapshelf.search.learnt import learnt
from snapshelf.search.traits import PASSED_OVER, Pair, Traits, traits, variants
from snapshelf.stack import Stack
from snapshelf.types import And, Compare, Filter, Not, Or, Part, Product, Vectors, split_view

NEAR = 8  # products nearest to a photo, which say what it shows
FAMILIES = 24  # nearest families whose variants are looked at
MOST = 600  # of these variants
UNSEEN = ("measure", "size")  # kinds of what is asked for that a variant has and its picture does not show
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
    def aspects(self) -> Iterable[str]:
        """(views,) what each view is of."""

    @property
    def vectors(self) -> Vectors:
        """(views, d) unit rows."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A query of a photo and words. ``photo`` and ``words`` are unit rows (d,), with what each counts.

    ``families``: the best cosine of a picture of each family near the photo. ``shown``: what the photo shows, as the
    products ``near`` it say. ``asked``: attribute → what was understood to be wanted of it, ``unseen`` those of
    them that no picture shows. ``reach``: SKUs to look at beside those that the fused vector finds.
    """

    photo: NDArray[np.float32]
    words: NDArray[np.float32]
    text: str
    counts: tuple[float, float]
    families: Mapping[str, float]
    shown: fusion.Votes
    near: Traits
    asked: Mapping[str, tuple[Filter, ...]]
    unseen: frozenset[str]
    reach: tuple[str, ...]


def compose(
    stack: Stack,
    connection: Connection,
    parts: Sequence[Part],
    rows: Vectors,
    where: Filter | None,
    meant: Sequence[tuple[str, Filter]] = (),
) -> Composed | None:
    """The query as one of a photo and words; None when it is not one of both. ``where``: what candidates must pass;
    ``meant``: what was understood of the words, each a kind and a filter.
    """
    weights = np.array([part.weight for part in parts])
    photos = [at for at, part in enumerate(parts) if part.modality == "image"]
    words = [at for at, part in enumerate(parts) if part.modality == "text"]
    if not any(weights[photos] > 0) or not any(weights[words] > 0):
        return None
    photo = fusion.weighted_mean(rows[photos], weights[photos])
    said = fusion.weighted_mean(rows[words], weights[words])
    near = _near(stack, photo)
    families: dict[str, float] = {}
    for name, cosine in zip(traits(stack, connection, list(near)).families, near.values(), strict=True):
        if name:
            families[name] = max(cosine, families.get(name, -1.0))
    best = sorted(families, key=lambda name: (-families[name], name))[:FAMILIES]
    reach = sorted({*near, *variants(stack, connection, best, MOST)})
    if where is not None:
        reach = asking.skus(connection, where, reach)
    shown, (asked, unseen) = sorted(near, key=lambda sku: (-near[sku], sku))[:NEAR], _asked(meant)
    held = traits(stack, connection, shown)
    cosines = np.array([near[sku] for sku in shown])
    said_by_shelf = fusion.votes([_values(held.of(at), asked) for at in range(len(shown))], cosines)
    text = " ".join(part.content for part in parts if isinstance(part.content, str) and part.weight > 0)
    counts = (float(weights[photos].max()), float(weights[words].max()))
    return Composed(photo, said, text, counts, families, said_by_shelf, held, asked, unseen, tuple(reach))


def _asked(meant: Sequence[tuple[str, Filter]]) -> tuple[dict[str, tuple[Filter, ...]], frozenset[str]]:
    """Attribute → the filters that speak of it alone, by comparing; and those of which sizes or measures are asked."""
    found, unseen = dict[str, tuple[Filter, ...]](), set[str]()
    for kind, one in meant:
        names = _compared(one)
        if len(names) == 1 and not names & {"", *PASSED_OVER}:
            (name,) = names
            found[name] = (*found.get(name, ()), one)
            unseen |= names if kind in UNSEEN else set()
    return found, frozenset(unseen)


def _compared(where: Filter) -> set[str]:
    """The attributes that a filter compares with something; "" among them for anything else that it asks."""
    if isinstance(where, And | Or):
        return set[str]().union(*(_compared(part) for part in where.parts))
    if isinstance(where, Not):
        return _compared(where.part)
    return {where.name if isinstance(where, Compare) else ""}


def _values(pairs: Sequence[Pair], asked: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Attribute → values: all that are words, and the numbers that the query speaks of."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if isinstance(value, str) or name in asked:
            found[name] = (*found.get(name, ()), str(value))
    return found


def _wanted(query: Composed, held: Traits) -> dict[str, frozenset[str]]:
    """Attribute → its values that the words name, or that are as was understood of them."""
    pairs = [held.pairs[id] for id in {*held.held(), *query.near.held()}]
    words = _values([pair for pair in pairs if isinstance(pair[1], str)], {})
    wanted = fusion.named(query.text, [words])
    for name, filters in query.asked.items():
        some = [value for one, value in pairs if one == name and all(matches(f, {name: value}) for f in filters)]
        if some and name not in wanted:
            wanted[name] = frozenset(map(str, some))
    return wanted


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
    these = traits(stack, connection, held.skus)
    wanted = _wanted(query, these)
    changes = fusion.changed(wanted, query.shown)
    pictured = np.array([not aspect.startswith("text") for aspect in held.aspects], bool)
    photo = _of_kind(held, query.photo, pictured)
    seen = {name: values for name, values in changes.items() if _is_seen(query, name, values)}
    pooled = np.maximum(photo, [query.families.get(name, -1.0) for name in these.families]) if seen else photo
    edited = _edited(stack, query, seen) if seen else None
    return fusion.Cosines(
        photo=photo,
        family=pooled,
        words=_of_kind(held, query.words, pictured) + _of_kind(held, query.words, ~pictured),
        value=_share(these, wanted),
        kept=_kept(these, query.shown, changes),
        edited=None if edited is None else _best(held, edited),
        alone=np.array([not name for name in these.families], bool),
    ), bool(changes)


def _is_seen(query: Composed, name: str, values: Collection[str]) -> bool:
    """Whether such a change is one of looks: of a size, or of a number, the variant that is wanted looks the same."""
    return name not in query.unseen and all(any(letter.isalpha() for letter in value) for value in values)


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


def _share(held: Traits, wanted: Mapping[str, frozenset[str]]) -> Floats:
    """(products,) share of the named attributes of which each product has a named value."""
    met = np.zeros(len(held.skus))
    for name, values in wanted.items():
        met += held.total(lambda pair, n=name, v=values: pair[0] == n and str(pair[1]) in v) > 0  # type: ignore[misc]
    return met / max(1, len(wanted))


def _kept(held: Traits, shown: fusion.Votes, without: Mapping[str, object]) -> Floats:
    """(products,) `fusion.Votes.kept` of each."""
    names = [name for name in shown.shares if name not in without]

    def weight(pair: Pair) -> float:
        name, value = pair
        return shown.share(name, (str(value),)) * shown.having[name] if name in names else 0.0

    return held.total(weight) / max(1, len(names))


# --- the edited photo -------------------------------------------------------------------------------------------------

_words: WeakKeyDictionary[Stack, dict[str, NDArray[np.float32]]] = WeakKeyDictionary()  # open shelf → value → vector
_turn = threading.Lock()


def _edited(stack: Stack, query: Composed, changes: Mapping[str, frozenset[str]]) -> NDArray[np.float32]:
    """The photo with the wanted values in the place of those that it shows; a value is embedded once in a process."""
    photo, (first, second) = query.photo, query.counts
    for name, values in sorted(changes.items()):
        shares = query.shown.shares[name]
        rows = _embedded(stack, [*sorted(values), *sorted(shares)])
        wanted = np.mean([rows[value] for value in values], axis=0)
        shown = np.sum([share * rows[value] for value, share in shares.items()], axis=0)
        photo = fusion.edited(photo, wanted, shown, min(2.0, second / first))
    return photo


def _embedded(stack: Stack, values: Sequence[str]) -> dict[str, NDArray[np.float32]]:
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
