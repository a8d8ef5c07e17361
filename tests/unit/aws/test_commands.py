"""snapshelf demo --aws-twin, aws cost and aws policy, as a person runs them."""

import json
import re

import pytest
from typer.testing import CliRunner

from snapshelf.cli import demo_aws
from snapshelf.cli.app import app

SETTINGS = """
[embedder]
name = "nova"
dim = 1024
[embedder.options]
region = "us-east-1"
[store]
name = "s3vectors"
[store.options]
bucket = "my-shop"
index = "products"
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What the demo printed, on a small shop, and where it put everything."""
    folder = tmp_path_factory.mktemp("aws") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_aws.show.console, "width", 160)
        with demo_aws.show.console.capture() as printed:
            demo_aws.demo(folder, 150)
            demo_aws.demo(folder, 150)
    return folder, printed.get()


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "snapshelf.toml"
    file.write_text(SETTINGS)
    return str(file)


def bill(text):
    """operation → (calls of the run, calls in the ledger)."""
    rows = re.findall(r"^bedrock:(\w+) +([\d,]+) +\S+ +([\d,]+) +\S+ *$", text, re.MULTILINE)
    return {name: (int(calls.replace(",", "")), int(booked.replace(",", ""))) for name, calls, booked in rows}


def test_the_ledger_is_the_twins_meter_and_nothing_is_bought_twice(shown):
    first, second = shown[1].split("on real AWS")[:2]
    calls, booked = bill(first)["InvokeModel"]
    assert calls == booked > 300
    again, in_all = bill(second)["InvokeModel"]
    assert again < 20  # the parts of three queries, and values that the words of one of them name
    assert in_all == calls + again


def test_the_demo_answers_with_filters_and_mixed_queries(shown):
    assert len(re.findall(r"products\s+match", shown[1])) == 6
    assert "S3 Vectors" in shown[1]
    assert "PutVectors" in shown[1]


def test_cost_says_what_was_spent_and_what_other_dimensions_cost(shown, settings):
    folder, _ = shown
    done = CliRunner().invoke(
        app, ["aws", "cost", "--shelf", str(folder / demo_aws.SHELF), "--settings", settings, "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    months = [told["by_dim"][dim]["month"] for dim in ("3072", "1024", "384", "256")]
    assert months == sorted(months, reverse=True)
    assert 0 < told["spent"]["month"] <= told["spent"]["ever"]
    assert told["by_dim"]["1024"]["embed"] == pytest.approx(told["spent"]["ever"], rel=0.05)
    assert told["shard_by"]["category"] > 2


def test_a_policy_is_json_for_the_settings_in_use(settings):
    done = CliRunner().invoke(app, ["aws", "policy", "--role", "search", "--settings", settings])
    assert done.exit_code == 0, done.output
    assert "bucket/my-shop/index/products*" in json.dumps(json.loads(done.output))


@pytest.mark.parametrize(
    ("given", "said"),
    [(["--role", "owner"], "ingest, search, admin"), (["--role", "search", "--account", "12"], "12 digits")],
)
def test_wrong_roles_and_accounts_are_refused_in_words(settings, given, said):
    done = CliRunner().invoke(app, ["aws", "policy", *given, "--settings", settings])
    assert said in str(done.exception)
