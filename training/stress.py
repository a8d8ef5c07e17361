"""How recall falls when a photo gets worse: six troubles at three strengths, on grocery photos never trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from snapshelf.protocols import Embedder
from snapshelf.vectors import unit
from training.measures import Hits, embed, pictures
from training.places import DIMS, SEED, Places
from training.tables import csv_rows

PHOTOS = 300  # of the test split, drawn once
STRENGTHS = ("weak", "medium", "strong")


def glare(photo: Image.Image, strength: int, chance: Random) -> Image.Image:
    """A lamp's reflection over 1/10, 1/6 or 1/4 of the width."""
    width, height = photo.size
    wide = width * (0.10, 0.17, 0.25)[strength]
    y, x = np.mgrid[0:height, 0:width]
    at = chance.uniform(0.3, 0.7) * width, chance.uniform(0.3, 0.7) * height
    light = 230 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * wide**2))
    return Image.fromarray((np.asarray(photo, np.float32) + light[..., None]).clip(0, 255).astype(np.uint8))


def blur(photo: Image.Image, strength: int, chance: Random) -> Image.Image:
    """Out of focus by 1, 2 or 4 hundredths of the longer side."""
    return photo.filter(ImageFilter.GaussianBlur(max(photo.size) * (0.01, 0.02, 0.04)[strength]))


def rotation(photo: Image.Image, strength: int, chance: Random) -> Image.Image:
    """Turned by 15, 45 or 90 degrees to either side; the corners show the mean colour."""
    mean = tuple(int(value) for value in np.asarray(photo).reshape(-1, 3).mean(0))
    return photo.rotate(chance.choice((-1, 1)) * (15, 45, 90)[strength], Image.Resampling.BICUBIC, fillcolor=mean)


def occlusion(photo: Image.Image, strength: int, chance: Random) -> Image.Image:
    """A patch of one colour over 10, 25 or 40 % of the picture."""
    side = (0.10, 0.25, 0.40)[strength] ** 0.5
    return _patched(photo, side, tuple(chance.randint(0, 255) for _ in range(3)), chance)


def background(photo: Image.Image, strength: int, chance: Random) -> Image.Image:
    """The photo shrunk to 80, 60 or 45 % of its size on a chequered cloth."""
    share = (0.8, 0.6, 0.45)[strength]
    width, height = photo.size
    y, x = np.mgrid[0:height, 0:width] // max(4, max(photo.size) // 12)
    colours = np.array([[chance.randint(0, 255) for _ in range(3)] for _ in range(2)], np.uint8)
    cloth = Image.fromarray(colours[(x + y) % 2])
    small = photo.resize((max(1, int(width * share)), max(1, int(height * share))))
    cloth.paste(small, (chance.randint(0, width - small.width), chance.randint(0, height - small.height)))
    return cloth


def logo(photo: Image.Image, strength: int, chance: Random) -> Image.Image:
    """Another brand's badge over 5, 10 or 20 % of the picture."""
    side = (0.05, 0.10, 0.20)[strength] ** 0.5
    return _patched(photo, side, (250, 250, 250), chance, "SALE")


TROUBLES: Mapping[str, Callable[[Image.Image, int, Random], Image.Image]] = {
    "glare": glare,
    "blur": blur,
    "rotation": rotation,
    "occlusion": occlusion,
    "background": background,
    "logo": logo,
}


def _patched(photo: Image.Image, side: float, colour: tuple[int, ...], chance: Random, words: str = "") -> Image.Image:
    made = photo.copy()
    pen = ImageDraw.Draw(made)
    width, height = int(photo.width * side), int(photo.height * side)
    left, top = chance.randint(0, photo.width - width), chance.randint(0, photo.height - height)
    pen.rectangle((left, top, left + width, top + height), fill=colour)
    if words:
        pen.text((left + width / 2, top + height / 2), words, fill=(200, 20, 20), anchor="mm", font_size=height / 3)
    return made


def scores(encoder: Embedder, places: Places) -> dict[str, list[Hits]]:
    """Trouble → top-1 at each strength, products known by picture and text; "none" has one entry."""
    products = csv_rows(places.data / "grocery/products.csv")
    tests = [row for row in csv_rows(places.data / "grocery/manifest.csv") if row["split"] == "test"]
    tests = Random(SEED).sample(tests, PHOTOS)
    photos = pictures(places.data / "grocery/test.zip", [row["file"] for row in tests])
    text = embed(encoder, [f"{row['name']}, {row['coarse_name']}" for row in products])
    files = [row["iconic_image"] for row in products]
    shelf = unit(text + embed(encoder, pictures(places.data / "grocery/iconic.zip", files)))
    ids = np.asarray([row["product_id"] for row in products])
    right: NDArray[np.str_] = np.asarray([row["fine_id"] for row in tests])

    def asked(shown: list[Image.Image]) -> Hits:
        return np.asarray(ids[(embed(encoder, shown, DIMS[0]) @ shelf.T).argmax(1)] == right)

    found = {"none": [asked(photos)]}
    for name, worsen in TROUBLES.items():
        chance = Random(f"{SEED}/{name}")
        found[name] = [asked([worsen(photo, n, chance) for photo in photos]) for n in range(len(STRENGTHS))]
    return found
