"""Keys of KMS as far as S3 Vectors sees them: every key can be used until it is said to be otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snapshelf.errors import BadSettings, of_system
from snapshelf.twin.wire import Refusal

# What may be wrong with a key → the error of S3 Vectors' service model, and a text of the twin's own.
STATES: Mapping[str, tuple[str, str]] = {
    "disabled": ("KmsDisabledException", "{arn} is disabled."),
    "pending deletion": ("KmsInvalidStateException", "{arn} is pending deletion."),
    "absent": ("KmsNotFoundException", "Key '{arn}' does not exist"),
    "signing": ("KmsInvalidKeyUsageException", "{arn} key usage is SIGN_VERIFY which is not valid for Decrypt."),
}


class Kms:
    """Which keys cannot be used, and why. Any thread may ask and change."""

    def __init__(self, states: Mapping[str, str] | None = None) -> None:
        self._lock, self._states = threading.Lock(), dict(states or {})

    def set(self, states: Mapping[str, str]) -> None:
        """Replace what is known of keys; one that is not named can be used."""
        with self._lock:
            self._states = dict(states)

    def told(self) -> dict[str, str]:
        """Key → state."""
        with self._lock:
            return dict(self._states)

    def check(self, encryption: Mapping[str, str]) -> None:
        """Raise Refusal (400) where what is encrypted so cannot be read or written."""
        arn = encryption.get("kmsKeyArn", "")
        with self._lock:
            state = self._states.get(arn)
        if state:
            code, text = STATES[state]
            raise Refusal(400, code, text.format(arn=arn))


def states_of(told: Any, where: str) -> dict[str, str]:
    """Key → state, of {"arn:aws:kms:…": "disabled"}. Raises BadSettings."""
    if not isinstance(told, dict):
        raise BadSettings(f'{where}: give {{"arn:aws:kms:…": "disabled"}}')
    for arn, state in told.items():
        if state not in STATES:
            raise BadSettings(f"{where}, {arn}: the state of a key is one of {', '.join(STATES)}, not {state!r}")
    return dict(told)


def read_states(path: Path) -> dict[str, str]:
    """The states of a JSON file. Raises BadSettings, Outside."""
    try:
        return states_of(json.loads(path.read_text("utf-8")), str(path))
    except OSError as error:
        raise of_system(error) from error
    except ValueError as error:
        raise BadSettings(f"{path} is no JSON ({error}); it maps each key's ARN to its state") from error
