"""Full-text search of metadata: BM25 through tantivy, one index in memory for each configured key."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

STEMMERS = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "it": "italian",
    "de": "german",
    "nl": "dutch",
}
UNSPACED = ("zh", "ja", "ko")  # written without spaces between words: one or two characters make a term
HEAP = 15_000_000  # bytes that tantivy may hold before it writes a segment, its least
LONGEST = 100  # characters of a term; longer ones are dropped
TERMS = 256  # of a query


class Text:
    """One metadata key that can be searched by words. What is put or deleted is seen by the next search."""

    def __init__(self, language: str | None, ready: float = 0) -> None:
        """ready: when, by `time.time`, it begins to serve; until then its status is BUILDING."""
        import tantivy

        self.language, self._ready = language, ready
        unspaced = language in UNSPACED
        # With one or two letters a term, Latin words and numbers within such texts are still found by their letters.
        tokens = tantivy.Tokenizer.ngram(1, 2, False) if unspaced else tantivy.Tokenizer.simple()
        filters = [tantivy.Filter.remove_long(LONGEST), tantivy.Filter.lowercase()]
        if language in STEMMERS:
            filters.append(tantivy.Filter.stemmer(STEMMERS[language]))
        if not unspaced:
            filters.append(tantivy.Filter.ascii_fold())
        made = tantivy.TextAnalyzerBuilder(tokens)
        for one in filters:
            made = made.filter(one)
        self._analyzer = made.build()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("text", tokenizer_name="words", index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._index.register_tokenizer("words", self._analyzer)
        self._writer: Any = None

    @property
    def active(self) -> bool:
        """Whether it serves."""
        return time.time() >= self._ready

    def put(self, key: str, value: Any) -> None:
        """Replace the text of a vector; what is no text, nor a list of texts, is none."""
        import tantivy

        self.delete(key)
        listed = value if isinstance(value, list) else [value]
        text = "\n".join(one for one in listed if isinstance(one, str))
        if text:
            document = tantivy.Document()
            document.add_text("key", key)
            document.add_text("text", text)
            self._writing().add_document(document)

    def delete(self, key: str) -> None:
        """Drop the text of a vector."""
        self._writing().delete_documents_by_term("key", key)

    def search(self, text: str, k: int, allowed: Callable[[str], bool]) -> list[tuple[str, float]]:
        """(key, BM25 score) of the k best that are allowed and have any term of ``text``; ties in the order of keys.

        BM25 after Robertson & Zaragoza 2009, with tantivy's k1 = 1.2 and b = 0.75.
        """
        import tantivy

        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
            self._index.reload()
        terms = list(dict.fromkeys(self._analyzer.analyze(text)))[:TERMS]
        if not terms:
            return []
        wanted = [tantivy.Query.term_query(self._schema, "text", term) for term in terms]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in wanted])
        searcher, fetch = self._index.searcher(), 2 * k + 10
        while True:
            hits = searcher.search(query, fetch).hits
            found = [(str(searcher.doc(at)["key"][0]), float(score)) for score, at in hits]
            passing = [hit for hit in found if allowed(hit[0])]
            if len(passing) >= k or len(hits) < fetch:
                return sorted(passing, key=lambda hit: (-hit[1], hit[0]))[:k]
            fetch *= 4

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(HEAP, 1)
        return self._writer


class Texts:
    """The searchable keys of one index."""

    def __init__(self, configured: Iterable[Mapping[str, str]] = (), ready: float = 0) -> None:
        self.configured: dict[str, Text] = {}
        self.add(configured, (), ready)

    def add(self, configured: Iterable[Mapping[str, str]], rows: Iterable[tuple[str, bytes]], ready: float = 0) -> None:
        """Make keys searchable, with what the rows (key, metadata) already hold."""
        made = {one["metadataKey"]: Text(one.get("language"), ready) for one in configured}
        for key, metadata in rows:
            values = json.loads(metadata)
            for name, text in made.items():
                if name in values:
                    text.put(key, values[name])
        self.configured |= made

    def put(self, keys: Sequence[str], metadata: Sequence[bytes]) -> None:
        """Follow vectors that were put."""
        if self.configured:
            for key, one in zip(keys, metadata, strict=True):
                values = json.loads(one)
                for name, text in self.configured.items():
                    text.put(key, values.get(name))

    def delete(self, keys: Sequence[str]) -> None:
        """Follow vectors that were deleted."""
        for text in self.configured.values():
            for key in keys:
                text.delete(key)

    def described(self) -> list[dict[str, str]]:
        """As GetIndex shows them."""
        return [
            {"metadataKey": name, **({"language": text.language} if text.language else {})}
            | {"status": "ACTIVE" if text.active else "BUILDING"}
            for name, text in self.configured.items()
        ]
