"""What a shelf's own queries reach when the product they were made of is left out: leave-one-out, for words and photos.

A shopper does not know a title by heart, and has another picture than the shop. So by meaning the words of a title may
find its product, but by the words themselves only others; and a picture finds other products alone, as another photo of
the same thing would. Held against real queries and photos, both come out a little lower than those do (docs/search.md).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from snapshelf import translate
from snapshelf.catalogue import embeddings
from snapshelf.catalogue.schema import products, views
from snapshelf.search.views import GROUPS, Chosen, chosen, families
from snapshelf.stack import Stack
from snapshelf.types import split_view

SMALL = 100  # products up to which every phrase goes without its product; of more, as many phrases as these are of all
OWN = 200  # phrases out of the shelf's own texts
TIMES = 3  # phrases of one title, at most
LOOKED_AT = 24  # candidates per lane and phrase
SHARE = 0.4
PICTURES = 300  # of the shelf's own, which stand for photos
POOL = 1000  # products that each of them is compared with, besides its nearest
NEAR = 64  # views nearest to a picture; more than the largest family should have
BEYOND = 0.1  # share of the products, the nearest to a picture, without which the rest stands for another shop
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as a shopper might type them, and the product to be left out; "" for none."""

    text: str
    sku: str = ""


def phrases(connection: Connection, count: int) -> list[Phrase]:
    """Pieces of titles, and categories; the same for the same catalogue. Of few titles several pieces each.

    count: products in all. The more there are, the more of what shoppers say stands in some title, and the fewer
    phrases go without their own product.
    """
    c = products.c
    rows = connection.execute(select(c.sku, c.title, c.category).order_by(c.fingerprint).limit(OWN)).all()
    found: dict[str, Phrase] = {}
    for time in range(min(TIMES, -(-OWN // max(1, len(rows))))):
        for sku, title, category in rows:
            chance = random.Random(f"{sku}/{time}" if time else sku)
            words = [word for word in (piece.strip(".,;:()[]\"'") for piece in title.split()) if len(word) > 1]
            length = min(len(words), chance.choice((1, 1, 2, 2, 3, 4)))
            start = chance.randint(0, len(words) - length) if length else 0
            text = " ".join(words[start : start + length]).lower()
            alone = random.Random(f"{sku}/left out").random() * count < SMALL
            found.setdefault(text, Phrase(text, sku if alone else ""))
            if chance.random() < 0.2:
                kind = category.rpartition(">")[2].strip().lower()
                found[kind] = Phrase(kind)
    return [one for text, one in found.items() if any(len(w) > 2 and w.isalpha() for w in text.split())][:OWN]


def strength(cosines: Floats, share: Floats) -> float:
    """Of a query of words, given its candidates' cosines (n,) and shares of BM25 (n,); -1 for none."""
    return float(np.max(cosines + SHARE * share)) if len(cosines) else -1.0


def of_photo(held: Chosen, cosines: NDArray[np.float32]) -> Floats:
    """(products,) what a photo reaches at each, given its cosine with every view: that of the best picture or scene and
    that of the text, added. -inf for a product without a picture.
    """
    said, pictured = (held.of_group(cosines, GROUPS[0]), [held.of_group(cosines, one) for one in ("image", "video")])
    found: Floats = np.maximum(*pictured).astype(np.float64) + np.where(np.isneginf(said), 0.0, said)
    return found


def of_phrases(stack: Stack, connection: Connection, asked: Sequence[Phrase]) -> Floats:
    """(n,) the strength of each phrase; by its words it does not find the product that it is from, nor its variants."""
    rows = translate.embed(stack, [one.text for one in asked], "query", stack.dim)
    near = stack.store.search(rows, LOOKED_AT)
    found = []
    for one, row, ids in zip(asked, rows, near.ids, strict=True):
        ideal, bm25 = stack.lexical.ideal(one.text), dict(stack.lexical.search(one.text, LOOKED_AT))
        skus = list(dict.fromkeys([*filter(None, [one.sku]), *(split_view(id)[0] for id in ids), *bm25]))
        held = chosen(stack, connection, skus)
        bm25.update(stack.lexical.scores(one.text, [sku for sku in held.skus if sku not in bm25]))
        own = _own(held.skus, families(stack, connection, held.skus), one.sku)
        share = np.where(own, 0.0, [bm25.get(sku, 0.0) for sku in held.skus]) / (ideal or 1.0)
        found.append(strength(held.best(held.vectors @ row).astype(np.float64), share))
    return np.array(found)


def of_pictures(stack: Stack, connection: Connection) -> tuple[Floats, Floats, int]:
    """What the shelf's own pictures reach without the product they are of and its variants; the same, without the
    nearest `BEYOND` of the shop; and of how many products or families they are. Nothing is embedded for it.
    """
    v, p = views.c, products.c
    of_kind = select(v.sku, v.content).where(v.aspect.startswith("image")).order_by(v.content, v.sku)
    drawn = connection.execute(of_kind.limit(PICTURES)).all()
    pool = list(connection.execute(select(p.sku).order_by(p.fingerprint).limit(POOL)).scalars())
    if not drawn or not pool:
        return np.empty(0), np.empty(0), 0
    contents = [content for _, content in drawn]
    rows = embeddings.get(connection, contents, stack.model, "index", stack.kept_dim, stack.dim)
    around = chosen(stack, connection, pool)
    near = stack.store.search(rows, min(NEAR, stack.store.count()))
    own, beyond, things = [], [], set()
    for (sku, _), row, ids in zip(drawn, rows, near.ids, strict=True):
        close = chosen(stack, connection, list(dict.fromkeys([sku, *(split_view(id)[0] for id in ids)])))
        of_pool, of_close = of_photo(around, around.vectors @ row), of_photo(close, close.vectors @ row)
        family = families(stack, connection, [*around.skus, *close.skus])
        others = np.concatenate([of_pool[~_own(around.skus, family, sku)], of_close[~_own(close.skus, family, sku)]])
        far = np.sort(of_pool)[: int((1 - BEYOND) * len(of_pool))]
        if np.any(np.isfinite(others)) and np.any(np.isfinite(far)):
            own.append(float(np.max(others)))
            beyond.append(float(np.max(far)))
            things.add(family.get(sku, sku))
    return np.array(own), np.array(beyond), len(things)


def _own(skus: Sequence[str], family: dict[str, str], sku: str) -> NDArray[np.bool_]:
    """(n,) which of these products are the one left out, or variants of it."""
    return np.array([one == sku or (one in family and family[one] == family.get(sku)) for one in skus], bool)
