"""What Nova costs in us-east-1, in dollars.

Source: the price fields of Bedrock's console catalogue as recorded in litellm 1.109.1. The rate of DOCUMENT_IMAGE is
not public; the twin takes ten times that of a standard image, and `Settings` may name another.
"""

from __future__ import annotations

TOKEN = 0.000135 / 1000
IMAGE = 0.00006
DOCUMENT_IMAGE = 10 * IMAGE
AUDIO_SECOND = 0.00014
VIDEO_SECOND = 0.0007

Charges = tuple[tuple[str, float], ...]


def of_text(tokens: int) -> Charges:
    """A text of so many tokens that were read."""
    return ("tokens", tokens), ("dollars", tokens * TOKEN)


def of_image(document: bool, document_price: float = DOCUMENT_IMAGE) -> Charges:
    """One picture."""
    if document:
        return ("document_images", 1), ("dollars", document_price)
    return ("images", 1), ("dollars", IMAGE)


def of_audio(seconds: float) -> Charges:
    """A sound of so many seconds."""
    return ("audio_seconds", seconds), ("dollars", seconds * AUDIO_SECOND)


def of_video(seconds: float) -> Charges:
    """A video of so many seconds."""
    return ("video_seconds", seconds), ("dollars", seconds * VIDEO_SECOND)
