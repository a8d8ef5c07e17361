"""An account that allows fewer calls than the settings say: what is throttled is repeated, and nothing is lost."""

import itertools

import snapshelf
from snapshelf.twin.throttle import Throttle
from tests.unit.nova.test_ingest import goods, ledger, settings


def test_calls_beyond_the_quota_are_repeated_until_they_pass(wire, tmp_path):
    moments = itertools.count()
    wire.bedrock.load = wire.bedrock.bedrock.load
    wire.twin.gate.throttle = Throttle({"requests": 0.5}, clock=lambda: float(next(moments)))  # every other one
    with snapshelf.open(tmp_path / "shelf", settings(wire, attempts=100)) as shelf:
        summary = shelf.index(goods(40))
        assert (summary.added, summary.embedded, summary.refused) == (40, 40, [])
        assert 30 < wire.met("refused") < 80
        held = ledger(shelf)
        assert held["calls refused"].calls == wire.met("refused")
        assert sum(one.calls for one in held.values()) == wire.met()
