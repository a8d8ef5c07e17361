"""One safe way to open a picture, tried on real files of every kind and on what only pretends to be one."""

import contextlib
import hashlib
import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from snapshelf.errors import BadMedia
from snapshelf.media import MediaLimits, open_image


def saved(image, form, **options):
    held = io.BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


def gradient(width=60, height=40):
    """Red grows to the right, green downwards: every orientation looks different."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.dstack([x, y, np.full_like(x, 60)]).astype(np.uint8))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_every_format_by_its_content(form, tmp_path):
    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    path = tmp_path / "picture.txt"
    path.write_bytes(saved(gradient(), form))
    opened = open_image(path)
    assert opened.image.mode == "RGB"
    assert opened.image.size == (opened.width, opened.height) == (60, 40)
    assert opened.format == form
    assert opened.content == hashlib.sha256(path.read_bytes()).hexdigest()
    difference = np.abs(np.asarray(opened.image, int) - np.asarray(gradient(), int)).mean()
    assert difference < 12


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("fit", [None, 30])
def test_orientation_is_applied_and_metadata_dropped(orientation, fit):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # the operation that undoes what the camera did
    stored = gradient()
    opened = open_image(saved(stored, "JPEG", quality=95, exif=exif), fit=fit)
    expected = stored if orientation == 1 else stored.transpose(Image.Transpose(turn[orientation]))
    assert (opened.width, opened.height) == expected.size
    shown = np.asarray(opened.image.resize((6, 6), Image.Resampling.BOX), int)
    wanted = np.asarray(expected.resize((6, 6), Image.Resampling.BOX), int)
    assert np.abs(shown - wanted).mean() < 8
    assert not opened.image.getexif()
    assert not opened.image.info


def test_colours_of_every_mode():
    red = Image.new("RGB", (8, 8), (200, 30, 30))
    assert open_image(saved(red.convert("CMYK"), "TIFF")).image.getpixel((4, 4)) == pytest.approx((200, 30, 30), abs=3)
    assert open_image(saved(red.convert("P"), "PNG")).image.getpixel((4, 4))[0] > 180
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert open_image(saved(clear, "PNG")).image.getpixel((4, 4)) == (255, 255, 255)
    half = Image.new("LA", (8, 8), (0, 128))
    assert open_image(saved(half, "PNG")).image.getpixel((4, 4))[0] == pytest.approx(127, abs=2)
    deep = Image.fromarray(np.full((8, 8), 257 * 100, np.uint16))
    assert open_image(saved(deep, "PNG")).image.getpixel((4, 4)) == (100, 100, 100)
    floating = Image.fromarray(np.linspace(-1, 3, 64, dtype=np.float32).reshape(8, 8))
    shown = np.asarray(open_image(saved(floating, "TIFF")).image)
    assert (shown.min(), shown.max()) == (0, 255)
    one = Image.new("1", (8, 8), 1)
    assert open_image(saved(one, "PNG")).image.getpixel((4, 4)) == (255, 255, 255)
    gif_key = red.convert("P")
    gif_key.info["transparency"] = gif_key.getpixel((0, 0))
    assert open_image(saved(gif_key, "PNG", transparency=gif_key.getpixel((0, 0)))).image.getpixel((4, 4)) == (
        255,
        255,
        255,
    )


def test_an_animation_shows_its_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_image(data).image.getpixel((4, 4))[0] > 240


def test_fit_and_the_whole_size():
    opened = open_image(saved(gradient(3000, 2000), "JPEG"), fit=500)
    assert opened.image.size == (500, 333)
    assert (opened.width, opened.height) == (3000, 2000)
    small = open_image(saved(gradient(), "PNG"), fit=500)
    assert small.image.size == (60, 40)
    line = open_image(saved(Image.new("RGB", (5000, 1)), "PNG"), fit=100)
    assert line.image.size == (100, 1)


def test_a_pil_image_is_copied():
    given = gradient()
    opened = open_image(given)
    assert opened.image is not given
    assert opened.content == open_image(gradient()).content
    assert opened.content != open_image(gradient(61)).content


def png_of(width, height):
    """The header of a PNG that claims a size, with next to no data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


BAD = {
    "empty": (b"", "is empty"),
    "words": (b"these are words, not a picture", "is no picture"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no picture"),
    "pdf": (b"%PDF-1.7\n", "is no picture"),
    "bomb": (png_of(20_000, 20_000), "400000000|400,000,000"),
    "large": (png_of(9_000, 9_000), "9,000 × 9,000 = 81,000,000 pixels"),
    "long": (png_of(70_000, 10), "no side may be longer"),
    "cut jpeg": (saved(gradient(400, 300), "JPEG")[:2500], "damaged or cut off"),
    "cut png": (saved(gradient(400, 300), "PNG")[:-200], "damaged or cut off"),
    "cut webp": (saved(gradient(400, 300), "WEBP")[:-200], "damaged or cut off|no picture"),
    "cut gif": (saved(gradient(400, 300), "GIF")[:-4000], "damaged or cut off"),
    "bad png": (saved(gradient(), "PNG").replace(b"IDAT", b"IDAX"), "damaged|no picture"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_refused_by_name(kind, tmp_path):
    data, reason = BAD[kind]
    path = tmp_path / "shoe.jpg"
    path.write_bytes(data)
    with pytest.raises(BadMedia, match=reason) as caught:
        open_image(path)
    assert "shoe.jpg" in str(caught.value)
    with pytest.raises(BadMedia, match=reason):
        open_image(data)


def test_limits_of_the_caller(tmp_path):
    data = saved(gradient(), "PNG")
    with pytest.raises(BadMedia, match="2,400 pixels; at most 2,000"):
        open_image(data, MediaLimits(max_pixels=2_000))
    with pytest.raises(BadMedia, match="larger than 100 bytes"):
        open_image(data, MediaLimits(max_bytes=100))
    with pytest.raises(BadMedia, match="cannot be read"):
        open_image(tmp_path / "absent.png")
    with pytest.raises(BadMedia, match="is a folder"):
        open_image(tmp_path)


def test_every_prefix_and_every_flipped_byte_is_a_picture_or_an_error():
    """No crash, no other exception, whatever is done to a file."""
    rng = np.random.default_rng(3)
    for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"):
        whole = saved(gradient(20, 14), form)
        for _ in range(60):
            data = bytearray(whole)
            for at in rng.integers(0, len(data), 3):
                data[at] ^= int(rng.integers(1, 256))
            data = bytes(data[: rng.integers(1, len(data) + 1)])
            with contextlib.suppress(BadMedia):
                assert open_image(data, MediaLimits(max_pixels=100_000)).image.mode == "RGB"


def test_many_threads_at_once():
    data = [saved(gradient(50 + n, 40), "JPEG") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        sizes = [opened.image.size for opened in pool.map(open_image, data)]
    assert sizes == [(50 + n, 40) for n in range(40)]
