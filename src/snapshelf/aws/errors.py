"""What AWS and boto3 refuse → one sentence that says what is wrong and what to do, and whether trying again helps.

`worth` follows the error tables of Amazon Bedrock Runtime, Amazon S3 Vectors and Amazon S3. boto3 repeats neither a
408 nor a 424 by itself, in no mode of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from snapshelf.aws.sentences import LOCAL, REMOTE, STATUSES
from snapshelf.errors import BadInput, BadSettings, Outside, SnapshelfError
from snapshelf.extras import need

ALWAYS = 1_000_000  # attempts: as many as the patience allows
WORTH: Mapping[str, int] = {
    **dict.fromkeys(("ThrottlingException", "Throttling", "TooManyRequestsException", "SlowDown"), ALWAYS),
    **dict.fromkeys(("ServiceUnavailableException", "ServiceUnavailable", "ModelNotReadyException"), ALWAYS),
    **dict.fromkeys(("InternalServerException", "InternalError", "RequestTimeout", "RequestTimeoutException"), ALWAYS),
    "ModelTimeoutException": 4,
    "ModelErrorException": 3,  # a model that fails on one thing thrice fails on it always
}
LOST, UNREACHED = 5, 3  # attempts where the connection broke, and where none came about
CONNECTION = ("HTTPClientError", "ConnectionError", "ResponseStreamingError", "IncompleteReadError", "ChecksumError")


def family() -> tuple[type[Exception], ...]:
    """Every error that boto3 raises on purpose. Raises MissingExtra."""
    found = need("botocore.exceptions", extra="aws")
    return (found.ClientError, found.BotoCoreError)


def code_of(error: Exception) -> str:
    """AWS's own name for an error it sent, such as "ThrottlingException"; "" for one that never reached AWS."""
    code = _body(error).get("Error", {}).get("Code", "")
    return str(code).partition(":")[0].rpartition("#")[2]


def status_of(error: Exception) -> int:
    """The HTTP status of an error that AWS sent, else 0."""
    return int(_body(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)


def worth(error: Exception) -> int:
    """How many attempts in all an error is worth; 0 for one that will be the same every time."""
    code = code_of(error)
    if code in WORTH:
        return WORTH[code]
    if _body(error):
        return ALWAYS if status_of(error) in (429, 500, 502, 503, 504) else 0
    names = _names(error)
    if names & {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"}:
        return UNREACHED
    return LOST if names & set(CONNECTION) and "SSLError" not in names else 0


def told(error: Exception, operation: str, what: str = "") -> SnapshelfError:
    """The error to raise in its place. ``operation`` is what was called; ``what`` the thing it was called with.

    A thing that AWS refuses for its own sake gives BadInput; a wrong setting, credentials and addresses BadSettings;
    what a service or the network does Outside; an index or bucket that is not there NotHere.
    """
    code, message = code_of(error), said(error)
    facts = {"operation": operation, "code": code, "said": message, "what": f"{what}: " if what else ""}
    for (named, pattern), (kind, sentence) in REMOTE.items():
        if code == named and (not pattern or re.search(pattern, message, re.IGNORECASE)):
            return kind(sentence.format(**facts, action=_action(message) or operation))
    for name, (kind, sentence) in LOCAL.items():
        if name in _names(error):
            return kind(sentence.format(**facts))
    kind, sentence = STATUSES.get(status_of(error) // 100, (Outside, "{what}{operation} failed: {said}"))
    return kind(sentence.format(**facts))


def said(error: Exception) -> str:
    """AWS's or boto3's own words, on one line, without what boto3 writes around them."""
    message = str(_body(error).get("Error", {}).get("Message") or error)
    return " ".join(message.split()).rstrip(".")[:600]


def is_of_one_thing(error: SnapshelfError) -> bool:
    """Whether an error of `told` is about the thing sent, so that others may still go through."""
    return isinstance(error, BadInput) and not isinstance(error, BadSettings)


def _action(message: str) -> str:
    """The permission that a denial names: "… is not authorized to perform: bedrock:InvokeModel on …"."""
    found = re.search(r"perform:? ([\w-]+:[\w*]+)", message)
    return found[1] if found else ""


def _body(error: Exception) -> Mapping[str, Any]:
    found = getattr(error, "response", None)
    return found if isinstance(found, Mapping) else {}


def _names(error: Exception) -> set[str]:
    return {base.__name__ for base in type(error).__mro__}
