"""Permissions as IAM words them: policies with Allow and Deny, wildcards, and StringEquals.

A Deny that fits wins over any Allow; what nothing allows is denied (IAM User Guide, "Policy evaluation logic").
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from snapshelf.errors import BadSettings, of_system
from snapshelf.twin.wire import Need, Refusal

KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy; ``equals`` maps a condition key to the values that are let through."""

    allow: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    equals: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def fits(self, need: Need) -> bool:
        """Whether it speaks of this action, on this resource, under these conditions. A missing key fits nothing."""
        given = {key.lower(): value for key, value in need.conditions.items()}
        return (
            any(_like(one, folded=True).fullmatch(need.action) for one in self.actions)
            and any(_like(one, folded=False).fullmatch(need.resource) for one in self.resources)
            and all(given.get(key.lower()) in values for key, values in self.equals)
        )


@dataclass(frozen=True, slots=True)
class Key:
    """An access key: its secret, and what it may do; None for everything."""

    secret: str
    policy: tuple[Statement, ...] | None = None


def check(key: str, policy: Sequence[Statement] | None, needs: Sequence[Need], account: str) -> None:
    """Raise Refusal (AccessDeniedException) for the first need that a policy does not grant."""
    for need in needs:
        fitting = [] if policy is None else [statement for statement in policy if statement.fits(need)]
        denied = any(not statement.allow for statement in fitting)
        if policy is None or (fitting and not denied):
            continue
        why = (
            "with an explicit deny in an identity-based policy"
            if denied
            else f"because no identity-based policy allows the {need.action} action"
        )
        text = f"User: arn:aws:iam::{account}:user/{key} is not authorized to perform: {need.action} on resource: "
        raise Refusal(403, "AccessDeniedException", f"{text}{need.resource} {why}")


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


def statements(policy: Any, where: str) -> tuple[Statement, ...]:
    """The statements of a policy document. Raises BadSettings for what the twin would otherwise pass over."""
    listed = policy.get("Statement") if isinstance(policy, dict) else None
    listed = [listed] if isinstance(listed, dict) else listed
    if not isinstance(listed, list):
        raise BadSettings(f'{where}: a policy is {{"Statement": [{{"Effect": "Allow", "Action": …, "Resource": …}}]}}')
    return tuple(_statement(one, f"{where}, statement {at}") for at, one in enumerate(listed, start=1))


def _key(where: str, value: Any) -> Key:
    if not isinstance(value, dict) or not isinstance(value.get("secret"), str):
        raise BadSettings(f'{where}: "secret" is missing')
    if set(value) - {"secret", "policy"}:
        raise BadSettings(f'{where}: there is only "secret" and "policy", not {sorted(set(value))}')
    return Key(value["secret"], None if "policy" not in value else statements(value["policy"], f"{where}, policy"))


def _statement(value: Any, where: str) -> Statement:
    if not isinstance(value, dict) or value.get("Effect") not in ("Allow", "Deny"):
        raise BadSettings(f'{where}: "Effect" must be "Allow" or "Deny"')
    if set(value) - KNOWN:
        raise BadSettings(f"{where}: the twin does not know {sorted(set(value) - KNOWN)}; it knows {sorted(KNOWN)}")
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
    )


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
