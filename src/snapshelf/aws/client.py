"""boto3 clients as the settings ask for them, with botocore's own retries off: every call on the wire is counted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from snapshelf.aws.errors import told
from snapshelf.extras import need

EXTRA = "aws"
CONNECT, READ = 10.0, 60.0  # seconds to reach AWS, and to wait for its answer


@dataclass(frozen=True, slots=True)
class Access:
    """Where and as whom; "" leaves it to AWS's own variables and files (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL)."""

    region: str = ""
    profile: str = ""
    endpoint_url: str = ""


def client(service: str, access: Access, connections: int = 10, read: float = READ) -> Any:
    """A client of a service, such as "bedrock-runtime", which any number of threads may use.

    connections: how many are kept open. read: seconds to wait for an answer. Credentials are looked for when the first
    call is signed. Raises BadSettings for a profile or an address that cannot be used, and without a region;
    MissingExtra.
    """
    boto3, config = need("boto3", extra=EXTRA), need("botocore.config", extra=EXTRA)
    asked = config.Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=CONNECT,
        read_timeout=read,
        max_pool_connections=max(1, connections),
    )
    try:
        region = access.region or os.environ.get("AWS_REGION")  # which every other SDK reads, and boto3 does not
        session = boto3.Session(profile_name=access.profile or None, region_name=region or None)
        return session.client(service, endpoint_url=access.endpoint_url or None, config=asked)
    except (need("botocore.exceptions", extra=EXTRA).BotoCoreError, ValueError) as error:
        raise told(error, f"a client of {service}") from error
