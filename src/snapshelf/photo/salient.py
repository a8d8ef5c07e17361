"""Where in a photo is the thing? Up to three boxes, without a network.

The ground reaches the edge of a photo and the thing mostly does not (the boundary prior of Wei et al. 2012, Geodesic
Saliency Using Background Priors, ECCV). So what differs in colour from everything along the edge is the thing, also on
a chequered or striped ground, whose colours all reach the edge. What is unusual in the spectrum of a small copy stands
out to the eye (Hou & Zhang 2007, Saliency Detection: A Spectral Residual Approach, CVPR); it orders the boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from snapshelf.photo.crop import Box
from snapshelf.photo.small import pixels_of, shrunk

if TYPE_CHECKING:
    from PIL.Image import Image

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]
SIDE = 64  # pixels of the longer side at which a photo is looked at
MOST = 3
LEAST, LARGEST = 0.02, 0.90  # share of the photo that a box covers
EDGE = 64  # pixels along the edge that colours are compared with
NEAREST = 3  # of them that count
APART = 35.0  # of 441, the distance of black and white: a colour this far from the edge's is not the ground
LINE, WITHIN = 0.30, 0.35  # share of a row that differs where the thing is: of the whole row, of its part in the box


@dataclass(frozen=True, slots=True)
class Proposal:
    """A box in pixels of the photo, and how much it stands out: mean saliency inside less outside, in [0, 1]."""

    box: Box
    score: float


def proposals(image: Image, most: int = MOST, whole: tuple[int, int] | None = None) -> tuple[Proposal, ...]:
    """At most ``most`` boxes of a picture, in pixels of its ``whole`` size if it is a smaller copy of that.

    None where nothing stands out from the edge, or nearly everything does. The first is the box of all that differs
    from the edge, then those of its connected pieces, best first. The same picture gives the same boxes.
    """
    small = _small(image)
    away = _from_edge(small)
    differs = away > APART
    if differs.mean() < LEAST / 2:
        return ()
    salient = np.minimum(away / (2 * APART), 1.0) * (0.7 + 0.3 * _spectral_residual(small.mean(axis=2)))
    everything = _profile(differs)
    if everything is not None and not _fits(everything, differs):
        return ()
    pieces = {box for box in _pieces(differs) if _fits(box, differs) and box != everything}
    scored = sorted((-_stands_out(box, salient), box) for box in pieces)
    if everything is not None:
        scored = [(-_stands_out(everything, salient), everything), *scored]
    size = whole or image.size
    return tuple(Proposal(_scaled(box, differs.shape, size), round(max(0.0, -s), 4)) for s, box in scored[:most])


def _small(image: Image) -> Map:
    from PIL.Image import Resampling

    near = shrunk(image)
    scale = SIDE / max(near.size)
    size = (max(8, round(near.width * scale)), max(8, round(near.height * scale)))
    return pixels_of(near.resize(size, Resampling.BOX))


def _from_edge(pixels: Map) -> Map:
    """(h, w) distance of each pixel's colour to the nearest ones along the edge; pixels (h, w, 3) in [0, 255]."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    edge = edge[:: max(1, len(edge) // EDGE)]
    flat = pixels.reshape(-1, 3)
    squared = (flat**2).sum(1)[:, None] - 2 * flat @ edge.T + (edge**2).sum(1)
    near = np.partition(squared, NEAREST - 1, axis=1)[:, :NEAREST].mean(axis=1)
    found: Map = np.sqrt(np.maximum(near, 0)).reshape(pixels.shape[:2])
    return found


def _profile(differs: Mask) -> Box | None:
    """The box of the rows and columns of which a good part differs from the edge; None where there are none."""
    box: Box = (0, 0, differs.shape[1], differs.shape[0])
    for share in (LINE, WITHIN):
        left, top, right, bottom = box
        rows = np.flatnonzero(differs[:, left:right].mean(axis=1) > share)
        columns = np.flatnonzero(differs[top:bottom].mean(axis=0) > share)
        if not len(rows) or not len(columns):
            return None
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return box


def _fits(box: Box, differs: Mask) -> bool:
    share = (box[2] - box[0]) * (box[3] - box[1]) / differs.size
    return bool(LEAST <= share <= LARGEST)


def _stands_out(box: Box, salient: Map) -> float:
    left, top, right, bottom = box
    inside, area = float(salient[top:bottom, left:right].sum()), (bottom - top) * (right - left)
    return inside / area - (float(salient.sum()) - inside) / (salient.size - area)


def _spectral_residual(light: Map) -> Map:
    """(h, w) in [0, 1]: the spectrum's log amplitude less its own average, back with the phase as it was, smoothed."""
    spectrum = np.fft.fft2(light)
    size = np.abs(spectrum) + 1e-6
    amplitude = np.log(size).astype(np.float32)
    usual = _mean_around(amplitude, 1)
    back = np.abs(np.fft.ifft2(spectrum / size * np.exp(amplitude - usual))) ** 2
    smooth = _mean_around(_mean_around(back.astype(np.float32), 2), 2)
    return np.asarray(smooth / (smooth.max() or 1.0), np.float32)


def _mean_around(values: Map, radius: int) -> Map:
    """The mean over a square around each pixel; beyond the edge, the edge goes on."""
    size = 2 * radius + 1
    sums = np.pad(values, radius, mode="edge").cumsum(0, dtype=np.float64).cumsum(1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    whole = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    return np.asarray(whole / size**2, np.float32)


def _pieces(mask: Mask) -> list[Box]:
    """The boxes of the connected pieces of a mask: runs of its rows, joined where they touch."""
    runs, parent, before = list[tuple[int, int, int]](), list[int](), list[int]()

    def root(at: int) -> int:
        while parent[at] != at:
            at = parent[at]
        return at

    for row, steps in enumerate(np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)):
        now = []
        for start, end in zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True):
            own = len(runs)
            runs.append((row, start, end))
            parent.append(own)
            now.append(own)
            for other in before:
                if runs[other][1] < end and start < runs[other][2]:
                    first, second = sorted((root(own), root(other)))
                    parent[second] = first
        before = now
    boxes: dict[int, Box] = {}
    for at, (row, start, end) in enumerate(runs):
        left, top, right, _ = boxes.get(root(at), (start, row, end, row))
        boxes[root(at)] = (min(left, start), top, max(right, end), row + 1)
    return list(boxes.values())


def _scaled(box: Box, shape: tuple[int, int], size: tuple[int, int]) -> Box:
    across, down = size[0] / shape[1], size[1] / shape[0]
    return int(box[0] * across), int(box[1] * down), round(box[2] * across), round(box[3] * down)
