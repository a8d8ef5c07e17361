"""A query → hits: embed its parts, fuse them, find candidates, score them exactly, collapse, page.

`run.search` is the whole of it; `ask` reads what a caller gives into a query; `retrieve` finds candidates on a path
that keeps its recall under any filter.
"""

from snapshelf.search.ask import Media, Question, question
from snapshelf.search.run import search

__all__ = ["Media", "Question", "question", "search"]
