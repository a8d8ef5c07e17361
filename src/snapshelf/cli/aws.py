"""snapshelf aws check: what AWS leaves open, asked of the account, and written into the settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from snapshelf import config
from snapshelf.aws import check_store
from snapshelf.aws.check import Account, Finding, Probe, Setting, ask, cost, probes
from snapshelf.aws.client import Access, client
from snapshelf.aws.quotas import quotas
from snapshelf.cli import show
from snapshelf.embedders.nova.wishes import Wishes, read
from snapshelf.errors import BadInput, SnapshelfError, of_system
from snapshelf.extras import need
from snapshelf.money import dollars

TABLE = ("embedder", "options")


def check(yes: bool, settings: Path | None) -> None:
    """Say what it costs, ask, and write the answers down. Raises BadInput where nobody can agree to the cost."""
    loaded = config.load(settings)
    if loaded.embedder.name != "nova":
        raise BadInput(
            'the answers belong to the embedder nova; write name = "nova" in [embedder] of the settings first'
        )
    wishes = read(loaded.embedder.options)
    asked = probes(wishes.prices, wishes.detail)
    rows = [(probe.asks, str(probe.calls), dollars(probe.dollars)) for probe in asked]
    most, bucket = cost(asked), _bucket(loaded)
    if bucket:
        question = f"how does S3 Vectors filter, and what does it refuse? (an index in {bucket}, deleted after)"
        rows.append((question, str(check_store.calls()), dollars(check_store.cost())))
        most += check_store.cost()
    show.table(("question", "calls", "at most"), rows)
    show.console.print(f"at most {dollars(most)} in all", markup=False)
    _agree(yes)
    access = Access(wishes.region, wishes.profile, wishes.endpoint_url)
    runtime = client("bedrock-runtime", access, read=wishes.timeout)
    account = Account(runtime, wishes.model, wishes.patience)
    try:
        found = ask(account, asked, _tell)
        found |= _quotas(wishes, str(runtime.meta.endpoint_url))
    finally:
        runtime.close()
    if bucket:
        _ask_store(loaded, bucket)
    found["checked"] = datetime.now(UTC).date().isoformat()
    path = settings or Path(config.FILE)
    written = write(path, found)
    show.console.print(f"{account.calls} calls made; wrote {', '.join(written)} into {path}", markup=False)


def write(path: Path, found: Mapping[str, Setting]) -> list[str]:
    """Set options of the embedder in a settings file, made if it is not there; all else stays as it is, comments too.

    The file is replaced in one step. Returns the names. Raises BadInput for a file that is no TOML, Outside.
    """
    tomlkit = need("tomlkit", extra="aws")
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
        table: Any = document
        for name in TABLE:
            if name not in table:
                table[name] = tomlkit.table(is_super_table=name == TABLE[0])
            table = table[name]
        for name, value in found.items():
            table[name] = value
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(tomlkit.dumps(document), encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        raise of_system(error) from error
    except (ValueError, TypeError) as error:
        raise BadInput(f"{path} cannot be changed: {error}; the answers were {dict(found)}") from error
    return list(found)


def _bucket(settings: config.Settings) -> str:
    return str(settings.store.options.get("bucket", "")) if settings.store.name == "s3vectors" else ""


def _ask_store(settings: config.Settings, bucket: str) -> None:
    options = settings.store.options
    region, profile, address = (str(options.get(name, "")) for name in ("region", "profile", "endpoint_url"))
    store = client("s3vectors", Access(region, profile, address))
    try:
        check_store.ask(store, bucket, lambda said: show.console.print(f"  S3 Vectors: {said}", markup=False))
    finally:
        store.close()


def _agree(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadInput("this costs money, and nobody is here to agree; add --yes")
    if not typer.confirm("Ask?"):
        raise BadInput("nothing was asked, and nothing spent")


def _tell(probe: Probe, finding: Finding | None, reason: str) -> None:
    show.console.print(f"  {finding.sentence}" if finding else f"  {probe.asks} not answered: {reason}", markup=False)


def _quotas(wishes: Wishes, endpoint: str) -> dict[str, Setting]:
    """The account's own pace, where Service Quotas tells it; a model that is not AWS's own has none."""
    if "amazonaws.com" not in endpoint and not os.environ.get("AWS_ENDPOINT_URL_SERVICE_QUOTAS"):
        show.console.print(f"  {endpoint} is not AWS, so no quotas are asked for", markup=False)
        return {}
    try:
        asked = client("service-quotas", Access(wishes.region, wishes.profile))
        try:
            found = quotas(asked)
        finally:
            asked.close()
    except SnapshelfError as error:
        show.console.print(f"  the quotas of this account are not known: {error}", markup=False)
        return {}
    said = ", ".join(f"{name} = {value:,.0f}" for name, value in found.items())
    show.console.print(f"  Service Quotas: {said or 'nothing about this model'}", markup=False)
    return dict(found)
