"""Grades that people give, one at a time, kept as the files that `evaluate` reads.

``queries.jsonl`` and ``qrels.csv`` hold what counts; ``history.csv`` every grade that was ever given, taken back or
given again, which is what agreement is computed from. A grade is on disk before `grade` returns. Adding is one write of
one line; changing or taking back replaces the file as a whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from snapshelf.errors import BadInput, of_system
from snapshelf.evaluate.judgements import JudgedQuery, Qrels, read_qrels, read_queries

QUERIES, QRELS, HISTORY = "queries.jsonl", "qrels.csv", "history.csv"
GRADES = {0: "does not fit", 1: "fits a little", 2: "fits well", 3: "exactly this"}
COLUMNS, HISTORY_COLUMNS = ("query", "sku", "grade"), ("query", "sku", "grade", "at", "by")
CORRECTED = 600.0  # seconds in which another grade by the same person is a correction, and no second opinion


@dataclass(frozen=True, slots=True)
class Given:
    """One grade in the history; None where it was taken back. ``at``: seconds since 1970, UTC."""

    query: str
    sku: str
    grade: int | None
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How grades of the same product for the same query agree: the first and the last of each ``pair``.

    ``kappa``: Cohen's kappa with quadratic weights (Cohen 1968, Psychological Bulletin 70(4)), in [-1, 1]; None where
    chance alone would agree always, or there is no pair.
    """

    pairs: int
    same: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a folder holds."""

    queries: tuple[JudgedQuery, ...]
    qrels: Qrels
    agreement: Agreement

    def id_of(self, text: str, where: str = "") -> str:
        """The id of a query of words: the one that it has, or the one that it would get."""
        for query in self.queries:
            if query.parts == ("text",) and (query.text, query.where) == (text, where):
                return query.id
        return "q" + hashlib.sha256(f"{text}\n{where}".encode()).hexdigest()[:12]


def kept(folder: Path) -> Judged:
    """The queries and grades of a folder; none where there are no files yet. Raises BadRow, BadInput."""
    queries = read_queries(folder / QUERIES) if _holds(folder / QUERIES) else []
    qrels = read_qrels(folder / QRELS) if _holds(folder / QRELS) else {}
    return Judged(tuple(queries), qrels, agreement(history(folder)))


def grade(folder: Path, text: str, where: str, sku: str, value: int, by: str, now: float) -> str:
    """Keep a grade of 0 to 3; returns the query's id. Raises BadInput, BadRow, Outside, NoSpace."""
    if value not in GRADES:
        raise BadInput(f"a grade is one of {', '.join(map(str, GRADES))}, not {value}")
    if not text.strip() or not sku.strip():
        raise BadInput("a grade is given to a product, for the words of a query")
    with _writing(folder):
        judged = kept(folder)
        id = judged.id_of(text, where)
        if all(query.id != id for query in judged.queries):
            line = {"id": id, "text": text} | ({"where": where} if where else {})
            _append(folder / QUERIES, json.dumps(line, ensure_ascii=False) + "\n")
        before = judged.qrels.get(id, {}).get(sku)
        if before is None:
            head = _line(COLUMNS) * (not _holds(folder / QRELS))
            _append(_ours(folder / QRELS), head + _line((id, sku, value)))
        elif before != value:
            _set(folder / QRELS, id, sku, value)
        _remember(folder, Given(id, sku, value, now, by))
    return id


def take_back(folder: Path, query: str, sku: str, by: str, now: float) -> int | None:
    """Take the last grade of a product back; returns the one that counts now, None for none. Raises as `grade`."""
    with _writing(folder):
        if sku not in kept(folder).qrels.get(query, {}):
            raise BadInput(f"{sku} has no grade for this query that could be taken back")
        _remember(folder, Given(query, sku, None, now, by))
        left = _standing(history(folder)).get((query, sku), [])
        _set(folder / QRELS, query, sku, left[-1].grade if left else None)
    return left[-1].grade if left else None


def history(folder: Path) -> list[Given]:
    """Every grade in the order given; a line that is damaged is passed over, since it counts nowhere else."""
    file = folder / HISTORY
    if not file.is_file():
        return []
    found = []
    for row in csv.reader(io.StringIO(file.read_text("utf-8"), newline="")):
        try:
            query, sku, value, at, by = row
            found.append(Given(query, sku, int(value) if value else None, float(at), by))
        except ValueError:
            continue  # the head, too
    return found


def agreement(given: Sequence[Given]) -> Agreement:
    """How the first and the last opinion on the same product agree, where there are two."""
    opinions = [_opinions(some) for some in _standing(given).values()]
    pairs = [(some[0], some[-1]) for some in opinions if len(some) > 1]
    same = sum(a == b for a, b in pairs)
    if not pairs:
        return Agreement(0, 0, None)
    expected = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / len(pairs) ** 2
    observed = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    return Agreement(len(pairs), same, 1 - observed / expected if expected else None)


def _standing(given: Sequence[Given]) -> dict[tuple[str, str], list[Given]]:
    """Query and SKU → the grades that were not taken back, oldest first."""
    found: dict[tuple[str, str], list[Given]] = {}
    for one in given:
        grades = found.setdefault((one.query, one.sku), [])
        if one.grade is not None:
            grades.append(one)
        elif grades:
            grades.pop()
    return found


def _opinions(grades: Sequence[Given]) -> list[int]:
    """The grades without those that were corrected at once."""
    found: list[Given] = []
    for one in grades:
        if found and found[-1].by == one.by and one.at - found[-1].at <= CORRECTED:
            found.pop()
        found.append(one)
    return [one.grade for one in found if one.grade is not None]


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    from filelock import FileLock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "writing.lock", timeout=10):
            yield
    except OSError as error:
        raise of_system(error) from error


def _holds(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _ours(file: Path) -> Path:
    """A file of grades that can be added to. Raises BadInput for one of another form."""
    if _holds(file):
        with file.open(encoding="utf-8-sig") as opened:
            if opened.readline().strip() != ",".join(COLUMNS):
                raise BadInput(f"{file} was not written here: its first line is not {','.join(COLUMNS)}; move it away")
    return file


def _line(cells: Sequence[object]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue()


def _remember(folder: Path, one: Given) -> None:
    head = _line(HISTORY_COLUMNS) * (not _holds(folder / HISTORY))
    cells = (one.query, one.sku, "" if one.grade is None else one.grade, f"{one.at:.3f}", one.by)
    _append(folder / HISTORY, head + _line(cells))


def _append(file: Path, text: str) -> None:
    """One write at the end, on the disk when it returns; a last line that was cut short is ended first."""
    with open(file, "ab+") as opened:
        if opened.tell():
            opened.seek(-1, os.SEEK_END)
            text = text if opened.read(1) == b"\n" else "\n" + text
        opened.write(text.encode())
        opened.flush()
        os.fsync(opened.fileno())


def _set(file: Path, query: str, sku: str, value: int | None) -> None:
    """Change one grade, or with None take it out; the file is replaced as a whole."""
    rows = list(csv.reader(io.StringIO(_ours(file).read_text("utf-8-sig"), newline="")))
    others = [row for row in rows[1:] if row and (row[0], row[1]) != (query, sku)]
    text = "".join(map(_line, [COLUMNS, *others, *([(query, sku, value)] if value is not None else [])]))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=file.parent, delete=False) as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    os.replace(made.name, file)
