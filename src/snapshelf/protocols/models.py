"""What turns things into vectors, and speech into words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import SnapshelfError
from snapshelf.protocols.options import Options
from snapshelf.types import (
    Clip,
    Item,
    ModelCard,
    Purpose,
    Vectors,
)


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


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A part of a sound or video whose vector the model gave together with its seconds: (dim,) float32, unit length.

    ``kind`` says what of the part it shows: "video", "audio", or "sound" for the sound of a video by itself.
    """

    row: NDArray[np.float32]
    kind: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Charge:
    """Something a service is paid for: so much of ``what`` ("tokens", "images" …) for so many dollars.

    ``calls`` counts requests on the wire, those among them that were refused or whose reply was lost.
    """

    service: str
    operation: str
    model: str
    what: str
    amount: float
    dollars: float
    calls: int = 1


# The place of an item among those given, and its row (dim,) or why there is none.
Outcome: TypeAlias = "tuple[int, NDArray[np.float32] | SnapshelfError]"


@runtime_checkable
class Buying(Protocol):
    """What an embedder offers besides where every call costs money, so that nothing is paid for twice."""

    def embed_each(
        self, items: Sequence[Item], purpose: Purpose, dim: int, keep: Callable[[Sequence[Outcome]], None]
    ) -> None:
        """Embed each item on its own and hand over what has come while the rest is under way.

        An item that is refused is an outcome like any other. Whatever ends the rest (credentials, a budget, Ctrl-C, an
        error of ``keep``), what is under way is waited for and handed over before the error is raised.
        """

    def begin(self, spent: float, share: Callable[[float, float], tuple[float, float]] | None = None) -> None:
        """Begin a run: its budget is whole again. ``spent``: dollars that this month's calls have cost so far.

        share: where others spend of the same month's budget, how a part of it is taken (`snapshelf.money.Share`).
        """

    def charges(self) -> list[Charge]:
        """What was spent and is not written down yet, in order."""

    def charged(self, count: int) -> None:
        """The first ``count`` of `charges` are written down now."""

    def notes(self) -> list[str]:
        """What a person should know of the calls since `begin`, a sentence each."""


@runtime_checkable
class Segmenting(Protocol):
    """What an embedder offers besides whose card says that it cuts videos or long sounds by itself."""

    def parts(self, file: bytes | Path | Clip, dim: int) -> list[Embedded]:
        """The parts of a video file, or of a sound, in order.

        Several threads may call it. Raises BadMedia for a file that is refused, OverBudget, Outside.
        """

    def stop(self) -> None:
        """End what waits in `parts` with Interrupted: the run is over."""


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
