"""Open any picture a shop or a shopper may send: bounded before it is decoded, upright, RGB, without its metadata."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snapshelf.errors import BadMedia
from snapshelf.extras import need

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
LONGEST = 65_500  # pixels of a side
# What Pillow raises on damaged files; its warnings too, which an application may have turned into errors.
DAMAGE = (
    *(OSError, SyntaxError, ValueError, struct.error, EOFError, MemoryError, IndexError, TypeError, RuntimeError),
    *(KeyError, ArithmeticError, UserWarning, RuntimeWarning),
)
_HEADER = threading.Lock()  # the list of warning filters belongs to the whole process


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What a picture may be at most: pixels before decoding, bytes of the file."""

    max_pixels: int = 50_000_000
    max_bytes: int = 20_000_000


@dataclass(frozen=True, slots=True)
class OpenImage:
    """An upright RGB picture. ``content`` is the sha256 of the file's bytes, of a PIL picture that of its RGB pixels.

    ``width`` and ``height`` are the whole picture's, as it stands upright. ``format`` is "JPEG", "PNG" … or "PIL".
    ``image`` is at most as large as asked for, and carries neither EXIF nor GPS nor a colour profile.
    """

    image: Image
    content: str
    width: int
    height: int
    format: str


def open_image(
    source: str | Path | bytes | Image, limits: MediaLimits | None = None, fit: int | None = None
) -> OpenImage:
    """Open a file by its path, bytes, or a PIL picture. ``fit``: at most so many pixels of the longer side.

    The format is told by the content, never by the name. Only the first frame of an animation is read; transparent
    parts become white; 16-bit and CMYK become 8-bit RGB. The same bytes give the same picture. Raises BadMedia, with
    the name of the file, for what is no picture, is cut off, or is beyond the limits; MissingExtra for HEIC without
    the extra.
    """
    from PIL import Image as pil

    bounds = limits or MediaLimits()
    if isinstance(source, pil.Image):
        return _from_pil(source, bounds, fit)
    if isinstance(source, str):
        source = Path(source)
    if not isinstance(source, Path | bytes):
        raise BadMedia(f"a picture is a path, bytes or a PIL image, not {type(source).__name__}")
    name = source.name if isinstance(source, Path) else "the picture"
    data = _bytes(source, name, bounds)
    with _opened(data, name, bounds) as opened:
        width, height = opened.size
        _check_size(width, height, name, bounds)
        form = "JPEG" if opened.format == "MPO" else opened.format or "?"  # a camera's JPEG with a preview
        try:
            if fit:
                opened.draft("RGB", (fit, fit))  # a JPEG is decoded at the nearest smaller scale
            opened.load()
            image = _upright(opened, fit)
        except (*DAMAGE, pil.DecompressionBombError) as error:
            raise BadMedia(f"{name} is damaged or cut off: {error}") from error
    return OpenImage(image, hashlib.sha256(data).hexdigest(), *_turned((width, height), image.size), form)


def _bytes(source: Path | bytes, name: str, limits: MediaLimits) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with source.open("rb") as file:
                data = file.read(limits.max_bytes + 1)
        except IsADirectoryError as error:
            raise BadMedia(f"{source} is a folder, not a picture") from error
        except OSError as error:
            raise BadMedia(f"the picture {source} cannot be read: {error.strerror}") from error
    if len(data) > limits.max_bytes:
        raise BadMedia(f"{name} is larger than {limits.max_bytes:,} bytes; save it smaller, or raise media.max_bytes")
    if not data:
        raise BadMedia(f"{name} is empty")
    return data


def _opened(data: bytes, name: str, limits: MediaLimits) -> Image:
    """The picture with only its header read; Pillow's own warnings about size are ours to decide."""
    from PIL import Image as pil
    from PIL import UnidentifiedImageError

    formats: tuple[str, ...] = FORMATS
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        need("pillow_heif", extra="heif").register_heif_opener()
        formats = ("HEIF",)
    try:
        with _HEADER, warnings.catch_warnings():
            warnings.simplefilter("ignore", pil.DecompressionBombWarning)
            return pil.open(io.BytesIO(data), formats=formats)
    except pil.DecompressionBombError as error:
        found = re.search(r"\d+", str(error))
        pixels = f"{int(found[0]):,}" if found else "far too many"
        raise BadMedia(f"{name} has {pixels} pixels; at most {limits.max_pixels:,} are read") from error
    except UnidentifiedImageError as error:
        raise BadMedia(f"{name} is no picture; {', '.join(FORMATS)} and, with its extra, HEIC are read") from error
    except DAMAGE as error:
        raise BadMedia(f"{name} is damaged or cut off: {error}") from error


def _check_size(width: int, height: int, name: str, limits: MediaLimits) -> None:
    if width * height > limits.max_pixels:
        raise BadMedia(
            f"{name} has {width:,} × {height:,} = {width * height:,} pixels; at most {limits.max_pixels:,} are read"
        )
    if not width or not height or max(width, height) > LONGEST:
        raise BadMedia(f"{name} has {width:,} × {height:,} pixels; no side may be longer than {LONGEST:,}")


def _from_pil(image: Image, limits: MediaLimits, fit: int | None) -> OpenImage:
    _check_size(*image.size, "the picture", limits)
    try:
        whole = _upright(image, None)
    except DAMAGE as error:  # one that PIL opened but has not read yet
        raise BadMedia(f"the picture is damaged or cut off: {error}") from error
    mark = hashlib.sha256(f"{whole.mode} {whole.size}".encode() + whole.tobytes()).hexdigest()
    return OpenImage(_upright(whole, fit), mark, *whole.size, "PIL")


def _turned(size: tuple[int, int], upright: tuple[int, int]) -> tuple[int, int]:
    """The whole picture's size as it stands upright."""
    width, height = size
    return (height, width) if (upright[0] < upright[1]) != (width < height) else (width, height)


def _upright(image: Image, fit: int | None) -> Image:
    """A fresh RGB picture that shares nothing with the file: turned as EXIF says, at most ``fit`` long."""
    from PIL import Image as pil
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    flat = _rgb(turned)
    if fit and max(flat.size) > fit:
        flat.thumbnail((fit, fit), pil.Resampling.BILINEAR, reducing_gap=2.0)
    plain = pil.new("RGB", flat.size)
    plain.paste(flat)
    return plain


def _rgb(image: Image) -> Image:
    """8-bit RGB; what is transparent shows white."""
    from PIL import Image as pil

    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        return _narrow(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        over = image.convert("RGBA")
        return pil.alpha_composite(pil.new("RGBA", over.size, "white"), over).convert("RGB")
    return image.convert("RGB") if image.mode != "RGB" else image


def _narrow(image: Image) -> Image:
    """16-bit or float grey as 8-bit: by 256 where the range is 16-bit, else from darkest to brightest."""
    import numpy as np
    from PIL import Image as pil

    values: NDArray[np.floating[Any]] = np.array(image, dtype=np.float64 if image.mode == "F" else np.float32)
    finite = np.isfinite(values)
    low, high = (float(values[finite].min()), float(values[finite].max())) if finite.any() else (0.0, 0.0)
    values[~finite] = low
    if image.mode == "F" or low < 0 or high > 65_535:
        values = (values - low) / (high - low or 1.0) * 65_535
    return pil.fromarray((values / 257).round().astype(np.uint8), "L")
