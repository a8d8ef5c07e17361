"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from snapshelf.cli import groups, running
from snapshelf.cli.options import JsonOption, LanesOption, PlainOption, SettingsOption, ShelfOption

app = typer.Typer(
    name="snapshelf",
    help="One search box for a shop: words, photos, or both.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

app.add_typer(groups.rules, name="rules")
app.add_typer(groups.train, name="train")
app.add_typer(groups.aws, name="aws")
app.add_typer(groups.keys, name="keys")
app.add_typer(groups.kept)


@app.callback(invoke_without_command=True)
def start(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """One search box for a shop: words, photos, or both."""
    if version:
        from snapshelf import __version__

        typer.echo(f"snapshelf {__version__}")
        raise typer.Exit


@app.command()
def init() -> None:
    """Write a commented snapshelf.toml here; one that exists is left alone."""
    from snapshelf.cli import settings

    settings.init()


@app.command()
def index(
    catalogue: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet file, or a folder of pictures.")],
    images: Annotated[Path | None, typer.Option(help="Folder that picture cells are relative to.")] = None,
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep products that this catalogue no longer holds.")
    ] = False,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Bring a shelf to what a catalogue says: only what is new or changed is embedded."""
    from snapshelf.cli import index as command

    command.index(catalogue, images, keep_missing, shelf, settings, json)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for.")] = "",
    image: Annotated[list[str] | None, typer.Option("--image", help="A photo; may be given several times.")] = None,
    audio: Annotated[str | None, typer.Option(help="A spoken query: a sound file.")] = None,
    video: Annotated[str | None, typer.Option(help="A video to search with.")] = None,
    where: Annotated[str, typer.Option(help="A filter: \"price < 80 and brand in ['Acme'] and in_stock\".")] = "",
    weights: Annotated[str, typer.Option(help="How much each part counts: text=0.7,image=1,image2=-0.5.")] = "",
    k: Annotated[int, typer.Option("-k", "--k", help="Hits on a page; 0: as the settings say.")] = 0,
    page: Annotated[int, typer.Option(help="Which page of k hits.", min=1)] = 1,
    family: Annotated[bool, typer.Option("--family", help="One hit per family of variants.")] = False,
    lanes: LanesOption = "",
    facets: Annotated[str, typer.Option(help="Count the values of these: brand,color.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Show what is hardly relevant, too; never say that nothing fits.")
    ] = False,
    plain: PlainOption = False,
    why: Annotated[bool, typer.Option("--why", help="Say below each hit how it came about.")] = False,
    sort: Annotated[str, typer.Option(help="By a number that products have: price, or -price downwards.")] = "",
    crop: Annotated[
        str, typer.Option(help="What of the photo is meant: left,top,right,bottom in pixels, auto, or whole.")
    ] = "",
    read_text: Annotated[
        bool | None, typer.Option("--read-text/--no-read-text", help="Read what is printed on the thing in the photo.")
    ] = None,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Find products by words, a photo, or both."""
    from snapshelf.cli import search as command

    shown = command.Shown(facets, everything, plain, why, sort)
    photos = tuple(image or ())
    asked = command.Asked(text, photos, audio, video, where, weights, k, page, family, lanes, shown, crop, read_text)
    command.search(asked, shelf, settings, json)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="The words of the query.")],
    sku: Annotated[str, typer.Argument(help="The product's SKU.")],
    image: Annotated[list[str] | None, typer.Option("--image", help="A photo of the query.")] = None,
    where: Annotated[str, typer.Option(help="The filter of the query.")] = "",
    lanes: LanesOption = "",
    plain: PlainOption = False,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Say why a product is where it is in the answer to a query, or is not in it."""
    from snapshelf.cli import search as command

    command.explain(text, tuple(image or ()), where, lanes, plain, sku, shelf, settings, json)


@app.command()
def suggest(
    typed: Annotated[str, typer.Argument(metavar="WORDS", help="What is typed so far; a blank ends the last word.")],
    k: Annotated[int, typer.Option("-k", "--k", help="Suggestions at most.")] = 8,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Print what somebody may be about to type."""
    from snapshelf.cli import search as command

    command.suggest(typed, k, shelf, settings, json)


