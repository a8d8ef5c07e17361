"""API keys: the secret is shown once and stored nowhere, scopes and ends are kept to, any garbage finds nothing."""

import json
import sqlite3

import pytest

from snapshelf.catalogue import keys
from snapshelf.errors import BadInput, NotHere

NOW = 1_764_000_000.0


def made(catalogue, name="shop", scopes=("search",), expires=None):
    with catalogue.write() as connection:
        return keys.add(connection, name, scopes, expires, NOW)


def found(catalogue, secret):
    with catalogue.read() as connection:
        return keys.find(connection, secret)


def test_a_secret_finds_its_key_and_is_stored_nowhere(catalogue, tmp_path):
    key, secret = made(catalogue, "  the shop's frontend ", ("events", "search", "search"), NOW + 60)
    assert key == keys.Key(key.id, "the shop's frontend", ("search", "events"), NOW, NOW + 60)
    assert secret.startswith(f"ss_{key.id}_")
    assert len(secret.removeprefix(f"ss_{key.id}_")) == 43
    assert found(catalogue, secret) == key
    catalogue.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert key.id.encode() in kept
    assert secret[-43:].encode() not in kept
    assert secret.encode() not in kept


def test_secrets_differ(catalogue):
    secrets = {made(catalogue)[1] for _ in range(50)}
    assert len({secret[-43:] for secret in secrets}) == len({secret[:15] for secret in secrets}) == 50


def test_nothing_else_finds_a_key(catalogue):
    key, secret = made(catalogue)
    other = made(catalogue)[1]
    last = "A" if secret[-1] != "A" else "B"
    wrong = [secret[:-1] + last, secret[:-1], secret + "A", secret.upper(), f" {secret}", f"{secret}\n"]
    wrong += [f"ss_{key.id}_{other[-43:]}", f"ss_{'0' * 12}_{secret[-43:]}", f"ss_{key.id}_", key.id]
    wrong += ["", "ss__", "ss_\0_", "ss_ü\ud800_" + "A" * 43, "x" * 1_000_000, "' OR 1=1 --", None, 7, secret.encode()]
    assert [given for given in wrong if found(catalogue, given) is not None] == []


def test_scopes(catalogue):
    plain, admin = made(catalogue, scopes=("events",))[0], made(catalogue, scopes=("admin",))[0]
    assert [scope for scope in keys.SCOPES if plain.allows(scope)] == ["events"]
    assert [scope for scope in keys.SCOPES if admin.allows(scope)] == list(keys.SCOPES)


def test_a_key_ends_at_its_second_and_when_it_is_revoked(catalogue):
    key, secret = made(catalogue, expires=NOW + 60)
    assert [keys.state(key, NOW + after) for after in (0, 59.9, 60, 61)] == ["", "", "expired", "expired"]
    with catalogue.write() as connection:
        assert keys.revoke(connection, key.id, NOW + 5).revoked == NOW + 5
        assert keys.revoke(connection, key.id, NOW + 9).revoked == NOW + 5
        with pytest.raises(NotHere, match="no key 'nobody'"):
            keys.revoke(connection, "nobody")
    again = found(catalogue, secret)  # it is still known, so that the refusal can say why
    assert keys.state(again, NOW + 6) == keys.state(again, NOW + 99) == "revoked"


def test_last_use_is_written_at_most_once_a_minute(catalogue):
    key, secret = made(catalogue)
    used = []
    for now in (NOW, NOW + 59, NOW + 60, NOW + 30):
        due = keys.is_due(found(catalogue, secret), now)
        with catalogue.write() as connection:
            keys.touch(connection, key.id, now)
        used.append((due, found(catalogue, secret).used - NOW))
    assert used == [(True, 0), (False, 0), (True, 60), (False, 60)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "a\nb"}, "needs a name"),
        ({"name": "x" * 101}, "needs a name"),
        ({"scopes": ()}, "needs scopes"),
        ({"scopes": "search"}, "needs scopes"),
        ({"scopes": ("search", "serach")}, "no scope 'serach'. Did you mean 'search'"),
        ({"expires": NOW}, "expired before"),
        ({"expires": float("nan")}, "expired before"),
        ({"expires": float("inf")}, "expired before"),
    ],
)
def test_bad_keys_are_refused_and_nothing_is_written(catalogue, given, said):
    with pytest.raises(BadInput, match=said):
        made(catalogue, **given)
    with catalogue.read() as connection:
        assert keys.every(connection) == []


def test_the_commands(home, run):
    assert run("keys", "list")[0] == NotHere.exit_code
    assert run("index", "products.csv", "--json")[0] in (0, 10)
    assert "there are no keys" in run("keys", "list")[1]
    status, said, _ = run("keys", "add", "frontend", "--scopes", "search, events", "--days", "90")
    assert status == 0
    shown = said.split()[-1]
    status, said, _ = run("keys", "add", "back office", "--scopes", "admin", "--json")
    told = json.loads(said)
    assert told["scopes"] == ["admin"]
    assert told["state"] == "good"
    assert told["expires"] is None
    held = sqlite3.connect("shelf/catalogue.sqlite").execute("SELECT * FROM keys").fetchall()
    assert shown not in str(held)
    assert told["secret"] not in str(held)
    id = shown.split("_")[1]
    assert "refused from now on" in run("keys", "revoke", id)[1]
    listed = {key["name"]: key for key in json.loads(run("keys", "list", "--json")[1])}
    assert (listed["frontend"]["state"], listed["back office"]["state"]) == ("revoked", "good")
    assert "secret" not in listed["frontend"]
    assert "hash" not in listed["frontend"]
    assert listed["frontend"]["expires"] - listed["frontend"]["made"] == 90 * 86_400
    table = run("keys", "list")[1]
    assert "revoked" in table
    assert id in table
    assert shown not in table
    for line in (("x", "--scopes", "serach"), ("x", "--scopes", ","), ("x", "--scopes", "search", "--days", "0")):
        status, said, complaint = run("keys", "add", *line)
        assert status == BadInput.exit_code
        assert said == ""
        assert len(complaint.strip().splitlines()) == 1
    assert run("keys", "revoke", "nobody")[0] == NotHere.exit_code
