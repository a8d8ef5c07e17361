"""The server itself: broken clients, limits, connections that stay open."""

import json
import socket
import threading

import pytest

from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from tests.unit.twin.conftest import keys, record, refused

PLACE = {"vectorBucketName": "shop", "indexName": "products"}
LIST = b"POST /ListVectorBuckets HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def wire(shop):
    """Send bytes, and read what comes back until the other side ends or says no more for a moment."""

    def send(*parts, shut=False):
        with socket.create_connection(("127.0.0.1", shop.twin.port), timeout=5) as line:
            answers = []
            for part in parts:
                line.sendall(part)
            if shut:
                line.shutdown(socket.SHUT_WR)
            line.settimeout(0.5)
            try:
                while got := line.recv(65536):
                    answers.append(got)
            except TimeoutError:
                answers.append(b"<open>")
            return b"".join(answers)

    return send


def test_a_connection_stays_open_for_the_next_request(wire):
    answer = wire(LIST, LIST)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.endswith(b"<open>")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"no request at all\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
        (b"POST /PutVectors HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /PutVectors HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /PutVectors HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /PutVectors HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
    ],
)
def test_what_is_no_request_is_refused_and_ended(wire, request_, status):
    answer = wire(request_, shut=True)
    assert answer.startswith(b"HTTP/1.1 %d" % status)
    assert not answer.endswith(b"<open>")
    assert "message" in json.loads(answer.partition(b"\r\n\r\n")[2])


def test_a_body_that_ends_early_does_nothing(s3v, wire, index):
    place = index()
    told = json.dumps({**place, "vectors": [record("a")]}).encode()
    head = b"POST /PutVectors HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (len(told) + 1)
    assert wire(head, told, shut=True) == b""
    assert keys(s3v.list_vectors(**place)) == []


def test_expecting_clients_are_told_to_go_on_unless_it_is_too_much(wire):
    head = b"POST /ListVectorBuckets HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    assert wire(head % 2).startswith(b"HTTP/1.1 100 Continue")
    assert wire(head % 30_000_000, shut=True).startswith(b"HTTP/1.1 400 ")


def test_many_connections_at_once(shop, s3v, index):
    place, wrong = index(), []

    def work(number):
        client = shop.client()
        for at in range(5):
            client.put_vectors(**place, vectors=[record(f"{number}-{at}", (1, number), by=number)])
            query = {"topK": 1, "queryVector": {"float32": [1, number]}, "filter": {"by": number}}
            if not keys(client.query_vectors(**place, **query))[0].startswith(f"{number}-"):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(keys(s3v.list_vectors(**place))) == 60


def test_nothing_of_another_region_can_be_reached(shop, s3v, bucket):
    arn = s3v.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]["vectorBucketArn"]
    assert refused(s3v.get_vector_bucket, vectorBucketArn=arn.replace("us-east-1", "eu-west-1"))[0] == 404


def test_a_full_disk_leaves_everything_as_it_was(tmp_path, capfd):
    with running(Options(data=tmp_path)) as twin:
        client = twin.client()
        client.create_vector_bucket(vectorBucketName="shop")
        client.create_index(**PLACE, dataType="float32", dimension=1024, distanceMetric="cosine")
        client.put_vectors(**PLACE, vectors=[record("a", [1] * 1024)])
        connection = twin.twin.services[0]._disk._connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        batch = [record(f"k{at}", [1] * 1024) for at in range(100)]
        assert refused(client.put_vectors, **PLACE, vectors=batch)[:2] == (500, "InternalServerException")
        assert keys(client.list_vectors(**PLACE)) == ["a"]
        connection.execute("PRAGMA max_page_count = 1000000")
        client.put_vectors(**PLACE, vectors=batch)
    assert "disk is full" in capfd.readouterr().err
    with running(Options(data=tmp_path)) as twin:
        assert len(keys(twin.client().list_vectors(**PLACE))) == 101
