"""Scenes of a video: cut where the picture changes, kept small, bounded before anything is decoded."""

import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from snapshelf.errors import BadMedia
from snapshelf.media.container import ClipLimits
from snapshelf.media.sound import open_clip
from snapshelf.media.video import EYE, FRAMES, LONGEST, SEGMENTS, SIDE, open_video
from snapshelf.types import RATE
from tests.clips import COLOURS, encoded, film, tone, wav


def spans(video):
    return [(segment.start, segment.end) for segment in video.segments]


def colour_of(frame):
    mean = np.asarray(frame, float).reshape(-1, 3).mean(0)
    return min(COLOURS, key=lambda name: np.abs(mean - COLOURS[name]).sum())


def gif(pictures, each=100):
    held = io.BytesIO()
    pictures[0].save(held, "GIF", save_all=True, append_images=pictures[1:], duration=each, loop=0)
    return held.getvalue()


def check(video, seconds):
    """What holds of every video: no gaps, frames that fit and differ."""
    found = spans(video)
    assert found[0][0] == 0
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert found[-1][1] == pytest.approx(seconds, abs=0.2)
    assert len(found) <= SEGMENTS
    for segment in video.segments:
        assert 1 <= len(segment.frames) <= FRAMES
        assert all(frame.mode == "RGB" and max(frame.size) <= SIDE for frame in segment.frames)


def test_a_segment_for_each_scene():
    video = open_video(film(["red", "green", "red", "blue"]))
    check(video, 8.0)
    assert [colour_of(segment.frames[0]) for segment in video.segments] == ["red", "green", "red", "blue"]
    starts = [start for start, _ in spans(video)]
    assert starts == pytest.approx([0, 2, 4, 6], abs=EYE + 0.05)
    assert all(len(segment.frames) == 1 for segment in video.segments), "frames that look the same are kept once"


def test_what_stands_still_is_one_segment():
    video = open_video(film(["green"], 2 * LONGEST + 2, rate=5))
    check(video, 2 * LONGEST + 2)
    assert len(video.segments) == 1
    assert len(video.segments[0].frames) == 1


def test_sound_is_cut_to_the_segments():
    high, low = tone(2.0, 48_000, pitch=880), tone(2.0, 48_000, pitch=220)
    video = open_video(film(["red", "blue"], sound=np.concatenate([high, low])))
    heard = []
    for segment in video.segments:
        assert (segment.sound.start, segment.sound.end) == (segment.start, segment.end)
        inner = segment.sound.samples[RATE // 2 : -RATE // 2]
        heard.append(np.abs(np.fft.rfft(inner)).argmax() * RATE / len(inner))
    assert heard == pytest.approx([880, 220], abs=5)
    assert all(segment.sound is None for segment in open_video(film(["red", "blue"])).segments)


def test_an_animated_gif_and_a_still_one():
    video = open_video(gif([Image.new("RGB", (40, 30), COLOURS[c]) for c in ["red"] * 15 + ["blue"] * 15]))
    check(video, 3.0)
    assert [colour_of(segment.frames[0]) for segment in video.segments] == ["red", "blue"]
    still = open_video(gif([Image.new("RGB", (40, 30), COLOURS["green"])]))
    assert [colour_of(segment.frames[0]) for segment in still.segments] == ["green"]


def test_frames_are_made_small():
    video = open_video(film(["red"], 0.5, size=(960, 540)))
    assert video.segments[0].frames[0].size == (SIDE, SIDE * 9 // 16)
    assert open_video(film(["red"], 0.5, size=(960, 540)), fit=80).segments[0].frames[0].size == (80, 45)


def test_same_again_by_path_and_by_bytes(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(film(["red", "green"]))
    one, other = open_video(path), open_video(path.read_bytes())
    assert one.content == other.content
    assert spans(one) == spans(other)
    for a, b in zip(one.segments, other.segments, strict=True):
        assert [frame.tobytes() for frame in a.frames] == [frame.tobytes() for frame in b.frames]


@pytest.mark.parametrize(
    ("name", "seconds", "least"),
    [
        ("bottle-detection.mp4", 39.9, 6),
        ("fruit-and-vegetable-detection.gif", 6.7, 4),
        ("store-aisle-detection.gif", 4.5, 2),
    ],
)
def test_real_videos(shared, name, seconds, least):
    video = open_video(shared / "video" / name)
    check(video, seconds)
    assert least <= len(video.segments) <= seconds


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"only words\n" * 100, "no video that can be read"),
        (wav(tone()), "holds no moving pictures"),
        (film(["red"])[:200], "no video that can be read"),
        (np.random.default_rng(5).bytes(4_000), "no video|no moving|damaged"),
    ],
    ids=["empty", "words", "sound only", "cut off", "random bytes"],
)
def test_refused_in_one_sentence(data, says, tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(BadMedia, match=says) as refused:
        open_video(path)
    assert "clip.mp4" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (ClipLimits(max_bytes=500), "larger than 500 bytes"),
        (ClipLimits(max_seconds=1.5), "longer than 1.5 seconds"),
        (ClipLimits(max_pixels=6_000), "more than 6,000 pixels"),
    ],
)
def test_limits(limits, says):
    with pytest.raises(BadMedia, match=says):
        open_video(film(["red", "blue"]), limits)


