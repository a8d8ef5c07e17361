"""What every speech recogniser must do. Anyone's recogniser proves itself with a class of three lines.

class TestMine(RecogniserContract):
    @pytest.fixture
    def recogniser(self):
        return my_package.load({})
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from snapshelf.protocols import Heard, Phrases, Recogniser
from snapshelf.types import RATE, Clip

TITLES = ("red running shoes", "blue coffee mug", "espresso machine 15 bar", "table lamp")


def phrases(*texts: str, folder: Path | None = None) -> Phrases:
    """What a shop of these texts says."""
    return Phrases(f"mark of {texts!r}", lambda: texts, folder)


def clip(samples: np.ndarray) -> Clip:
    """A clip of any samples."""
    return Clip(samples.astype(np.float32), 0.0, len(samples) / RATE)


def without_speech() -> dict[str, Clip]:
    """Sounds in which nobody speaks, by name; two seconds each."""
    rng, t = np.random.default_rng(7), np.arange(2 * RATE) / RATE
    beat = np.exp(-(t % 0.25) * 8)
    chord = sum(np.sin(2 * np.pi * f * n * t) / n for f in (220.0, 277.2, 329.6) for n in range(1, 6))
    sounds = {
        "silence": np.zeros(len(t)),
        "near silence": rng.normal(0, 2e-4, len(t)),
        "a tone": 0.4 * np.sin(2 * np.pi * 440 * t),
        "a hum": 0.3 * np.sign(np.sin(2 * np.pi * 50 * t)),
        "beeps": 0.4 * np.sin(2 * np.pi * 800 * t) * (t % 0.4 < 0.2),
        "white noise": rng.normal(0, 0.1, len(t)),
        "chords": chord * beat / 8,
        "a drum": rng.normal(0, 0.3, len(t)) * np.exp(-(t % 0.25) * 25),
    }
    return {name: clip(np.clip(samples, -1, 1)) for name, samples in sounds.items()}


ODD = {
    "no samples at all": np.zeros(0),
    "one sample": np.ones(1),
    "a click": np.eye(1, 400)[0],
    "full scale": np.where(np.arange(RATE) // 37 % 2, 1.0, -1.0),
}


class RecogniserContract:
    """Words where there is speech, none where there is none, and the same every time."""

    @pytest.fixture
    def recogniser(self) -> Recogniser:
        """The recogniser under test; a subclass returns its own."""
        raise NotImplementedError("return a loaded recogniser from a fixture called 'recogniser'")

    @pytest.mark.parametrize("name", list(without_speech()))
    def test_no_words_where_nobody_speaks(self, recogniser: Recogniser, name: str) -> None:
        """Sounds that are no speech give no words, whatever the shop sells."""
        heard = recogniser.hear(without_speech()[name], phrases(*TITLES))
        assert heard.words == "", f"{name} was heard as {heard.words!r}"

    @pytest.mark.parametrize("name", list(ODD))
    def test_odd_clips(self, recogniser: Recogniser, name: str) -> None:
        """Nothing, next to nothing and full scale are heard as something plain, not as an error."""
        _check(recogniser.hear(clip(ODD[name]), phrases(*TITLES)))

    def test_a_shop_without_words(self, recogniser: Recogniser) -> None:
        """No phrases, and phrases that hold no words, are no error."""
        for texts in ((), ("",), ("日本語", "!!!", "\ud800")):
            _check(recogniser.hear(without_speech()["chords"], phrases(*texts)))

    def test_same_again(self, recogniser: Recogniser, tmp_path: Path) -> None:
        """The same clip gives the same words: again, from two threads at once, and with and without a folder."""
        sound = without_speech()["a drum"]
        first = recogniser.hear(sound, phrases(*TITLES))
        with ThreadPoolExecutor(2) as pool:
            several = list(pool.map(lambda _: recogniser.hear(sound, phrases(*TITLES)), range(2)))
        kept = recogniser.hear(sound, phrases(*TITLES, folder=tmp_path / "speech"))
        assert [first] * 3 == [*several, kept]

    def test_leaves_the_clip_as_it_was(self, recogniser: Recogniser) -> None:
        """Samples are not changed."""
        sound = without_speech()["chords"]
        before = sound.samples.copy()
        recogniser.hear(sound, phrases(*TITLES))
        assert np.array_equal(sound.samples, before)


def _check(heard: Heard) -> None:
    assert heard.words == " ".join(heard.words.lower().split()), f"{heard.words!r} is not lower case, single spaces"
    assert 0 <= heard.confidence <= 1, f"confidence {heard.confidence} is not within [0, 1]"
