"""What a user holds: one open shelf. What only indexing and evaluating need is imported when they begin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from snapshelf import search as searching
from snapshelf.catalogue import asking, embeddings, products
from snapshelf.errors import BadInput, NotHere
from snapshelf.protocols import Reader
from snapshelf.search import Media
from snapshelf.shelf.followed import followed
from snapshelf.shelf.reading import read_catalogue
from snapshelf.stack import Stack
from snapshelf.types import Product, Results

if TYPE_CHECKING:
    from snapshelf.candidates import Candidate
    from snapshelf.evaluate import JudgedQuery, Report
    from snapshelf.ingest import Progress, Summary
    from snapshelf.rank.dryrun import Moved
    from snapshelf.rank.record import Recorded
    from snapshelf.rank.train import Trained, Wish
    from snapshelf.search.suggest import Suggested


@dataclass(frozen=True, slots=True)
class Info:
    """What a shelf holds."""

    folder: str
    products: int
    views: int
    embeddings: int
    model: str
    kept_dim: int
    dim: int
    store: str
    attributes: Mapping[str, str]
    bytes: int


class Shelf:
    """A catalogue with its indexes. Search it from any number of processes; one at a time may write.

    Any number of threads may use one shelf at once: `search`, `explain`, `suggest`, `similar`, `show` and `info` answer
    each as if they were alone, from one state of the catalogue; `record` waits for its turn. `index` and `remove` raise
    Busy while another thread or process writes. `close` comes last, when no thread is in a call any more.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def index(
        self,
        source: str | Path | Iterable[Product],
        images: str | Path | None = None,
        progress: Callable[[Progress], None] | None = None,
        keep_missing: bool = False,
        reader: Reader | None = None,
        by: str = "",
    ) -> Summary:
        """Bring the shelf to what a catalogue says: a path that a source can read, or any iterable of `Product`.

        images: folder that picture cells are relative to, instead of the catalogue's own. Products of an earlier state
        of the same file that it no longer holds are removed, unless ``keep_missing``. Refused rows are in the summary
        and do not stop the rest. reader: that path as `read_catalogue` opened it. by: who runs it, as jobs show it.
        Raises BadInput, Busy, Mismatch, NoSpace, NotHere, Outside.
        """
        from snapshelf import ingest

        if not isinstance(source, str | Path):
            if not isinstance(source, Iterable):
                raise BadInput(f"give the path of a catalogue, or products, not a {type(source).__name__}")
            summary = ingest.index(self.stack, enumerate(source, start=1), tell=progress, by=by)
            self._measure()
            return summary
        reader, name = reader or self.read(source, images), str(Path(source).resolve())
        columns = {field: column for column, said in reader.columns.items() for field in said.split(", ")}
        summary = ingest.index(self.stack, reader, name, reader.total, progress, keep_missing, columns, by)
        self._measure()
        return replace(summary, columns=dict(reader.columns))

    def read(self, path: str | Path, images: str | Path | None = None) -> Reader:
        """Open a catalogue file without indexing it: its guessed columns, and its rows."""
        return read_catalogue(path, self.stack.settings.columns, images)

    def search(
        self,
        text: str | Sequence[str] | None = None,
        image: Media | Sequence[Media] | None = None,
        audio: Media | Sequence[Media] | None = None,
        video: Media | Sequence[Media] | None = None,
        where: str | None = None,
        k: int | None = None,
        weights: Mapping[str, float] | None = None,
        offset: int = 0,
        collapse: str | None = None,
        lanes: str | Sequence[str] | None = None,
        facets: Sequence[str] = (),
        cutoff: bool | None = None,
        understand: bool | None = None,
        off: Collection[str] = (),
        rerank: bool = True,
        crop: Sequence[float] | Sequence[Sequence[float] | str | None] | str | None = None,
        read_text: bool | None = None,
        sort: str = "",
    ) -> Results:
        """The ``k`` products nearest to words, photos, speech and clips, best first; iterate over them.

        A photo is a path, an http or https address, bytes or a PIL image, a sound or video one of the first three;
        several may be given. Where the model takes no sound, words are recognised (``heard`` of the results).
        weights: part → weight, negative to steer away, such as {"text": 0.7, "image": 1, "image2": -0.3}. where: a
        filter such as "price < 80 and in_stock". collapse="family" gives one hit per family of variants. lanes: some
        of "exact", "vector" and "lexical", as a list or joined by a comma. facets: names to count the values of.
        cutoff=False shows what is hardly relevant, too, and never says that nothing fits. understand=False takes the
        words as they stand; off: kinds of meaning to leave alone, such as ["price", "brand"]. rerank=False leaves the
        shop's rules and its trained model out. crop: the box (left, top, right, bottom) of what is meant, in pixels of
        the upright photo; "auto" for what stands out, "" for all; a list for several. read_text: read what it shows.
        sort: by a number that products have instead of how well they fit, such as "price" or "-price".
        Raises BadFilter, BadMedia, BadQuery, Mismatch, MissingExtra, NotHere, Unsupported.
        """
        asked = searching.question(self.stack, text, image, audio, video, weights, crop, read_text)
        settings = self.stack.settings.search
        wanted = searching.wanted(
            settings, where, k, offset, collapse, lanes, facets, cutoff, understand, off, rerank, sort
        )
        wanted = replace(wanted, barcodes=asked.barcodes, lines=asked.lines)
        with followed(self.stack, "lexical" in wanted.lanes, wanted.named) as connection:
            found = searching.search(self.stack, connection, asked.parts, wanted)
        return replace(found, heard=asked.heard, advice=asked.advice, printed=asked.printed)

    def explain(
        self,
        sku: str,
        text: str | Sequence[str] | None = None,
        image: Media | Sequence[Media] | None = None,
        where: str | None = None,
        lanes: str | Sequence[str] | None = None,
        understand: bool | None = None,
        off: Collection[str] = (),
    ) -> searching.Explained:
        """Why a product is where it is in the answer to a query, or is not in it: `Explained.said` in sentences.

        Raises NotHere for a SKU that is not in the catalogue, and what `search` raises.
        """
        asked = searching.question(self.stack, text, image)
        wanted = searching.wanted(self.stack.settings.search, where, lanes=lanes, understand=understand, off=off)
        wanted = replace(wanted, barcodes=asked.barcodes, lines=asked.lines)
        with followed(self.stack, "lexical" in wanted.lanes, wanted.named) as connection:
            return searching.explain(self.stack, connection, asked.parts, wanted, sku)

    def suggest(self, typed: str, k: int = 8) -> tuple[Suggested, ...]:
        """Ways to go on with what is being typed, best first (`snapshelf.search.suggest`). Raises BadQuery."""
        from snapshelf.search.suggest import suggest

        return suggest(self.stack, typed, k)

    def similar(
        self, sku: str, k: int = 12, where: str | None = None, offset: int = 0, family: bool = False
    ) -> Results:
        """More like a product, by its kept embeddings (`snapshelf.search.similar`); ``family``: its variants, too.

        Raises BadFilter, BadQuery, NotHere.
        """
        from snapshelf.search.similar import similar

        with followed(self.stack, words=False) as connection:
            return similar(self.stack, connection, sku, k, where, offset, family)

    def _measure(self) -> None:
        """Learn what the shop does not sell, where that is due."""
        if self.stack.settings.search.cutoff and searching.is_due(self.stack):
            searching.calibrate(self.stack)

    def evaluate(
        self,
        queries: str | Path,
        qrels: str | Path,
        metrics: Sequence[str] | None = None,
        lanes: Sequence[str] | None = None,
        condensed: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Ask every judged query of a JSON Lines file and score the answers (`snapshelf.evaluate`).

        Judged products that this shelf does not hold are the report's ``missing``. Raises BadRow, BadInput and NotHere
        for files that cannot be used, BadInput when the shelf holds none of them, and what `search` raises.
        """
        from snapshelf.evaluate import METRICS, evaluate, missing_of, read_qrels, read_queries

        def answer(query: JudgedQuery, k: int) -> list[str]:
            found = self.search(
                query.text or None,
                query.image or None,
                query.audio or None,
                query.video or None,
                query.where or None,
                k,
                query.weights,
                lanes=lanes,
            )
            return [hit.sku for hit in found]

        asked, judged = read_queries(Path(queries)), read_qrels(Path(qrels))
        missing = missing_of(self.stack, judged, Path(qrels))
        report = evaluate(answer, asked, judged, metrics or METRICS, condensed, progress=progress)
        return replace(report, missing=missing)

    def record(self, events: Iterable[object]) -> Recorded:
        """Keep what shoppers did: mappings by the names of User Behavior Insights (`snapshelf.rank.ubi`).

        Any order will do, and the same event twice counts once. Rows that are no event are refused one by one, events
        of unknown products kept aside; both are named. Raises BadInput, Busy, NoSpace, Outside.
        """
        from snapshelf.rank.record import record

        return record(self.stack, events)

    def dry_run(self, text: str, rules: str | Path = "", among: int = 50) -> list[Moved]:
        """The ``among`` most relevant products for some words, in the order that the rules give them.

        rules: a file instead of the one in the settings; nothing is changed by it. Raises BadSettings, NotHere, and
        what `search` raises.
        """
        from snapshelf.rank.dryrun import dry_run

        return dry_run(self.stack, self.search(text, k=among, rerank=False), text, Path(rules) if rules else None)

    def train_reranker(
        self, queries: str | Path, qrels: str | Path, wish: Wish | None = None, among: int = 50
    ) -> Trained:
        """Learn a ranking from the recorded events; it is put to use only if the judged queries say that it is better.

        queries, qrels: as in `evaluate`, of which those that are words alone are asked. among: candidates of a query.
        Raises BadInput for too little to learn from or to judge by, MissingExtra, and what `search` raises.
        """
        from snapshelf.evaluate import read_qrels, read_queries
        from snapshelf.rank.candidates import of_hits
        from snapshelf.rank.train import train

        judged = read_qrels(Path(qrels))
        asked = {query.text: judged[query.id] for query in read_queries(Path(queries)) if query.id in judged}
        plain = {text: grades for text, grades in asked.items() if text and any(g > 0 for g in grades.values())}

        def candidates(text: str) -> list[Candidate]:
            return of_hits(self.stack, self.search(text, k=among, rerank=False))

        return train(self.stack, candidates, plain, wish)

    def show(self, sku: str) -> Product:
        """One product. Raises NotHere."""
        with self.stack.catalogue.read() as connection:
            found = products.get(connection, [sku])
        if sku not in found:
            raise NotHere(f"there is no product {sku!r} in this shelf")
        return found[sku]

    def remove(self, skus: str | Iterable[str]) -> list[str]:
        """Remove products from everywhere: catalogue, indexes, kept embeddings; returns those that were there."""
        from snapshelf import ingest

        return ingest.remove(self.stack, [skus] if isinstance(skus, str) else list(skus))

    def info(self) -> Info:
        """What the shelf holds."""
        stack, manifest = self.stack, self.stack.manifest
        with stack.catalogue.read() as connection:
            return Info(
                folder=str(stack.folder),
                products=asking.count(connection),
                views=asking.count_views(connection),
                embeddings=embeddings.count(connection),
                model=f"{manifest.model} (revision {manifest.revision})" if manifest else "none yet",
                kept_dim=manifest.dim if manifest else 0,
                dim=stack.dim if manifest else 0,
                store=stack.settings.store.name,
                attributes=dict(asking.known(connection)),
                bytes=sum(file.stat().st_size for file in stack.folder.rglob("*") if file.is_file()),
            )

    def close(self) -> None:
        """Close what is open; `with snapshelf.open(…) as shelf` does it by itself."""
        self.stack.close()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
