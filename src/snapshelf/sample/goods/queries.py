"""Judged queries for the sample shop, derived from what the goods are: words, customers' photos, photos with words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from snapshelf.sample.goods.make import Good

TEXT, IMAGE, MIXED = 150, 250, 60


@dataclass(frozen=True, slots=True)
class Asked:
    """One query with the grades of its products: 2 the very thing, 1 a near relative."""

    id: str
    text: str
    image: str
    grades: dict[str, int]


def queries(goods: Sequence[Good], seed: int) -> list[Asked]:
    """The queries of a shop; each has at least one product with a grade."""
    chance = Random(f"queries/{seed}")
    return [*_words(goods, chance), *_photos(goods, chance), *_both(goods, chance)]


def _words(goods: Sequence[Good], chance: Random) -> list[Asked]:
    """ "red striped mug": the same plain colour, pattern and kind is the thing itself, the colour and kind a relative."""
    found: dict[str, Asked] = {}
    for good in chance.sample(list(goods), len(goods)):
        pattern = "" if good.look.pattern == "plain" else good.look.pattern
        trait = chance.choice([word for _, word in good.look.traits] or [""]) if chance.random() < 0.3 else ""
        text = " ".join(word for word in (good.plain, pattern, trait, good.kind.name) if word)
        near = [o for o in goods if o.kind is good.kind and o.plain == good.plain]
        grades = {other.sku: _grade(other, good, trait) for other in near}
        found.setdefault(text, Asked(f"text-{len(found) + 1}", text, "", grades))
        if len(found) == TEXT:
            break
    return list(found.values())


def _grade(other: Good, good: Good, trait: str) -> int:
    words = [word for _, word in other.look.traits]
    return 2 if other.look.pattern == good.look.pattern and (not trait or trait in words) else 1


def _photos(goods: Sequence[Good], chance: Random) -> list[Asked]:
    """A customer's photo: products that look the same (other sizes of it) are the thing, its family relatives."""
    shown = [good for good in goods if good.snapped]
    some = chance.sample(shown, min(IMAGE, len(shown)))
    return [Asked(f"image-{n}", "", f"customer/{good.sku}.jpg", _family(goods, good)) for n, good in enumerate(some, 1)]


def _both(goods: Sequence[Good], chance: Random) -> list[Asked]:
    """A photo of one variant and the colour of another one of its family."""
    found: list[Asked] = []
    for good in chance.sample(list(goods), len(goods)):
        others = [o for o in goods if o.family == good.family and o.plain != good.plain]
        if good.snapped and others and len(found) < MIXED:
            wanted = others[0]
            grades = {o.sku: 2 if o.colour == wanted.colour else 1 for o in others}
            found.append(Asked(f"mixed-{len(found) + 1}", f"in {wanted.plain}", f"customer/{good.sku}.jpg", grades))
    return found


def _family(goods: Sequence[Good], good: Good) -> dict[str, int]:
    return {o.sku: 2 if o.look == good.look or o.colour == good.colour else 1 for o in goods if o.family == good.family}
