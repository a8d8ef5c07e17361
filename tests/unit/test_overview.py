"""The overview against a plain count of every row; percentiles by their definition; the command that shows it."""

import json
import math
import random
import time
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest
from sqlalchemy.dialects import postgresql

import snapshelf
from snapshelf.catalogue import queries
from snapshelf.catalogue.queries import KINDS, AskedQuery
from snapshelf.cli.queries import read_since
from snapshelf.errors import BadInput, NotHere
from snapshelf.observe.queries import Figures, Frequent, grouped, overview

HOUR, DAY = 3_600.0, 86_400.0
NOW = 20_000 * DAY + 7 * HOUR + 123.5  # no full hour
WORDS = ("red shoe", "blue shoe", "mug", "lamp", "55in oled", "")


def put(catalogue, many, seen=(), clicked=()):
    with catalogue.write() as connection:
        queries.record(connection, many)
        queries.looked_at(connection, seen, clicked)


def look(catalogue, since, until=NOW, **more):
    return overview(SimpleNamespace(catalogue=catalogue), since, until, **more)


def drawn(seed, many=400, span=9 * DAY):
    r = random.Random(seed)
    made = [
        AskedQuery(
            f"q{n}",
            NOW - r.random() * span,
            r.choice(KINDS),
            r.choice(WORDS),
            r.randrange(1_000_000) / 1e6,
            r.randrange(20),
            r.random() < 0.2,
            r.choice((0.0, 0.001)),
        )
        for n in range(many)
    ]
    seen = {q.id for q in made if r.random() < 0.7}
    return made, seen, {q.id for q in made if r.random() < 0.3}


def counted(some, seen, clicked):
    """Figures by the words of their definitions, row by row."""
    times = sorted(q.seconds for q in some)

    def least(share):  # the least time within which that share had their answers
        return next((t for t in times if 100 * sum(1 for other in times if other <= t) >= share * len(times)), None)

    return Figures(
        len(some),
        sum(q.id in seen | clicked for q in some),
        sum(q.id in clicked for q in some),
        sum(q.nothing for q in some),
        *map(least, (50, 95, 99)),
        pytest.approx(math.fsum(q.dollars for q in some)),
    )


