"""One shelf, many threads: every answer is the one that a single thread gets, whatever the others do meanwhile."""

import itertools
import os
import random
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from PIL import Image

import snapshelf
from snapshelf.catalogue import changes
from snapshelf.config import Settings, StoreSettings
from snapshelf.errors import Busy
from snapshelf.filters import matches, parse
from snapshelf.once import once
from snapshelf.types import Product, Results
from snapshelf.writer import writing

THREADS = 8
SECONDS = 2.0  # of hammering, and answers that each thread gets at least
LEAST = 5
COLOURS = {"red": (200, 30, 30), "blue": (30, 60, 200), "green": (30, 150, 60), "black": (20, 20, 20)}
KINDS = {"mug": 8.0, "running shoe": 70.0, "backpack": 45.0, "desk lamp": 30.0, "t-shirt": 15.0, "headphones": 90.0}
CHEAP = "price < 50 and in_stock"


def goods(folder):
    for name, colour in COLOURS.items():
        Image.new("RGB", (48, 40), colour).save(folder / f"{name}.png")
    for at, ((kind, price), colour) in enumerate(itertools.product(KINDS.items(), COLOURS)):
        for size in range(5):
            yield Product(
                f"{kind[:3].upper()}-{at}-{size}",
                f"{colour} {kind}, size {size}",
                f"a {colour} {kind} for every day",
                brand="Acme" if at % 2 else "Bolt",
                category=f"Things > {kind}",
                price=price + size,
                currency="EUR",
                stock=size,
                family=f"{kind[:3].upper()}-{at}",
                images=(str(folder / f"{colour}.png"),) if size < 2 else (),
                attributes={"color": colour},
            )


@pytest.fixture(scope="module", params=["funnel", "exact"])
def place(request, tmp_path_factory):
    """A folder with a shelf in it, and its settings."""
    folder = tmp_path_factory.mktemp(request.param)
    settings = Settings(store=StoreSettings(name=request.param))
    with snapshelf.open(folder / "shelf", settings) as shelf:
        shelf.index(list(goods(folder)))
    return folder, settings


def questions(folder):
    """Name → a question to a shelf."""
    photo, other = (folder / "red.png").read_bytes(), folder / "blue.png"
    return {
        **{text: lambda s, t=text: s.search(t) for text in ("red mug", "runing shoe", "lamp under 32 EUR", "MUG-1-2")},
        "page": lambda s: s.search("backpack", k=5, offset=5, collapse="family"),
        "filter": lambda s: s.search("blue t-shirt", where=CHEAP, facets=["brand", "color"]),
        "photo": lambda s: s.search(image=photo),
        "photo and words": lambda s: s.search("but in green", image=other, k=6),
        "not": lambda s: s.search("mug not red", cutoff=False),
        **{typed: lambda s, t=typed: s.suggest(t) for typed in ("re", "red ru", "headpohnes", "mug-1", "t-s")},
        "similar": lambda s: s.similar("MUG-1-2"),
        "similar, filtered": lambda s: s.similar("DES-12-1", where=CHEAP, family=True),
        "explain": lambda s: s.explain("MUG-1-2", "red mug"),
    }


def plain(answer):
    """An answer as what can be compared: all but the time it took."""
    if isinstance(answer, Results):
        hits = [(hit.sku, round(hit.score, 4), round(hit.relevance, 3), hit.siblings, hit.view) for hit in answer]
        return hits, answer.matching, answer.total, dict(answer.facets), answer.nothing, answer.notes
    return answer if isinstance(answer, tuple) else (answer.sku, answer.rank, answer.said[0])


