"""snapshelf twin."""

import os
import re
import signal
import subprocess
import sys

import boto3
import botocore.session

from snapshelf.cli.twin import SERVICES

COMMAND = [sys.executable, "-c", "from snapshelf.cli import main; main()", "twin"]


def test_the_variables_are_those_that_boto3_reads():
    session = botocore.session.get_session()
    for service, client in (("s3vectors", "s3vectors"), ("bedrock", "bedrock-runtime")):
        model = session.get_service_model(client)
        assert model.signing_name == service
        assert SERVICES[service] == f"AWS_ENDPOINT_URL_{model.service_id.replace(' ', '_').upper()}"


def test_the_lines_it_prints_are_all_that_a_client_needs(tmp_path, monkeypatch):
    line = [*COMMAND, "--port", "0", "--data", str(tmp_path / "kept"), "--verbose"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        first = process.stdout.readline()
        assert re.match(r"twin at http://127\.0\.0\.1:\d+, kept in ", first)
        while (told := process.stdout.readline()).startswith("export "):
            for pair in told.split()[1:]:
                monkeypatch.setenv(*pair.split("=", 1))
            if "AWS_DEFAULT_REGION" in told:
                break
        assert "AWS_ENDPOINT_URL_S3VECTORS" in os.environ
        client = boto3.session.Session().client("s3vectors")
        client.create_vector_bucket(vectorBucketName="shop")
        client.close()
        assert process.stdout.readline().startswith("s3vectors:CreateVectorBucket 200 ")
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "stopped\n"
        assert process.wait() == 0


def test_a_mistake_is_one_sentence(tmp_path):
    faults = tmp_path / "faults.toml"
    faults.write_text("[[rules]]\nstatus = 999\n")
    done = subprocess.run(
        [*COMMAND, "--port", "0", "--faults", str(faults)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == f"snapshelf: {faults}, rule 1: status is one of 408, 424, 429, 500, 503\n"
