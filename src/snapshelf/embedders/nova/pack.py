"""An item → the file that Nova takes: words, a JPEG, a WAV, an MP4; always the same bytes for the same item."""

from __future__ import annotations

import io
import wave
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from snapshelf.aws.nova import MOST_CHARS, MOST_INLINE, SYNC_SECONDS, Medium
from snapshelf.embedders.nova.wishes import Wishes
from snapshelf.errors import BadInput, BadMedia, Unsupported
from snapshelf.extras import need
from snapshelf.types import RATE, Clip, Item, Segment

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITIES = (92, 85, 75, 60)  # of a JPEG: the first whose file fits into a request
FPS = 4  # frames per second of a clip made of a few frames, each shown for its share of the time
LEAST_SIDE = 16  # pixels; narrower pictures are widened, for video codecs want even sides and models something to see
LEAST_SECONDS = 0.5  # of a clip


def packed(item: Item, wishes: Wishes) -> Medium:
    """The medium of an item. Raises Unsupported for what is no item, BadInput for one that Nova cannot take."""
    from PIL.Image import Image

    if isinstance(item, str):
        return _text(item, wishes)
    if isinstance(item, Image):
        return Medium("image", data=_jpeg(item, wishes.image_side), format="jpeg", detail=wishes.detail)
    if isinstance(item, Clip):
        return _wav(item)
    if isinstance(item, Segment):
        return _mp4(item, wishes)
    raise Unsupported(f"nova takes words, pictures, sound and video, not {type(item).__name__}")


def _text(text: str, wishes: Wishes) -> Medium:
    plain = text.encode("utf-8", "replace").decode("utf-8")  # half characters, which JSON over HTTP cannot carry
    if not plain.strip():
        raise BadInput("the text is empty, and Nova embeds only words; leave it out")
    if len(plain) > MOST_CHARS:
        if wishes.truncation == "NONE":
            raise BadInput(
                f"the text has {len(plain):,} characters, and Nova reads {MOST_CHARS:,}; shorten it, or set "
                'truncation = "END"'
            )
        plain = plain[:MOST_CHARS] if wishes.truncation == "END" else plain[-MOST_CHARS:]
    return Medium("text", text=plain, truncation=wishes.truncation)


def _jpeg(image: Image, side: int) -> bytes:
    """Upright RGB, the longer side at most ``side``, small enough for a request."""
    plain = image if image.mode == "RGB" else image.convert("RGB")
    if max(plain.size) > side:
        scale = side / max(plain.size)
        plain = plain.resize((max(1, round(plain.width * scale)), max(1, round(plain.height * scale))))
    for quality in QUALITIES:
        file = io.BytesIO()
        plain.save(file, "JPEG", quality=quality, subsampling=0)
        if file.tell() * 4 / 3 < MOST_INLINE - 1_000:
            return file.getvalue()
    raise BadMedia(f"the picture of {image.width:,} × {image.height:,} pixels is too large; set a smaller image_side")


def _wav(clip: Clip) -> Medium:
    """16-bit PCM. A clip longer than a call may carry is refused: what is longer is cut before it comes here."""
    seconds = len(clip.samples) / RATE
    if seconds > SYNC_SECONDS + 1e-3:
        raise BadMedia(
            f"the sound is {seconds:.1f} seconds long, and Nova takes {SYNC_SECONDS:.0f} at once; cut it, or set "
            "s3_bucket so that it is embedded in parts"
        )
    if not len(clip.samples):
        raise BadMedia("the sound is empty; leave it out")
    return Medium("audio", data=wav(clip), format="wav", seconds=seconds)


def wav(clip: Clip) -> bytes:
    """A WAV file of any length."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(_pcm(clip).tobytes())
    return file.getvalue()


def _pcm(clip: Clip) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.round(np.clip(clip.samples, -1, 1) * 32_767).astype("<i2")


def _mp4(segment: Segment, wishes: Wishes) -> Medium:
    """The frames of a segment, each for an equal share of its time, with the sound beside them; H.264 and AAC.

    More than a call may carry of a scene that stands still is left out, at its end.
    """
    if not segment.frames:
        raise BadMedia("the video has no frames; leave it out")
    seconds = min(max(segment.end - segment.start, LEAST_SECONDS), SYNC_SECONDS)
    shown = round(seconds * FPS)
    av, file = need("av", extra="media"), io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = _video_stream(container, segment.frames[0].size)
        sound = _sound_stream(container) if segment.sound is not None and len(segment.sound.samples) else None
        for n in range(shown):
            picture = segment.frames[n * len(segment.frames) // shown].convert("RGB")
            frame = av.VideoFrame.from_image(picture.resize((stream.width, stream.height)))
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None and segment.sound is not None:
            samples = _pcm(Clip(segment.sound.samples[: int(seconds * RATE)], 0.0, seconds))
            _add_sound(av, container, sound, samples)
    return Medium("video", data=file.getvalue(), format="mp4", seconds=shown / FPS, mode=wishes.video_mode)


def _video_stream(container: Any, size: tuple[int, int]) -> Any:
    stream = container.add_stream("libx264", rate=FPS, options={"threads": "1", "crf": "20", "preset": "veryfast"})
    stream.width, stream.height = (max(LEAST_SIDE, side + side % 2) for side in size)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.thread_count = 1  # the same bytes every time
    return stream


def _sound_stream(container: Any) -> Any:
    stream = container.add_stream("aac", rate=RATE)
    stream.layout = "mono"
    return stream


def _add_sound(av: Any, container: Any, stream: Any, samples: np.ndarray[Any, np.dtype[np.int16]]) -> None:
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE, frame_size=1024)
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))
