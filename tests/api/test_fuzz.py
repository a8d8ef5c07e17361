"""The API asked whatever its own description allows: it never breaks, and answers as it says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.api.conftest import bearer

CHECKS = (not_a_server_error, content_type_conformance, status_code_conformance)
EXAMPLES = 15
pytestmark = pytest.mark.filterwarnings("ignore")  # of what generates


def test_whatever_is_asked(served, secrets):
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(headers=bearer(secrets["admin"]), checks=CHECKS)

        try:
            ask()
        except Exception as error:
            error.add_note(f"asked {operation.method} {operation.path}")
            raise
    assert served.get("/search", fields={"q": "lamp"})[0] == 200
