"""What a catalogue says about itself: its brands, categories, values, prices and codes, counted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from snapshelf.types import FILTERABLE, Kind, Product, kind_of

MOST_VALUES = 2_000  # different values of one attribute, more are free text; of a number, `MOST_NUMBERS` are listed
MOST_NUMBERS = 200
LONGEST = 60  # characters of a value that somebody may type
CHEAP, DEAR = 0.3, 0.7  # shares of a category's prices below and above which it is cheap and dear


@dataclass(frozen=True, slots=True)
class Spread:
    """A number attribute: how many values there are, the least, the greatest, and each of them where they are few."""

    count: int
    low: float
    high: float
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Counts of a catalogue. ``change`` is the number of the newest transaction that they hold.

    ``kinds``: type of every attribute. ``texts``: text and list attributes → value → products. ``flags``: boolean
    attributes → products in which they are true. ``prices``: category → (`CHEAP`, `DEAR`) percentile, "" for all
    categories. ``units``: attribute → its unit, where its name does not say it. ``codes``: SKUs, GTINs, part numbers.
    """

    change: int = 0
    brands: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    numbers: Mapping[str, Spread] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    currencies: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    titles: Collection[str] = ()
    codes: Collection[str] = ()


def facts_of(products: Iterable[Product], units: Mapping[str, str] | None = None) -> Facts:
    """The facts of products given one by one: the plain meaning of what `catalogue.vocabulary` reads with SQL."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, Counter[float]] = defaultdict(Counter)
    flags: Counter[str] = Counter()
    kinds: dict[str, Kind] = {}
    prices: dict[str, list[float]] = defaultdict(list)
    titles, codes = [], []
    for product in products:
        titles.append(product.title)
        codes += [code for code in (product.sku, product.gtin, product.mpn) if code]
        if product.price is not None:
            prices[product.category].append(product.price)
        for name, value in product.filterable().items():
            kind = kind_of(value)
            if name not in FILTERABLE:
                kinds[name] = kind
            if isinstance(value, bool):
                flags[name] += value
            elif isinstance(value, int | float):
                numbers[name][float(value)] += 1
            else:
                counts[name].update({value} if isinstance(value, str) else set(value))
    texts = {name: told for name, held in counts.items() if name not in FILTERABLE and (told := tellable(held))}
    return Facts(
        brands=short(counts["brand"]),
        categories=dict(counts["category"]),
        kinds=kinds,
        texts=texts,
        numbers={name: spread(held) for name, held in numbers.items() if name not in FILTERABLE},
        flags={name: count for name, count in flags.items() if count},
        prices=percentiles(prices),
        currencies=dict(counts["currency"]),
        units=dict(units or {}),
        titles=titles,
        codes=codes,
    )


def tellable(counts: Mapping[str, int]) -> dict[str, int]:
    """The `short` values of an attribute; nothing of one that has too many different ones."""
    return short(counts) if fits(len(counts)) else {}


def short(counts: Mapping[str, int]) -> dict[str, int]:
    """Values short enough to be typed."""
    return {value: count for value, count in counts.items() if 0 < len(value) <= LONGEST}


def fits(distinct: int) -> bool:
    """Whether an attribute with that many different values is one to choose from, and not free text."""
    return distinct <= MOST_VALUES


def spread(counts: Mapping[float, int]) -> Spread:
    """What is kept of a number attribute: value → products."""
    values = sorted(counts)
    return Spread(sum(counts.values()), values[0], values[-1], tuple(values) if len(values) <= MOST_NUMBERS else ())


def percentiles(prices: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """Category → the prices at `CHEAP` and `DEAR` of its range, by nearest rank; "" for all categories together."""
    together = {"": [price for held in prices.values() for price in held], **{c: p for c, p in prices.items() if c}}
    return {category: _cut(sorted(held)) for category, held in together.items() if held}


def _cut(ordered: Sequence[float]) -> tuple[float, float]:
    last = len(ordered) - 1
    return ordered[round(CHEAP * last)], ordered[round(DEAR * last)]


def levels(category: str) -> list[str]:
    """The steps of a category's path, the leaf last: "Clothing > Dresses" → ["Clothing", "Dresses"]."""
    return [part.strip() for part in re.split(r"[>/|]", category) if part.strip()]
