"""The ledger: what calls of paid services have cost, written in the transaction that keeps what they brought."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from snapshelf.catalogue.schema import charges
from snapshelf.protocols import Charge


@dataclass(frozen=True, slots=True)
class Total:
    """All charges of one kind: ``amount`` of ``what``, over so many calls on the wire."""

    service: str
    operation: str
    model: str
    what: str
    amount: float
    dollars: float
    calls: int


def record(connection: Connection, run: str, spent: Sequence[Charge], at: float | None = None) -> None:
    """Write charges down, one row for all of a kind. ``run`` names an ingest, "" queries; ``at``: by default now."""
    alike: dict[tuple[str, str, str, str], list[Charge]] = {}
    for one in spent:
        alike.setdefault((one.service, one.operation, one.model, one.what), []).append(one)
    when = time.time() if at is None else at
    rows = []
    for (service, operation, model, what), some in alike.items():
        amount, dollars = sum(one.amount for one in some), sum(one.dollars for one in some)
        row = {"at": when, "run": run, "service": service, "operation": operation, "model": model, "what": what}
        rows.append(row | {"amount": amount, "dollars": dollars, "calls": sum(one.calls for one in some)})
    if rows:
        connection.execute(insert(charges), rows)


def totals(connection: Connection, since: float = 0.0, run: str | None = None) -> list[Total]:
    """Charges since a time (seconds since 1970), of one run or of all, summed by kind; the dearest first."""
    c = charges.c
    kind = (c.service, c.operation, c.model, c.what)
    dollars = func.sum(c.dollars)
    query = select(*kind, func.sum(c.amount), dollars, func.sum(c.calls)).where(c.at >= since).group_by(*kind)
    if run is not None:
        query = query.where(c.run == run)
    return [Total(*row) for row in connection.execute(query.order_by(dollars.desc(), *kind))]


def spent(connection: Connection, since: float = 0.0) -> float:
    """Dollars since a time."""
    return float(connection.execute(select(func.sum(charges.c.dollars)).where(charges.c.at >= since)).scalar() or 0.0)
