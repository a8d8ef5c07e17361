"""Products: put, get, remove, each with the views and attributes that hang on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from snapshelf.catalogue import codes
from snapshelf.catalogue.changes import tick
from snapshelf.catalogue.embeddings import AT_ONCE, prune
from snapshelf.catalogue.schema import attributes, gone, kinds, media, products, views
from snapshelf.catalogue.schema import codes as code_rows
from snapshelf.types import FILTERABLE, Kind, Product, Value, View, aspect_of, kind_of

FIELDS = tuple(Product.__dataclass_fields__)
SHORT = 200  # characters of a phrase
CLIPS = ("audios", "videos")


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture, a sound, or a part of a video of a product as it was read: where from, its stamp, the sha256 of what
    is embedded, its size in pixels, and of a part the seconds within its file.
    """

    ref: str
    stamp: str
    content: str
    width: int = 0
    height: int = 0
    kind: str = "image"
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A product ready to be put, with its media in order, the sha256 of its text and its own `fingerprint`."""

    product: Product
    source: str
    text: str
    media: tuple[Medium, ...]
    fingerprint: str

    def views(self) -> list[View]:
        """Its views: the text, then each medium, numbered among those of its kind."""
        sku, found, seen = self.product.sku, [], dict[str, dict[str, int]]()
        for one in self.media:
            numbers = seen.setdefault(one.kind, {})
            number = numbers.setdefault(one.ref, len(numbers) + 1)
            span = None if one.start is None or one.end is None else (one.start, one.end)
            found.append(View(sku, aspect_of(one.kind, number, span), one.content))
        return [View(sku, "text", self.text), *found]


def fingerprint(product: Product) -> str:
    """sha256 of every field: two products with the same one are the same.

    Sounds and videos count only where there are any, so that catalogues from before them are unchanged.
    """
    values = [getattr(product, name) for name in FIELDS if name not in ("attributes", *CLIPS)]
    values += [getattr(product, name) for name in CLIPS if product.audios or product.videos]
    plain = json.dumps([*values, sorted(product.attributes.items())], ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def fingerprints(connection: Connection, skus: Sequence[str]) -> dict[str, tuple[str, str]]:
    """SKU → (fingerprint, source) of those that are there."""
    c = products.c
    rows = _by_sku(connection, select(c.sku, c.fingerprint, c.source), c.sku, skus)
    return {sku: (mark, source) for sku, mark, source in rows}


def media_of(connection: Connection, skus: Sequence[str]) -> dict[str, dict[str, list[Medium]]]:
    """SKU → reference → what was last read of it: one picture or sound, or the parts of a video in order."""
    columns = [media.c[name] for name in Medium.__dataclass_fields__]
    rows = _by_sku(connection, select(media.c.sku, *columns).order_by(media.c.sku, media.c.position), media.c.sku, skus)
    found: dict[str, dict[str, list[Medium]]] = {}
    for sku, *rest in rows:
        found.setdefault(sku, {}).setdefault(rest[0], []).append(Medium(*rest))
    return found


def put(connection: Connection, entries: Sequence[Entry]) -> set[str]:
    """Insert or replace products; views whose content stays the same keep their place in every index.

    Returns the SKUs of which a view came, went or changed.

    An attribute has one type over the whole catalogue: ask `contradiction` first.
    """
    if not entries:
        return set()
    seq = tick(connection)
    _learn_kinds(connection, entries)
    skus = [entry.product.sku for entry in entries]
    old = {(sku, aspect): (content, added) for sku, aspect, content, added in _views(connection, skus)}
    _delete(connection, products, skus)  # cascades to attributes, codes, media and views
    rows = [_row(entry, seq) for entry in entries]
    connection.execute(insert(products), rows)
    _insert(connection, attributes, [row for entry in entries for row in _attribute_rows(entry.product)])
    _insert(connection, code_rows, [row for entry in entries for row in codes.rows_of(entry.product)])
    _insert(connection, media, [row for entry in entries for row in _media_rows(entry)])
    now: list[dict[str, Any]] = []
    for view in (view for entry in entries for view in entry.views()):
        content, added = old.pop((view.sku, view.aspect), ("", seq))
        since = added if content == view.content else seq
        now.append({"sku": view.sku, "aspect": view.aspect, "content": view.content, "added": since, "touched": seq})
    _insert(connection, views, now)
    _revive(connection, [(row["sku"], row["aspect"]) for row in now] + [(sku, "") for sku in skus])
    _insert(connection, gone, [{"sku": sku, "aspect": aspect, "seq": seq} for sku, aspect in old])
    return {row["sku"] for row in now if row["added"] == seq} | {sku for sku, _ in old}


def remove(connection: Connection, skus: Sequence[str]) -> list[str]:
    """Remove products with everything that hangs on them; returns the SKUs that were there, in the order given."""
    there = fingerprints(connection, skus)
    found = [sku for sku in dict.fromkeys(skus) if sku in there]
    if not found:
        return []
    seq = tick(connection)
    old = list(_views(connection, found))
    _delete(connection, products, found)
    keys = [(sku, aspect) for sku, aspect, *_ in old] + [(sku, "") for sku in found]
    _revive(connection, keys)
    _insert(connection, gone, [{"sku": sku, "aspect": aspect, "seq": seq} for sku, aspect in keys])
    prune(connection, list({content for _, _, content, _ in old}))
    return found


def get(connection: Connection, skus: Sequence[str]) -> dict[str, Product]:
    """SKU → product, of those that are there."""
    columns = [products.c[name] for name in FIELDS]
    rows = _by_sku(connection, select(*columns), products.c.sku, skus)
    return {row[0]: _product(row) for row in rows}


def variants(connection: Connection, families: Sequence[str], most: int = 200) -> dict[str, list[Product]]:
    """Family → its products in order of SKU, of all families together at most ``most``."""
    columns = [products.c[name] for name in FIELDS]
    query = select(*columns).where(products.c.family.in_(families)).order_by(products.c.sku).limit(most)
    found: dict[str, list[Product]] = {}
    for row in connection.execute(query):
        one = _product(row)
        found.setdefault(one.family, []).append(one)
    return found


def phrases(connection: Connection, most: int) -> list[str]:
    """What products are called, each text once: brands, categories, attribute values, then titles in order of SKU.

    Of each at most ``most``; long texts are left out.
    """
    c, text = products.c, attributes.c.text
    queries = [select(column).distinct().order_by(column) for column in (c.brand, c.category)]
    queries.append(select(text).where(text.is_not(None)).distinct().order_by(text))
    queries.append(select(c.title).order_by(c.sku))
    found = [one for query in queries for one in connection.execute(query.limit(most)).scalars()]
    return list(dict.fromkeys(one for one in found if one and len(one) <= SHORT))


def of_source(connection: Connection, source: str) -> list[str]:
    """SKUs that came from one catalogue file."""
    return list(connection.execute(select(products.c.sku).where(products.c.source == source)).scalars())


def contradiction(product: Product, known: Mapping[str, Kind]) -> tuple[str, str] | None:
    """The first attribute whose type is not the one known, with a sentence saying so; None when all agree."""
    for name, value in product.attributes.items():
        if name in FILTERABLE:
            return name, f"{name!r} is the name of a field of every product; rename the attribute"
        wanted = known.get(name)
        if wanted and wanted != kind_of(value):
            return name, f"{name!r} holds {wanted} values in this catalogue, but here stands {value!r}"
    return None


def learn(product: Product, known: dict[str, Kind]) -> None:
    """Add a product's attributes to the types known."""
    for name, value in product.attributes.items():
        known.setdefault(name, kind_of(value))


