"""The shapes of an adapter: what each kind must offer. None of them is a class to inherit from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate
from snapshelf.errors import BadRow
from snapshelf.types import Attributes, Clip, Filter, Item, Kind, ModelCard, Neighbours, Product, Purpose, Vectors

Options: TypeAlias = Mapping[str, bool | int | float | str]  # one adapter's own section of the settings


class Embedder(Protocol):
    """Turns words and pictures into vectors of one space. Batching, caching and retries live above it."""

    @property
    def card(self) -> ModelCard:
        """What it is."""

    def embed(self, items: Sequence[Item], purpose: Purpose, dim: int) -> Vectors:
        """Return (n, dim) float32 unit rows, in the order of ``items``, which may mix modalities.

        The same item gives the same row whatever else is in the batch (to 1e-5).
        Raises Unsupported for a modality or a dim that the card does not list.
        """


class EmbedderModule(Protocol):
    """A file of ``embedders/``."""

    EXTRA: str  # the extra that installs what it needs; "" for none
    CARDS: tuple[ModelCard, ...]  # the models it comes with

    def load(self, card: ModelCard, options: Options) -> Embedder:
        """Open the model. Raises MissingExtra, BadSettings."""


class NamingEmbedderModule(EmbedderModule, Protocol):
    """A file of ``embedders/`` whose model the settings name; its ``CARDS`` are empty, its names ``file:model``."""

    def card(self, name: str, options: Options, built: str) -> ModelCard:
        """The card of the model that ``options`` name, or else ``name``, what follows the colon ("" for nothing).

        built: the revision of an existing shelf, to be preferred to a newer one; "" for a new shelf.
        Raises MissingExtra, BadSettings, NotHere, Outside.
        """


class Store(Protocol):
    """Unit vectors under string ids, each with attributes. Scores are cosine in [-1, 1], highest first."""

    @property
    def can(self) -> frozenset[str]:
        """The module's ``CAN``."""

    def count(self) -> int:
        """How many vectors it holds."""

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put vectors (n, d), replacing those whose id is already there; visible to this process's next search.

        Raises Mismatch for another d and BadInput for a row that is not finite or not of unit length, or an id given
        twice in one call; then nothing of the call is added.
        """

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace the attributes of vectors that are here; raises NotHere for an id that is not, changing nothing."""

    def delete(self, ids: Sequence[str]) -> None:
        """Remove; ids that are not here are passed over."""

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> Neighbours:
        """The k nearest of those that pass ``where``, for each row of vectors (q, d); fewer when fewer pass."""

    def flush(self) -> None:
        """Make everything durable and visible to other processes at once, or, after a crash, not at all."""

    def close(self) -> None:
        """Flush and let go."""


class StoreModule(Protocol):
    """A file of ``stores/``. ``CAN`` is a subset of {"delete", "filter", "filter-safe", "reopen", "update"}.

    filter-safe: recall@10 stays ≥ 0.99 however few or many vectors pass the filter. reopen: what was flushed is there
    when `connect` is called again with the same location.
    """

    EXTRA: str
    CAN: frozenset[str]

    def connect(self, location: Path, dim: int, options: Options) -> Store:
        """Open or create. Raises Mismatch when what is there has another dim, MissingExtra, BadSettings."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said in this shop, to expect it: titles, brands, categories, values, queries.

    ``mark`` names their state: the same mark, the same phrases. ``read`` gives them. ``folder`` keeps what a recogniser
    derives from them, and may be deleted at any time; None where nothing can be written.
    """

    mark: str
    read: Callable[[], Sequence[str]]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The words recognised in a clip, "" where none were, and how sure the recogniser is of them, in [0, 1]."""

    words: str
    confidence: float


class Recogniser(Protocol):
    """Turns speech into words."""

    def hear(self, clip: Clip, phrases: Phrases) -> Heard:
        """The words said, lower case, single spaces; "" for what is no speech or is not understood.

        The same clip and phrases give the same words. Two threads may call it at the same time.
        """


class RecogniserModule(Protocol):
    """A file of ``recognisers/``."""

    EXTRA: str

    def load(self, options: Options) -> Recogniser:
        """Open the recogniser. Raises MissingExtra, BadSettings."""


class Reader(Protocol):
    """An open catalogue file: which column feeds which field, then its rows one by one."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Column of the file → field of `Product`, or "attribute (number)" …, or "ignored"."""

    @property
    def total(self) -> int | None:
        """How many rows there are, where that is known without reading the file once more."""

    def __iter__(self) -> Iterator[tuple[int, Product | BadRow]]:
        """Yield (row number as a person counts it, product or the reason why it is none).

        Each iteration starts at the first row. A SKU that comes twice is yielded twice; `ingest` refuses the second.
        """


class SourceModule(Protocol):
    """A file of ``sources/``. ``SUFFIXES`` are the file endings it reads, such as ".csv"; "/" stands for a folder."""

    SUFFIXES: tuple[str, ...]

    def read(self, path: Path, columns: Mapping[str, str], images: Path | None) -> Reader:
        """Open a catalogue. ``columns`` maps fields to column names where guessing is not wanted.

        Image cells are relative to ``images``, or to the file's folder. Raises NotHere, BadInput (not readable at all).
        """


Effects: TypeAlias = Mapping[str, NDArray[np.float64]]  # name of an effect → (n,) its factor for each candidate


class Reranker(Protocol):
    """Says what speaks for or against candidates beside their relevance, as factors."""

    @property
    def needs(self) -> frozenset[str]:
        """The signals that it reads; candidates without them are taken as unknown."""

    def score(self, candidates: Sequence[Candidate], query: str, now: float) -> Effects:
        """The effects, each with one factor per candidate, in order: finite, above 0, and 1 where there is none.

        A candidate's place in the list has no influence. now: seconds since 1970, UTC.
        """

    def explain(
        self, candidates: Sequence[Candidate], query: str, now: float, places: Sequence[int]
    ) -> list[Mapping[str, float]]:
        """For the candidates at ``places``: effect → factor, as fine as can be told.

        The product of a candidate's factors is that of its factors of `score`, to 1e-6 relative.
        """


class RerankerModule(Protocol):
    """A file of ``rerankers/``."""

    EXTRA: str

    def load(self, location: Path, known: Mapping[str, Kind]) -> Reranker:
        """Open what is kept at ``location``; ``known``: every signal there is, with its type.

        Raises NotHere, BadSettings, Mismatch (made for other signals), MissingExtra.
        """


class MetricModule(Protocol):
    """A file of ``metrics/``."""

    def score(self, ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
        """The metric of one query's ranking (SKUs, best first, none twice) against its judged grades; in [0, 1]."""
