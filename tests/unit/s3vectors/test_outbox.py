"""Vectors on their way: full calls at once, nothing lost when a call fails, one id never in two calls at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from snapshelf.errors import Outside
from snapshelf.stores.s3vectors.encode import Packed
from snapshelf.stores.s3vectors.outbox import Outbox


class Service:
    """Takes calls, each with its index and ids; fails where told."""

    def __init__(self):
        self.calls, self.held, self.lock, self.failing = [], {}, threading.Lock(), set()

    def put(self, index, records):
        ids = [one.id for one in records]
        with self.lock:
            if self.failing & set(ids):
                raise Outside(f"no {sorted(self.failing & set(ids))}")
            self.calls.append((index, ids))
            self.held.update({(index, one.id): one.body for one in records})


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def outbox(service):
    with ThreadPoolExecutor(4) as pool:
        yield Outbox("bucket", pool, service.put, 4)


def records(start, end, body=b"x"):
    return [Packed(f"P{n}", body) for n in range(start, end)]


def test_full_calls_go_and_the_rest_waits(service, outbox):
    outbox.put("i", records(0, 1_200))
    outbox.put("i", records(1_200, 1_250))
    outbox.drain()
    assert sorted(len(ids) for _, ids in service.calls) == [250, 500, 500]
    assert len(service.held) == 1_250
    assert outbox.empty


def test_the_last_one_put_is_the_one_there(service, outbox):
    for turn in range(20):
        outbox.put("i", records(0, 600, b"%d" % turn))
    outbox.drain()
    assert set(service.held.values()) == {b"19"}
    assert len(service.held) == 600


def test_what_failed_is_kept_and_sent_again(service, outbox):
    service.failing = {"P3"}
    outbox.put("i", records(0, 1_100))
    with pytest.raises(Outside, match="P3"):
        outbox.drain()
    assert not outbox.empty
    assert len(service.held) == 600
    service.failing = set()
    outbox.put("i", [Packed("P3", b"newer")])
    outbox.drain()
    assert len(service.held) == 1_100
    assert service.held["i", "P3"] == b"newer"


def test_several_indexes(service, outbox):
    outbox.put("a", records(0, 3))
    outbox.put("b", records(0, 3))
    outbox.forget("b", ["P1", "nobody"])
    outbox.drain()
    assert sorted(service.held) == [("a", "P0"), ("a", "P1"), ("a", "P2"), ("b", "P0"), ("b", "P2")]