@app.command()
def similar(
    sku: Annotated[str, typer.Argument(help="The product's SKU.")],
    where: Annotated[str, typer.Option(help="A filter, as for search.")] = "",
    k: Annotated[int, typer.Option("-k", "--k", help="Hits on a page.")] = 12,
    page: Annotated[int, typer.Option(help="Which page of k hits.", min=1)] = 1,
    family: Annotated[bool, typer.Option("--family", help="Show its own variants, too, each by itself.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say below each hit how it came about.")] = False,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Find more like a product."""
    from snapshelf.cli import search as command

    command.similar(command.Like(sku, where, k, page, family, why), shelf, settings, json)


@app.command()
def show(
    sku: Annotated[str, typer.Argument(help="The product's SKU.")],
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Print everything kept of one product."""
    from snapshelf.cli import shelves

    shelves.show(sku, shelf, settings, json)


@app.command()
def remove(
    skus: Annotated[list[str], typer.Argument(help="SKUs of the products to remove.")],
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
) -> None:
    """Remove products from the catalogue, the indexes and the kept embeddings."""
    from snapshelf.cli import shelves

    shelves.remove(skus, shelf, settings)


@app.command()
def info(shelf: ShelfOption = "", settings: SettingsOption = None, json: JsonOption = False) -> None:
    """Print what a shelf holds and was built from."""
    from snapshelf.cli import shelves

    shelves.info(shelf, settings, json)


@app.command()
def embedders(json: JsonOption = False) -> None:
    """List the embedding models that can be used."""
    from snapshelf.cli import adapters

    adapters.embedders(json)


@app.command()
def stores(json: JsonOption = False) -> None:
    """List the vector stores that can be used, and what each can do."""
    from snapshelf.cli import adapters

    adapters.stores(json)


@app.command()
def evaluate(
    queries: Annotated[Path, typer.Option(help="Queries as JSON Lines: id, and text, image or both.")],
    qrels: Annotated[Path, typer.Option(help="Judgements as CSV: query,sku,grade.")],
    metrics: Annotated[str, typer.Option(help="Which, joined by commas.")] = "precision@1,recall@5,mrr@10,ndcg@10",
    lanes: LanesOption = "",
    condensed: Annotated[bool, typer.Option("--condensed", help="Leave products that nobody judged out.")] = False,
    baseline: Annotated[Path | None, typer.Option(help="Compare with this report, saved earlier with --out.")] = None,
    baseline_lanes: Annotated[str, typer.Option(help="Compare with the same search through these lanes.")] = "",
    learn_weights: Annotated[
        bool, typer.Option("--learn-weights", help="First learn how much each lane counts here; kept only if it helps.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Save the report as JSON, with every query's scores.")] = None,
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Measure search on judged queries, by modality, with 95 % intervals."""
    from snapshelf.cli import evaluate as command

    asked = command.Asked(queries, qrels, metrics, lanes, condensed, baseline, baseline_lanes, out, learn_weights)
    command.evaluate(asked, shelf, settings, json)


@app.command()
def events(
    file: Annotated[Path, typer.Argument(help="Events as JSON Lines, by the names of User Behavior Insights.")],
    shelf: ShelfOption = "",
    settings: SettingsOption = None,
    json: JsonOption = False,
) -> None:
    """Record what shoppers did: impressions, clicks, carts, purchases. The same event twice counts once."""
    from snapshelf.cli import events as command

    command.events(file, shelf, settings, json)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to put the shop.")] = Path("sample-shop"),
    products: Annotated[int, typer.Option(help="How many products.", min=1)] = 600,
    seed: Annotated[int, typer.Option(help="Another seed draws another shop.")] = 7,
) -> None:
    """Render the sample shop: catalogue, pictures, customer photos, judged queries."""
    from snapshelf.cli import demo

    demo.sample(folder, products, seed)


for command in (running.demo, running.twin, running.serve):
    app.command()(command)
