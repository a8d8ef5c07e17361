"""Amazon S3 Vectors: the index lies in a vector bucket, billed by use, searched from anywhere. Needs an AWS account.

`options` reads the settings, `store` is the whole, `alias` changes generations, `write` puts and `read` asks; what the
service takes at most stands in `limits`, its filter language in `grammar`. How to use it: docs/stores/s3vectors.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from snapshelf.protocols import Options

if TYPE_CHECKING:
    from snapshelf.stores.s3vectors.store import S3Vectors

EXTRA = "aws"
CAN = frozenset({"delete", "filter", "renew", "reopen", "update"})


def connect(location: Path, dim: int, options: Options) -> S3Vectors:
    """Open; what is not there is made by the first write. Options: `snapshelf.stores.s3vectors.options.Wanted`.

    location: a folder for the small record of what is in use. Raises BadSettings, MissingExtra, Mismatch where the
    record or an index of that name has another dim, and what AWS answers as a sentence (Outside, NotHere, BadInput).
    """
    from snapshelf.stores.s3vectors.open import opened

    return opened(location, dim, options, CAN)
