"""Products → views → embeddings → indexes: incremental, resumable, and paying for every embedding once.

`run.index` is the whole of it. A chunk of products is read and its pictures opened (`prepare`), what has no embedding
yet is embedded and kept (`embed`), the products are put into the catalogue in one transaction, and at the end the
indexes follow (`follow`). A process that dies between any two of these steps loses none of the earlier ones.
"""

from snapshelf.ingest.follow import follow
from snapshelf.ingest.report import Progress, Summary
from snapshelf.ingest.run import index, remove

__all__ = ["Progress", "Summary", "follow", "index", "remove"]
