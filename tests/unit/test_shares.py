"""A month's budget that several processes spend of."""

import threading
from contextlib import suppress

import pytest

from snapshelf import money
from snapshelf.catalogue import charges, open_catalogue, shares
from snapshelf.catalogue.shares import Shares
from snapshelf.errors import OverBudget
from snapshelf.money import LASTS, Purse
from snapshelf.protocols import Charge


@pytest.fixture
def catalogue(tmp_path):
    opened = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    yield opened
    opened.close()


class Spender:
    """A process: a purse and its shares; what it spends is written down every ``every`` calls."""

    def __init__(self, catalogue, limit, every=7):
        self.catalogue, self.shares, self.every = catalogue, Shares(catalogue), every
        self.purse, self.owed, self.spent = Purse(month=limit), [], 0.0
        self.purse.share = self.shares.take

    def spend(self, most, cost):
        self.purse.reserve(most)
        self.purse.settle(most, cost)
        self.spent += cost
        self.owed.append(Charge("bedrock", "InvokeModel", "nova", "tokens", 1, cost))
        if len(self.owed) == self.every:
            self.write()

    def write(self):
        dollars = sum(one.dollars for one in self.owed)
        with self.catalogue.write() as connection:
            charges.record(connection, "", self.owed)
            self.shares.wrote(connection, dollars)
        self.shares.settled(dollars)
        self.owed = []

    def spend_all(self, most, cost):
        with suppress(OverBudget):
            while True:
                self.spend(most, cost)


def test_together_they_spend_the_budget_and_no_more(catalogue):
    spenders = [Spender(catalogue, 1.0, every) for every in (3, 7, 1_000)]
    threads = [threading.Thread(target=one.spend_all, args=(0.004, 0.002)) for one in spenders]
    [one.start() for one in threads]
    [one.join() for one in threads]
    total = sum(one.spent for one in spenders)
    assert 0.95 < total <= 1.0 + 1e-9


def test_one_alone_spends_all_of_it(catalogue):
    one = Spender(catalogue, 1.0)
    one.spend_all(0.004, 0.002)
    assert 1.0 - 0.004 <= one.spent <= 1.0 + 1e-9


def test_few_calls_ask_for_a_share(catalogue):
    one, asked = Spender(catalogue, 1_000.0), []
    take = one.purse.share
    one.purse.share = lambda *given: asked.append(given) or take(*given)
    for _ in range(1_000):
        one.spend(0.004, 0.002)
    assert len(asked) == 1


def test_what_a_killed_process_took_stays_taken_for_an_hour(catalogue, monkeypatch):
    killed, other = Spender(catalogue, 1.0, every=1_000), Spender(catalogue, 1.0)
    killed.spend(0.5, 0.4)  # and it never writes that down
    other.spend_all(0.01, 0.01)
    assert 0.49 < other.spent <= 0.5 + 1e-9
    now = shares.time.time()
    monkeypatch.setattr(shares.time, "time", lambda: now + LASTS)
    other.spend_all(0.01, 0.01)
    assert 0.98 < other.spent <= 1.0 + 1e-9


def test_a_share_that_has_run_out_is_asked_for_again(catalogue, monkeypatch):
    idle, other = Spender(catalogue, 1.0), Spender(catalogue, 1.0)
    idle.spend(0.5, 0.1)
    idle.write()
    now, clock = shares.time.time(), money.time.monotonic()
    monkeypatch.setattr(shares.time, "time", lambda: now + LASTS)
    monkeypatch.setattr(money.time, "monotonic", lambda: clock + LASTS)
    other.spend_all(0.01, 0.01)
    assert other.spent == pytest.approx(0.9, abs=0.02)
    with pytest.raises(OverBudget, match=r"this month has spent .* of \$1\.00"):
        idle.spend(0.1, 0.1)


def test_a_share_that_runs_out_is_kept_by_asking(catalogue, monkeypatch):
    one, asked = Spender(catalogue, 1.0), []
    take = one.purse.share
    one.purse.share = lambda *given: asked.append(given) or take(*given)
    one.spend(0.5, 0.1)
    clock = money.time.monotonic()
    monkeypatch.setattr(money.time, "monotonic", lambda: clock + LASTS / 2 + 1)
    one.spend(0.1, 0.1)
    assert [dollars for dollars, _ in asked] == [0.5, 0.0]


def test_what_is_given_back_is_anybodys(catalogue):
    one, other = Spender(catalogue, 1.0), Spender(catalogue, 1.0)
    one.spend(0.9, 0.1)
    one.write()
    with pytest.raises(OverBudget):
        other.spend(0.5, 0.5)
    one.shares.give_back()
    other.spend(0.5, 0.5)


def test_a_write_that_fails_gives_nothing_away(catalogue):
    one, other = Spender(catalogue, 1.0, every=1_000), Spender(catalogue, 1.0)
    one.spend(0.6, 0.6)
    with suppress(ZeroDivisionError), catalogue.write() as connection:
        one.shares.wrote(connection, 0.6)
        raise ZeroDivisionError
    with pytest.raises(OverBudget):
        other.spend(0.5, 0.5)