def hammer(shelf, asked, check, going, beside=()):
    """Ask from `THREADS` threads at once, each in an order of its own, as long as it goes on; what went wrong."""
    wrong, done, begin = [], [0] * THREADS, threading.Barrier(THREADS + len(beside))

    def ask(number):
        names = itertools.cycle(random.Random(number).sample(sorted(asked), len(asked)))
        begin.wait()
        while not wrong and (done[number] < LEAST or going()):
            name = next(names)
            try:
                check(name, asked[name](shelf))
            except BaseException as error:
                wrong.append(f"{name}: {type(error).__name__}: {error}"[:2000])
            done[number] += 1

    def act(work):
        begin.wait()
        while not wrong and (min(done) < LEAST or going()):
            try:
                work()
            except BaseException as error:
                wrong.append(f"beside: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(THREADS)]
    threads += [threading.Thread(target=act, args=(work,)) for work in beside]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def reference(place):
    folder, settings = place
    with snapshelf.open(folder / "shelf", settings) as shelf:
        return {name: plain(ask(shelf)) for name, ask in questions(folder).items()}


def test_eight_threads_get_what_one_gets(place):
    """The shelf is opened anew, so that the threads also open its parts together; events are recorded beside them."""
    folder, settings = place
    expected, count = reference(place), itertools.count()

    def shown():
        number = next(count)
        event = {"action_name": "impression", "query_id": f"q{number}", "timestamp": "2026-01-01T00:00:00Z"}
        done = shelf.record([{**event, "event_attributes": {"object": {"object_id": "MUG-1-2"}}}])
        assert done.counted + done.again == 1

    def check(name, answer):
        assert plain(answer) == expected[name]

    with snapshelf.open(folder / "shelf", settings) as shelf:
        end = time.monotonic() + SECONDS
        assert hammer(shelf, questions(folder), check, lambda: time.monotonic() < end, [shown]) == []


OTHER = """
    import sys
    from pathlib import Path
    import snapshelf
    from snapshelf.config import Settings, StoreSettings
    from tests.unit.test_threads import goods
    folder = Path(sys.argv[1])
    with snapshelf.open(folder / "shelf", Settings(store=StoreSettings(name=sys.argv[2]))) as shelf:
        for turn in range(2):
            more = [snapshelf.Product(f"NEW-{n}", f"violet kettle {n}", price=20.0 + turn, stock=1) for n in range(9)]
            shelf.index(more)
            shelf.remove([product.sku for product in more])
    print("done")
"""


def test_while_another_process_indexes(place):
    """Nothing fails, no filter is broken, no product is made up; and afterwards every answer is as before."""
    folder, settings = place
    expected = reference(place)
    held = {product.sku for product in goods(folder)} | {f"NEW-{n}" for n in range(9)}
    cheap = parse(CHEAP)
    command = [sys.executable, "-c", textwrap.dedent(OTHER), str(folder), settings.store.name]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def check(name, answer):
        if isinstance(answer, Results):
            assert {hit.sku for hit in answer} <= held
            if name in ("filter", "similar, filtered"):
                assert all(matches(cheap, hit.product.filterable()) for hit in answer)

    try:
        with snapshelf.open(folder / "shelf", settings) as shelf:
            assert hammer(shelf, questions(folder), check, lambda: other.poll() is None) == []
            said, complaint = other.communicate(timeout=60)
            assert said.strip() == "done", complaint
            assert {name: plain(ask(shelf)) for name, ask in questions(folder).items()} == expected
    finally:
        other.kill()
        other.wait()


class Slow:
    """Something that is opened once, slowly."""

    def __init__(self):
        self.turn, self.opened = threading.RLock(), []

    @once
    def part(self):
        """What is opened."""
        found = object()
        self.opened.append(found)
        time.sleep(0.02)  # in which another thread would begin to open it, too
        return found


def test_a_part_is_opened_once():
    slow, begin, seen = Slow(), threading.Barrier(THREADS), []

    def ask():
        begin.wait()
        seen.append(slow.part)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == slow.opened * THREADS
    del slow.__dict__["part"]
    assert slow.part is not seen[0], "what was closed is opened anew"
    assert Slow.part.__doc__ == "What is opened."


def test_more_threads_than_connections_that_stay_open(place):
    """Each of them holds one connection and asks for a second, as a search may."""
    folder, settings = place
    begin, done = threading.Barrier(24), []
    with snapshelf.open(folder / "shelf", settings) as shelf:

        def ask():
            with shelf.stack.catalogue.read() as connection:
                before = changes.now(connection)
                begin.wait(timeout=30)
                with shelf.stack.catalogue.read() as other:
                    done.append(changes.now(other) == before)

        threads = [threading.Thread(target=ask) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert done == [True] * 24


def test_who_indexes_waits_for_a_search_that_catches_up(tmp_path):
    """And who only catches up waits for nobody, nor does anybody for one that indexes."""
    held, end = threading.Event(), threading.Event()

    def hold(follows):
        with writing(tmp_path, follows):
            held.set()
            end.wait(30)

    for follows in (True, False):
        held.clear(), end.clear()
        other = threading.Thread(target=hold, args=(follows,))
        other.start()
        assert held.wait(30)
        with pytest.raises(Busy, match=f"by process {os.getpid()};"), writing(tmp_path, follows=True):
            pass
        if follows:
            threading.Timer(0.1, end.set).start()
            with writing(tmp_path):
                assert end.is_set()
        else:
            with pytest.raises(Busy, match="is being written to"), writing(tmp_path):
                pass
            end.set()
        other.join()
