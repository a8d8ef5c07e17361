"""Which format the bytes of a file are in, told by how they begin."""

from __future__ import annotations

# (where, what stands there, format); a family is named by one of its members, see `FAMILIES`.
SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (8, b"WAVE", "wav"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (4, b"ftyp", "mp4"),
    (4, b"moov", "mp4"),
    (4, b"mdat", "mp4"),
    (4, b"wide", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "mkv"),
    (0, b"FLV", "flv"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"\x00\x00\x01\xb3", "mpeg"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),
)
# Formats that begin alike: which of them a file is only its name says.
FAMILIES = {"mov": "mp4", "3gp": "mp4", "webm": "mkv", "mpg": "mpeg"}


def sniffed(data: bytes) -> str | None:
    """The format, or that of the family it belongs to; None for one that is not known."""
    for at, sign, name in SIGNS:
        if data[at : at + len(sign)] == sign and (at != 8 or data[:4] == b"RIFF"):
            return name
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:
        return "mp3"  # a frame of MPEG audio without a tag before it
    return None


def fits(data: bytes, announced: str) -> bool:
    """Whether the bytes are in the format, or the family of the format, that was announced."""
    return sniffed(data) == FAMILIES.get(announced, announced)
