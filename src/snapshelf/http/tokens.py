"""Bearer tokens of the shop's own issuer: OpenID Connect Discovery 1.0, JWT (RFC 7519), keys by JWKS (RFC 7517)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from snapshelf.catalogue.keys import SCOPES
from snapshelf.errors import Outside
from snapshelf.extras import need
from snapshelf.http.problem import Problem

if TYPE_CHECKING:
    from snapshelf.http.server import Server

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 30  # seconds that clocks may differ


def read(serving: Server, token: str) -> tuple[str, frozenset[str]]:
    """The subject of a token and its scopes, those that we know. Raises Problem 401; Outside where the issuer fails."""
    jwt, settings = need("jwt", extra="oidc"), serving.settings
    try:
        key = _keys(serving).get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=settings.oidc_audience or None,
            issuer=settings.oidc_issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "sub"], "verify_aud": bool(settings.oidc_audience)},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise Outside(f"the issuer {settings.oidc_issuer} does not give its keys: {error}") from error
    except (jwt.PyJWTError, jwt.PyJWKClientError) as error:
        raise Problem(
            401, "bad_token", f"the token is refused: {error}", headers={"WWW-Authenticate": "Bearer"}
        ) from error
    said = claims.get(settings.oidc_scopes, "")
    given = said.split() if isinstance(said, str) else [str(one) for one in said]
    return str(claims["sub"]), frozenset(given) & frozenset(SCOPES)


def _keys(serving: Server) -> Any:
    """The issuer's keys, asked for once and then when they turn out to be old."""
    if "oidc" not in serving.memory:
        jwt = need("jwt", extra="oidc")
        serving.memory["oidc"] = jwt.PyJWKClient(_address(serving.settings.oidc_issuer), timeout=10)
    return serving.memory["oidc"]


def _address(issuer: str) -> str:
    """Where the issuer says that its keys are."""
    import urllib3

    place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = urllib3.request("GET", place, timeout=10, retries=1)
        return str(json.loads(answer.data)["jwks_uri"])
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Outside(f"{place} does not name the issuer's keys: {error}") from error
