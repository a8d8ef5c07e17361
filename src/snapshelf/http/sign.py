"""Signed values that the browser keeps: who is signed in, until when, and the token of its forms.

HMAC-SHA256 with the shelf's secret (RFC 2104); compared in constant time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def sign(secret: bytes, purpose: str, value: str, until: float) -> str:
    """``value`` with its last second and a signature, as text for a cookie or an address."""
    plain = f"{int(until)}.{base64.urlsafe_b64encode(value.encode()).decode()}"
    return f"{plain}.{_mark(secret, purpose, plain)}"


def read(secret: bytes, purpose: str, signed: str, now: float) -> str | None:
    """The value, or None if it was not signed by us for this purpose or is too old."""
    plain, _, mark = signed.rpartition(".")
    if not plain or not hmac.compare_digest(mark.encode(), _mark(secret, purpose, plain).encode()):
        return None
    until, _, value = plain.partition(".")
    return base64.urlsafe_b64decode(value).decode() if int(until) > now else None


def form_token(secret: bytes, session: str) -> str:
    """What a form of this session carries, so that no other site can send it (a synchroniser token)."""
    return _mark(secret, "form", session)


def _mark(secret: bytes, purpose: str, plain: str) -> str:
    return hmac.new(secret, f"{purpose}:{plain}".encode(), hashlib.sha256).hexdigest()
