"""Fixtures that every kind of test may ask for."""

import os
from pathlib import Path

import pytest

REQUIRE_SHARED = "SNAPSHELF_REQUIRE_SHARED"  # set by .ci/run: there a missing data folder is a failure, not a skip


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real retail data beside the checkout; a clone elsewhere does not have it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        reason = f"{folder} is not here; it holds the real retail data that this test reads"
        if os.environ.get(REQUIRE_SHARED):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
