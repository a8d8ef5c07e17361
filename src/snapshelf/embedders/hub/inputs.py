"""Pictures, sounds and scenes in the form in which the library takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.types import RATE, Clip, Segment

if TYPE_CHECKING:
    from PIL.Image import Image

SMALLEST = 8  # pixels; a narrower picture is stretched, for processors take a side of 1 or 3 for its colours
SHORTEST = 0.25  # seconds; a shorter sound is followed by silence, since models need a few windows


def picture(image: Image) -> Image:
    """In three colours, no side too small for the processors."""
    image = image if image.mode == "RGB" else image.convert("RGB")
    if min(image.size) >= SMALLEST:
        return image
    return image.resize((max(image.width, SMALLEST), max(image.height, SMALLEST)))


def sound(clip: Clip, rate: int, most: int) -> dict[str, Any]:
    """Samples at the model's own rate, which goes beside them: the library does not resample. At most the first
    ``most``, if that is not 0.
    """
    samples = np.pad(clip.samples, (0, max(0, int(SHORTEST * RATE) - len(clip.samples))))
    return {"array": resampled(samples, rate)[: most or None], "sampling_rate": rate}


def film(segment: Segment) -> dict[str, Any]:
    """The frames of a scene with their seconds; what is heard beside them goes its own way, as words."""
    frames = [picture(frame) for frame in segment.frames]
    seconds = max(segment.end - segment.start, 0.1)
    told = {
        "fps": len(frames) / seconds,
        "duration": seconds,
        "total_num_frames": len(frames),
        "frames_indices": list(range(len(frames))),
    }
    return {"array": np.stack([np.asarray(frame) for frame in frames]), "video_metadata": told}


def resampled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """A sound of `RATE` at another rate, by its Fourier series, so that nothing is added above half the lower rate."""
    if rate == RATE or not len(samples):
        return samples
    wanted = round(len(samples) * rate / RATE)
    return np.fft.irfft(np.fft.rfft(samples)[: wanted // 2 + 1], wanted).astype(np.float32) * np.float32(
        wanted / len(samples)
    )
