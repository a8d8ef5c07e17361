"""Made-up texts: what shoppers type, what the sample shop's other seeds sell, and near misses of both.

A near miss says nearly the same of another thing: the other colour, the words the other way round, "without" for
"with". The teacher tells most of them apart, and so learns the tower when they lie in one batch.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np

from snapshelf.sample.goods.kinds import KINDS, Kind
from snapshelf.sample.goods.make import goods
from snapshelf.sample.palette import COLOURS
from training.places import SEED
from training.tables import parquet_rows

SEEDS = (1001, 1002, 1003)  # never 7, the shop that ships
PRODUCTS = 1500
SAID = ("product_colour", "material", "type", "product_type", "print_technology", "connector_gender",
        "processor_family", "cable_colour", "printing_colours", "connectivity_technology", "memory_type",
        "form_factor")  # fmt: skip
JOINS = ("{kind} with {trait}", "{kind} without {trait}", "{trait} {kind}", "not {trait} {kind}", "{kind} no {trait}",
         "{kind} for {trait}", "{kind} {trait}")  # fmt: skip
WISHES = ("cheap {}", "best {}", "{} for kids", "{} for men", "{} for women", "buy {}", "small {}", "large {}",
          "new {}", "{} gift", "i need a {}", "looking for a {}", "{} on sale", "replacement {}",
          "{} accessories")  # fmt: skip


def shop() -> list[str]:
    """Titles and descriptions of other seeds than the sample shop's, and parts of them in every mixture."""
    made = [good for seed in SEEDS for good in goods(PRODUCTS, seed)]
    found = [good.title.split(", size")[0] for good in made] + [good.description for good in made[::2]]
    for kind in KINDS:
        found += [kind.name, kind.category, *(wish.format(kind.name) for wish in WISHES)]
        traits = [word for words in kind.traits.values() for word in words]
        found += [f"{colour} {kind.name}" for colour in dict.fromkeys((*kind.colours, *_plain()))]
        found += [f"{word} {kind.name}" for word in dict.fromkeys((*kind.patterns, *kind.materials, *traits))]
        found += [join.format(kind=kind.name, trait=word) for word in (*kind.materials, *traits) for join in JOINS]
    return found + _mixtures(14_000)


def _plain() -> list[str]:
    return list(dict.fromkeys(colour.plain for colour in COLOURS.values()))


def _mixtures(n: int) -> list[str]:
    """Colour, pattern, material and trait of a kind, each there or not; half of them again with one word changed."""
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(n // 2):
        kind = KINDS[rng.integers(len(KINDS))]
        parts = _parts(kind, rng)
        at = int(rng.integers(len(parts)))
        other = _parts(kind, rng)
        found.append(" ".join([*filter(None, parts), kind.name]))
        found.append(" ".join([*filter(None, (*parts[:at], other[at], *parts[at + 1 :])), kind.name]))
    return found


def _parts(kind: Kind, rng: np.random.Generator) -> tuple[str, ...]:
    colours = kind.colours if rng.random() < 0.5 else tuple(_plain())
    choices = (colours, kind.patterns, kind.materials, *kind.traits.values())
    return tuple(str(rng.choice(words)) if words and rng.random() < 0.6 else "" for words in choices)


def attributes(data: Path) -> list[str]:
    """What Icecat's tables say of a product, as a shopper would put it: "grey fax ribbon", "HDMI to DVI cable"."""
    found = []
    for row in parquet_rows(data / "icecat/products.parquet"):
        facts = json.loads(row["attributes_json"] or "{}")
        said = [str(facts[name])[:40].split("\\n")[0] for name in SAID if isinstance(facts.get(name), str)]
        brand = row["brand"] or ""
        noun = str(facts.get("type") or facts.get("product_type") or "")[:30]
        found += [f"{brand} {noun}", f"{said[0] if said else ''} {noun}", " ".join(said[:2])]
        if isinstance(facts.get("connector_1"), str) and isinstance(facts.get("connector_2"), str):
            found.append(f"{facts['connector_1'][:25]} to {facts['connector_2'][:25]} cable")
        if isinstance(facts.get("compatibility"), str):
            found.append(f"{noun} for {facts['compatibility'][:40].split(',')[0]}")
    return found


def queries(titles: list[str], n: int) -> list[str]:
    """One to four neighbouring or scattered words of titles: what a hurried shopper types."""
    rng = np.random.default_rng(SEED)
    found = []
    for title in rng.choice(np.asarray(titles, dtype=object), n):
        words = _words(title)
        if not words:
            continue
        size = int(rng.integers(1, min(4, len(words)) + 1))
        if rng.random() < 0.6:
            start = int(rng.integers(0, len(words) - size + 1))
            found.append(" ".join(words[start : start + size]))
        else:
            found.append(" ".join(words[place] for place in rng.choice(len(words), size, replace=False)))
    return found


def near_misses(titles: list[str], n: int) -> list[str]:
    """Pairs of neighbouring words both ways round, with and without, and words of one title beside another's."""
    rng = np.random.default_rng(SEED + 1)
    found: list[str] = []
    picked = [_words(title) for title in rng.choice(np.asarray(titles, dtype=object), n)]
    for words, others in pairwise([words for words in picked if len(words) > 1]):
        at = int(rng.integers(0, len(words) - 1))
        one, two = words[at], words[at + 1]
        chance = rng.random()
        if chance < 0.5:
            found += [f"{one} {two}", f"{two} {one}"]
        elif chance < 0.7:
            found += [f"{one} with {two}", f"{one} without {two}"]
        elif chance < 0.8:
            found += [f"{one} for {two}", f"{two} for {one}"]
        else:
            found.append(f"{one} {others[-1]}")
    return found


def _words(title: str) -> list[str]:
    """Its words in small letters, less those that are mostly digits."""
    words = re.findall(r"[^\W_][\w\-.'/]*", title.lower())
    return [word for word in words if not re.search(r"\d.*\d.*\d", word)]
