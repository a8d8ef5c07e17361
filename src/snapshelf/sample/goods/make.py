"""Kinds and a seed → families of products, with words, prices, stock and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from snapshelf.sample.brands import BRANDS, MODELS
from snapshelf.sample.goods.kinds import KINDS, Kind
from snapshelf.sample.gtin import in_store
from snapshelf.sample.look import Look
from snapshelf.sample.palette import COLOURS, apart, luminance

ADJECTIVES = ("classic", "modern", "lightweight", "handy", "sturdy", "elegant", "cosy", "slim", "everyday", "premium")
OPENERS = ("Made for {use}.", "A good companion for {use}.", "Just right for {use}.", "Our pick for {use}.")
ONE_COLOURED = ("plain", "heathered", "camouflage")  # patterns in shades of one colour
CARES = (
    "Easy to care for.",
    "Built to last.",
    "A favourite of our customers.",
    "Comes in a recycled box.",
    "Good value.",
)


@dataclass(frozen=True, slots=True)
class Good:
    """One product of the sample shop: its words and numbers, how it looks, and who shows a photo of it.

    ``colour`` is the label's word, ``plain`` what people say; ``trim`` the plain colour of the pattern on it, or "".
    """

    sku: str
    family: str
    kind: Kind
    look: Look
    title: str
    description: str
    colour: str
    plain: str
    trim: str
    size: str
    price: float
    stock: int
    gtin: str
    mpn: str
    second: bool  # has a second catalogue picture
    snapped: bool  # has a customer's photo


def goods(count: int, seed: int) -> list[Good]:
    """The first ``count`` products of the shop with this seed; families of up to four variants, every kind in turn."""
    found: list[Good] = []
    number = 0
    while len(found) < count:
        kind = KINDS[number % len(KINDS)]
        for good in _family(kind, number, seed):
            if len(found) < count:
                found.append(good)
        number += 1
    return found


def _family(kind: Kind, number: int, seed: int) -> Iterator[Good]:
    chance = Random(f"{seed}/{number}/{kind.name}")
    family = f"{_letters(kind.name)}-{number:03d}"
    brand, model = chance.choice(BRANDS), _model(kind, number // len(KINDS), seed)
    material = chance.choice(kind.materials) if kind.materials else ""
    pattern = chance.choice(kind.patterns)
    traits = tuple((name, chance.choice(words)) for name, words in kind.traits.items())
    adjective, price = chance.choice(ADJECTIVES), _price(kind, chance)
    colours = _colours(kind, chance)
    sizes = chance.sample(kind.sizes, 2) if kind.sizes and chance.random() < 0.4 else [""]
    code = f"{brand[:2].upper()}{chance.randint(100, 9999)}"
    accent = COLOURS[chance.choice(kind.accents)].rgb
    for at, (colour, size) in enumerate((colour, size) for colour in colours for size in sizes):
        second = _second(kind, colour, Random(f"{family}/{seed}/{colour}"))
        look = Look(
            kind.name,
            COLOURS[colour].rgb,
            COLOURS[second].rgb,
            accent,
            pattern,
            material,
            brand,
            traits,
            f"{seed}/{family}",
        )
        words = [word for _, word in traits]
        name = f"{brand} {model}"
        yield Good(
            sku=f"{family}-{at + 1}",
            family=family,
            kind=kind,
            look=look,
            title=_title(kind, name, colour, second, pattern, material, words, size),
            description=_description(kind, colour, second, pattern, material, words, adjective, chance),
            colour=colour,
            plain=COLOURS[colour].plain,
            trim="" if pattern in ONE_COLOURED else COLOURS[second].plain,
            size=size,
            price=round(price * chance.choice((1, 1, 1, 0.8)), 2),
            stock=0 if chance.random() < 0.12 else chance.randint(1, 80),
            gtin=in_store(seed, number * 16 + at),
            mpn=f"{code}-{at + 1}",
            second=at == 0 and chance.random() < 0.3,
            snapped=size in ("", sizes[0]),
        )


def _model(kind: Kind, number: int, seed: int) -> str:
    """The name of this family: no other one of its kind has it, up to as many families as there are names."""
    names = Random(f"models/{seed}/{kind.name}").sample(MODELS, len(MODELS))
    turn, place = divmod(number, len(names))
    return names[place] if turn == 0 else f"{names[place]} {turn + 1}"


def _colours(kind: Kind, chance: Random) -> list[str]:
    """One colour, or two that nobody takes for each other."""
    first, *others = chance.sample(kind.colours, len(kind.colours))
    far = [name for name in others if apart(COLOURS[first], COLOURS[name])]
    return [first, *far[: chance.choice((0, 1, 1))]]


def _title(
    kind: Kind, name: str, colour: str, second: str, pattern: str, material: str, words: list[str], size: str
) -> str:
    """Brand and model first, then what the picture shows."""
    shown = "" if pattern == "plain" else pattern
    looks = f"{colour} {shown}".strip() if pattern in ONE_COLOURED else f"{colour} and {second} {shown}"
    if colour == kind.name:
        looks = ""
    after = ", ".join(words) if kind.category == "Food > Fruit" else ""
    parts = [name, looks, material, *([] if after else words), kind.name]
    title = ", ".join(part for part in (" ".join(part for part in parts if part), after) if part)
    return f"{title}, size {size}" if size else title


def _description(
    kind: Kind, colour: str, second: str, pattern: str, material: str, words: list[str], adjective: str, chance: Random
) -> str:
    made = f" made of {material}" if material else ""
    looks = f"in {colour}" if pattern in ONE_COLOURED else f"in {colour} with {second}"
    looks += "" if pattern == "plain" else f" ({pattern})"
    first = f"{adjective.capitalize()} {kind.name}{made}, {looks}."
    details = f"Details: {', '.join(words)}." if words else ""
    parts = [first, chance.choice(OPENERS).format(use=kind.use), details, chance.choice(CARES)]
    return " ".join(part for part in parts if part)


def _second(kind: Kind, colour: str, chance: Random) -> str:
    """A colour that shows on the first one."""
    base = COLOURS[colour].rgb
    others = [name for name in (*kind.colours, "white", "black", "cream") if name != colour]
    far = [name for name in others if abs(luminance(COLOURS[name].rgb) - luminance(base)) > 0.25]
    return chance.choice(far or others)


def _price(kind: Kind, chance: Random) -> float:
    low, high = kind.price
    amount = low * (high / low) ** chance.random()
    return round(amount, 1) if high < 10 else round(amount) - 0.05 if high < 100 else float(round(amount))


def _letters(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalpha())[:4]
