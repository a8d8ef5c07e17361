"""Our own encoder: words and pictures in one space of 256, 128 or 64 coordinates. Ships in the wheel, needs no network.

Text: word pieces, each with a learnt vector that its neighbours correct; a text points along their sum (distilled from
a sentence model).
Image: a small residual network trained to point where the captions do. Both run in ONNX Runtime. How they were
trained, what they score and where they fail: docs/models/compact.md.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadSettings, Unsupported
from snapshelf.once import once
from snapshelf.protocols import Options
from snapshelf.types import Item, ModelCard, Purpose, Vectors
from snapshelf.vectors import cut

if TYPE_CHECKING:
    from PIL.Image import Image

EXTRA = ""
_WEIGHTS = Path(__file__).parent / "_compact"  # written by `python -m training export`
_FACTS: dict[str, Any] = json.loads((_WEIGHTS / "card.json").read_text("utf-8"))
SIZE = 128  # pixels of each side of what the network sees; counts into the revision
CARDS = (
    ModelCard(
        name="compact",
        revision=_FACTS["revision"],
        licence="Apache-2.0",
        dims=(256, 128, 64),
        modalities=frozenset({"text", "image"}),
        matryoshka=True,
        source="trained by this project: docs/models/compact.md",
        batch=64,
        notes=f"English; everyday goods. Small pictures suffice: it looks at {SIZE} × {SIZE} pixels.",
    ),
)
PIECES = 128  # of a text that are read; the rest is dropped
_TOGETHER = 16  # texts of like length that go through at once
_UNKNOWN = 1  # piece that stands for a text without any


def load(card: ModelCard, options: Options) -> Compact:
    """The encoder; weights are read when a modality is first used.

    Option ``threads``: how many one call may use, 0 for as many as ONNX Runtime thinks fit. Raises BadSettings.
    """
    unknown = sorted(set(options) - {"threads"})
    if unknown:
        raise BadSettings(f"the compact embedder has no setting {unknown[0]!r}; it has 'threads'")
    threads = options.get("threads", 0)
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 0:
        raise BadSettings(f"'threads' of the compact embedder must be a whole number from 0 up, not {threads!r}")
    return Compact(card, threads)


class Compact:
    """See the module. Two threads may embed at the same time."""

    def __init__(self, card: ModelCard, threads: int) -> None:
        self.card, self.threads, self.turn = card, threads, threading.RLock()

    def embed(self, items: Sequence[Item], purpose: Purpose, dim: int) -> Vectors:
        """(n, dim) float32 unit rows in the order of ``items``; both purposes give the same.

        A text without words gets the vector of an unknown word. Raises Unsupported for a dim the card does not list,
        and for what is neither words nor a picture.
        """
        if dim not in self.card.dims:
            raise Unsupported(f"the compact embedder has no {dim} dimensions; choose one of {self.card.dims}")
        words = [place for place, item in enumerate(items) if isinstance(item, str)]
        pictures = [place for place, item in enumerate(items) if not isinstance(item, str)]
        rows = np.empty((len(items), self.card.dims[0]), np.float32)
        if words:
            rows[words] = self._text([items[place] for place in words])
        if pictures:
            seen = self._boxed([items[place] for place in pictures])
            rows[pictures] = self._image_session.run(None, {"pictures": seen})[0]
        return cut(rows, dim) if len(rows) else rows[:, :dim]

    def _boxed(self, images: Sequence[Any]) -> NDArray[np.uint8]:
        """(n, SIZE, SIZE, 3), on as many threads as a call may use: Pillow lets go of the interpreter."""
        threads = min(self.threads or os.cpu_count() or 1, len(images))
        if threads == 1:
            return np.stack([letterbox(image) for image in images])
        from concurrent.futures import ThreadPoolExecutor  # brings logging: late, since a start should be quick

        with ThreadPoolExecutor(threads) as pool:
            return np.stack(list(pool.map(letterbox, images)))

    def _text(self, texts: Sequence[Any]) -> NDArray[np.float32]:
        encode, session = self._text_session
        pieces = [found.ids or [_UNKNOWN] for found in encode([_clean(text) for text in texts])]
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
        rows = np.empty((len(pieces), self.card.dims[0]), np.float32)
        for start in range(0, len(order), _TOGETHER):
            part = order[start : start + _TOGETHER]
            ids = np.zeros((len(part), len(pieces[part[-1]])), np.int64)  # id 0 pads and is passed over
            for row, place in zip(ids, part, strict=True):
                row[: len(pieces[place])] = pieces[place]
            rows[part] = session.run(None, {"ids": ids})[0]
        return rows

    @once
    def _text_session(self) -> tuple[Any, Any]:
        from tokenizers import Tokenizer

        tokens = Tokenizer.from_file(str(_WEIGHTS / "tokenizer.json"))
        tokens.enable_truncation(PIECES)
        return tokens.encode_batch, _open("text.onnx", self.threads)

    @once
    def _image_session(self) -> Any:
        return _open("image.onnx", self.threads)


def letterbox(image: Image | Any, size: int = SIZE) -> NDArray[np.uint8]:
    """(size, size, 3): the whole picture, its longer side ``size``, centred on its mean colour.

    Training reads its pictures through this very function. Raises Unsupported for what is no picture.
    """
    from PIL.Image import Image, Resampling, new

    if not isinstance(image, Image):
        raise Unsupported(f"the compact embedder takes words and pictures, not {type(image).__name__}")
    scale = size / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.convert("RGB").resize((width, height), Resampling.BILINEAR, reducing_gap=1.0)
    canvas = new("RGB", (size, size), small.reduce(small.size).getpixel((0, 0)))
    canvas.paste(small, ((size - width) // 2, (size - height) // 2))
    return np.asarray(canvas)


def _clean(text: str) -> str:
    """Half characters, which no encoding holds, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _open(name: str, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting costs others the processor
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # widen the weights once, not at every call
    return onnxruntime.InferenceSession(str(_WEIGHTS / name), options, providers=["CPUExecutionProvider"])
