"""What a shopper may be about to type: brands, categories, word sequences, past queries, products, codes."""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakSet

import numpy as np
from sqlalchemy import Connection

from snapshelf.catalogue import changes, suggestions
from snapshelf.catalogue.suggestions import Named
from snapshelf.errors import BadQuery, SnapshelfError
from snapshelf.facts import levels
from snapshelf.lexical import FUNCTION_WORDS
from snapshelf.querytext import LONGEST
from snapshelf.search.completions import Completions, Entry, Fit, Typed
from snapshelf.search.sequences import frequent
from snapshelf.search.spelled import WORD, plain
from snapshelf.stack import Stack

MOST_K = 50
MOST_WORDS = 12  # of what is typed that are read
GOODS = 4  # one in so many places is for products, where some fit
CODE = 3  # characters with a digit among them from which on codes that begin so come first
QUERIES = 20_000  # past queries that are known, the most clicked first
SHOPPERS = 2  # different ones who must have clicked after a query before it is suggested to others
CLICK = 10.0  # products that a click counts as: what is asked for says more than what is there
SOLD_OUT = 0.5  # what a product counts that is sold out
QUICK, STALE = 0.2, 60.0  # seconds: what takes longer to make is made beside the answers, and at most so often
SHARE = 20.0  # times as long as it takes to read in events pass before they are read in once more
KINDS = ("brand", "category", "query", "phrase")  # of the same words, the first