def families(connection: Connection, skus: Sequence[str]) -> Mapping[str, str]:
    """SKU → family, for those that have one."""
    c = products.c
    return {sku: family for sku, family in _by_sku(connection, select(c.sku, c.family), c.sku, skus) if family}


def _learn_kinds(connection: Connection, entries: Sequence[Entry]) -> None:
    known = set(connection.execute(select(kinds.c.name)).scalars())
    held = {name: kind_of(value) for entry in entries for name, value in entry.product.attributes.items()}
    _insert(connection, kinds, [{"name": name, "kind": kind} for name, kind in held.items() if name not in known])


def _row(entry: Entry, seq: int) -> dict[str, Any]:
    product = entry.product
    plain = {name: getattr(product, name) for name in FIELDS}
    plain |= {name: list(plain[name]) for name in ("images", *CLIPS)} | {"attributes": dict(product.attributes)}
    return plain | {"source": entry.source, "fingerprint": entry.fingerprint, "changed": seq}


def _product(row: Sequence[Any]) -> Product:
    values = dict(zip(FIELDS, row, strict=True))
    values |= {name: tuple(values[name]) for name in ("images", *CLIPS)}
    held = values["attributes"].items()
    values["attributes"] = {name: tuple(value) if isinstance(value, list) else value for name, value in held}
    return Product(**values)


def _attribute_rows(product: Product) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, value in product.filterable().items():
        elements: tuple[Value, ...] = value if isinstance(value, tuple) else (value,)
        for position, one in enumerate(elements):
            number, text = (None, one) if isinstance(one, str) else (float(one), None)  # type: ignore[arg-type]
            rows.append({"sku": product.sku, "name": name, "position": position, "number": number, "text": text})
    return rows


def _media_rows(entry: Entry) -> list[dict[str, Any]]:
    return [{"sku": entry.product.sku, "position": n, **asdict(one)} for n, one in enumerate(entry.media, start=1)]


def _views(connection: Connection, skus: Sequence[str]) -> list[Any]:
    c = views.c
    return _by_sku(connection, select(c.sku, c.aspect, c.content, c.added), c.sku, skus)


def _by_sku(connection: Connection, query: Any, column: Any, skus: Sequence[str]) -> list[Any]:
    rows: list[Any] = []
    for start in range(0, len(skus), AT_ONCE):
        rows.extend(connection.execute(query.where(column.in_(skus[start : start + AT_ONCE]))))
    return rows


def _delete(connection: Connection, table: Table, skus: Sequence[str]) -> None:
    for start in range(0, len(skus), AT_ONCE):
        connection.execute(delete(table).where(table.c.sku.in_(skus[start : start + AT_ONCE])))


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


def _revive(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """Take views off the list of those that are gone."""
    statement = delete(gone).where(gone.c.sku == bindparam("s"), gone.c.aspect == bindparam("a"))
    connection.execute(statement, [{"s": sku, "a": aspect} for sku, aspect in keys])
