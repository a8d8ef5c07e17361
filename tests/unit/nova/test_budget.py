"""A month's budget that one process indexes with while another searches with it."""

import json
import subprocess
import sys
import textwrap

import pytest

import snapshelf
from snapshelf.errors import OverBudget
from tests.unit.nova.test_ingest import goods, ledger, settings

SEARCH = """
    import json, sys
    import snapshelf
    from snapshelf.config import EmbedderSettings, Settings, StoreSettings
    from snapshelf.errors import OverBudget

    model = EmbedderSettings(name="nova", dim=256, options=json.loads(sys.argv[2]))
    with snapshelf.open(sys.argv[1], Settings(embedder=model, store=StoreSettings(name="exact"))) as shelf:
        shelf.search("the first word", lanes=["vector"])
        print("ready", flush=True)
        try:
            for n in range(10_000):
                shelf.search(f"word {n}", lanes=["vector"])
        except OverBudget as error:
            print(error, flush=True)
        sys.stdin.read()
"""


def test_two_processes_never_exceed_the_budget_together(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(3))
    budget = wire.met("dollars") + 0.00012
    options = wire.options(budget_month=budget, concurrency=2, remembered=0)
    script = tmp_path / "search.py"
    script.write_text(textwrap.dedent(SEARCH))
    line = [sys.executable, script, tmp_path / "shelf", json.dumps(options)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as search:
        assert search.stdout.readline() == "ready\n"
        with snapshelf.open(tmp_path / "shelf", settings(wire, budget_month=budget, concurrency=2)) as shelf:
            with pytest.raises(OverBudget, match="budget_month"):
                shelf.index(goods(10_000))
            assert "this month has spent" in search.stdout.readline()
            spent = wire.met("dollars")
            assert 0.9 * budget < spent <= budget + 1e-12
            search.stdin.close()
            assert search.wait(60) == 0
            assert sum(one.calls for one in ledger(shelf).values()) == wire.met()
            assert sum(one.dollars for one in ledger(shelf).values()) == pytest.approx(spent)
