"""Words printed on what a photo shows, read by RapidOCR where the extra ``ocr`` is installed.

The models (PP-OCRv6, Apache-2.0) lie in RapidOCR's own package; nothing is fetched.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snapshelf.errors import Outside
from snapshelf.extras import need

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

EXTRA = "ocr"
LARGEST = 1280  # pixels of the longer side of which letters are read; more reads hardly more
LOOKED = 640  # pixels of the longer side at which lines are looked for; the time goes with its square
SMALLEST = 480  # a smaller picture is enlarged to this
SURE = 0.5  # the mean confidence of its letters below which a line is taken for a pattern


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a photo. ``confidence``, in [0, 1], is the mean of its letters'.

    ``box`` encloses it: left, top, right, bottom in pixels of the upright photo.
    """

    text: str
    confidence: float
    box: tuple[int, int, int, int]


def check_reader() -> None:
    """Raise MissingExtra where there is nothing to read with."""
    need("rapidocr", extra=EXTRA)


def read_lines(picture: Image) -> tuple[Line, ...]:
    """The lines of text in an upright picture from top to bottom; () where there are none.

    Latin and Chinese letters, upright or turned by about 90 or 180 degrees. Boxes in pixels of ``picture``. Raises
    MissingExtra, and Outside where the package of the reader is damaged.
    """
    import numpy as np
    from PIL import Image as pil

    shown = picture.convert("RGB")
    longer = max(shown.size)
    if longer > LARGEST:
        shown.thumbnail((LARGEST, LARGEST))
    elif longer < SMALLEST:
        size = (max(1, round(side * SMALLEST / longer)) for side in shown.size)
        shown = shown.resize((next(size), next(size)), pil.Resampling.BICUBIC)
    found = _reader()(np.ascontiguousarray(np.asarray(shown)[:, :, ::-1]))
    if found.txts is None or found.boxes is None:
        return ()
    across, down = picture.width / shown.width, picture.height / shown.height
    return tuple(
        Line(text.strip(), round(float(sure), 4), _enclosing(corners, across, down))
        for text, sure, corners in zip(found.txts, found.scores, found.boxes, strict=True)
    )


def _enclosing(corners: NDArray[np.floating[Any]], across: float, down: float) -> tuple[int, int, int, int]:
    """The upright box around four corners (4, 2), in pixels of a picture that is larger by these factors."""
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return int(left * across), int(top * down), round(right * across), round(bottom * down)


_turn = threading.Lock()


def _reader() -> Any:
    """The reader, loaded once in a process."""
    with _turn:
        return _loaded()


@cache
def _loaded() -> Any:
    rapidocr = need("rapidocr", extra=EXTRA)
    folder = Path(rapidocr.__file__).parent / "models"
    params: dict[str, object] = {
        "Global.log_level": "critical",  # it warns of every photo without text
        "Global.text_score": SURE,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # as many photos as cores; waiting threads cost more
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Det.limit_type": "max",
        "Det.limit_side_len": LOOKED,
    }
    for part in ("Det", "Cls", "Rec"):
        # Named, because a model that RapidOCR looks up by itself is fetched where its file is missing.
        models = sorted(folder.glob(f"*_{part.lower()}_*.onnx"))
        if not models:
            raise Outside(f"{folder} holds no model of RapidOCR; run: pip install --force-reinstall rapidocr")
        params[f"{part}.model_path"] = str(models[0])
    return rapidocr.RapidOCR(params=params)
