"""A query → hits: embed its parts, fuse them, ask the lanes, weigh what they say, cut, collapse, page, explain.

`run.search` is the whole of it; `ask` reads what a caller gives into a query; `retrieve` finds candidates on a path
that keeps its recall under any filter; `relevance` brings the lanes' scores into one; `confidence` knows what the shop
does not sell.
"""

from snapshelf.search.answer import Wanted, wanted
from snapshelf.search.ask import Media, Question, question
from snapshelf.search.confidence import calibrate, is_due
from snapshelf.search.explain import Explained
from snapshelf.search.run import explain, search

__all__ = ["Explained", "Media", "Question", "Wanted", "calibrate", "explain", "is_due", "question", "search", "wanted"]
