import threading
from datetime import UTC, datetime

import pytest

from snapshelf import money
from snapshelf.errors import OverBudget
from snapshelf.money import Purse, dollars, month_began


def test_a_limit_is_reached_and_never_passed():
    purse = Purse(run=1.0)
    for _ in range(10):
        purse.reserve(0.1)
        purse.settle(0.1, 0.1)
    with pytest.raises(OverBudget, match=r"this run has spent \$1\.00 of \$1\.00.*budget_dollars"):
        purse.reserve(0.1)
    purse.begin(0.0)
    purse.reserve(0.1)


def test_many_threads_cannot_overdraw_it():
    purse, refused = Purse(run=1.0), []

    def spend():
        for _ in range(400):
            try:
                purse.reserve(0.02)
            except OverBudget as error:
                refused.append(error)
                return
            purse.settle(0.02, 0.01)  # it cost less than it might have

    threads = [threading.Thread(target=spend) for _ in range(8)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert len(refused) == 8
    assert 0.97 < purse.spent["run"] <= 1.0 + 1e-9


def test_the_month_counts_what_was_spent_before():
    purse = Purse(month=5.0)
    purse.begin(4.999)
    with pytest.raises(OverBudget, match=r"this month has spent \$5\.00 of \$5\.00.*budget_month"):
        purse.reserve(0.01)


def test_a_new_month_begins_at_nothing(monkeypatch):
    purse = Purse(month=5.0)
    purse.begin(5.0)
    later = month_began() + 40 * 86_400
    monkeypatch.setattr(money, "month_began", lambda: later)
    purse.reserve(0.01)


def test_nobody_waits_for_room_after_a_stop():
    purse = Purse(run=1.0)
    purse.reserve(0.9)
    with pytest.raises(OverBudget):
        purse.reserve(0.2, lambda: True)


def test_without_limits_everything_goes():
    purse = Purse()
    purse.reserve(1e9)


def test_the_month_is_that_of_utc():
    assert month_began(datetime(2026, 11, 25, 21, 4, tzinfo=UTC)) == datetime(2026, 11, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "$0.00"), (1234.5, "$1,234.50"), (0.5, "$0.50"), (0.00006, "$0.000060")]
)
def test_dollars_as_a_person_reads_them(amount, said):
    assert dollars(amount) == said
