"""Consents: what was agreed to holds for that alone, until it runs out or is taken back; both stay written down."""

import threading

import pytest

from snapshelf.catalogue import consents
from snapshelf.catalogue.consents import Count
from snapshelf.errors import BadInput

NOW, DAY = 1_764_000_000.0, 86_400.0


def given(catalogue, purposes=("photo",), now=NOW, wording="2026-11", kept_seconds=0, client="c"):
    with catalogue.write() as connection:
        return consents.give(connection, purposes, wording, kept_seconds, client, now)


def test_it_holds_for_its_purposes_until_it_runs_out(catalogue):
    consent = given(catalogue, {"video", "photo"}, kept_seconds=3600)
    assert consent == consents.Consent(consent.id, NOW, ("photo", "video"), "2026-11", 3600, "c")
    with catalogue.read() as connection:
        assert consents.every(connection) == [consent]

        def holds(purpose, after=0.0, id=consent.id, days=30):
            return consents.holds(connection, id, purpose, NOW + after, days)

        assert [p for p in (*consents.PURPOSES, "withdrawn", "at", "") if holds(p)] == ["photo", "video"]
        assert [holds("photo", after) for after in (30 * DAY - 1, 30 * DAY)] == [True, False]
        assert not holds("photo", days=0)
        for id in ("", "nobody", consent.id[:-1], consent.id + "A", "x\0", "\ud800", None, 7):
            assert not holds("photo", id=id), id


def test_taken_back_it_holds_no_more_and_stays_written_down(catalogue):
    consent, other = given(catalogue), given(catalogue)
    with catalogue.write() as connection:
        assert consents.withdraw(connection, consent.id, NOW + 5)
        assert not consents.withdraw(connection, consent.id, NOW + 9)
        assert not consents.withdraw(connection, "nobody")
        assert not consents.holds(connection, consent.id, "photo", NOW + 6, 30)
        assert consents.holds(connection, other.id, "photo", NOW + 6, 30)
        kept = {one.id: one.withdrawn for one in consents.every(connection)}
    assert kept == {consent.id: NOW + 5, other.id: None}


def test_ids_cannot_be_guessed(catalogue):
    ids = {given(catalogue).id for _ in range(50)}
    assert len(ids) == 50
    assert {len(id) for id in ids} == {32}


def test_the_list_comes_in_pages_newest_first(catalogue):
    for n in range(5):
        given(catalogue, now=NOW + n)
    with catalogue.read() as connection:
        pages, before = [], None
        while page := consents.every(connection, 2, before):
            pages.append([one.at - NOW for one in page])
            before = page[-1].at
    assert pages == [[4, 3], [2, 1], [0]]


def test_counts_are_by_purpose_each_by_its_own_time(catalogue):
    old = given(catalogue, ("photo", "sound"), now=NOW - 10)
    given(catalogue, ("photo",))
    given(catalogue, ("video",))
    with catalogue.write() as connection:
        consents.withdraw(connection, old.id, NOW + 1)
        assert consents.counts(connection, NOW) == {"photo": Count(1, 1), "sound": Count(0, 1), "video": Count(1, 0)}
        assert consents.counts(connection)["photo"] == Count(2, 1)
        assert consents.counts(connection, NOW + 2) == dict.fromkeys(consents.PURPOSES, Count(0, 0))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"purposes": ()}, "names what it is for"),
        ({"purposes": "photo"}, "names what it is for"),
        ({"purposes": ("photos",)}, "Did you mean 'photo'"),
        ({"wording": ""}, "wording is"),
        ({"wording": "x" * 257}, "wording is"),
        ({"wording": None}, "wording is"),
        ({"kept_seconds": -1}, "kept_seconds is"),
        ({"kept_seconds": 0.5}, "kept_seconds is"),
        ({"kept_seconds": 2**31}, "kept_seconds is"),
        ({"client": "a\0b"}, "client is"),
    ],
)
def test_what_is_no_consent_is_refused(catalogue, wrong, said):
    with pytest.raises(BadInput, match=said):
        given(catalogue, **wrong)
    with catalogue.read() as connection:
        assert consents.every(connection) == []


def test_many_at_once_are_all_kept(catalogue):
    threads = [threading.Thread(target=given, args=(catalogue,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with catalogue.read() as connection:
        assert len(consents.every(connection)) == 12
