import threading
import time

import pytest

from snapshelf.pace import Bucket, Patience, tried


class Flaky:
    """Fails so many times, then gives 7."""

    def __init__(self, times):
        self.times, self.calls = times, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.times:
            raise OSError("again")
        return 7


QUICK = Patience(attempts=8, first=0.0, cap=0.0)


def test_a_bucket_lets_through_no_more_than_its_rate_over_any_time():
    bucket, got, began = Bucket(200, 5), [], time.monotonic()

    def take():
        for _ in range(15):
            bucket.take()
            got.append(time.monotonic() - began)

    threads = [threading.Thread(target=take) for _ in range(4)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    for n, at in enumerate(sorted(got), start=1):
        assert n <= 5 + 200 * at + 1e-6
    assert max(got) < 2.0  # 55 tokens at 200 a second take 0.275 s; the rest is a slow machine


def test_more_than_a_bucket_holds_is_delayed_and_never_refused():
    bucket = Bucket(100, 1)
    assert bucket.take(3) == pytest.approx(0.02, abs=0.005)


def test_what_was_not_used_is_given_back():
    bucket, stopped = Bucket(0.1, 10), threading.Event()
    bucket.take(10)
    bucket.give(9)
    assert bucket.take(8) == 0
    bucket.give(-5)
    stopped.set()
    assert bucket.take(0, stopped) > 30


def test_a_wait_ends_when_it_is_stopped():
    bucket, stopped = Bucket(0.001, 1), threading.Event()
    bucket.take(1)
    stopped.set()
    began = time.monotonic()
    bucket.take(1, stopped)
    assert time.monotonic() - began < 1


def test_what_fails_is_tried_as_often_as_it_is_worth():
    for times, worth, calls in ((0, 5, 1), (3, 5, 4), (9, 5, 5), (9, 0, 1), (9, 100, 8)):
        flaky = Flaky(times)
        if times < calls:
            assert tried(flaky, lambda error, worth=worth: worth, QUICK) == 7
        else:
            with pytest.raises(OSError, match="again"):
                tried(flaky, lambda error, worth=worth: worth, QUICK)
        assert flaky.calls == calls


def test_no_attempt_begins_after_the_deadline():
    flaky = Flaky(100)
    with pytest.raises(OSError, match="again"):
        tried(flaky, lambda error: 100, Patience(attempts=100, first=1.0, cap=1.0, deadline=0.5), draw=lambda: 1.0)
    assert flaky.calls == 1


def test_stopping_ends_the_repetitions():
    flaky, stopped = Flaky(100), threading.Event()
    stopped.set()
    with pytest.raises(OSError, match="again"):
        tried(flaky, lambda error: 100, Patience(cap=60, first=60), stopped)
    assert flaky.calls == 1


def test_waits_are_full_jitter_below_a_growing_cap():
    patience = Patience(first=0.5, cap=20)
    assert [patience.wait(n, lambda: 1.0) for n in range(7)] == [0.5, 1, 2, 4, 8, 16, 20]
    assert patience.wait(3, lambda: 0.25) == 1.0
    assert patience.wait(10_000, lambda: 1.0) == 20
    drawn = [patience.wait(6) for _ in range(400)]
    assert 0 <= min(drawn) < 2
    assert 18 < max(drawn) <= 20
