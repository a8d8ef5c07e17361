"""Pictures, sounds and videos, each opened one safe way, and URLs, fetched one safe way."""

from snapshelf.media.container import ClipLimits
from snapshelf.media.fetch import Fetcher
from snapshelf.media.images import MediaLimits, OpenImage, open_image

__all__ = ["ClipLimits", "Fetcher", "MediaLimits", "OpenImage", "open_image"]
