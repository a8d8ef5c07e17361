"""Permissions as IAM words them: policies with Allow and Deny, wildcards, and StringEquals.

A Deny that fits wins over any Allow; what nothing allows is denied. Within one account it is enough that the policy of
a key or that of a resource allows (IAM User Guide, "Policy evaluation logic").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from snapshelf.errors import BadSettings, of_system
from snapshelf.twin.wire import Need, Refusal

KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}
PRINCIPAL = re.compile(r"\*|\d{12}|arn:aws[-a-z]*:iam::\d{12}:(root|user/.+|role/.+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy; ``equals`` maps a condition key to the values that are let through.

    ``principals``: whom a statement of a resource's policy speaks of; empty in the policy of a key.
    """

    allow: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    equals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    principals: tuple[str, ...] = ()

    def fits(self, need: Need) -> bool:
        """Whether it speaks of this action, on this resource, under these conditions. A missing key fits nothing."""
        given = {key.lower(): value for key, value in need.conditions.items()}
        return (
            any(_like(one, folded=True).fullmatch(need.action) for one in self.actions)
            and any(_like(one, folded=False).fullmatch(need.resource) for one in self.resources)
            and all(given.get(key.lower()) in values for key, values in self.equals)
        )

    def names(self, who: str, account: str) -> bool:
        """Whether a resource's statement speaks of ``who``. An account allows nobody by itself: its own policies do."""
        whole = {account, f"arn:aws:iam::{account}:root"} if who and not self.allow else set()
        return bool({"*", who, *whole} & set(self.principals))


@runtime_checkable
class Attaching(Protocol):
    """A service whose resources have policies of their own."""

    def attached(self, need: Need) -> Sequence[Statement]:
        """The statements of the policy of what a permission is needed on; none where it has none."""


@dataclass(frozen=True, slots=True)
class Key:
    """An access key: its secret, and what it may do; None for everything."""

    secret: str
    policy: tuple[Statement, ...] | None = None


def check(
    key: str,
    policy: Sequence[Statement] | None,
    needs: Sequence[Need],
    account: str,
    attached: Callable[[Need], Sequence[Statement]] = lambda need: (),
) -> None:
    """Raise Refusal (AccessDeniedException) for the first need that is not granted.

    key: who calls, "" for nobody known. policy: of the key, None for everything. attached: the policy of a resource.
    """
    who = f"arn:aws:iam::{account}:user/{key}" if key else ""
    for need in needs:
        own = [statement for statement in policy or () if statement.fits(need)]
        theirs = [one for one in attached(need) if one.fits(need) and one.names(who, account)]
        if not all(one.allow for one in own):
            why = "with an explicit deny in an identity-based policy"
        elif not all(one.allow for one in theirs):
            why = "with an explicit deny in a resource-based policy"
        elif policy is None or own or theirs:
            continue
        else:
            why = f"because no identity-based policy allows the {need.action} action"
        text = f"User: {who or 'anonymous'} is not authorized to perform: {need.action} on resource: {need.resource} "
        raise Refusal(403, "AccessDeniedException", text + why)


def read_keys(path: Path) -> dict[str, Key]:
    """The keys of a JSON file, {"AKIAEXAMPLE": {"secret": "…", "policy": {"Statement": […]}}}. Raises BadSettings."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise of_system(error) from error
    except ValueError as error:
        raise BadSettings(f"{path} is no JSON ({error}); it maps each access key to its secret and policy") from error
    if not isinstance(found, dict) or not found:
        raise BadSettings(f'{path} names no key; write {{"AKIAEXAMPLE": {{"secret": "…"}}}}')
    return {name: _key(f"{path}, key {name!r}", value) for name, value in found.items()}


def statements(policy: Any, where: str, of_resource: bool = False) -> tuple[Statement, ...]:
    """The statements of a policy document. Raises BadSettings for what the twin would otherwise pass over.

    of_resource: each says by ``Principal`` whom it speaks of.
    """
    listed = policy.get("Statement") if isinstance(policy, dict) else None
    listed = [listed] if isinstance(listed, dict) else listed
    if not isinstance(listed, list):
        raise BadSettings(f'{where}: a policy is {{"Statement": [{{"Effect": "Allow", "Action": …, "Resource": …}}]}}')
    return tuple(_statement(one, f"{where}, statement {at}", of_resource) for at, one in enumerate(listed, start=1))


def _key(where: str, value: Any) -> Key:
    if not isinstance(value, dict) or not isinstance(value.get("secret"), str):
        raise BadSettings(f'{where}: "secret" is missing')
    if set(value) - {"secret", "policy"}:
        raise BadSettings(f'{where}: there is only "secret" and "policy", not {sorted(set(value))}')
    return Key(value["secret"], None if "policy" not in value else statements(value["policy"], f"{where}, policy"))


def _statement(value: Any, where: str, of_resource: bool) -> Statement:
    known = KNOWN | {"Principal"} if of_resource else KNOWN
    if not isinstance(value, dict) or value.get("Effect") not in ("Allow", "Deny"):
        raise BadSettings(f'{where}: "Effect" must be "Allow" or "Deny"')
    if set(value) - known:
        raise BadSettings(f"{where}: the twin does not know {sorted(set(value) - known)}; it knows {sorted(known)}")
    actions, resources = (_texts(value.get(name), f"{where}, {name}") for name in ("Action", "Resource"))
    condition = value.get("Condition", {})
    if not isinstance(condition, dict) or set(condition) - {"StringEquals"}:
        raise BadSettings(f"{where}: of conditions the twin knows StringEquals alone")
    equals: Mapping[str, Any] = condition.get("StringEquals", {})
    return Statement(
        value["Effect"] == "Allow",
        actions,
        resources,
        tuple((key, _texts(one, f"{where}, {key}")) for key, one in equals.items()),
        _principals(value.get("Principal"), f"{where}, Principal") if of_resource else (),
    )


def _principals(value: Any, where: str) -> tuple[str, ...]:
    """Accounts, users and roles; services of AWS's own are passed over, for none of them calls a twin."""
    named = value if isinstance(value, dict) else {"AWS": value}
    if not named or set(named) - {"AWS", "Service"}:
        raise BadSettings(f'{where}: write "*", {{"AWS": …}} or {{"Service": …}}')
    found = _texts(named["AWS"], where) if "AWS" in named else ()
    wrong = next((one for one in found if not PRINCIPAL.fullmatch(one)), None)
    if wrong is not None:
        raise BadSettings(f"{where}: {wrong!r} is no account, user or role")
    return found


def _texts(value: Any, where: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        raise BadSettings(f"{where}: give a text or a list of texts")
    return tuple(listed)


@cache
def _like(pattern: str, folded: bool) -> re.Pattern[str]:
    """A pattern with * and ? as IAM has them; actions in any case, resources in theirs."""
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.DOTALL | (re.IGNORECASE if folded else 0))
