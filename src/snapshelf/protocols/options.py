"""The settings of one adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Options: TypeAlias = Mapping[str, bool | int | float | str]  # one adapter's own section of the settings
