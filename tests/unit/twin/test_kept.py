"""What is kept on disk: everything that was acknowledged, after a proper end and after SIGKILL."""

import signal
import subprocess
import sys
import threading

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from snapshelf.errors import Busy, Outside
from snapshelf.testing.twin import running
from snapshelf.twin.run import Options, start
from tests.unit.twin.conftest import keys, record, refused

PLACE = {"vectorBucketName": "shop", "indexName": "products"}
SERVER = """
import sys
from pathlib import Path
from snapshelf.twin.run import Options, start
twin = start(Options(data=Path(sys.argv[1])))
print(twin.endpoint, flush=True)
sys.stdin.read()
"""


def fill(client):
    client.create_vector_bucket(vectorBucketName="shop", tags={"a": "b"})
    allowed = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3vectors:*", "Resource": "*"}]}'
    client.put_vector_bucket_policy(vectorBucketName="shop", policy=allowed)
    configuration = {
        "nonFilterableMetadataKeys": ["title"],
        "textSearchConfigurations": [{"metadataKey": "title", "language": "en"}],
    }
    client.create_index(
        **PLACE,
        dataType="float32",
        dimension=2,
        distanceMetric="euclidean",
        metadataConfiguration=configuration,
        tags={"c": "d"},
    )
    rows = [record(f"k{at}", (at, 0.1), title=f"red shoes {at}", n=at) for at in range(30)]
    client.put_vectors(**PLACE, vectors=rows)
    client.put_vectors(**PLACE, vectors=[record("k3", (50, 1), n=-1)])
    client.delete_vectors(**PLACE, keys=["k4"])


def everything(client):
    shown = {"returnData": True, "returnMetadata": True}
    index = client.get_index(**PLACE)["index"]
    return (
        client.get_vector_bucket(vectorBucketName="shop")["vectorBucket"],
        client.get_vector_bucket_policy(vectorBucketName="shop")["policy"],
        index,
        client.list_tags_for_resource(resourceArn=index["indexArn"])["tags"],
        sorted(client.list_vectors(**PLACE, **shown)["vectors"], key=lambda one: one["key"]),
        keys(client.query_vectors(**PLACE, topK=5, queryVector={"float32": [1, 0]}, filter={"n": {"$gt": 2}})),
        keys(client.query_vectors(**PLACE, topK=50, queryTexts=[{"text": "shoe", "metadataKey": "title"}])),
    )


def test_a_fresh_start_reads_it_back(tmp_path):
    with running(Options(data=tmp_path)) as found:
        fill(found.client())
        before = everything(found.client())
        held = found.meter()["standing"]
    with running(Options(data=tmp_path)) as found:
        client = found.client()
        assert everything(client) == before
        assert found.meter()["standing"] == held
        client.delete_index(**PLACE)
        client.create_index(**PLACE, dataType="float32", dimension=3, distanceMetric="cosine")
    with running(Options(data=tmp_path)) as found:
        assert found.client().list_vectors(**PLACE)["vectors"] == []  # nothing of the index that had its name
        assert refused(found.client().put_vectors, **PLACE, vectors=[record("a", (1, 2))])[0] == 400


def test_a_killed_twin_has_lost_nothing_that_it_acknowledged(tmp_path):
    """Four writers, and SIGKILL while they write; what is only half there may be whole or absent, never in part."""
    script = [sys.executable, "-c", SERVER, str(tmp_path)]
    acknowledged, sent, enough = set(), set(), threading.Event()
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        endpoint = process.stdout.readline().strip()
        clients = [
            boto3.client(
                "s3vectors",
                endpoint_url=endpoint,
                region_name="us-east-1",
                aws_access_key_id="a",
                aws_secret_access_key="b",
            )
            for _ in range(4)
        ]
        clients[0].create_vector_bucket(vectorBucketName="shop")
        clients[0].create_index(**PLACE, dataType="float32", dimension=64, distanceMetric="cosine")

        def write(number):
            for at in range(10_000):
                batch = [f"{number}-{at}-{one}" for one in range(20)]
                sent.update(batch)
                try:
                    clients[number].put_vectors(**PLACE, vectors=[record(key, [1.0] * 64, me=key) for key in batch])
                except (BotoCoreError, ClientError):
                    return
                acknowledged.update(batch)
                if len(acknowledged) > 1500:
                    enough.set()

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for thread in threads:
            thread.join()
        for client in clients:
            client.close()
    with running(Options(data=tmp_path)) as found:
        pages = found.client().get_paginator("list_vectors").paginate(**PLACE, returnMetadata=True)
        kept = {one["key"]: one["metadata"]["me"] for page in pages for one in page["vectors"]}
    assert acknowledged <= set(kept) <= sent
    assert all(key == me for key, me in kept.items())
    batches = {key.rpartition("-")[0] for key in kept}
    assert len(kept) == 20 * len(batches)


def test_two_twins_do_not_share_a_folder(tmp_path):
    with running(Options(data=tmp_path)), pytest.raises(Busy, match="in use by another twin"):
        start(Options(data=tmp_path))


def test_a_folder_that_is_damaged(tmp_path):
    (tmp_path / "s3vectors.db").write_bytes(b"no database" * 1000)
    with pytest.raises(Outside, match="damaged"):
        start(Options(data=tmp_path))


def test_a_port_that_is_in_use():
    with running() as found, pytest.raises(Busy, match="is in use"):
        start(Options(port=found.twin.port))
