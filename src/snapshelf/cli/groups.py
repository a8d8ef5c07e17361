"""Commands that stand in groups: rules, train, aws, keys; and those that show what a server keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from snapshelf.cli.options import JsonOption, SettingsOption, ShelfOption

rules = typer.Typer(help="Look at the shop's rules.", no_args_is_help=True, rich_markup_mode=None)
train = typer.Typer(help="Learn from what shoppers did.", no_args_is_help=True, rich_markup_mode=None)
aws = typer.Typer(
    help="Amazon Nova and S3 Vectors: what an account is, allows and costs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
keys = typer.Typer(help="Keys of the HTTP API.", no_args_is_help=True, rich_markup_mode=None)
kept = typer.Typer(rich_markup_mode=None)  # commands without a group of their own


@rules.command("check")
def rules_check(
    file: Annotated[Path, typer.Argument(help="Rules as TOML.")],
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
) -> None:
    """Say what is wrong with a rules file; where there is a shelf, also whether its products have the signals."""
    from snapshelf.cli import rules as command

    command.check(file, shelf, settings)


@rules.command("dry-run")
def rules_dry_run(
    query: Annotated[str, typer.Argument(help="Words to search for.")],
    other: Annotated[Path | None, typer.Option("--rules", help="A rules file instead of the settings' own.")] = None,
    k: Annotated[int, typer.Option("-k", "--k", help="Places to show.", min=1)] = 10,
    among: Annotated[int, typer.Option(help="Candidates that are ordered anew.", min=1, max=1000)] = 50,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Show what the rules would move for a query, and why. Nothing is changed."""
    from snapshelf.cli import rules as command

    command.dry_run(query, other, k, among, shelf, settings, json)


@train.command("rerank")
def train_rerank(
    queries: Annotated[Path, typer.Option(help="Judged queries as JSON Lines, as for evaluate.")],
    qrels: Annotated[Path, typer.Option(help="Judgements as CSV: query,sku,grade.")],
    events: Annotated[Path | None, typer.Option(help="Record these events first.")] = None,
    goal: Annotated[str, typer.Option(help="What to rank for: click, cart or purchase.")] = "click",
    signals: Annotated[str, typer.Option(help="Attributes to learn from beside the usual, joined by commas.")] = "",
    monotone: Annotated[str, typer.Option(help="What may never count the other way.")] = "price=-1,stock=1",
    uncorrected: Annotated[bool, typer.Option("--uncorrected", help="Take clicks as they are.")] = False,
    among: Annotated[int, typer.Option(help="Candidates of each query.", min=2, max=1000)] = 50,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Learn a ranking from recorded clicks; it is put to use only if judged queries say that it is better."""
    from snapshelf.cli import train as command

    asked = command.Asked(queries, qrels, events, goal, signals, monotone, not uncorrected, among)
    command.rerank(asked, shelf, settings, json)


@train.command("fusion")
def train_fusion(
    triplets: Annotated[
        Path | None, typer.Argument(help="Examples as CSV: photo,text,sku, the product that was wanted.")
    ] = None,
    events: Annotated[Path | None, typer.Option(help="Learn from the clicks of this log of events, too.")] = None,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Learn how a photo and words go together; deployed only if it is better on families it never saw."""
    from snapshelf.cli import fusion as command

    command.train(triplets, events, shelf, settings, json)


@aws.command("check")
def aws_check(
    yes: Annotated[bool, typer.Option("--yes", help="Agree to the cost that is printed first.")] = False,
    settings: SettingsOption = None,
) -> None:
    """Ask an account what AWS leaves open about Nova, for a fraction of a cent, and write it into the settings."""
    from snapshelf.cli import aws as command

    command.check(yes, settings)


@aws.command("policy")
def aws_policy(
    role: Annotated[str, typer.Option(help="ingest, search or admin.")],
    account: Annotated[str, typer.Option(help="The AWS account, 12 digits.")] = "123456789012",
    settings: SettingsOption = None,
) -> None:
    """Print the least that a role must be allowed to do, for the settings in use."""
    from snapshelf.cli import account as command

    command.print_policy(role, account, settings)


@aws.command("cost")
def aws_cost(
    queries: Annotated[int, typer.Option(min=0, help="Queries a month.")] = 1_000_000,
    photos: Annotated[float, typer.Option(min=0, max=1, help="Share of the queries that are pictures.")] = 0.2,
    rewritten: Annotated[float, typer.Option(min=0, help="Share of the vectors that changes in a month.")] = 0.1,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Print what this catalogue costs on AWS, once and a month, by dimension and by shards, and what was spent."""
    from snapshelf.cli import account as command
    from snapshelf.observe.costs import Asked

    command.print_cost(Asked(queries, photos, rewritten=rewritten), shelf, settings, json)


@keys.command("add")
def keys_add(
    name: Annotated[str, typer.Argument(help="Who uses it.")],
    scopes: Annotated[str, typer.Option(help="What it may do: search, events, catalogue, admin, joined by commas.")],
    days: Annotated[float | None, typer.Option(help="Days until it expires; without it, never.")] = None,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Make a key and print its secret, which is shown this once and kept nowhere."""
    from snapshelf.cli import keys as command

    command.add(name, scopes, days, shelf, settings, json)


@keys.command("list")
def keys_list(shelf: ShelfOption = "", settings: SettingsOption = None, json: JsonOption = False) -> None:
    """List the keys: what each may do, whether it is good, when it was last used."""
    from snapshelf.cli import keys as command

    command.listed(shelf, settings, json)


@keys.command("revoke")
def keys_revoke(
    id: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Refuse a key from now on."""
    from snapshelf.cli import keys as command

    command.revoke(id, shelf, settings, json)


@kept.command()
def queries(
    since: Annotated[str, typer.Option(help="How far back: 90m, 24h, 7d, or a date such as 2026-11-01.")] = "7d",
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Show what was asked: how much, how quickly answered, clicked, found nothing, at what cost, in which words."""
    from snapshelf.cli import queries as command

    command.queries(since, shelf, settings, json)


@kept.command()
def jobs(
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 20,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """List runs of indexing: under way, and how earlier ones ended."""
    from snapshelf.cli import jobs as command

    command.jobs(limit, shelf, settings, json)
