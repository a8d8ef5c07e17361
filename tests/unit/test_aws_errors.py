"""What AWS and boto3 refuse, as one sentence with a remedy, and how often it is worth another attempt."""

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError

from snapshelf.aws.call import call, fate
from snapshelf.aws.errors import ALWAYS, LOST, UNREACHED, is_of_one_thing, told, worth
from snapshelf.aws.sentences import LOCAL, REMOTE
from snapshelf.errors import BadInput, BadSettings, Mismatch, NotHere, Outside
from snapshelf.pace import Patience


def sent(code, message="no reason", status=400):
    about = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": about}, "DoIt")


@pytest.mark.parametrize(("code", "pattern"), REMOTE)
def test_every_code_has_a_whole_sentence(code, pattern):
    message = pattern.split("|")[0].replace(r"s3.*(access", "s3 access") or "its own words"
    error = told(sent(code, message), "DoIt", "the picture p.jpg")
    assert "\n" not in str(error)
    assert "{" not in str(error)
    assert len(str(error).split()) >= 6


@pytest.mark.parametrize("name", LOCAL)
def test_every_error_of_boto3_has_a_whole_sentence(name):
    kind = getattr(botocore.exceptions, name, ValueError)
    fields = dict.fromkeys(
        ("error", "name", "endpoint_url", "report", "provider", "profile", "cred_var", "proxy_url", "config_key"), "x"
    )
    fields |= dict.fromkeys(("profile_name", "region_name", "error_msg", "service_name", "known_service_names"), "x")
    error = kind("x") if kind is ValueError else kind(**fields)
    assert "\n" not in str(told(error, "DoIt"))
    assert len(str(told(error, "DoIt")).split()) >= 5


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (sent("AccessDenied", "Access Denied", 403), BadSettings, "must allow DoIt"),
        (
            sent("AccessDeniedException", "User: x is not authorized to perform: s3:GetObject on y"),
            BadSettings,
            "s3:Get",
        ),
        (sent("AccessDeniedException", "The ciphertext refers to a KMS key that"), BadSettings, "KMS key"),
        (sent("NoSuchBucket", "The specified bucket does not exist", 404), BadSettings, "create it"),
        (sent("NoSuchKey", "no key", 404), NotHere, "not in its bucket"),
        (sent("BucketAlreadyExists", "taken", 409), BadSettings, "another account"),
        (sent("PermanentRedirect", "use another endpoint", 301), BadSettings, "another region"),
        (sent("AuthorizationHeaderMalformed", "expecting 'eu-west-1'"), BadSettings, "another region"),
        (sent("NotFoundException", "no index", 404), NotHere, "nothing of that name"),
        (sent("ConflictException", "it exists", 409), Mismatch, "something else under that name"),
        (sent("KmsDisabledException", "off"), BadSettings, "KMS key"),
        (sent("SlowDown", "slow", 503), Outside, "throttling"),
        (sent("NeverHeardOf", "teapot", 418), Outside, r"NeverHeardOf: teapot"),
        (sent("NeverHeardOf", "broken", 500), Outside, "kept failing"),
    ],
)
def test_sentences(error, kind, said):
    found = told(error, "DoIt")
    assert type(found) is kind
    assert said in str(found)


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (sent("ThrottlingException", status=429), ALWAYS),
        (sent("TooManyRequestsException", status=429), ALWAYS),
        (sent("com.amazonaws#ServiceUnavailableException:http://x", status=503), ALWAYS),
        (sent("InternalServerException", status=500), ALWAYS),
        (sent("ModelNotReadyException", status=429), ALWAYS),
        (sent("Unknown", status=503), ALWAYS),
        (sent("ModelTimeoutException", status=408), 4),
        (sent("ModelErrorException", status=424), 3),
        (sent("ValidationException"), 0),
        (sent("AccessDeniedException", status=403), 0),
        (sent("ServiceQuotaExceededException"), 0),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="x"), LOST),
        (botocore.exceptions.ConnectionClosedError(endpoint_url="x"), LOST),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="x"), UNREACHED),
        (botocore.exceptions.SSLError(endpoint_url="x", error="x"), 0),
        (botocore.exceptions.NoCredentialsError(), 0),
        (KeyError("x"), 0),
    ],
)
def test_how_often_it_is_worth_another_attempt(error, attempts):
    assert worth(error) == attempts


def test_what_became_of_a_call():
    assert fate(sent("ThrottlingException")) == "refused"
    assert fate(botocore.exceptions.ReadTimeoutError(endpoint_url="x")) == "lost"
    assert fate(botocore.exceptions.EndpointConnectionError(endpoint_url="x")) == "unsent"
    assert fate(botocore.exceptions.NoCredentialsError()) == "unsent"


def test_every_attempt_is_counted_and_the_last_error_told():
    fates, turns = [], []

    def send():
        raise sent("ThrottlingException", status=429)

    with pytest.raises(Outside, match="throttling DoIt"):
        call("DoIt", send, Patience(attempts=3, first=0, cap=0), lambda: turns.append(1), fates.append)
    assert fates == ["refused"] * 3
    assert len(turns) == 3


def test_an_error_that_is_no_ones_of_aws_passes_as_it_is():
    def send():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        call("DoIt", send)


def test_what_is_about_one_thing_alone():
    assert is_of_one_thing(BadInput("x"))
    assert not is_of_one_thing(BadSettings("x"))
    assert not is_of_one_thing(Outside("x"))
