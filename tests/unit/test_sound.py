"""One safe way to open a sound, tried on every common container and on what only pretends to be one."""

import hashlib
import zipfile

import numpy as np
import pytest

from snapshelf.errors import BadMedia
from snapshelf.media.container import ClipLimits
from snapshelf.media.sound import cut, open_clip
from snapshelf.types import RATE
from tests.clips import encoded, film, tone, wav

FORMS = [
    ("wav", "pcm_s16le"),
    ("flac", "flac"),
    ("mp3", "libmp3lame"),
    ("ogg", "libopus"),
    ("webm", "libopus"),
    ("ipod", "aac"),
]


def pitch(samples):
    """The loudest frequency, in Hz."""
    return np.abs(np.fft.rfft(samples))[1:].argmax() * RATE / len(samples)


@pytest.mark.parametrize(("form", "codec"), FORMS)
def test_every_container_by_its_content(form, codec, tmp_path):
    path = tmp_path / "sound.txt"
    path.write_bytes(encoded(tone(1.0, 48_000), form, codec))
    opened = open_clip(path)
    clip = opened.clip
    assert clip.samples.dtype == np.float32
    assert (clip.start, clip.end) == (0.0, len(clip.samples) / RATE)
    assert clip.end == pytest.approx(1.0, abs=0.12)  # coders pad
    assert pitch(clip.samples) == pytest.approx(440, abs=3)
    assert np.abs(clip.samples[RATE // 4 : RATE // 2]).max() == pytest.approx(0.5, abs=0.05)
    assert opened.content == hashlib.sha256(path.read_bytes()).hexdigest()
    again = open_clip(path.read_bytes())
    assert np.array_equal(again.clip.samples, clip.samples)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 96_000])
def test_any_rate_becomes_ours(rate):
    clip = open_clip(wav(tone(0.5, rate), rate)).clip
    assert clip.end == pytest.approx(0.5, abs=0.01)
    assert pitch(clip.samples) == pytest.approx(440, abs=4)


def test_channels_are_averaged():
    left = tone(0.5)
    clip = open_clip(wav(np.stack([left, np.zeros_like(left)], 1), channels=2)).clip
    assert len(clip.samples) == RATE // 2
    assert np.abs(clip.samples).max() == pytest.approx(0.25, abs=0.01)


def test_silence_stays_silence():
    clip = open_clip(wav(np.zeros(RATE))).clip
    assert clip.end == 1.0
    assert not clip.samples.any()


def test_what_is_too_loud_is_clipped():
    clip = open_clip(wav(3 * tone(1.0))).clip
    assert np.abs(clip.samples).max() <= 1
    assert (np.abs(clip.samples) > 0.99).mean() > 0.5


def test_the_sound_track_of_a_video():
    clip = open_clip(film(["red"], 1.0, sound=tone(1.0, 48_000))).clip
    assert pitch(clip.samples) == pytest.approx(440, abs=3)


def test_a_part_of_a_clip():
    clip = cut(np.arange(RATE * 3, dtype=np.float32), 1.0, 1.5)
    assert (clip.start, clip.end, len(clip.samples), clip.samples[0]) == (1.0, 1.5, RATE // 2, RATE)


def test_eight_kilohertz_of_a_real_voice(shared):
    with zipfile.ZipFile(shared / "speech" / "digits_wav.zip") as archive:
        name = next(name for name in archive.namelist() if name.endswith("7_jackson_0.wav"))
        clip = open_clip(archive.read(name)).clip
    assert 0.2 < clip.end < 1.5
    spectrum = np.abs(np.fft.rfft(clip.samples)) ** 2
    above = np.fft.rfftfreq(len(clip.samples), 1 / RATE) > 4_300
    assert spectrum[above].sum() < 0.01 * spectrum.sum(), "nothing was there above half of 8 kHz"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"these are words, not a sound, though the name says so\n" * 40, "no sound that can be read"),
        (wav(np.zeros(0)), "holds no sound"),
        (wav(tone())[:20], "no sound|holds no sound"),
        (film(["red"], 0.5), "holds no sound track"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no sound that can be read"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "no sound that can be read"),
        (np.random.default_rng(3).bytes(5_000), "no sound|damaged|holds no"),
    ],
    ids=["empty", "words", "no samples", "cut off", "silent film", "playlist", "list of files", "random bytes"],
)
def test_refused_in_one_sentence(data, says, tmp_path):
    path = tmp_path / "voice.wav"
    path.write_bytes(data)
    with pytest.raises(BadMedia, match=says) as refused:
        open_clip(path)
    assert "voice.wav" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(("form", "codec"), FORMS)
def test_a_file_cut_off_is_heard_as_far_as_it_goes_or_refused(form, codec):
    whole = encoded(tone(2.0, 48_000), form, codec)
    for share in (0.1, 0.5, 0.9):
        try:
            clip = open_clip(whole[: int(len(whole) * share)]).clip
        except BadMedia:
            continue
        assert clip.end <= 2.2
        assert np.isfinite(clip.samples).all()


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (ClipLimits(max_bytes=1_000), "larger than 1,000 bytes"),
        (ClipLimits(max_seconds=0.5), "longer than 0.5 seconds"),
    ],
)
def test_limits(limits, says):
    with pytest.raises(BadMedia, match=says):
        open_clip(wav(tone()), limits)


def test_a_length_that_the_header_hides_is_found_while_decoding():
    stream = encoded(tone(3.0, 48_000), "adts", "aac")  # has no header that says how long it is
    with pytest.raises(BadMedia, match="longer than 1 seconds"):
        open_clip(stream, ClipLimits(max_seconds=1.0))


def test_a_text_is_a_path_and_never_an_address(tmp_path):
    for text in ("http://127.0.0.1:9/a.wav", "concat:a.wav|b.wav", "data:audio/wav;base64,AAAA"):
        with pytest.raises(BadMedia, match="cannot be read"):
            open_clip(text)
    with pytest.raises(BadMedia, match="is a folder"):
        open_clip(tmp_path)
    with pytest.raises(BadMedia, match="path or bytes, not int"):
        open_clip(7)
