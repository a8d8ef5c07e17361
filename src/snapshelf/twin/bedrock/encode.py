"""Content → the twin's vectors: made by our own compact encoder, so that words and pictures of one thing are near.

The same content gives the same vector, whatever else is asked at the same time: it goes through the encoder alone, on
one thread. The first 256 coordinates carry everything and the rest are zero, so that a prefix of a longer
vector, once normalised, is the shorter one, as AWS says of its own (Matryoshka).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import MissingExtra
from snapshelf.twin.bedrock.words import windows
from snapshelf.types import Clip, Vectors
from snapshelf.vectors import unit

if TYPE_CHECKING:
    from PIL.Image import Image

    from snapshelf.embedders.compact import Compact
    from snapshelf.protocols import Heard, Phrases, Recogniser

Row = NDArray[np.float32]
CORE = 256  # coordinates that carry everything
PURPOSE = 0.05  # length of what a purpose adds where purposes differ
HUM = 0.2  # length of what tells one sound without words from another
SPOKEN = 0.3  # share of the words in a video whose speech is understood


class Encoder:
    """Vectors of `CORE` coordinates, of unit length. Threads may use it at the same time."""

    def __init__(self, said: Sequence[str] = ()) -> None:
        """``said``: phrases that are expected in sounds; without any, the wares of the sample shop."""
        self._said = tuple(said)
        self._lock = threading.Lock()
        self._compact: Compact | None = None
        self._recogniser: Recogniser | None = None

    def text(self, text: str) -> Row:
        """A text; a long one points where the mean of its parts does."""
        return _mean(self._model().embed(windows(text), "index", CORE))

    def image(self, image: Image) -> Row:
        """A picture."""
        return self._one(image)

    def sound(self, clip: Clip) -> Row:
        """A sound: the words that are said in it, or, where none are understood, little more than that it is one."""
        heard = self._hear(clip)
        return self.text(heard.words) if heard.words else self._hum(clip)

    def video(self, frames: Sequence[Image], sound: Clip | None) -> Row:
        """A video: the mean of its frames, and the words that are said beside them."""
        seen = _mean([self._one(frame) for frame in frames])
        heard = self._hear(sound) if sound is not None else None
        if not heard or not heard.words:
            return seen
        row: Row = unit((1 - SPOKEN) * seen + SPOKEN * self.text(heard.words))[0]
        return row

    def _one(self, item: str | Image) -> Row:
        row: Row = self._model().embed([item], "index", CORE)[0]
        return row

    def _hum(self, clip: Clip) -> Row:
        content = hashlib.sha256((clip.samples * 32767).astype("<i2").tobytes()).digest()
        row: Row = unit(self.text("sound") + HUM * _direction(content))[0]
        return row

    def _model(self) -> Compact:
        with self._lock:
            if self._compact is None:
                from snapshelf.embedders import compact

                self._compact = compact.load(compact.CARDS[0], {"threads": 1})
                self._compact.embed(["ready"], "index", CORE)
            return self._compact

    def _hear(self, clip: Clip) -> Heard:
        from snapshelf.protocols import Heard

        with self._lock:
            if self._recogniser is None:
                from snapshelf.recognisers import pocketsphinx

                try:
                    self._recogniser = pocketsphinx.load({})
                except MissingExtra:
                    return Heard("", 0.0)
        return self._recogniser.hear(clip, _phrases(self._said))


def sized(row: Row, dim: int, purpose: str = "") -> Row:
    """A row of `CORE` coordinates with ``dim`` of them, zeros at the end; ``purpose``: turned a little by its name."""
    if purpose:
        row = unit(row + PURPOSE * _direction(purpose.encode()))[0]
    longer = np.zeros(max(dim, CORE), np.float32)
    longer[:CORE] = row
    return longer


def written(row: Row) -> str:
    """A sized row as a JSON list, every number as short as a float32 can be told from its neighbours by."""
    return f"[{','.join(map(str, row[:CORE]))}{',0.0' * (len(row) - CORE)}]"


def _mean(rows: Sequence[Row] | Vectors) -> Row:
    row: Row = rows[0] if len(rows) == 1 else unit(np.mean(rows, axis=0, dtype=np.float64) + 1e-9)[0]
    return row


def _direction(seed: bytes) -> Row:
    """A unit vector that a seed alone decides."""
    chance = np.random.Generator(np.random.PCG64(list(hashlib.sha256(seed).digest())))
    row: Row = unit(chance.standard_normal(CORE))[0]
    return row


@cache
def _phrases(said: tuple[str, ...]) -> Phrases:
    """What the twin expects to hear."""
    from snapshelf.protocols import Phrases

    def shop() -> list[str]:
        from snapshelf.sample.goods.make import goods
        from snapshelf.sample.goods.queries import queries

        made = goods(600, 7)
        return sorted({good.title for good in made} | {asked.text for asked in queries(made, 7) if asked.text})

    mark = hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()
    return Phrases(mark, (lambda: said) if said else shop)
