"""Many judged queries, one report: how good the answers are, for words, pictures and both, and how sure that is."""

from snapshelf.evaluate.judgements import JudgedQuery, Qrels, read_qrels, read_queries
from snapshelf.evaluate.learn import learn_weights
from snapshelf.evaluate.missing import missing_of
from snapshelf.evaluate.report import Change, Report, Score, changes_rows, compare
from snapshelf.evaluate.run import METRICS, evaluate

__all__ = [
    "METRICS",
    "Change",
    "JudgedQuery",
    "Qrels",
    "Report",
    "Score",
    "changes_rows",
    "compare",
    "evaluate",
    "learn_weights",
    "missing_of",
    "read_qrels",
    "read_queries",
]
