"""Write the shop to disk, in several processes, once."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from snapshelf.errors import BadInput
from snapshelf.sample.goods.make import Good, goods
from snapshelf.sample.goods.queries import Asked, queries

if TYPE_CHECKING:
    from PIL.Image import Image

VERSION = 2  # of the drawings: another number renders an older folder anew
DONE = ".complete"
PIECE = 12  # goods drawn in one go
COLUMNS = ("sku", "title", "description", "brand", "category", "price", "currency", "stock", "gtin", "mpn", "family",
           "images", "color", "material", "pattern", "size")  # fmt: skip


def render(
    folder: Path, seed: int = 7, products: int = 600, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Write products.csv, images/, customer/, queries.jsonl and qrels.csv; a folder that is complete is left alone.

    The same seed and number give the same bytes. An interrupted rendering is begun anew. progress: (done, all).
    Raises BadInput for a folder that holds something else.
    """
    mark = json.dumps({"seed": seed, "products": products, "version": VERSION})
    done = folder / DONE
    if done.exists() and done.read_text("utf-8") == mark:
        return folder
    _clear(folder)
    made = goods(products, seed)
    for name in ("images", "customer"):
        (folder / name).mkdir(parents=True)
    _draw_all(folder, made, progress)
    _write_catalogue(folder / "products.csv", made)
    _write_queries(folder, queries(made, seed))
    done.write_text(mark, "utf-8")
    return folder


def _clear(folder: Path) -> None:
    """Remove an older or unfinished shop; never anything else."""
    ours = {"images", "customer", "products.csv", "queries.jsonl", "qrels.csv", DONE}
    others = {path.name for path in folder.iterdir()} - ours if folder.exists() else set()
    if others:
        raise BadInput(f"{folder} holds {min(others)!r}, which is not the sample shop's; name another folder")
    if folder.exists():
        shutil.rmtree(folder)


def _draw_all(folder: Path, made: Sequence[Good], progress: Callable[[int, int], None] | None) -> None:
    pieces = [made[start : start + PIECE] for start in range(0, len(made), PIECE)]
    cores, finished = os.cpu_count() or 1, 0
    work = partial(_draw_piece, folder)
    if cores == 1 or len(pieces) < 3:
        for piece in pieces:
            finished += work(piece)
            if progress:
                progress(finished, len(made))
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        for count in pool.map(work, pieces):
            finished += count
            if progress:
                progress(finished, len(made))


def _draw_piece(folder: Path, piece: Sequence[Good]) -> int:
    for good in piece:
        draw(folder, good)
    return len(piece)


def draw(folder: Path, good: Good) -> None:
    """The pictures of one product: catalogue, and a customer's if there is one."""
    from snapshelf.sample.street import snap
    from snapshelf.sample.studio import shoot

    thing = drawing(good)
    shoot(thing, good.sku).save(folder / "images" / f"{good.sku}.jpg", quality=88)
    if good.second:
        shoot(thing, good.sku, closer=True).save(folder / "images" / f"{good.sku}-2.jpg", quality=88)
    if good.snapped:
        snap(thing, f"{good.look.design}/{good.sku}").save(folder / "customer" / f"{good.sku}.jpg", quality=72)


def drawing(good: Good) -> Image:
    """The thing itself, RGBa. `studio.shoot` and `street.snap` make any number of pictures of it, one for each seed."""
    from snapshelf.sample.canvas import Canvas

    canvas = Canvas()
    good.kind.draw(canvas, good.look)
    return canvas.picture()


def _write_catalogue(path: Path, made: Sequence[Good]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for good in made:
            pictures = [f"images/{good.sku}.jpg"] + [f"images/{good.sku}-2.jpg"] * good.second
            row = (good.sku, good.title, good.description, good.look.brand, good.kind.category, f"{good.price:.2f}")
            more = ("EUR", good.stock, good.gtin, good.mpn, good.family, "|".join(pictures))
            writer.writerow((*row, *more, good.colour, good.look.material, good.look.pattern, good.size))


def _write_queries(folder: Path, asked: Sequence[Asked]) -> None:
    with (folder / "queries.jsonl").open("w", encoding="utf-8") as file:
        for one in asked:
            parts = {"text": one.text, "image": one.image}
            file.write(json.dumps({"id": one.id} | {name: part for name, part in parts.items() if part}) + "\n")
    with (folder / "qrels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("query", "sku", "grade"))
        writer.writerows((one.id, sku, grade) for one in asked for sku, grade in one.grades.items())