@pytest.mark.parametrize(
    ("seed", "since", "until"),
    [
        (1, NOW - 7 * DAY, NOW),
        (2, NOW - 20 * HOUR, NOW),
        (3, NOW - 3 * DAY, NOW - DAY),
        (4, NOW - 900, NOW - 100),
        (5, 0.0, NOW),
    ],
)
def test_it_is_what_counting_row_by_row_gives(catalogue, seed, since, until):
    made, seen, clicked = drawn(seed)
    put(catalogue, made, seen, clicked)
    found = look(catalogue, since, until, shown=3)
    some = [q for q in made if since <= q.at < until]
    assert found.total == counted(some, seen, clicked)
    by_kind = {kind: [q for q in some if q.kind == kind] for kind in KINDS}
    assert found.kinds == {kind: counted(these, seen, clicked) for kind, these in by_kind.items() if these}
    assert list(found.kinds) == [kind for kind in KINDS if by_kind[kind]]
    step = HOUR if until - since <= 3 * DAY else DAY
    assert found.step == step
    buckets = defaultdict(list)
    for q in some:
        buckets[q.at // step * step].append(q)
    assert {at: one for at, one in found.series.items() if one.queries} == {
        at: counted(these, seen, clicked) for at, these in buckets.items()
    }
    for name, asked in (("frequent", some), ("unanswered", [q for q in some if q.nothing])):
        ranked = sorted(Counter(q.text for q in asked if q.text).items(), key=lambda item: (-item[1], item[0]))
        assert getattr(found, name) == tuple(Frequent(*item) for item in ranked[:3])


def test_a_series_has_no_holes(catalogue):
    put(catalogue, [AskedQuery("a", NOW - 60 * HOUR, "words"), AskedQuery("b", NOW - 1, "words")])
    hourly = list(look(catalogue, NOW - 48 * HOUR).series)
    assert hourly == [math.floor(NOW / HOUR) * HOUR - n * HOUR for n in range(48, -1, -1)]
    assert list(look(catalogue, NOW - 48 * HOUR, math.floor(NOW / HOUR) * HOUR).series) == hourly[:-1]
    assert len(look(catalogue, NOW - 30 * DAY).series) == 31
    assert len(look(catalogue, 0.0).series) == 4, "from the first query on, not from 1970"


def test_both_ends_of_the_span(catalogue):
    put(catalogue, [AskedQuery(f"q{n}", NOW + n, "words") for n in range(4)])
    assert look(catalogue, NOW + 1, NOW + 3).total.queries == 2


@pytest.mark.parametrize(
    ("times", "p50", "p95", "p99"),
    [
        ([0.25], 0.25, 0.25, 0.25),
        ([0.1, 0.2], 0.1, 0.2, 0.2),
        ([n / 1000 for n in range(1, 101)], 0.05, 0.095, 0.099),
        ([n / 1000 for n in range(1, 22)], 0.011, 0.02, 0.021),
    ],
)
def test_percentiles_are_times_that_were_measured(catalogue, times, p50, p95, p99):
    random.Random(1).shuffle(times)
    put(catalogue, [AskedQuery(f"q{n}", NOW - 1, "words", seconds=t) for n, t in enumerate(times)])
    total = look(catalogue, NOW - 9).total
    assert (total.p50, total.p95, total.p99) == (p50, p95, p99)


def test_without_queries_nothing_is_made_up(catalogue):
    found = look(catalogue, NOW - DAY)
    assert (found.total, found.kinds, found.frequent, found.unanswered) == (Figures(), {}, (), ())
    assert (found.total.ctr, found.total.nothing_rate, found.total.dollars_per_query) == (None, None, None)
    assert Figures(queries=4, nothing=1, dollars=2.0).ctr is None


def test_rates():
    one = Figures(queries=10, seen=8, clicked=2, nothing=1, dollars=0.5)
    assert (one.ctr, one.nothing_rate, one.dollars_per_query) == (0.25, 0.1, 0.05)


@pytest.mark.parametrize(
    ("since", "until"), [(NOW, NOW), (NOW, NOW - 1), (-1.0, NOW), (0.0, math.inf), (math.nan, NOW), (0.0, math.nan)]
)
def test_a_span_that_is_none(catalogue, since, until):
    with pytest.raises(BadInput, match="from one time to a later one"):
        look(catalogue, since, until)


def test_words_with_strange_spaces_stay_one(catalogue):
    strange = ["a\nb", "a\r\nb", "a\u2028b", "a\x1eb", "a\x85b", "a, b"]
    put(catalogue, [AskedQuery(f"q{n}", NOW - 1, "words", text) for n, text in enumerate(strange)])
    assert look(catalogue, NOW - 9).frequent == (Frequent("a b", 5), Frequent("a, b", 1))


def test_postgresql_is_asked_in_its_own_words():
    said = str(grouped(0.0, NOW).compile(dialect=postgresql.dialect()))
    assert "string_agg(CAST(queries.micros AS VARCHAR)" in said
    assert "group_concat" not in said


def test_one_scan_of_the_index_answers_it(catalogue):
    said = str(grouped(0.0, NOW).compile(catalogue.engine, compile_kwargs={"literal_binds": True}))
    with catalogue.read() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")]
    assert plan == ["SEARCH queries USING COVERING INDEX queries_hour (hour>? AND hour<?)"]


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command(home, run):
    assert run("queries")[0] == NotHere.exit_code
    assert run("index", "products.csv", "--json")[0] == 0
    assert "no query was logged since" in run("queries")[1]
    now = time.time()
    many = [
        AskedQuery("q1", now - 60, "words", "Red [bold]Shoe", 0.012, 3),
        AskedQuery("q2", now - 50, "words", "unicorn", 0.02, 0, True),
        AskedQuery("q3", now - 40, "photo", "", 0.05, 9, dollars=0.00006),
        AskedQuery("q4", now - 3 * DAY, "words", "old", 0.02, 1),
    ]
    with snapshelf.open("shelf", "snapshelf.toml") as shelf:
        put(shelf.stack.catalogue, many, seen={"q1", "q3"}, clicked={"q1"})
    said = run("queries", "--since", "24h")[1]
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.strip()}
    assert lines["words"][:6] == ["2", "100.0%", "50.0%", "12", "ms", "20"]
    assert lines["photo"] == ["1", "0.0%", "0.0%", "50", "ms", "50", "ms", "50", "ms", "$0.000060"]
    assert lines["all"][:3] == ["3", "50.0%", "33.3%"]
    assert "red [bold]shoe" in said
    assert "old" not in said.split()
    told = json.loads(run("queries", "--json")[1])
    assert told["total"]["queries"] == 4
    assert told["unanswered"] == [{"text": "unicorn", "queries": 1}]
    assert told["kinds"]["photo"]["dollars_per_query"] == 0.00006
    assert sum(point["queries"] for point in told["series"]) == 4


def test_how_far_back():
    assert [NOW - read_since(text, NOW) for text in ("90m", "24h", "7d", " 2 w ")] == [5400, DAY, 7 * DAY, 14 * DAY]
    assert read_since("1970-01-03", NOW) == 2 * DAY
    assert read_since("1970-01-03T01:00:00+01:00", NOW) == 2 * DAY
    assert read_since("999999w", NOW) == 0.0


@pytest.mark.parametrize("text", ["", "7", "d", "-7d", "yesterday", "7 days", "2999-01-01", "0d", "2026-13-01", "1e3d"])
def test_no_time_at_all(text, home, run):
    with pytest.raises(BadInput, match="--since is "):
        read_since(text, NOW)
