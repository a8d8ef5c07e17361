"""Judged queries for the sample shop, derived from what the goods are: words, customers' photos, photos with words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from snapshelf.sample.goods.make import Good

TEXT, IMAGE, MIXED = 150, 250, 60
ALSO = {
    "trousers": ("jeans",),
    "shirt": ("t-shirt",),
    "bowl": ("mug",),
    "chair": ("armchair", "stool"),
}  # near relatives
CHANGES = ("in {}", "this, but in {}", "the same in {}", "do you have it in {}?")


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
    """ "navy striped t-shirt": every product that is all of it is the thing itself, see `_grade` for the relatives."""
    found: dict[str, Asked] = {}
    for good in chance.sample(list(goods), len(goods)):
        wish = _wish(good, chance)
        text = " ".join(dict.fromkeys((*wish.values(), good.kind.name)))
        grades = {other.sku: grade for other in goods if (grade := _grade(other, wish, good))}
        found.setdefault(text, Asked(f"text-{len(found) + 1}", text, "", grades))
        if len(found) == TEXT:
            break
    return list(found.values())


def _wish(good: Good, chance: Random) -> dict[str, str]:
    """What a customer asks of a thing like this one, by property, in the order in which it is said."""
    look = good.look
    trait = chance.choice([word for _, word in look.traits] or [""])
    said = {
        "brand": look.brand if chance.random() < 0.12 else "",
        "colour": chance.choice((good.plain, good.plain, good.colour)),
        "pattern": "" if look.pattern == "plain" else look.pattern,
        "material": look.material if chance.random() < 0.2 else "",
        "trait": trait if chance.random() < 0.35 else "",
    }
    return {name: word for name, word in said.items() if word}


def _grade(other: Good, wish: Mapping[str, str], good: Good) -> int:
    """2 when ``other`` is all that is wished for; 1 when it is of the kind (or near it) and at least of that plain colour."""
    same = other.kind is good.kind
    if same and all(word in _said_of(other, name) for name, word in wish.items()):
        return 2
    if same and other.trim == good.plain and other.look.pattern == wish.get("pattern"):
        return 1  # "blue striped" may also be white with blue stripes
    return int(other.plain == good.plain and (same or other.kind.name in ALSO.get(good.kind.name, ())))


def _said_of(good: Good, name: str) -> tuple[str, ...]:
    """The words that are true of a product's colour, pattern, material, trait or brand."""
    look = good.look
    words = {"colour": (good.plain, good.colour), "trait": tuple(word for _, word in look.traits)}
    return words.get(name) or {"pattern": (look.pattern,), "material": (look.material,), "brand": (look.brand,)}[name]


def _photos(goods: Sequence[Good], chance: Random) -> list[Asked]:
    """A customer's photo: the product in every size is the thing, its family in other colours are relatives."""
    shown = [good for good in goods if good.snapped]
    some = chance.sample(shown, min(IMAGE, len(shown)))
    return [Asked(f"image-{n}", "", f"customer/{good.sku}.jpg", _family(goods, good)) for n, good in enumerate(some, 1)]


def _family(goods: Sequence[Good], good: Good) -> dict[str, int]:
    return {o.sku: 2 if o.colour == good.colour else 1 for o in goods if o.family == good.family}


def _both(goods: Sequence[Good], chance: Random) -> list[Asked]:
    """A photo of one variant and the colour of another one of its family: that one, then others of the sort."""
    found: list[Asked] = []
    for good in chance.sample(list(goods), len(goods)):
        colours = sorted({o.plain for o in goods if o.family == good.family and o.plain != good.plain})
        if good.snapped and colours and len(found) < MIXED:
            wanted = chance.choice(colours)
            fits = [o for o in goods if o.plain == wanted and _of_a_sort(o, good)]
            grades = {o.sku: 2 if o.family == good.family else 1 for o in fits}
            text = chance.choice(CHANGES).format(wanted)
            found.append(Asked(f"mixed-{len(found) + 1}", text, f"customer/{good.sku}.jpg", grades))
    return found


def _of_a_sort(one: Good, other: Good) -> bool:
    """The same kind, pattern and traits, whatever the colour, brand and size."""
    return (one.kind, one.look.pattern, one.look.traits) == (other.kind, other.look.pattern, other.look.traits)
