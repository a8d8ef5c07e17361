"""What an index has not seen yet. An index is only a cursor into the catalogue's transactions, and disposable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from snapshelf.catalogue.schema import cursors, gone, products, views
from snapshelf.types import View, view_id

NOW, LEARNT = "now", "learnt"
_CURSORS = select(cursors.c.name, cursors.c.seq)
_seen: WeakKeyDictionary[Connection, tuple[int, int]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Behind:
    """How much a vector index has to catch up: views to add, views to re-attribute, view ids to drop."""

    added: int
    touched: int
    gone: int


def now(connection: Connection) -> int:
    """The number of the newest transaction; 0 for a new catalogue."""
    return cursor(connection, NOW)


def seen(connection: Connection) -> int:
    """The same, asked for once: a connection for reading sees one state. Not for one that writes."""
    return _state(connection)[0]


def learnt(connection: Connection) -> int:
    """How often something was learnt of the catalogue, such as what it does not hold; asked for once likewise."""
    return _state(connection)[1]


def learn(connection: Connection) -> None:
    """Say that something was learnt, so that every process reads it again."""
    move(connection, LEARNT, cursor(connection, LEARNT) + 1)


def _state(connection: Connection) -> tuple[int, int]:
    if connection not in _seen:
        cursors_of(connection)
    return _seen[connection]


def tick(connection: Connection) -> int:
    """Number this transaction."""
    seq = now(connection) + 1
    move(connection, NOW, seq)
    return seq


def cursor(connection: Connection, index: str) -> int:
    """The transaction up to which an index has followed; 0 when it is new."""
    return connection.execute(select(cursors.c.seq).where(cursors.c.name == index)).scalar() or 0


def cursors_of(connection: Connection) -> dict[str, int]:
    """Every cursor by name, `NOW` and `LEARNT` among them; for a connection that reads, as `seen`."""
    found = {name: int(seq) for name, seq in connection.execute(_CURSORS)}
    _seen[connection] = found.get(NOW, 0), found.get(LEARNT, 0)
    return found


def move(connection: Connection, index: str, seq: int) -> None:
    """Say that an index has followed up to ``seq``; only after its own files are safe."""
    moved = connection.execute(update(cursors).where(cursors.c.name == index).values(seq=seq))
    if not moved.rowcount:
        connection.execute(insert(cursors).values(name=index, seq=seq))


def behind(connection: Connection, since: int) -> Behind:
    """How many views changed after transaction ``since``."""
    count = select(func.count())
    return Behind(
        added=connection.execute(count.select_from(views).where(views.c.added > since)).scalar_one(),
        touched=connection.execute(
            count.select_from(views).where(views.c.touched > since, views.c.added <= since)
        ).scalar_one(),
        gone=connection.execute(count.select_from(gone).where(gone.c.seq > since)).scalar_one(),
    )


def gone_views(connection: Connection, since: int) -> list[str]:
    """Ids of views that ended after ``since``."""
    rows = connection.execute(select(gone.c.sku, gone.c.aspect).where(gone.c.seq > since, gone.c.aspect != ""))
    return [view_id(sku, aspect) for sku, aspect in rows]


def added_views(connection: Connection, since: int, size: int) -> Iterator[list[View]]:
    """Views whose content came after ``since``, in batches, in order of SKU."""
    return _batches(connection, views.c.added > since, size)


def touched_views(connection: Connection, since: int, size: int) -> Iterator[list[View]]:
    """Views whose product's attributes changed after ``since`` while their content did not."""
    return _batches(connection, (views.c.touched > since) & (views.c.added <= since), size)


def _batches(connection: Connection, condition, size: int) -> Iterator[list[View]]:  # type: ignore[no-untyped-def]
    last: tuple[str, str] = ("", "")
    while True:
        after = (views.c.sku > last[0]) | ((views.c.sku == last[0]) & (views.c.aspect > last[1]))
        query = select(views.c.sku, views.c.aspect, views.c.content).where(condition, after)
        rows = connection.execute(query.order_by(views.c.sku, views.c.aspect).limit(size)).all()
        if not rows:
            return
        yield [View(*row) for row in rows]
        last = (rows[-1].sku, rows[-1].aspect)


def gone_products(connection: Connection, since: int) -> list[str]:
    """SKUs of products that were removed after ``since``."""
    return list(connection.execute(select(gone.c.sku).where(gone.c.seq > since, gone.c.aspect == "")).scalars())


def changed_products(connection: Connection, since: int, size: int) -> Iterator[Sequence[Row[str, str, str, str, str]]]:
    """(sku, title, brand, category, description) of products that changed after ``since``, in batches."""
    c, last = products.c, ""
    while True:
        query = select(c.sku, c.title, c.brand, c.category, c.description).where(c.changed > since, c.sku > last)
        rows = connection.execute(query.order_by(c.sku).limit(size)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].sku


def forget(connection: Connection, index: str) -> None:
    """Drop an index's cursor, so that it is rebuilt from nothing."""
    connection.execute(delete(cursors).where(cursors.c.name == index))
