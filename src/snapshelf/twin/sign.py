"""Signature Version 4, checked as AWS checks it (AWS General Reference, "Signing AWS API requests").

A request is put into a canonical form, hashed, and signed with a key derived from the secret, the date, the region and
the service; whoever knows the secret can therefore check that nothing signed has been changed on the way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from snapshelf.twin.wire import Call, Refusal

SKEW = 300  # seconds that a client's clock may be off
HEADER = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request,\s*"
    r"SignedHeaders=(?P<headers>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What an Authorization header says."""

    key: str
    day: str
    region: str
    service: str
    headers: tuple[str, ...]
    value: str


def read(call: Call) -> Signature | None:
    """The signature of a call, unchecked; None where it has none that can be read."""
    found = HEADER.fullmatch(call.headers.get("authorization", "").strip())
    if not found:
        return None
    names = tuple(found["headers"].lower().split(";"))
    return Signature(found["key"], found["day"], found["region"], found["service"], names, found["signature"])


def check(call: Call, service: str, secrets: Mapping[str, str], now: Callable[[], datetime] | None = None) -> str:
    """The access key that signed a call.

    Raises Refusal (403): MissingAuthenticationToken, IncompleteSignature, UnrecognizedClient for a key that is not
    among ``secrets``, InvalidSignature for a wrong signature, service or a clock more than ``SKEW`` seconds off.
    """
    if "authorization" not in call.headers:
        raise Refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    signature = read(call)
    if signature is None or "host" not in signature.headers:
        raise Refusal(403, "IncompleteSignatureException", "Authorization header is not a Signature Version 4")
    if signature.key not in secrets:
        raise Refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    stamp = call.headers.get("x-amz-date", "")
    _check_time(stamp, signature, (now or _now)())
    if signature.service != service:
        text = f"Credential should be scoped to correct service: '{service}'."
        raise Refusal(403, "InvalidSignatureException", text)
    expected = signed(call, signature, secrets[signature.key], stamp)
    if not hmac.compare_digest(expected, signature.value):
        raise Refusal(403, "InvalidSignatureException", MISMATCH)
    return signature.key


def signed(call: Call, signature: Signature, secret: str, stamp: str) -> str:
    """The signature, 64 hexadecimal digits, that a call should carry."""
    scope = f"{signature.day}/{signature.region}/{signature.service}/aws4_request"
    digest = hashlib.sha256(_canonical(call, signature).encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode(), "sha256").hex()


def _canonical(call: Call, signature: Signature) -> str:
    path, _, query = call.target.partition("?")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    headers = "".join(f"{name}:{' '.join(call.headers.get(name, '').split())}\n" for name in signature.headers)
    payload = call.headers.get("x-amz-content-sha256") or hashlib.sha256(call.body).hexdigest()
    if payload != "UNSIGNED-PAYLOAD" and payload != hashlib.sha256(call.body).hexdigest():
        raise Refusal(403, "InvalidSignatureException", MISMATCH)
    text = "&".join(f"{key}={value}" for key, value in pairs)
    names = ";".join(signature.headers)
    return f"{call.method}\n{quote(_normal(path), safe='/-_.~')}\n{text}\n{headers}\n{names}\n{payload}"


def _normal(path: str) -> str:
    """A path without empty, "." and ".." parts, as every service but S3 signs it (RFC 3986, section 5.2.4)."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts) + ("/" if parts and path.endswith("/") else "")


def _check_time(stamp: str, signature: Signature, now: datetime) -> None:
    try:
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refusal(403, "IncompleteSignatureException", "X-Amz-Date is missing or no date") from error
    if not stamp.startswith(signature.day):
        raise Refusal(
            403, "InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD of X-Amz-Date"
        )
    if abs((now - at).total_seconds()) > SKEW:
        which, sign = ("Signature expired", "<") if at < now else ("Signature not yet current", ">")
        text = f"{which}: {stamp} is now {'earlier' if sign == '<' else 'later'} than {now:%Y%m%dT%H%M%SZ} (5 min.)"
        raise Refusal(403, "InvalidSignatureException", text)


def _now() -> datetime:
    return datetime.now(UTC)