@dataclass(frozen=True, slots=True)
class Suggested:
    """A text to go on with. ``kind``: "brand", "category", "query", "phrase", "product" or "code".

    ``products``: how many are called so, or were clicked on after a query. ``spans``: the characters (start, end) that
    stand for what was typed, to be emboldened. ``sku``: of a product and a code. The text is as the catalogue has it,
    so that a page must escape it.
    """

    text: str
    kind: str
    products: int
    spans: tuple[tuple[int, int], ...]
    sku: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is in memory: ``seq`` and ``mark`` say of which state; ``took`` seconds to make, ended ``at``."""

    seq: int
    mark: tuple[float, ...]
    terms: Completions
    goods: Completions
    took: float
    at: float


def suggest(stack: Stack, typed: str, k: int = 8) -> tuple[Suggested, ...]:
    """At most ``k`` ways to go on, best first. The last word may be unfinished unless a blank follows it.

    Case, accents and punctuation make no difference, nor does the order of words. One typo is forgiven in words of 4
    letters and more, two from 8 on, the first letter included, where nothing fits without. First comes what more stands
    behind, products or clicks, and what begins as typed. Codes come first where a digit is among what was typed;
    a part of the places is for products. The same catalogue and events give the same answer.

    A catalogue that takes longer than `QUICK` to read in is read again beside the answers, which meanwhile leave out
    what has changed; clicks count after a while, too. Raises BadQuery for what is no text, or a k out of range.
    """
    if not isinstance(typed, str):
        raise BadQuery(f"what is typed is a text, not {type(typed).__name__}")
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MOST_K:
        raise BadQuery(f"k is the number of suggestions, from 1 to {MOST_K}, not {k!r}")
    text = unicodedata.normalize("NFC", typed[:LONGEST])
    read = read_typed(text)
    with stack.catalogue.read() as connection:
        if not read.done and not read.last:
            return ()
        known, now = _known(stack, connection), changes.seen(connection)
        made = _Answer(connection, known, now, k)
        if len(text.strip()) >= CODE and any(letter.isdigit() for letter in text):
            made.take(_codes(connection, text, k), k)
        for loosely in (False, True):
            if not made.found:
                made.fill(known.terms.find(read, loosely), known.goods.find(read, loosely))
        if len(made.found) < k and not any(letter.isdigit() for letter in text) and len(text.strip()) >= CODE:
            made.take(_codes(connection, text, k), k)
        return tuple(made.found)


def read_typed(text: str) -> Typed:
    """The words of what is typed; finished function words are passed over, unless there are no other words."""
    found = [(plain(one[0]), one.end()) for one in WORD.finditer(text)][:MOST_WORDS]
    words = [word for word, _ in found]
    goes_on = bool(found) and found[-1][1] == len(text)
    last = words.pop() if goes_on else ""
    said = [word for word in words if word and word not in FUNCTION_WORDS]
    return Typed(tuple(said if said or last else [word for word in words if word]), last)


class _Answer:
    """The suggestions found so far: each text once, one product of a family, nothing that leads nowhere any more."""

    def __init__(self, connection: Connection, known: Known, now: int, k: int) -> None:
        self.connection, self.known, self.now, self.k = connection, known, now, k
        self.found: list[Suggested] = []
        self._texts: set[str] = set()

    def fill(self, terms: Sequence[Fit], goods: Sequence[Fit]) -> None:
        """Terms, and products in the places kept for them and those left over."""
        some, other = list(self._fresh(goods)), list(self._fresh(terms))
        kept = min(len(some), max(1, self.k // GOODS)) if self.k > 1 else 0
        self.take(map(_suggested, other), self.k - kept)
        self.take(map(_suggested, some), self.k)
        self.take(map(_suggested, other), self.k)

    def take(self, some: Iterable[Suggested], most: int) -> None:
        """Add these until there are ``most``, but no text and no product a second time."""
        skus = {one.sku for one in self.found if one.sku}
        for one in some:
            if len(self.found) >= most:
                return
            same = _same(one.text)
            if same not in self._texts and one.sku not in skus:
                self.found.append(one)
                self._texts.add(same)
                skus |= {one.sku} - {""}

    def _fresh(self, fits: Sequence[Fit]) -> Iterator[Fit]:
        """Those whose products are as they were when all was read in, one of each family."""
        fits = fits[: 4 * self.k]
        here: set[str] | None = None
        if self.known.seq != self.now:
            skus = sorted({sku for fit in fits for sku in fit.entry.skus})
            here = suggestions.unchanged(self.connection, skus, self.known.seq)
        families: set[str] = set()
        for fit in fits:
            entry = fit.entry
            if (here is None or here.intersection(entry.skus)) and entry.family not in families:
                families |= {entry.family} - {""}
                yield fit


def _suggested(fit: Fit) -> Suggested:
    entry = fit.entry
    sku = entry.skus[0] if entry.kind == "product" else ""
    return Suggested(entry.text, entry.kind, entry.products, fit.spans, sku)


def _codes(connection: Connection, text: str, k: int) -> list[Suggested]:
    found = suggestions.beginning(connection, text, k)
    return [Suggested(one.code, "code", 1, _typed_part(one.code, text), one.sku) for one in found]


def _typed_part(code: str, text: str) -> tuple[tuple[int, int], ...]:
    """From the first character of a code on as many letters and digits as were typed; less zeros before it."""
    wanted = [letter for letter in text.casefold() if letter.isalnum()]
    held = [(at, letter) for at, letter in enumerate(code) if letter.isalnum()]
    skip = 0
    while skip < len(held) and held[skip][1] == "0" and wanted[:1] != ["0"]:
        skip += 1
    some = held[skip : skip + len(wanted)]
    return ((some[0][0], some[-1][0] + 1),) if some else ()


def _same(text: str) -> str:
    return " ".join(map(plain, WORD.findall(text)))


# --- what is in memory ------------------------------------------------------------------------------------------------


def _known(stack: Stack, connection: Connection) -> Known:
    """What is known of this state of the catalogue and the events, or of an earlier one while that is read in anew."""
    held = stack.memory.get("suggest")
    now, mark = changes.seen(connection), suggestions.mark(connection)
    if isinstance(held, Known):
        if (held.seq, held.mark) == (now, mark):
            return held
        early = time.monotonic() - held.at < SHARE * held.took
        if held.took > QUICK or (held.seq == now and early):
            if not early:
                _renew(stack, held)
            return held
    with stack.turn:
        again = stack.memory.get("suggest")
        if again is not held and isinstance(again, Known) and again.seq >= now:
            return again
        stack.memory["suggest"] = made = make(connection, stack.settings.ranking.half_life_days)
        return made


_under_way: WeakSet[Stack] = WeakSet()


def _renew(stack: Stack, held: Known) -> None:
    """Read in beside the answers, unless that was done a short while ago or is under way."""
    with stack.turn:
        if time.monotonic() - held.at < STALE or stack in _under_way:
            return
        _under_way.add(stack)

    def renew() -> None:
        try:
            with suppress(SnapshelfError), stack.catalogue.read() as connection:
                stack.memory["suggest"] = make(connection, stack.settings.ranking.half_life_days)
        finally:
            _under_way.discard(stack)

    threading.Thread(target=renew, name="snapshelf-suggest", daemon=True).start()


def make(connection: Connection, half_life: float) -> Known:
    """Read everything in: one pass over the products, and one over the events. half_life: days."""
    began = time.monotonic()
    seq, mark = changes.seen(connection), suggestions.mark(connection)
    products = suggestions.named(connection, half_life)
    terms = [*_groups(products), *_sequences(products)]
    terms += [
        Entry(one.text, "query", CLICK * one.clicks, one.products, one.skus)
        for one in suggestions.clicked(connection, half_life, SHOPPERS, QUERIES)
    ]
    done = time.monotonic()
    return Known(
        seq, mark, Completions.of(_once(terms)), Completions.of(_goods(products)), time.monotonic() - began, done
    )


def _groups(products: Sequence[Named]) -> list[Entry]:
    """Brands and the steps of categories, with the products of each."""
    held: dict[tuple[str, str], list[str]] = {}
    steps: dict[str, list[str]] = {}
    for one in products:
        if one.category not in steps:
            steps[one.category] = list(dict.fromkeys(levels(one.category)))
        for kind, text in [("brand", one.brand), *(("category", step) for step in steps[one.category])]:
            if text:
                held.setdefault((kind, text), []).append(one.sku)
    return [
        Entry(_shown(text), kind, float(len(skus)), len(skus), tuple(skus[:3])) for (kind, text), skus in held.items()
    ]


def _sequences(products: Sequence[Named]) -> list[Entry]:
    number: dict[str, int] = {}
    kin = np.array([number.setdefault(f"family:{p.family}" if p.family else f"sku:{p.sku}", len(number))
                    for p in products], np.int64)  # fmt: skip
    titles = [_shown(one.title) for one in products]
    return [
        Entry(one.text, "phrase", float(one.count), one.count, tuple({products[at].sku: 0 for at in one.titles}))
        for one in frequent(titles, kin)
    ]


def _goods(products: Sequence[Named]) -> list[Entry]:
    """A product for every different title: the one that was clicked on most, of those that are not sold out."""
    held: dict[str, list[Named]] = {}
    for one in products:
        held.setdefault(_shown(one.title), []).append(one)
    found = []
    for title, several in held.items():
        best = min(several, key=lambda one: (one.sold_out, -one.clicks, one.sku))
        weight = (1.0 + CLICK * best.clicks) * (SOLD_OUT if best.sold_out else 1.0)
        found.append(Entry(title, "product", weight, len(several), (best.sku,), best.family))
    return found


def _once(terms: Sequence[Entry]) -> list[Entry]:
    """Each text once, under the first of its `KINDS`, with the weight of all: what is both there and asked for."""
    held: dict[str, Entry] = {}
    weights: dict[str, Mapping[str, float]] = {}
    for one in sorted(terms, key=lambda one: (KINDS.index(one.kind), -one.weight, one.text)):
        same = _same(one.text)
        if same:
            held.setdefault(same, one)
            weights[same] = {one.kind: one.weight, **weights.get(same, {})}
    return [
        Entry(one.text, one.kind, sum(_heaviest(weights[same])), one.products, one.skus) for same, one in held.items()
    ]


def _heaviest(weights: Mapping[str, float]) -> tuple[float, float]:
    """The most of what is counted in products, and what is counted in clicks."""
    return max((weight for kind, weight in weights.items() if kind != "query"), default=0.0), weights.get("query", 0.0)


def _shown(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
