"""snapshelf aws policy and aws cost: what the account must allow, and what it is charged."""

from __future__ import annotations

from pathlib import Path

from snapshelf.aws.cost import Bill, Load, Rates, by_dim, by_shards
from snapshelf.aws.nova import DIMS
from snapshelf.aws.policy import Role, Used, policy
from snapshelf.catalogue import charges
from snapshelf.cli import show
from snapshelf.config import Settings, load
from snapshelf.errors import BadSettings
from snapshelf.money import Prices, dollars, month_began
from snapshelf.observe.costs import Asked, load_of, shards_of
from snapshelf.shelf import Shelf, open_shelf

ACCOUNT = "123456789012"


def print_policy(role: str, account: str, settings: Path | None) -> None:
    """Print the policy document of a role for the settings in use. Raises BadSettings."""
    show.dump(policy(_role(role), used(load(settings), account)))


def used(settings: Settings, account: str) -> Used:
    """What the settings use of AWS. Raises BadSettings where they name no bucket."""
    store, embedder = settings.store.options, settings.embedder.options
    bucket = str(store.get("bucket", ""))
    if not bucket:
        raise BadSettings('no vector bucket is set; write bucket = "…" in [store.options] of snapshelf.toml')
    media = "/".join(part for part in (str(embedder.get("s3_bucket", "")), _prefix(embedder.get("s3_prefix"))) if part)
    given = {"model": str(embedder["model"])} if "model" in embedder else {}
    region = str(store.get("region") or embedder.get("region") or "us-east-1")
    return Used(
        region=region,
        account=account,
        bucket=bucket,
        index=str(store.get("index", "snapshelf")),
        media=media if embedder.get("s3_bucket") else "",
        kms_key=str(store.get("kms_key", "")),
        partition="aws-us-gov" if region.startswith("us-gov") else "aws",
        **given,
    )


def print_cost(asked: Asked, shelf: str, settings: Path | None, json: bool) -> None:
    """What this catalogue costs on AWS by the cost model, and what has really been spent on the model."""
    with open_shelf(shelf, settings, create=False) as opened, opened.stack.catalogue.read() as connection:
        load = load_of(opened.stack, connection, asked, _prices(opened))
        fields = shards_of(connection)
        spent = {"month": charges.spent(connection, month_began()), "ever": charges.spent(connection)}
        totals = charges.totals(connection)
    dims = by_dim(load, tuple(sorted({*DIMS, load.dim}, reverse=True)))
    shards = by_shards(load, (1, 5, 20, 100))
    if json:
        bills = {"by_dim": dims, "by_shards": shards}
        told = {name: {str(key): _json(one) for key, one in group.items()} for name, group in bills.items()}
        show.dump({"load": {n: getattr(load, n) for n in load.__slots__}, **told, "shard_by": fields, "spent": spent})
        return
    _print_load(load, asked)
    _print_bills("dim", {f"{dim}{' now' if dim == load.dim else ''}": one for dim, one in dims.items()})
    show.console.print(f"\ncut into indexes of equal size, of which a query asks one, at {load.dim:,} dimensions:")
    _print_bills("indexes", {f"{count:,}": one for count, one in shards.items()})
    for field, times in list(fields.items())[:3]:
        show.console.print(f'shard_by = "{field}": a query that names one goes through {times:.1f} times fewer vectors')
    show.console.print(f"\nspent on embedding: {dollars(spent['month'])} this month, {dollars(spent['ever'])} in all")
    rows = [[one.operation, one.what, f"{one.amount:,.0f}", f"{one.calls:,}", dollars(one.dollars)] for one in totals]
    if rows:
        show.table(["operation", "of", "amount", "calls", "dollars"], rows, right=("amount", "calls", "dollars"))


def _print_load(load: Load, asked: Asked) -> None:
    show.console.print(
        f"{load.vectors:,} vectors, each with {load.key:.0f} bytes of key and {load.filterable:.0f} of metadata; "
        f"{asked.queries:,} queries a month, {asked.photos:.0%} of them photos; {asked.rewritten:.0%} are rewritten. "
        f"Prices of us-east-1 ({Rates().storage} $/GiB and month, {Rates().query * 1e6} $ a million queries …)"
    )


def _print_bills(name: str, bills: dict[str, Bill]) -> None:
    columns = [name, "embed once", "put once", "storage", "rewrites", "queries", "a month", "1,000 queries"]
    rows = [
        [
            key,
            *map(dollars, (one.embed, one.put, one.storage, one.rewrites, one.queries, one.month)),
            _thousand(one),
        ]
        for key, one in bills.items()
    ]
    show.table(columns, rows, right=columns)


def _thousand(one: Bill) -> str:
    """Dollars of a thousand queries; the fees tell how many queries the bill is for."""
    asked = one.requests / Rates().query
    return dollars(one.queries / asked * 1_000) if asked else "–"


def _json(one: Bill) -> dict[str, float]:
    return {name: getattr(one, name) for name in (*one.__slots__, "once", "queries", "month")}


def _prices(shelf: Shelf) -> Prices:
    """As the settings have them, where the shelf is one of Nova's."""
    given = shelf.stack.settings.embedder.options
    plain = Prices()
    return Prices(**{name: float(given.get(f"price_{name}", getattr(plain, name))) for name in Prices.__slots__})


def _prefix(value: object) -> str:
    return str(value if value is not None else "snapshelf/nova").strip("/")


def _role(role: str) -> Role:
    return role  # type: ignore[return-value]  # `policy` refuses what is none