def test_no_frame_is_decoded_beyond_the_limits(monkeypatch):
    """Neither the pictures of a file that is too long, nor those after the limit where the header is silent."""
    from snapshelf.media import video

    seen = []
    kept = video._stream
    monkeypatch.setattr(video, "_stream", lambda file: seen.append(file) or kept(file))
    with pytest.raises(BadMedia, match="longer than"):
        open_video(film(["red", "blue"]), ClipLimits(max_seconds=1.5))
    assert seen == []


def test_what_would_take_for_ever_to_decode(monkeypatch):
    from snapshelf.media import video

    monkeypatch.setattr(video, "PIXELS", 96 * 64 * 15)
    assert open_video(film(["red"], 1.0)).segments
    with pytest.raises(BadMedia, match="longer than"):
        open_video(film(["red"], 2.0))


BROKEN = {
    "opus in webm": (open_clip, encoded(tone(0.5, 48_000), "webm", "libopus")),
    "opus in ogg": (open_clip, encoded(tone(0.5, 48_000), "ogg", "libopus")),
    "mp3": (open_clip, encoded(tone(0.5, 48_000), "mp3", "libmp3lame")),
    "m4a": (open_clip, encoded(tone(0.5, 48_000), "ipod", "aac")),
    "mp4": (open_video, film(["red", "blue"], 0.5, sound=tone(1.0, 48_000))),
    "gif": (open_video, gif([Image.new("RGB", (40, 30), colour) for colour in COLOURS.values()])),
}


@pytest.mark.parametrize("form", list(BROKEN))
def test_any_damage_is_read_or_refused(form):
    """Bytes changed at random, most of them near the beginning, where the structure of a file stands."""
    open_it, whole = BROKEN[form]
    rng, refused = np.random.default_rng(11), 0
    for _ in range(80):
        data = bytearray(whole)
        for _ in range(int(rng.integers(1, 20))):
            data[int(rng.integers(min(len(data), rng.choice([300, 10**9]))))] = int(rng.integers(256))
        try:
            open_it(bytes(data))
        except BadMedia:
            refused += 1
    assert refused, "what was changed was never looked at"


def test_damage_in_the_middle_keeps_what_came_before():
    whole = bytearray(film(["red", "green", "blue"]))
    start = whole.index(b"mdat") + 4
    middle = start + (len(whole) - start) // 2
    whole[middle : middle + 200] = bytes(200)
    try:
        video = open_video(bytes(whole))
    except BadMedia as error:
        assert "damaged" in str(error)  # noqa: PT017
    else:
        assert colour_of(video.segments[0].frames[0]) == "red"
