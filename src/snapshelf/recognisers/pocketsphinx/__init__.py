"""PocketSphinx, which runs anywhere, with a language model made of the shop's own words. English. A fallback."""

from __future__ import annotations

from snapshelf.errors import BadSettings
from snapshelf.extras import need
from snapshelf.protocols import Options
from snapshelf.recognisers.pocketsphinx.listen import LEAST, PocketSphinx

EXTRA = "media"


def load(options: Options) -> PocketSphinx:
    """The recogniser; its acoustic model is read at the first clip.

    Option ``confidence``: words less sure than this, in [0, 1], are not given back. Raises MissingExtra, BadSettings.
    """
    unknown = sorted(set(options) - {"confidence"})
    if unknown:
        raise BadSettings(f"the recogniser pocketsphinx has no setting {unknown[0]!r}; it has 'confidence'")
    least = options.get("confidence", LEAST)
    if isinstance(least, bool | str) or not 0 <= least <= 1:
        raise BadSettings(f"'confidence' of the recogniser pocketsphinx is a number from 0 to 1, not {least!r}")
    return PocketSphinx(need("pocketsphinx", extra=EXTRA), float(least))
