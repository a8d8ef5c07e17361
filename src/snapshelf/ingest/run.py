"""The loop over a catalogue: read, prepare, embed, put; then remove what is gone and let the indexes follow."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import PurePath

from sqlalchemy import Connection

from snapshelf.catalogue import asking, embeddings, journal, products
from snapshelf.catalogue.products import Entry
from snapshelf.errors import BadInput, BadRow, SomeRefused
from snapshelf.ingest.check import wrong
from snapshelf.ingest.embed import embed_missing
from snapshelf.ingest.follow import follow
from snapshelf.ingest.jobs import begun, reported
from snapshelf.ingest.prepare import Prepared, Refused, prepare
from snapshelf.ingest.read import Opener, as_read, listening, opener_of
from snapshelf.ingest.report import Progress, Summary, write_refused
from snapshelf.stack import Stack
from snapshelf.types import Kind, Product

CHUNK = 64  # products per transaction
VIDEOS = 8  # among them; their frames are held in memory until they are embedded
THREADS = 4  # pictures are opened while the model works on the chunk before
Row = tuple[int, Product | BadRow]
Tell = Callable[[Progress], None]


@dataclass(slots=True)
class _Run:
    """One ingest under way."""

    stack: Stack
    source: str
    total: int | None
    tell: Tell | None
    summary: Summary
    opener: Opener
    known: dict[str, Kind]
    columns: Mapping[str, str]  # field → the file's column, to name it as a person finds it
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    last: list[Product] = field(default_factory=list)  # with sound to be recognised, once all other words are known
    rows: dict[str, int] = field(default_factory=dict)  # SKU → its row, to name both of a pair; the only such table

    def refuse(self, row: BadRow) -> None:
        self.summary.refused.append(row)
        if row.sku:
            self.rows.setdefault(row.sku, row.row)  # a product whose new row is bad stays as it was

    def refuse_product(self, number: int, field: str, reason: str, sku: str) -> None:
        """Refuse a row that came as a product; the field is named as the file calls it."""
        self.refuse(BadRow(PurePath(self.source).name, number, self.columns.get(field, field), reason, sku))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Products on their way: those being prepared, and which of them were here before."""

    futures: list[tuple[Product, Future[Prepared | Refused]]]
    here: set[str]


def index(
    stack: Stack,
    rows: Iterable[Row],
    source: str = "",
    total: int | None = None,
    tell: Tell | None = None,
    keep_missing: bool = False,
    columns: Mapping[str, str] | None = None,
    by: str = "",
) -> Summary:
    """Bring the catalogue to what ``rows`` say: (row number, product or why it is none).

    Products of the same ``source`` that are no longer among the rows are removed, unless ``keep_missing``, the source
    is "" (given by a program), or a refused row names no SKU, since it might be one of them. The second row with a SKU
    is refused and names the first. Refused rows are listed in ``refused.csv`` inside the shelf, under the names that
    ``columns`` (field → column of the file) gives. How far it is stands in the catalogue as a job; ``by`` says who runs
    it. Raises BadInput when there is no row at all or one is no product, Busy, Mismatch, NoSpace, Outside.
    """
    began = time.perf_counter()
    summary = Summary()
    with stack.writing():
        run = _open(stack, source, total, tell, summary, columns or {})
        with reported(stack, begun(run.id, source, total, by), summary, tell) as run.tell:
            _carry_out(run, rows, keep_missing)
    summary.seconds = time.perf_counter() - began
    return summary


def _carry_out(run: _Run, rows: Iterable[Row], keep_missing: bool) -> None:
    stack, summary = run.stack, run.summary
    try:
        _put_all(run, rows)
        if not summary.seen:
            raise BadInput(f"{run.source or 'the catalogue'} holds no products, so nothing was changed")
        if run.source and not keep_missing:
            _remove_missing(run)
    finally:
        stack.ledger.settle(run.id)
        summary.notes += stack.ledger.notes()
        summary.report = write_refused(stack.folder / "refused.csv", summary.refused)
    try:
        follow(stack)
    except SomeRefused as some:
        _unsearchable(run, some)
    with stack.catalogue.write() as connection:
        journal.settle(connection)


def _unsearchable(run: _Run, some: SomeRefused) -> None:
    """List products that the catalogue took and the store did not; words still find them."""
    for sku, reason in some.items:
        run.refuse_product(run.rows.get(sku, 0), "", reason, sku)
    run.summary.report = write_refused(run.stack.folder / "refused.csv", run.summary.refused)


def remove(stack: Stack, skus: Sequence[str]) -> list[str]:
    """Remove products from the catalogue, the indexes and the kept embeddings; returns those that were there."""
    with stack.writing():
        with stack.catalogue.write() as connection:
            found = products.remove(connection, skus)
        follow(stack)
    return found


def _open(
    stack: Stack, source: str, total: int | None, tell: Tell | None, summary: Summary, columns: Mapping[str, str]
) -> _Run:
    stack.found()
    stack.ledger.begin()
    with stack.catalogue.read() as connection:
        known = dict(asking.known(connection))
    return _Run(stack, source, total, tell, summary, opener_of(stack), known, columns)


