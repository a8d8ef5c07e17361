"""Words of titles, brands, categories, descriptions: BM25 through tantivy. Derived, rebuilt from the catalogue."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from snapshelf.errors import Busy, NoSpace, Outside

WEIGHTS = {"title": 3.0, "brand": 2.0, "category": 1.5, "description": 1.0}
FUNCTION_WORDS = frozenset(
    "a an and are at be by can do for from have i if in is it like me my need of on or our some that the their these "
    "this to want what which with without you your".split()
)  # English, as the analyzer leaves them
K1 = 1.2  # tantivy's
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
        words, _ = self.words(text), self._searcher()
        return self._found(self._any_of(words), k) if words else []

    def scores(self, text: str, skus: Sequence[str]) -> dict[str, float]:
        """The same score for these products alone; one that holds none of the words is left out."""
        import tantivy

        words = self.words(text)
        if not words or not skus:
            return {}
        among = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "sku", list(skus)), 0.0)
        both = [(tantivy.Occur.Must, among), (tantivy.Occur.Must, self._any_of(words))]
        return dict(self._found(tantivy.Query.boolean_query(both), len(skus)))

    def ideal(self, text: str) -> float:
        """The score that no product exceeds: every word in its heaviest field, as often as counts; 0 for no words.

        A word that the index does not hold counts as the rarest possible, unless it is a function word, so that a score
        divided by this one says how much of what was asked is there, in [0, 1]. BM25 saturates at idf · (k1 + 1).
        """
        searcher = self._index.searcher()
        n = max(1, int(searcher.num_docs))
        best = 0.0
        for word in self.words(text):
            held = ((weight, searcher.doc_freq(field, word)) for field, weight in WEIGHTS.items())
            tops = [weight * _idf(n, frequency) for weight, frequency in held if frequency]
            if not tops and word in FUNCTION_WORDS:
                continue
            best += max(tops, default=WEIGHTS["title"] * _idf(n, 0))
        return best * (K1 + 1)

    def words(self, text: str) -> list[str]:
        """The words of a text as they are searched for, stemmed, each once, 64 at most."""
        return list(dict.fromkeys(self._analyzer.analyze(text)))[:64]

    def holds(self, word: str) -> bool:
        """Whether any product has a word, as `words` gives it."""
        searcher = self._searcher()
        return any(searcher.doc_freq(field, word) for field in WEIGHTS)

    def holds_all(self, text: str) -> bool:
        """Whether some product has every word of a text, in whatever fields."""
        import tantivy

        words = self.words(text)
        every = [(tantivy.Occur.Must, self._any_of([word])) for word in words]
        return bool(words) and bool(self._searcher().search(tantivy.Query.boolean_query(every), 1, False).hits)

    def close(self) -> None:
        """Let go; what was not committed is dropped, to be read from the catalogue again."""
        self._writer = None

    def _any_of(self, words: Sequence[str]) -> Any:
        import tantivy

        of_word = [tantivy.Query.disjunction_max_query([self._term(f, word) for f in WEIGHTS], 0.1) for word in words]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in of_word])

    def _found(self, query: Any, k: int) -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        hits = searcher.search(query, k, False).hits
        found = [(searcher.doc(at)["sku"][0], float(score)) for score, at in hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def _searcher(self) -> Any:
        """What was committed until now, by any process; what follows a search sees what it saw."""
        self._index.reload()
        return self._index.searcher()

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


def _idf(n: int, frequency: int) -> float:
    """Robertson & Spärck Jones' weight of a word as Lucene and tantivy have it, never negative."""
    return math.log(1 + (n - frequency + 0.5) / (frequency + 0.5))


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
