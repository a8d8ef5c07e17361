"""The printed policies on real calls: each role can do its work, and nothing of another's."""

import json

import pytest

from snapshelf.aws.policy import ROLES, Used, policy
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadSettings
from snapshelf.shelf import open_shelf
from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from snapshelf.types import Product

USED = Used("us-east-1", "123456789012", "my-shop", "catalogue")
GOODS = [Product(f"MUG-{n}", f"{colour} mug", price=5.0 + n) for n, colour in enumerate(("red", "blue", "green"))]


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    keys = {role: {"secret": role, "policy": policy(role, USED)} for role in ROLES}
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps(keys))
    with running(Options(keys=file)) as found:
        found.client(key="admin", secret="admin").create_vector_bucket(vectorBucketName="my-shop")
        yield found


@pytest.fixture
def shelf_as(twin, tmp_path, monkeypatch):
    """Open the shelf with the keys of a role."""
    where = {"region": "us-east-1", "endpoint_url": twin.endpoint}
    settings = Settings(
        embedder=EmbedderSettings("nova", dim=256, options={**where, "requests_per_minute": 1e6}),
        store=StoreSettings("s3vectors", options={**where, "bucket": "my-shop", "index": "catalogue"}),
    )

    def opened(role):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", role)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", role)
        return open_shelf(tmp_path / "shelf", settings)

    return opened


def test_ingest_indexes_and_search_finds(shelf_as):
    with shelf_as("ingest") as shelf:
        assert shelf.index(GOODS).added == 3
        assert shelf.index([GOODS[0]]).unchanged == 1
        shelf.remove("MUG-2")
    with shelf_as("search") as shelf:
        hits = shelf.search("blue mug", where="price < 100", lanes=["vector"])
        assert hits[0].sku == "MUG-1"
        assert "MUG-2" not in [hit.sku for hit in hits]


def test_search_may_not_write(shelf_as):
    with shelf_as("ingest") as shelf:
        shelf.index(GOODS)
    with shelf_as("search") as shelf, pytest.raises(BadSettings, match=r"s3vectors:(Delete|Put)Vectors"):
        shelf.remove("MUG-1")


def test_ingest_may_not_make_buckets_and_admin_may_not_embed(twin):
    clients = {role: twin.client("bedrock-runtime" if role == "admin" else "s3vectors", role, role) for role in ROLES}
    with pytest.raises(clients["ingest"].exceptions.AccessDeniedException, match="s3vectors:CreateVectorBucket"):
        clients["ingest"].create_vector_bucket(vectorBucketName="another")
    with pytest.raises(clients["admin"].exceptions.AccessDeniedException, match="bedrock:InvokeModel"):
        clients["admin"].invoke_model(modelId="amazon.nova-2-multimodal-embeddings-v1:0", body="{}")