def _put_all(run: _Run, rows: Iterable[Row]) -> None:
    """One chunk is being opened by the threads while the chunk before it is embedded and put."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="snapshelf-open")
    try:
        _put_some(run, pool, _taken(run, rows))
        if run.last:
            run.opener = listening(run.stack, run.opener, run.last)
            _put_some(run, pool, run.last)
    except BaseException:
        run.opener.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _put_some(run: _Run, pool: ThreadPoolExecutor, products: Iterable[Product | None]) -> None:
    waiting: _Chunk | None = None
    for some in _chunks(products):
        started = _start(run, pool, some)
        if waiting:
            _finish(run, waiting)
        waiting = started
    if waiting:
        _finish(run, waiting)


def _taken(run: _Run, rows: Iterable[Row]) -> Iterator[Product | None]:
    """The products that go on, None for a row that does not; those in which speech is to be heard are put aside."""
    by_words = "audio" not in run.stack.card.modalities
    for number, product in rows:
        if not _accept(run, number, product) or not isinstance(product, Product):
            yield None
        elif by_words and (product.audios or (product.videos and run.opener.said)):
            run.last.append(product)
        else:
            yield product


def _chunks(products: Iterable[Product | None]) -> Iterator[list[Product]]:
    """Rows in chunks, refused ones counted; shorter chunks where there are many videos."""
    rows, some, videos = 0, list[Product](), 0
    for product in products:
        rows += 1
        if product is not None:
            some.append(product)
            videos += len(product.videos)
        if rows >= CHUNK or videos >= VIDEOS:
            yield some
            rows, some, videos = 0, [], 0
    if rows:
        yield some


def _start(run: _Run, pool: ThreadPoolExecutor, some: Sequence[Product]) -> _Chunk:
    skus = [product.sku for product in some]
    with run.stack.catalogue.read() as connection:
        marks = products.fingerprints(connection, skus)
        media = products.media_of(connection, skus)
        lacking = _lacking(run.stack, connection, skus)
    futures = []
    for product in some:
        if product.sku in lacking:
            marks[product.sku], media[product.sku] = ("", run.source), {}
        known, same = media.get(product.sku, {}), (products.fingerprint(product), run.source)
        if marks.get(product.sku) == same and as_read(product, known, run.opener.rules):
            run.summary.unchanged += 1
        else:
            futures.append((product, pool.submit(prepare, product, run.source, run.opener, known)))
    return _Chunk(futures, set(marks))


def _lacking(stack: Stack, connection: Connection, skus: Sequence[str]) -> set[str]:
    """Products whose views are not all embedded at the dimension in use, where that is not the shelf's first one."""
    if stack.manifest is None or stack.kept_dim == stack.manifest.dim:
        return set()
    return embeddings.lacking(connection, skus, stack.model, "index", stack.kept_dim)


def _accept(run: _Run, number: int, product: Product | BadRow) -> bool:
    """Whether a row goes on; one that does not is refused with its reason."""
    if isinstance(product, BadRow):
        run.refuse(product)
        return False
    if not isinstance(product, Product):
        raise BadInput(f"number {number} of what is to be indexed is a {type(product).__name__}, not a Product")
    fault = wrong(product)
    sku = "" if fault and fault[0] == "sku" else product.sku
    if sku in run.rows:
        fault = "sku", f"SKU {sku} is already in row {run.rows[sku]}; each product needs its own"
    fault = fault or products.contradiction(product, run.known)
    if fault:
        run.refuse_product(number, *fault, sku)
        return False
    run.rows[sku] = number
    products.learn(product, run.known)
    return True


def _finish(run: _Run, chunk: _Chunk) -> None:
    prepared: list[Prepared] = []
    for product, future in chunk.futures:
        one = future.result()
        if isinstance(one, Refused):
            run.refuse_product(run.rows[product.sku], one.field, str(one.error), product.sku)
        else:
            prepared.append(one)
    items = {content: item for one in prepared for content, item in one.items.items()}
    done, refused = embed_missing(run.stack, run.id, items)
    entries: list[Entry] = []
    for one in prepared:
        fault = next((refused[content] for content in one.items if content in refused), None)
        if fault:
            sku = one.entry.product.sku
            run.refuse_product(run.rows[sku], "", str(fault), sku)
        else:
            entries.append(one.entry)
    _put(run, entries, chunk.here)
    run.summary.embedded += done
    run.summary.reused += sum(len(entry.views()) for entry in entries) - done
    if run.tell:
        run.tell(Progress(run.summary.seen, run.total, run.summary.embedded, len(run.summary.refused)))


def _put(run: _Run, entries: Sequence[Entry], here: set[str]) -> None:
    with run.stack.catalogue.write() as connection:
        changed = products.put(connection, entries)
    for entry in entries:
        sku = entry.product.sku
        if sku not in here:
            run.summary.added += 1
        elif sku in changed:
            run.summary.changed += 1
        else:
            run.summary.updated += 1


def _remove_missing(run: _Run) -> None:
    with run.stack.catalogue.read() as connection:
        missing = [sku for sku in products.of_source(connection, run.source) if sku not in run.rows]
    if not missing:
        return
    nameless = sum(not row.sku for row in run.summary.refused)
    if nameless:
        run.summary.notes.append(
            f"{len(missing)} products are no longer in {run.source}; they were kept, because {nameless} refused rows "
            "name no SKU and might be among them"
        )
        return
    with run.stack.catalogue.write() as connection:
        run.summary.removed = len(products.remove(connection, missing))
