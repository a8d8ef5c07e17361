"""Listen to a clip: find what may be speech, decode it, and let go of what does not sound like words of this shop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.protocols import Heard, Phrases
from snapshelf.recognisers.pocketsphinx.language import trimmed
from snapshelf.recognisers.pocketsphinx.prepared import Prepared, prepare
from snapshelf.types import RATE, Clip

LEAST = 0.1  # confidence below which words are not given back
QUIET = 1e-3  # a clip whose loudest sample is below this is silence
LOUD = 0.7  # to which the loudest sample is raised
PAUSE, AROUND, SPOKEN = 0.8, 0.3, 0.1  # seconds: that part utterances; kept around one; of speech in one
WORD = 1.5  # seconds that a word takes at most, on average
MOST = 30.0  # seconds of one utterance; what goes on for longer is cut


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as decoded: its words, the seconds that they take, and how likely they are, per word."""

    words: tuple[str, ...]
    seconds: float
    confidence: float


class PocketSphinx:
    """See the package. One decoder, used by one thread at a time, made anew when the phrases change."""

    def __init__(self, library: Any, least: float) -> None:
        self.library, self.least = library, least
        self._lock = threading.Lock()
        self._mark = ""
        self._ready: tuple[Any, Prepared] | None = None

    def hear(self, clip: Clip, phrases: Phrases) -> Heard:
        """What was said, lower case; words of asking ("can I have a") are left out at both ends.

        Confidence is the geometric mean of the words' posterior probabilities. Tones, noise, music and silence give no
        words: they are no speech to the detector, fill no words, or are too unlikely.
        """
        pcm = _pcm(clip.samples)
        if pcm is None:
            return Heard("", 0.0)
        with self._lock:
            decoder, prepared = self._decoder(phrases)
            said = [_decode(decoder, part) for part in utterances(pcm, self.library.Vad())]
        kept = [(words, one.confidence) for one in said if (words := self._worth(one, prepared.shop))]
        if not kept:
            return Heard("", 0.0)
        sure = sum(len(words) * confidence for words, confidence in kept) / sum(len(words) for words, _ in kept)
        return Heard(" ".join(word for words, _ in kept for word in words), sure)

    def _worth(self, said: Said, shop: frozenset[str]) -> list[str]:
        """The words of an utterance that names something of the shop; none where it does not, or hardly seems to."""
        unlikely = said.confidence < self.least or said.seconds > WORD * len(said.words)
        return [] if unlikely else trimmed(said.words, shop)

    def _decoder(self, phrases: Phrases) -> tuple[Any, Prepared]:
        if self._ready is None or self._mark != phrases.mark:
            self._ready = self._made(phrases)
            self._mark = phrases.mark
        return self._ready

    def _made(self, phrases: Phrases) -> tuple[Any, Prepared]:
        model = Path(self.library.get_model_path()) / "en-us"
        with prepare(phrases, model / "cmudict-en-us.dict") as prepared:
            files = {"hmm": model / "en-us", "lm": prepared.model, "dict": prepared.dictionary}
            named = {name: str(path) for name, path in files.items()}
            return self.library.Decoder(**named, samprate=RATE, loglevel="FATAL"), prepared


def _pcm(samples: NDArray[np.float32]) -> NDArray[np.int16] | None:
    """16-bit samples at a usual loudness; None for silence."""
    loudest = float(np.abs(samples).max()) if len(samples) else 0.0
    if loudest < QUIET:
        return None
    quiet = np.zeros(round(AROUND * RATE), np.int16)  # a word at the very beginning is heard as well
    return np.concatenate([quiet, (samples * (LOUD / loudest) * 32767).astype(np.int16), quiet])


def utterances(pcm: NDArray[np.int16], detector: Any) -> Iterator[NDArray[np.int16]]:
    """The parts of a sound that may be speech, parted where nobody speaks for `PAUSE` seconds."""
    size = detector.frame_bytes // 2
    pause, around, spoken, most = (round(seconds * RATE / size) for seconds in (PAUSE, AROUND, SPOKEN, MOST))
    voiced = [n for n in range(len(pcm) // size) if detector.is_speech(pcm[n * size : (n + 1) * size].tobytes())]
    group: list[int] = []
    for frame in [*voiced, 10**9]:
        if group and (frame - group[-1] > pause or frame - group[0] > most):
            if len(group) >= spoken:
                yield pcm[max(0, group[0] - around) * size : (group[-1] + 1 + around) * size]
            group = []
        group.append(frame)


def _decode(decoder: Any, pcm: NDArray[np.int16]) -> Said:
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    if found is None:
        return Said((), 0.0, 0.0)
    spoken = [part for part in decoder.seg() if part.word[0] not in "<[+"]
    words = tuple(part.word.partition("(")[0] for part in spoken)
    frames = sum(part.end_frame - part.start_frame + 1 for part in spoken)
    return Said(words, frames / 100, min(1.0, found.prob) ** (1 / max(1, len(words))))
