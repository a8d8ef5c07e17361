"""Read what shall be asked (JSON Lines) and which answers are right (CSV, or the qrels format of TREC)."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from snapshelf.errors import BadInput, BadRow, NotHere, nearest

Qrels: TypeAlias = dict[str, dict[str, int]]  # query id → SKU → grade; above 0 is relevant

MEDIA = ("image", "audio", "video")
KEYS = ("id", "text", *MEDIA, "where", "weights")
HEAVIEST = 1_000_000
COLUMNS = ["query", "sku", "grade"]


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """One query of an evaluation. ``image``, ``audio`` and ``video`` hold full paths or URLs.

    ``weights`` goes by part: "text", "image", "image2" …; a part without one counts 1.
    """

    id: str
    text: str = ""
    image: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    video: tuple[str, ...] = ()
    where: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts: "text", "image", "image2" …, "audio", "video"."""
        media = [(kind, n) for kind in MEDIA for n in range(len(getattr(self, kind)))]
        return (*(["text"] if self.text else []), *(f"{kind}{n + 1}" if n else kind for kind, n in media))

    @property
    def group(self) -> str:
        """Its modality, "text", "image", "audio" or "video"; "mixed" when it has more than one."""
        found = {part.rstrip("0123456789") for part in self.parts}
        return "mixed" if len(found) > 1 else next(iter(found), "text")


def read_queries(path: Path) -> list[JudgedQuery]:
    """The queries of a JSON Lines file, in its order; empty lines are passed over.

    A line is ``{"id": "q1", "text": "red shoe", "image": "red.jpg", "where": "price < 80", "weights": {"text": 0.7}}``;
    all but the id may be missing, as long as there is something to search for. ``image``, ``audio`` and ``video`` are
    one path or a list of them, relative to the file, or URLs. Raises NotHere without the file, BadRow at the first line
    that is no query, names a file that is not there, or repeats an id, BadInput for a file without a query.
    """
    queries: dict[str, JudgedQuery] = {}
    for row, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            query = _query(line, path.parent)
        except _Bad as bad:
            raise BadRow(str(path), row, bad.column, bad.reason) from bad.__cause__
        if query.id in queries:
            raise BadRow(str(path), row, "id", f"there is already a query {query.id!r}; give each its own id")
        queries[query.id] = query
    if not queries:
        raise BadInput(f"{path} holds no query; write one a line, such as {json.dumps({'id': 'q1', 'text': 'shoe'})}")
    return list(queries.values())


def read_qrels(path: Path) -> Qrels:
    """The grades of a judgement file: a CSV with the columns query, sku and grade, or TREC's ``query 0 sku grade``.

    A CSV may be separated by commas, semicolons or tabs, have its columns in any order and others beside them. Grades
    are whole numbers from -100 to 100; those above 0 are relevant. The same judgement may stand there twice. Raises
    NotHere without the file, BadRow for a line that is no judgement or contradicts an earlier one, BadInput for a file
    of neither form.
    """
    text = _text(path)
    first = next((line for line in text.split("\n") if line.strip()), "")
    separator = next((s for s in ",;\t" if set(COLUMNS) <= set(_names(first.split(s)))), "")
    if not separator and len(first.split()) != 4:
        raise BadInput(
            f"{path} is no judgement file: the first line of a CSV names the columns query,sku,grade; "
            f"a TREC file has four fields in each line: query 0 sku grade"
        )
    qrels: Qrels = {}
    for row, query, sku, grade in _csv(path, text, separator) if separator else _trec(path, text):
        if not query or not sku:
            raise BadRow(str(path), row, "sku" if query else "query", "it is empty", sku)
        number = re.fullmatch(r"([+-]?(?:100|[0-9]{1,2}))(?:\.0*)?", grade)  # spreadsheets write 2.0
        if not number:
            raise BadRow(str(path), row, "grade", f"{grade!r} is not a whole number from -100 to 100", sku)
        known = qrels.setdefault(query, {}).setdefault(sku, int(number[1]))
        if known != int(number[1]):
            raise BadRow(str(path), row, "grade", f"{grade} for query {query!r}, but {known} in an earlier line", sku)
    return qrels


class _Bad(Exception):
    """What is wrong within one line; its place is added by the reader."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise NotHere(f"there is no file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as UTF-8 text: {error}") from error


def _query(line: str, folder: Path) -> JudgedQuery:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Bad("", f"this is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise _Bad("", 'a query is an object in braces, such as {"id": "q1", "text": "red shoe"}')
    for key in found:
        if key not in KEYS:
            raise _Bad(key, f"a query has no {key!r}.{nearest(key, KEYS)}")
    id = found.get("id", "")
    query = JudgedQuery(
        id=str(id) if isinstance(id, int) and not isinstance(id, bool) else _string(found, "id"),
        text=_string(found, "text"),
        image=_files(found, "image", folder),
        audio=_files(found, "audio", folder),
        video=_files(found, "video", folder),
        where=_string(found, "where"),
        weights=_weights(found.get("weights")),
    )
    if not query.id:
        raise _Bad("id", "every query needs an id, the one that its judgements name")
    if not query.parts:
        raise _Bad("", "there is nothing to search for; give it a text, image, audio or video")
    for name in query.weights:
        if name not in query.parts:
            raise _Bad("weights", f"the query has no part {name!r}.{nearest(name, query.parts)}")
    return query


def _string(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    if value is not None and not isinstance(value, str):
        raise _Bad(key, f"{json.dumps(value)} is not a text in quotes")
    return (value or "").strip()


def _files(found: Mapping[str, Any], key: str, folder: Path) -> tuple[str, ...]:
    value = found.get(key)
    names = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) and name for name in names):
        raise _Bad(key, f"{json.dumps(value)} is neither a path nor a list of paths")
    paths = [name if "://" in name else str(folder / name) for name in names]
    for name, path in zip(names, paths, strict=True):
        if "://" not in name and not os.path.isfile(path):
            raise _Bad(key, f"there is no file {name}; paths are relative to the file of queries")
    return tuple(paths)


def _weights(value: Any) -> Mapping[str, float]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Bad("weights", 'weights go by part, such as {"text": 0.7, "image": 0.3}')
    for name, weight in value.items():
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not number or not -HEAVIEST <= weight <= HEAVIEST:  # NaN is not between them
            raise _Bad("weights", f"{name!r} needs a number from -{HEAVIEST} to {HEAVIEST}, not {json.dumps(weight)}")
    return {name: float(weight) for name, weight in value.items()}


def _names(cells: list[str]) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in cells]


def _csv(path: Path, text: str, separator: str) -> Iterator[tuple[int, str, str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    places: list[int] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if places is None:
                places = [_names(cells).index(name) for name in COLUMNS]
            elif len(cells) <= max(places):
                raise BadRow(str(path), reader.line_num, "", f"a line of {len(cells)} cells lacks one of {COLUMNS}")
            else:
                query, sku, grade = (cells[place].strip() for place in places)
                yield reader.line_num, query, sku, grade
    except csv.Error as error:
        raise BadRow(str(path), reader.line_num, "", f"this is no CSV: {error}") from error


def _trec(path: Path, text: str) -> Iterator[tuple[int, str, str, str]]:
    for row, line in enumerate(text.split("\n"), start=1):
        cells = line.split()
        if cells and len(cells) != 4:
            raise BadRow(str(path), row, "", f"a line has four fields, query 0 sku grade, but here are {len(cells)}")
        if cells:
            yield row, cells[0], cells[2], cells[3]
