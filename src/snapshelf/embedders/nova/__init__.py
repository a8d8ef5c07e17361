"""Amazon Nova Multimodal Embeddings: words, pictures, sound and video in one space, bought call by call on AWS.

docs/aws.md says what to set, what it costs, and what is kept of every purchase.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.aws.client import Access, client
from snapshelf.aws.errors import is_of_one_thing
from snapshelf.aws.nova import DIMS, MODEL, SYNC_SECONDS, Answered, Medium
from snapshelf.embedders.nova.buy import OPERATION, SERVICE, Buyer
from snapshelf.embedders.nova.each import each
from snapshelf.embedders.nova.pack import packed, wav
from snapshelf.embedders.nova.pairs import Pairs
from snapshelf.embedders.nova.parts import Jobs, video_medium
from snapshelf.embedders.nova.wishes import Wishes, read
from snapshelf.errors import BadInput, BadMedia, Outside, SnapshelfError, Unsupported
from snapshelf.money import Share
from snapshelf.protocols import Charge, Embedded, Options, Outcome
from snapshelf.types import RATE, Clip, Item, ModelCard, Purpose, Segment, Vectors
from snapshelf.vectors import unit

EXTRA = "aws"
CARD = ModelCard(
    name="nova",
    revision=MODEL,
    licence="AWS service terms",
    dims=DIMS,
    modalities=frozenset({"text", "image", "audio", "video"}),
    matryoshka=False,  # until `snapshelf aws check` has found it so: the option same_prefix
    source="Amazon Bedrock",
    purposes_differ=True,
    default_dim=1024,
    batch=256,
    image_side=1024,
    notes="Amazon Nova Multimodal Embeddings; needs an AWS account, and every call costs money",
)
CARDS = (CARD,)
# What is being searched → the purpose of a query; a store of pictures read closely has one of its own.
RETRIEVAL = {
    "index": "GENERIC_INDEX",
    "query": "GENERIC_RETRIEVAL",
    "query text": "TEXT_RETRIEVAL",
    "query image": "IMAGE_RETRIEVAL",
    "query audio": "AUDIO_RETRIEVAL",
    "query video": "VIDEO_RETRIEVAL",
}


def card(name: str, options: Options, built: str) -> ModelCard:
    """The card as the options make it; what changes the vectors is part of the revision. Raises BadSettings."""
    wishes = read(options)
    parts = [wishes.model]
    parts += ["document"] * (wishes.detail == "DOCUMENT_IMAGE")
    parts += [f"{wishes.image_side}px"] * (wishes.image_side != CARD.image_side)
    parts += ["separate"] * (wishes.video_mode == "AUDIO_VIDEO_SEPARATE")
    rule = f"{wishes.segment_seconds} s by Nova"
    return replace(
        CARD,
        revision=" ".join(parts),
        matryoshka=wishes.same_prefix == "true",
        image_side=wishes.image_side,
        cuts=rule if wishes.video == "whole" else "",
        parts_scenes=wishes.video == "scenes" and wishes.video_mode == "AUDIO_VIDEO_SEPARATE",
        longest_sound=SYNC_SECONDS if wishes.s3_bucket else 0.0,
    )


def load(card: ModelCard, options: Options) -> Nova:
    """The embedder. Nothing is called yet. Raises BadSettings, MissingExtra."""
    wishes = read(options)
    access = Access(wishes.region, wishes.profile, wishes.endpoint_url)
    return Nova(card, wishes, client("bedrock-runtime", access, wishes.concurrency, wishes.timeout))


class Nova:
    """See the module, and `snapshelf.protocols.Buying`. Threads may use it at the same time."""

    def __init__(self, card: ModelCard, wishes: Wishes, client: Any) -> None:
        self.card, self.wishes, self.buyer = card, wishes, Buyer(client, wishes)
        self._client, self._jobs = client, Jobs(self.buyer, wishes, self._s3)
        self._pool = ThreadPoolExecutor(wishes.concurrency, thread_name_prefix="snapshelf-nova")
        self._remembered: OrderedDict[tuple[str, str, int], NDArray[np.float32]] = OrderedDict()
        self._lock, self._pairs = threading.Lock(), Pairs()

    def embed(self, items: Sequence[Item], purpose: Purpose, dim: int) -> Vectors:
        """(n, dim) float32 unit rows in the order of ``items``; a query that was embedded before costs nothing.

        Raises Unsupported for a dim that Nova does not have and for what is no item, BadInput for one that AWS refuses,
        BadSettings for credentials, region and permissions, OverBudget, Outside.
        """
        return self.embed_as(items, self.purpose(purpose), dim, remember=purpose != "index")

    def embed_as(self, items: Sequence[Item], purpose: str, dim: int, remember: bool = False) -> Vectors:
        """The same for one of Nova's own purposes, such as CLASSIFICATION or CLUSTERING."""
        _dim(dim)
        rows, wrong = np.zeros((len(items), dim), np.float32), dict[int, SnapshelfError]()

        def keep(outcomes: Sequence[Outcome]) -> None:
            for place, found in outcomes:
                if isinstance(found, SnapshelfError):
                    wrong[place] = found
                else:
                    rows[place] = found

        self._each(items, purpose, dim, keep, remember)
        if wrong:
            raise wrong[min(wrong)]
        return rows

    def embed_each(
        self, items: Sequence[Item], purpose: Purpose, dim: int, keep: Callable[[Sequence[Outcome]], None]
    ) -> None:
        """See `snapshelf.protocols.Buying`."""
        self._each(items, self.purpose(purpose), dim, keep, remember=False)

    def purpose(self, purpose: Purpose) -> str:
        """Nova's purpose for ours."""
        if purpose == "query image" and self.wishes.detail == "DOCUMENT_IMAGE":
            found = "DOCUMENT_RETRIEVAL"
        else:
            found = RETRIEVAL[purpose]
        return self.wishes.query_purpose or found if purpose != "index" else found

    def begin(self, spent: float, share: Share | None = None) -> None:
        """See `snapshelf.protocols.Buying`."""
        self.buyer.begin(spent, share)
        self._jobs.stopped.clear()
        self._jobs.failed.clear()

    def charges(self) -> list[Charge]:
        """See `snapshelf.protocols.Buying`."""
        return self.buyer.charges()

    def charged(self, count: int) -> None:
        """See `snapshelf.protocols.Buying`."""
        self.buyer.charged(count)

    def notes(self) -> list[str]:
        """See `snapshelf.protocols.Buying`."""
        left_out = self._jobs.failed
        found = [f"Nova left out {n:,} part{'s' * (n > 1)} of sounds or videos: {said}" for said, n in left_out.items()]
        return self.buyer.notes() + found

    def parts(self, file: bytes | Path | Clip, dim: int) -> list[Embedded]:
        """See `snapshelf.protocols.Segmenting`."""
        _dim(dim)
        if isinstance(file, Clip):
            return self._jobs.parts(wav(file), Medium("audio", format="wav"), len(file.samples) / RATE, dim)
        medium, data, seconds = video_medium(file, self.wishes)
        return self._jobs.parts(data, medium, seconds, dim)

    def stop(self) -> None:
        """See `snapshelf.protocols.Segmenting`."""
        self._jobs.stopped.set()

    def _s3(self) -> Any:
        w = self.wishes
        return client("s3", Access(w.region, w.profile, w.s3_endpoint_url), w.concurrency, w.timeout)

    def close(self) -> None:
        """Let go of threads and connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._jobs.close()
        self._client.close()

    def _each(
        self,
        items: Sequence[Item],
        purpose: str,
        dim: int,
        keep: Callable[[Sequence[Outcome]], None],
        remember: bool,
    ) -> None:
        _dim(dim)
        for item in items:
            _known(item)
        if remember and len(items) == 1:  # a query: on this thread, since another one is only waited for
            keep([(0, self._query(items[0], purpose, dim))])
            return
        jobs = [lambda stopped, item=item: self._row(item, purpose, dim, remember, stopped) for item in items]
        each(self._pool, jobs, keep)

    def _query(self, item: Item, purpose: str, dim: int) -> NDArray[np.float32] | SnapshelfError:
        try:
            return self._row(item, purpose, dim, remember=True, stopped=threading.Event())
        except SnapshelfError as error:
            if is_of_one_thing(error):
                return error
            raise

    def _row(self, item: Item, purpose: str, dim: int, remember: bool, stopped: threading.Event) -> NDArray[np.float32]:
        medium = packed(item, self.wishes)
        key = (_mark(medium), purpose, dim)
        held = self._recall(key) if remember else None
        if held is not None:
            return held
        if self.card.parts_scenes and isinstance(item, Segment) and not remember:
            answer = self._pairs.one(key, lambda: self.buyer.one(medium, purpose, dim, stopped))
        else:
            answer = self.buyer.one(medium, purpose, dim, stopped)
        row = vector(answer, dim, isinstance(item, Segment) and item.shows == "sound")
        if remember and self.wishes.remembered:
            with self._lock:
                self._remembered[key] = row
                if len(self._remembered) > self.wishes.remembered:
                    self._remembered.popitem(last=False)
        return row

    def _recall(self, key: tuple[str, str, int]) -> NDArray[np.float32] | None:
        with self._lock:
            held = self._remembered.get(key)
            if held is not None:
                self._remembered.move_to_end(key)
        if held is not None:
            self.buyer.add(Charge(SERVICE, OPERATION, self.wishes.model, "queries remembered", 1, 0.0, 0))
        return held


def vector(answer: Answered, dim: int, sound: bool = False) -> NDArray[np.float32]:
    """The unit row of an answer: of pictures and sound together, or of the pictures alone where there are two.

    sound: of the sound. Raises BadMedia where Nova gave none of it, Outside for a vector that is none.
    """
    if sound and "AUDIO" not in answer.vectors:
        raise BadMedia(
            "Nova gave no vector for the sound of a scene; save the video without its sound, or with another"
        )
    for kind in ("AUDIO", *answer.vectors) if sound else ("AUDIO_VIDEO_COMBINED", "VIDEO", *answer.vectors):
        if kind in answer.vectors:
            row = np.asarray(answer.vectors[kind], np.float32)
            break
    if row.shape != (dim,):
        raise Outside(f"the model gave {row.size} coordinates where {dim} were asked for; nothing of it was kept")
    try:
        found: NDArray[np.float32] = unit(row)[0]
    except BadInput as error:
        raise Outside("the model gave a vector that is zero or not finite; nothing of it was kept") from error
    return found


def _dim(dim: int) -> None:
    if dim not in DIMS:
        raise Unsupported(f"nova has no {dim} dimensions; choose one of {', '.join(map(str, DIMS))}")


def _known(item: object) -> None:
    from PIL.Image import Image

    if not isinstance(item, str | Image | Clip | Segment):
        raise Unsupported(f"nova takes words, pictures, sound and video, not {type(item).__name__}")


def _mark(medium: Medium) -> str:
    told = f"{medium.kind} {medium.format} {medium.detail} {medium.truncation} {medium.mode}\0{medium.text}"
    return hashlib.sha256(told.encode() + medium.data).hexdigest()
