"""Words of titles, brands, categories, descriptions: BM25 through tantivy. Derived, rebuilt from the catalogue."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from snapshelf.errors import Busy, NoSpace, Outside

WEIGHTS = {"title": 3.0, "brand": 2.0, "category": 1.5, "description": 1.0}
_HEAP = 64_000_000  # bytes tantivy may hold before it writes a segment


class Lexical:
    """An open text index of products by SKU. What is put becomes visible, and durable, with `commit`."""

    def __init__(self, index: Any, schema: Any, analyzer: Any) -> None:
        self._index, self._schema, self._analyzer, self._writer = index, schema, analyzer, None

    def put(self, rows: Iterable[Sequence[str]]) -> None:
        """Insert or replace products, each (sku, title, brand, category, description)."""
        import tantivy

        writer = self._writing()
        for sku, *texts in rows:
            writer.delete_documents_by_term("sku", sku)
            document = tantivy.Document()
            document.add_text("sku", sku)
            for field, text in zip(WEIGHTS, texts, strict=True):
                document.add_text(field, text)
            writer.add_document(document)

    def delete(self, skus: Iterable[str]) -> None:
        """Drop products; unknown SKUs are passed over."""
        for sku in skus:
            self._writing().delete_documents_by_term("sku", sku)

    def commit(self) -> None:
        """Make everything since the last commit visible at once. Raises NoSpace, Outside."""
        if self._writer is None:
            return
        try:
            self._writer.commit()
            self._writer.wait_merging_threads()
        except (OSError, ValueError) as error:
            full = "space" in str(error)
            raise (NoSpace("the disk is full") if full else Outside(f"the text index says: {error}")) from error
        finally:
            self._writer = None
        self._index.reload()

    def count(self) -> int:
        """How many products it holds."""
        return int(self._index.searcher().num_docs)

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        """(sku, BM25 score) of the k best, highest first, equal scores in order of SKU.

        Every word counts in the field where it weighs most (a disjunction maximum per word, weights in ``WEIGHTS``).
        BM25 after Robertson & Zaragoza 2009, with tantivy's k1 = 1.2, b = 0.75.
        """
        import tantivy

        words = list(dict.fromkeys(self._analyzer.analyze(text)))[:64]
        if not words:
            return []
        of_word = [tantivy.Query.disjunction_max_query([self._term(f, word) for f in WEIGHTS], 0.1) for word in words]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in of_word])
        self._index.reload()
        searcher = self._index.searcher()
        found = [(searcher.doc(at)["sku"][0], float(score)) for score, at in searcher.search(query, k).hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def close(self) -> None:
        """Let go; what was not committed is dropped, to be read from the catalogue again."""
        self._writer = None

    def _term(self, field: str, word: str) -> Any:
        import tantivy

        return tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, word), WEIGHTS[field])

    def _writing(self) -> Any:
        if self._writer is None:
            try:
                self._writer = self._index.writer(_HEAP, 1)
            except ValueError as error:
                raise Busy("another process is writing to this shelf's text index") from error
        return self._writer


def open_lexical(folder: Path) -> Lexical:
    """Open or create the text index in a folder; one that is damaged is dropped and starts empty. Raises Outside."""
    import tantivy

    analyzer = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("sku", stored=True, tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="shop", index_option="freq")
    schema = builder.build()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        index = tantivy.Index(schema, path=str(folder), reuse=True)
    except (OSError, ValueError) as error:  # damaged, or of another version
        if not os.access(folder, os.W_OK) or "Lockfile" in str(error):
            raise Outside(
                f"{folder} cannot be locked, which the text index needs even for reading; search with the vector lane"
            ) from error
        shutil.rmtree(folder)
        folder.mkdir()
        index = tantivy.Index(schema, path=str(folder), reuse=True)
    index.register_tokenizer("shop", analyzer)
    return Lexical(index, schema, analyzer)
