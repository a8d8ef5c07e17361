"""How many barcodes are read in photos: 8 rotations, 3 blurs, 3 sizes, on rendered ground; and what looking costs.

python benchmarks/barcodes.py
"""

import statistics
import time

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from machine import describe
from snapshelf.media.barcodes import read_barcodes
from snapshelf.sample.gtin import in_store

ANGLES, BLURS, SCALES = range(0, 360, 45), (0.0, 1.0, 2.0), (2, 3, 4)
SIZE = 900


def photo(code: str, angle: float, blur: float, scale: int, seed: int) -> Image.Image:
    """A white label on speckled ground, lit from one side, turned and out of focus."""
    rng = np.random.default_rng(seed)
    ground = rng.normal(128, 18, (SIZE, SIZE, 1)) + np.linspace(-25, 25, SIZE)[None, :, None] + np.zeros(3)
    shown = Image.fromarray(
        np.array(
            zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13), scale=scale)
        )
    )
    padded = Image.new("L", (shown.width + 80, shown.height + 80), 245)
    padded.paste(shown, (40, 40))
    turned = padded.convert("RGBA").rotate(angle + rng.uniform(-4, 4), expand=True, resample=Image.Resampling.BICUBIC)
    made = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
    made.paste(turned, ((SIZE - turned.width) // 2, (SIZE - turned.height) // 2), turned)
    return made.filter(ImageFilter.GaussianBlur(blur)) if blur else made


def main() -> None:
    print(describe("zxing-cpp", "pillow"))
    print("| pixels of a bar | blur | read, of 8 rotations | wrong | ms a photo |\n| --- | --- | --- | --- | --- |")
    all_read = all_asked = 0
    for scale in SCALES:
        for blur in BLURS:
            right = wrong = 0
            spent = []
            for n, angle in enumerate(ANGLES):
                code = in_store(7, 100 * scale + n)
                shown = photo(code, angle, blur, scale, n)
                began = time.process_time()
                found = read_barcodes(shown)
                spent.append((time.process_time() - began) * 1e3)
                right += found == (code,)
                wrong += bool(found) and found != (code,)
            all_read, all_asked = all_read + right, all_asked + len(ANGLES)
            print(f"| {scale} | {blur} | {right} | {wrong} | {statistics.median(spent):.1f} |")
    print(f"\n{all_read} of {all_asked} read; times are of the processor")


if __name__ == "__main__":
    main()
