"""A photo and words about it → a score for each product: what each part says of each kind of view, added up.

Two vectors that are added before the search lose what each was good at: a photo lies nearer to all pictures than words
do, and drowns them. So the parts are compared with the views they are good for and the cosines are added (late fusion).
Words that change something ("this, but in green") let every product of a family count as being in the photo, since the
one that is wanted looks otherwise. How the numbers below were found: docs/fusion.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadInput

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Counts:
    """What counts how much beside the photo, which counts 1: the words, a value that they name, one that stays."""

    words: float
    value: float
    kept: float


DESCRIBE = Counts(words=0.5, value=0.1, kept=0.0)  # words that say what is in the photo: "this mug"
CHANGE = Counts(words=0.15, value=0.1, kept=0.05)  # words that say what shall be otherwise: "this, but in green"


@dataclass(frozen=True, slots=True)
class Cosines:
    """What the parts say of n products, each array (n,).

    ``photo``: cosine with the best picture. ``family``: the best of that among all variants of its family, of a product
    without a family its own. ``edited``: cosine of the edited photo with the best view, of a family of one; None where
    nothing is edited. ``words``: cosine with the text and with the best picture, added. ``value``: share of the named
    values that the product has. ``kept``: how much of what the words do not change it has in common with the photo.
    """

    photo: Floats
    family: Floats
    words: Floats
    value: Floats
    kept: Floats
    edited: Floats | None = None
    alone: NDArray[np.bool_] | None = None  # products without variants, for which the edited photo speaks


def composed(
    cosines: Cosines, counts: Counts, change: bool, photo: float = 1.0, words: float = 1.0
) -> NDArray[np.float64]:
    """(n,) scores, of which only the order means something. photo, words: weights of the query's parts, above 0.

    photo · p + words · (counts.words · words + counts.value · value) + counts.kept · kept, where p is the family's
    cosine for a change, the edited one for a product without variants, and the photo's own otherwise.
    Raises BadInput for arrays of different lengths.
    """
    arrays = (cosines.photo, cosines.family, cosines.words, cosines.value, cosines.kept)
    if len({len(array) for array in arrays}) > 1:
        raise BadInput(f"the parts speak of different numbers of products: {[len(array) for array in arrays]}")
    base = np.asarray(cosines.family if change else cosines.photo, np.float64)
    if change and cosines.edited is not None:
        lonely = np.zeros(len(base), bool) if cosines.alone is None else cosines.alone
        base = np.where(lonely, cosines.edited, base)
    said = counts.words * np.asarray(cosines.words, np.float64) + counts.value * np.asarray(cosines.value, np.float64)
    found: NDArray[np.float64] = photo * base + words * said + counts.kept * np.asarray(cosines.kept, np.float64)
    return found
