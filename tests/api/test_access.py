"""Who may do what: keys and their scopes, sessions, tokens of an issuer, rates, and what other sites may do."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import snapshelf
from snapshelf.catalogue import keys
from snapshelf.config import Settings
from snapshelf.http import sign
from snapshelf.http.server import SECRET
from snapshelf.http.who import COOKIE
from tests.api.conftest import bearer
from tests.api.test_search_api import error_of
from tests.served import serving


def test_what_is_open_needs_no_key(served):
    assert served.get("/search", fields={"q": "lamp"})[0] == 200
    _, headers, _ = refused = served.post("/products", json=[{"sku": "X", "title": "x"}])
    assert "catalogue" in error_of(refused, 401, "no_key")
    assert headers["www-authenticate"] == "Bearer"


def test_scopes(served, secrets):
    body = [{"sku": "NEW-1", "title": "A new lamp"}]
    error_of(served.post("/products", json=body, headers=bearer(secrets["search"])), 403, "no_scope")
    assert served.post("/products", json=body, headers=bearer(secrets["catalogue"]))[2]["added"] == 1
    error_of(served("DELETE", "/products/NEW-1", headers=bearer(secrets["events"])), 403, "no_scope")
    assert served("DELETE", "/products/NEW-1", headers=bearer(secrets["admin"]))[2] == {"removed": ["NEW-1"]}
    assert served.get("/search", fields={"q": "lamp"}, headers={"X-Api-Key": secrets["search"]})[0] == 200
    error_of(served.get("/search", fields={"q": "lamp"}, headers=bearer(secrets["events"])), 403, "no_scope")


@pytest.mark.parametrize("secret", ["ss_none_wrong", "ss_", "hello", "ss_" + "x" * 5000, "ss_\xe9\xe9"])
def test_unknown_keys(served, secret):
    error_of(served.get("/search?q=lamp", headers={"Authorization": f"Bearer {secret}"}), 401, "bad_key")


def test_expired_and_revoked_keys(served, shelf):
    now = time.time()
    with snapshelf.open(shelf, Settings()) as opened, opened.stack.catalogue.write() as connection:
        _, old = keys.add(connection, "old", ["search"], expires=now - 1, now=now - 100)
        key, gone = keys.add(connection, "gone", ["search"])
    assert "expired" in error_of(served.get("/search?q=lamp", headers=bearer(old)), 401, "bad_key")
    assert served.get("/search?q=lamp", headers=bearer(gone))[0] == 200
    with snapshelf.open(shelf, Settings()) as opened, opened.stack.catalogue.write() as connection:
        keys.revoke(connection, key.id)
    assert "revoked" in error_of(served.get("/search?q=lamp", headers=bearer(gone)), 401, "bad_key")


def test_keys_are_not_kept_readable(shelf, secrets):
    held = b"".join(file.read_bytes() for file in shelf.glob("catalogue.sqlite*"))
    assert all(
        secret.encode() not in held and secret.split("_", 2)[2].encode() not in held for secret in secrets.values()
    )


def test_sessions_need_the_form_token(served, shelf):
    secret = (shelf / SECRET).read_bytes()
    assert (shelf / SECRET).stat().st_mode & 0o077 == 0
    session = sign.sign(secret, "session", "local", time.time() + 60)
    cookie, body = {"Cookie": f"{COOKIE}={session}"}, [{"sku": "NEW-2", "title": "Another"}]
    assert served.get("/products/NONE", headers=cookie)[0] == 404
    for token in ({}, {"X-Csrf-Token": "wrong"}, {"X-Csrf-Token": sign.form_token(secret, "another session")}):
        error_of(served.post("/products", json=body, headers=cookie | token), 403, "wrong_form_token", "csrf")
    right = cookie | {"X-Csrf-Token": sign.form_token(secret, session)}
    assert served.post("/products", json=body, headers=right)[0] == 200
    assert served("DELETE", "/products/NEW-2", headers=right)[0] == 200


@pytest.mark.parametrize("spoil", ["late", "purpose", "secret", "value"])
def test_forged_sessions_are_nobody(served, shelf, spoil):
    secret, until = (shelf / SECRET).read_bytes(), time.time() + 60
    session = sign.sign(
        b"x" * 32 if spoil == "secret" else secret,
        "ticket" if spoil == "purpose" else "session",
        "local",
        time.time() - 1 if spoil == "late" else until,
    )
    if spoil == "value":
        session = sign.sign(secret, "session", "nobody", until).replace(".", ".A", 1)
    forged = {"Cookie": f"{COOKIE}={session}"}
    error_of(served.post("/products", json=[{"sku": "X", "title": "x"}], headers=forged), 401, "no_key")


def test_a_closed_server_searches_for_nobody(shelf, secrets):
    with serving(shelf, open="") as closed:
        error_of(closed.get("/search?q=lamp"), 401, "no_key")
        error_of(closed.post("/events", json=[{"action_name": "click"}]), 401, "no_key")
        assert closed.get("/search?q=lamp", headers=bearer(secrets["search"]))[0] == 200
        assert closed.get("/health")[0] == 200


def test_rates(shelf, secrets):
    with serving(shelf, rate="5/minute") as slow:
        answers = [slow.get("/suggest?q=l") for _ in range(7)]
        assert [answer[0] for answer in answers] == [200] * 5 + [429] * 2
        assert "5 per 1 minute" in error_of(answers[-1], 429, "too_many")
        assert 1 <= int(answers[-1][1]["retry-after"]) <= 60
        assert slow.get("/suggest?q=l", headers=bearer(secrets["search"]))[0] == 200  # another caller


def test_cors(shelf, served):
    origin = {"Origin": "https://shop.example"}
    assert "access-control-allow-origin" not in served.get("/search?q=lamp", headers=origin)[1]
    with serving(shelf, cors="https://shop.example, https://other.example") as shared:
        assert shared.get("/search?q=lamp", headers=origin)[1]["access-control-allow-origin"] == "https://shop.example"
        evil = {"Origin": "https://evil.example"}
        assert "access-control-allow-origin" not in shared.get("/search?q=lamp", headers=evil)[1]
        asked = origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        status, headers, _ = shared("OPTIONS", "/search", headers=asked)
        assert status == 200
        assert "POST" in headers["access-control-allow-methods"]


class Issuer(BaseHTTPRequestHandler):
    """An OpenID issuer with one key."""

    def do_GET(self):
        base = f"http://127.0.0.1:{self.server.server_port}"
        pages = {
            "/.well-known/openid-configuration": {"issuer": base, "jwks_uri": f"{base}/keys"},
            "/keys": {"keys": [self.server.jwk]},
        }
        self.send_response(200 if self.path in pages else 404)
        self.end_headers()
        self.wfile.write(json.dumps(pages.get(self.path, {})).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def issuer():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    server.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    server.jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(server.key.public_key())) | {"kid": "k1", "alg": "RS256"}
    server.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_tokens_of_an_issuer(shelf, issuer):
    def token(key=issuer.key, kid="k1", **claims):
        now = datetime.now(UTC)
        plain = {
            "iss": issuer.base,
            "aud": "shop",
            "sub": "ann",
            "exp": now + timedelta(minutes=5),
            "scope": "openid search",
        }
        return bearer(jwt.encode(plain | claims, key, "RS256", headers={"kid": kid}))

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    past = datetime.now(UTC) - timedelta(minutes=5)
    with serving(shelf, open="", oidc_issuer=issuer.base, oidc_audience="shop") as server:
        assert server.get("/search?q=lamp", headers=token())[0] == 200
        assert server.get("/search?q=lamp", headers=token(scope=["search", "admin"]))[0] == 200
        error_of(server.post("/products", json=[{"sku": "X", "title": "x"}], headers=token()), 403, "no_scope")
        wrong = [
            token(exp=past), token(aud="other"), token(iss="http://evil.example"), token(other), token(kid="k2"),
            bearer("a.b.c"), bearer(jwt.encode({"sub": "ann"}, "x" * 32, "HS256", headers={"kid": "k1"})),
            bearer(jwt.encode({"sub": "ann"}, None, "none")),
        ]  # fmt: skip
        for headers in wrong:
            error_of(server.get("/search?q=lamp", headers=headers), 401, "bad_token")
