"""S3 beside the twin."""

import socket

import pytest
from botocore.exceptions import ClientError

from snapshelf.errors import Busy, Outside
from snapshelf.testing.twin import running
from snapshelf.twin.objects import Objects
from snapshelf.twin.run import Options
from tests.unit.twin.nova import embed, file, picture, refused, stored, words


def test_a_twin_forgets_its_objects():
    for _ in range(2):
        with running() as found:
            s3 = found.client("s3")
            assert s3.list_buckets()["Buckets"] == []
            s3.create_bucket(Bucket="shop")
            s3.put_object(Bucket="shop", Key="a", Body=b"x")


def test_nothing_leaves_the_machine(monkeypatch):
    """Every connection and every name that is looked up while S3 and Nova are used."""
    reached = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def watched_connect(self, address):
        reached.add(address[0])
        return connect(self, address)

    def watched_look_up(host, *rest, **more):
        reached.add(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", watched_connect)
    monkeypatch.setattr(socket, "getaddrinfo", watched_look_up)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # for the test's own clients
    with running() as found:
        s3 = found.client("s3")
        s3.create_bucket(Bucket="shop")
        s3.put_object(Bucket="shop", Key="a.png", Body=picture("png"))
        embed(found.client("bedrock-runtime"), image=stored("s3://shop/a.png", format="png"))
        with pytest.raises(ClientError):
            s3.get_object(Bucket="elsewhere", Key="a.png")
    assert reached == {"127.0.0.1"}


def test_other_services_are_not_behind_its_port(shop):
    """moto would answer for all of AWS; here there is S3 alone."""
    import boto3

    given = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("sqs", endpoint_url=shop.twin.objects.endpoint, **given)
    assert "QueueUrl" not in client.create_queue(QueueName="orders")
    client.close()


def test_without_s3_nova_says_so():
    with running(Options(s3=False)) as found:
        client = found.client("bedrock-runtime")
        assert found.twin.objects is None
        assert embed(client, text=words("apple")).shape == (256,)
        with refused("ValidationException", "runs without S3"):
            embed(client, image=stored("s3://shop/a.png", format="png"))
        assert embed(client, image=file("png", picture("png"))).shape == (256,)


def test_a_port_in_use_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Busy, match=f"port {port} is in use; give S3 another with --s3-port"):
            _ = Objects(port=port).endpoint


def test_what_is_kept_follows_every_change(tmp_path):
    objects = Objects(tmp_path)
    s3 = objects._s3()
    s3.create_bucket(Bucket="shop")
    for key in ("a", "b", "c", "d"):
        s3.put_object(Bucket="shop", Key=key, Body=key * 3)
    s3.copy_object(Bucket="shop", Key="e", CopySource={"Bucket": "shop", "Key": "a"})
    s3.put_object(Bucket="shop", Key="b", Body=b"new")
    s3.delete_object(Bucket="shop", Key="c")
    s3.delete_objects(Bucket="shop", Delete={"Objects": [{"Key": "d"}]})
    upload = s3.create_multipart_upload(Bucket="shop", Key="parts")["UploadId"]
    tag = s3.upload_part(Bucket="shop", Key="parts", UploadId=upload, PartNumber=1, Body=b"p" * 10)["ETag"]
    done = {"Parts": [{"ETag": tag, "PartNumber": 1}]}
    s3.complete_multipart_upload(Bucket="shop", Key="parts", UploadId=upload, MultipartUpload=done)
    s3.create_bucket(Bucket="other")
    s3.delete_bucket(Bucket="other")
    objects.close()
    again = Objects(tmp_path)
    held = {key: again.read("shop", key, 1_000) for key in "abcde"} | {"parts": again.read("shop", "parts", 1_000)}
    assert held == {"a": b"aaa", "b": b"new", "c": None, "d": None, "e": b"aaa", "parts": b"p" * 10}
    assert not again.has("other")
    again.close()


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "abc").write_bytes(b"nonsense")
    objects = Objects(tmp_path)
    with pytest.raises(Outside, match=r"shop/abc is damaged: .*; move it away"):
        _ = objects.endpoint
    objects.close()
