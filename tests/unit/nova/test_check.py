"""snapshelf aws check: its price first, then the answers, then the settings; all else in them is left alone."""

import tomllib

import pytest

from snapshelf import config
from snapshelf.aws import check_store
from snapshelf.aws.check import Account, ask, cost, probes
from snapshelf.aws.client import Access, client
from snapshelf.aws.quotas import quotas
from snapshelf.embedders import nova
from snapshelf.errors import BadSettings, NotHere
from snapshelf.money import Prices
from snapshelf.testing.twin import running
from snapshelf.twin.quotas import Quotas as TwinQuotas
from snapshelf.twin.run import Options
from snapshelf.twin.wire import Answer, encoded

SETTINGS = """# my shop
shelf = "here"  # a comment that stays

[embedder]
name = "nova"

[embedder.options]
region = "us-east-1"
same_prefix = "unknown"  # asked below
endpoint_url = "{endpoint}"
"""


@pytest.fixture
def home(tmp_path, monkeypatch, wire):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshelf.toml").write_text(SETTINGS.format(endpoint=wire.twin.endpoint))
    return tmp_path


def test_the_answers_are_written_and_comments_stay(home, run, wire):
    status, out, _ = run("aws", "check", "--yes")
    assert status == 0
    assert "at most $" in out
    text = (home / "snapshelf.toml").read_text()
    assert "# my shop" in text
    assert "# a comment that stays" in text
    options = tomllib.loads(text)["embedder"]["options"]
    assert (options["same_prefix"], options["unit_norm"], options["deterministic"]) == (True, True, True)
    assert options["region"] == "us-east-1"
    assert options["three_gp"] in ("3gp", "three_gp")
    loaded = config.load()
    assert nova.card("", loaded.embedder.options, "").matryoshka  # from now on one purchase serves every size
    assert f"{wire.met():.0f} calls made" in out


def test_nothing_is_asked_before_somebody_agrees(home, run, wire):
    status, out, err = run("aws", "check")
    assert status == 2
    assert "add --yes" in err
    assert "at most $" in out
    assert wire.met() == 0
    assert (home / "snapshelf.toml").read_text() == SETTINGS.format(endpoint=wire.twin.endpoint)


def test_it_costs_no_more_than_it_said(home, run, wire):
    run("aws", "check", "--yes")
    assert 0 < wire.met("dollars") <= cost(probes(Prices()))


def test_another_embedder_is_not_given_novas_answers(home, run, wire):
    (home / "snapshelf.toml").write_text('[embedder]\nname = "compact"\n')
    status, _, err = run("aws", "check", "--yes")
    assert status == 2
    assert 'name = "nova"' in err
    assert wire.met() == 0


def test_what_ends_everything_writes_nothing(home, run, wire):
    wire.bedrock.refuse[""] = "The provided model identifier is invalid."
    before = (home / "snapshelf.toml").read_text()
    status, _, err = run("aws", "check", "--yes")
    assert status == 2
    assert "does not know the model in this region" in err
    assert (home / "snapshelf.toml").read_text() == before


def account(wire):
    return Account(client("bedrock-runtime", Access("us-east-1", "", wire.twin.endpoint)), nova.MODEL)


def test_a_model_whose_prefixes_differ_is_found_out(wire):
    """Every dimension turned by itself, and not of unit length."""
    answer = wire.bedrock.answer

    def turned(operation, call):
        import json

        found = json.loads(answer(operation, call).body)
        row = found["embeddings"][0]["embedding"]
        found["embeddings"][0]["embedding"] = [2 * one for one in row[len(row) % 7 :] + row[: len(row) % 7]]
        return Answer(body=encoded(found))

    wire.bedrock.answer = turned
    (first, *_) = probes(Prices())
    finding = first.ask(account(wire))
    assert finding.settings == {"same_prefix": False, "unit_norm": False, "deterministic": True}
    assert "is not the beginning" in finding.sentence
    assert "not of unit length" in finding.sentence


def test_a_question_that_is_refused_leaves_the_others(wire):
    wire.bedrock.refuse['"3gp"'] = "3gp is not a valid enum value"
    wire.bedrock.refuse["a plain sentence"] = "expected maxLength: 8192"
    told = []
    found = ask(account(wire), probes(Prices()), lambda probe, finding, reason: told.append((finding, reason)))
    assert len(told) == len(probes(Prices()))
    assert any(finding and "taken under neither name" in finding.sentence for finding, _ in told)
    assert found["same_prefix"] is True
    assert any(finding and "9,000 characters are refused" in finding.sentence for finding, _ in told)


def test_credentials_that_are_wrong_end_it(wire, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(BadSettings, match="no AWS credentials"):
        ask(account(wire), probes(Prices()), lambda *_: None)


class Quotas:
    """Service Quotas with two pages."""

    def list_service_quotas(self, ServiceCode, MaxResults, NextToken=""):
        names = {
            "": ["On-demand model inference requests per minute for Amazon Nova Multimodal Embeddings"],
            "2": [
                "On-demand model inference tokens per minute for Amazon Nova Multimodal Embeddings",
                "Cross-region model inference tokens per minute for Amazon Nova Multimodal Embeddings",
                "On-demand model inference tokens per minute for Something Else",
            ],
        }[NextToken]
        page = {"Quotas": [{"QuotaName": name, "Value": 300.0 + 100 * at} for at, name in enumerate(names)]}
        return page | ({"NextToken": "2"} if not NextToken else {})


def test_quotas_of_the_model_become_its_pace():
    assert quotas(Quotas()) == {"requests_per_minute": 300.0, "tokens_per_minute": 300.0}


def test_the_quotas_of_the_account_are_written_where_service_quotas_tells_them(home, run, wire, monkeypatch):
    with running(Options(s3=False, quotas=TwinQuotas(requests=900, tokens=450_000))) as twin:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SERVICE_QUOTAS", twin.endpoint)
        status, out, err = run("aws", "check", "--yes")
        assert status == 0, err
        assert "requests_per_minute = 900, tokens_per_minute = 450,000" in " ".join(out.split())
        wanted = config.load(home / "snapshelf.toml").embedder.options
        assert (wanted["requests_per_minute"], wanted["tokens_per_minute"]) == (900, 450_000)


def test_s3_vectors_is_asked_too_where_it_is_the_store(home, run, wire, monkeypatch):
    with running() as twin:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3VECTORS", twin.endpoint)
        vectors = twin.client("s3vectors")
        vectors.create_vector_bucket(vectorBucketName="shop-vectors")
        store = '\n[store]\nname = "s3vectors"\n[store.options]\nbucket = "shop-vectors"\nregion = "us-east-1"\n'
        with (home / "snapshelf.toml").open("a") as file:
            file.write(store)
        status, out, err = run("aws", "check", "--yes")
        assert status == 0, err
        told = " ".join(out.split())
        assert 'S3 Vectors: colour == "red": array, plain' in told
        assert "the rest of it is not kept" in told
        assert "S3 Vectors: topK = 0:" in told
        assert vectors.list_indexes(vectorBucketName="shop-vectors")["indexes"] == []
        assert sum(one.get("calls", 0) for one in twin.meter()["operations"].values()) - 2 <= check_store.calls()


def test_a_bucket_that_is_not_there_ends_it_in_a_sentence(credentials):
    with running() as twin, pytest.raises(NotHere, match="nothing of that name"):
        check_store.ask(twin.client("s3vectors"), "nowhere", lambda said: None)
