"""What an evaluation found: means with intervals per metric and modality, every query's score, what was left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from snapshelf.errors import BadInput, nearest
from snapshelf.stats import Difference, Interval, mean_interval, paired

GROUPS = ("all", "text", "image", "mixed", "audio", "video")


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of one metric over one group of queries, with its 95 % interval (`snapshelf.stats.mean_interval`)."""

    metric: str
    group: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of every query, and who was not scored.

    ``per_query``: query id → metric → score, in [0, 1], in the order asked. ``groups``: query id → modality.
    ``excluded``: ids without any relevant judgement, in no mean; ``unjudged`` are those of them without any judgement.
    ``unknown``: ids that were judged but not asked. ``empty``: ids for which the search found nothing; they are in
    every mean, with 0. ``missing``: judged SKUs that are not among the products searched, where that is known.
    ``condensed``: products that nobody judged were taken out before scoring. ``depth``: how many were asked for.
    """

    per_query: Mapping[str, Mapping[str, float]]
    groups: Mapping[str, str]
    excluded: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    condensed: bool = False
    depth: int = 0
    unjudged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics, in the order asked."""
        return tuple(next(iter(self.per_query.values()), {}))

    def members(self, group: str) -> list[str]:
        """The ids of the scored queries of a group; "all" for all of them."""
        return [id for id in self.per_query if group in ("all", self.groups[id])]

    def score(self, metric: str, group: str = "all") -> Score:
        """One mean. Raises BadInput for a metric that was not asked, or a group without a query."""
        if metric not in self.metrics:
            raise BadInput(f"the report has no metric {metric!r}.{nearest(metric, self.metrics)}")
        if not self.members(group):
            raise BadInput(f"no query of the report is {group!r}.{nearest(group, {*self.groups.values(), 'all'})}")
        return Score(metric, group, mean_interval([self.per_query[id][metric] for id in self.members(group)]))

    def scores(self) -> tuple[Score, ...]:
        """Every metric over all queries, then the same for each modality that occurs."""
        present = [group for group in GROUPS if self.members(group)]
        return tuple(self.score(metric, group) for group in present for metric in self.metrics)

    def rows(self) -> list[list[str]]:
        """A table to print: a head, then one line per group and metric."""
        table = [["queries", "number", "metric", "mean", "95 % interval"]]
        for score in self.scores():
            of = score.interval
            table.append([score.group, str(of.n), score.metric, f"{of.mean:.3f}", _sure(of)])
        return table

    def to_json(self) -> str:
        """Everything, as JSON; `from_json` reads it back."""
        content = {
            "scores": [{"metric": s.metric, "group": s.group, **asdict(s.interval)} for s in self.scores()],
            "queries": [
                {"id": id, "group": self.groups[id], "scores": dict(scores)} for id, scores in self.per_query.items()
            ],
            "excluded": self.excluded,
            "unknown": self.unknown,
            "empty": self.empty,
            "unjudged": self.unjudged,
            "missing": self.missing,
            "condensed": self.condensed,
            "depth": self.depth,
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that `to_json` wrote. Raises BadInput for any other text."""
        try:
            found = json.loads(text)
            return cls(
                per_query={
                    query["id"]: {name: float(s) for name, s in query["scores"].items()} for query in found["queries"]
                },
                groups={query["id"]: query["group"] for query in found["queries"]},
                excluded=tuple(found["excluded"]),
                unknown=tuple(found["unknown"]),
                empty=tuple(found["empty"]),
                condensed=found["condensed"],
                depth=found["depth"],
                unjudged=tuple(found.get("unjudged", ())),
                missing=tuple(found.get("missing", ())),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadInput(f"this is no report of an evaluation: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Change:
    """One metric before and after, over one group: the two means, and how sure the difference is."""

    metric: str
    group: str
    before: float
    after: float
    difference: Difference


def changes_rows(changes: Sequence[Change]) -> list[list[str]]:
    """A table of changes to print: a head, then one line per group and metric."""
    table = [["queries", "number", "metric", "before", "after", "change", "95 % interval", "p"]]
    for change in changes:
        of = change.difference.interval
        means = [f"{change.before:.3f}", f"{change.after:.3f}", f"{of.mean:+.3f}"]
        table.append([change.group, str(of.n), change.metric, *means, _sure(of, "+"), f"{change.difference.p:.4f}"])
    return table


def _sure(of: Interval, sign: str = "-") -> str:
    if of.low is None or of.high is None:
        return "one query only"
    return f"{of.low:{sign}.3f} to {of.high:{sign}.3f}"


def compare(before: Report, after: Report) -> tuple[Change, ...]:
    """What changed between two reports on the same queries, for the metrics of both (`snapshelf.stats.paired`).

    Raises BadInput when the queries or the way of scoring differ, since then the means cannot be compared, or when
    there is no metric in common.
    """
    odd = sorted({*before.per_query} ^ {*after.per_query})
    if odd or before.condensed != after.condensed:
        what = f"{odd[0]!r} is in one only" if odd else "one is condensed, the other is not"
        raise BadInput(f"two reports can be compared when they score the same queries in the same way; {what}")
    metrics = [metric for metric in before.metrics if metric in after.metrics]
    if not metrics:
        raise BadInput(f"the reports have no metric in common: {', '.join(before.metrics)}; {', '.join(after.metrics)}")
    changes = []
    for group in (group for group in GROUPS if before.members(group)):
        for metric in metrics:
            ids = before.members(group)
            a, b = ([report.per_query[id][metric] for id in ids] for report in (before, after))
            changes.append(Change(metric, group, sum(a) / len(a), sum(b) / len(b), paired(a, b)))
    return tuple(changes)
