"""The sentences of `errors.told`: by AWS's code and a pattern in its message, by boto3's own error, by HTTP status.

``{operation}`` is what was called, ``{action}`` the permission that a denial names, ``{said}`` AWS's own words,
``{what}`` the thing that was sent, with a colon behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from snapshelf.errors import BadInput, BadSettings, Mismatch, NotHere, Outside, SnapshelfError

Sentence: TypeAlias = "tuple[type[SnapshelfError], str]"

RENEW = "sign in again (aws sso login, aws login), or fetch new keys, and run the same command once more"
EXPIRED = (BadSettings, f"the AWS session token has expired ({{operation}}); {RENEW}")
UNKNOWN_KEY = (
    BadSettings,
    "AWS does not know the access key ({operation}: {said}); look at AWS_ACCESS_KEY_ID, or name a profile",
)
SIGNATURE = (
    BadSettings,
    "AWS does not accept the signature of {operation} ({said}); the secret access key does not belong to the access "
    "key, or this machine's clock is wrong",
)
CLOCK = (
    BadSettings,
    "this machine's clock is too far from AWS's ({operation}: {said}); set it by the network (timedatectl set-ntp "
    "true), and run the same command once more",
)
DENIED = (
    BadSettings,
    "AWS denies {operation}: {said}; the policy of this role or user must allow {action} on what it names",
)
QUOTA = (
    Outside,
    "a quota of this AWS account is used up ({operation}: {said}); ask for more under Service Quotas, or wait for the "
    "next day",
)
THROTTLED = (
    Outside,
    "AWS kept throttling {operation} until patience ran out ({said}); what was finished is kept: set a lower "
    "requests_per_minute or concurrency, or ask for a higher quota, and run it again",
)
DOWN = (
    Outside,
    "AWS kept failing at {operation} until patience ran out ({code}: {said}); what was finished is kept, so run it "
    "again later",
)
KMS = (
    BadSettings,
    "the KMS key cannot be used ({operation}, {code}: {said}); is it enabled, in this region, and may this role use "
    "it (kms:Decrypt, kms:GenerateDataKey)?",
)
REGION = (
    BadSettings,
    "{operation}: AWS does not know the model in this region ({said}); Nova Multimodal Embeddings is served in few "
    'regions: set region = "us-east-1", or one where `aws bedrock list-foundation-models` lists it',
)
NO_BUCKET = (BadSettings, "the bucket does not exist ({operation}: {said}); create it, or correct its name")
ELSEWHERE = (
    BadSettings,
    "the bucket is in another region ({operation}: {said}); set region to the bucket's own, or use one in this region",
)
TAKEN = (
    BadSettings,
    "a bucket of this name belongs to another account ({operation}: {said}); choose another name, for they are shared "
    "by everyone",
)

# (code, pattern in the message) → what to raise. The first that fits counts, so patterns stand before "".
REMOTE: Mapping[tuple[str, str], Sentence] = {
    ("ValidationException", "model identifier is invalid"): REGION,
    ("ValidationException", "security token.*expired"): EXPIRED,
    ("ValidationException", "model access|don't have access"): DENIED,
    ("ValidationException", r"RAI_VIOLATION|content (policy|filter)|responsible AI"): (
        BadInput,
        "{what}the model refuses it for its content ({operation}: {said}); it is set aside, so change it or leave it "
        "out",
    ),
    ("ValidationException", r"s3.*(access|permission|denied|not authori[sz]ed)"): (
        BadSettings,
        "AWS cannot read or write the S3 location ({operation}: {said}); the caller needs s3:GetObject on what is read "
        "and s3:PutObject on where results go, and the bucket must be in the same region",
    ),
    ("ValidationException", ""): (BadInput, "{what}AWS refuses it ({operation}: {said})"),
    ("ParamValidationError", ""): (BadInput, "{what}boto3 refuses it ({operation}: {said})"),
    ("SerializationException", ""): (BadInput, "{what}AWS cannot read it ({operation}: {said})"),
    ("ModelErrorException", ""): (
        BadInput,
        "{what}the model failed on it each time ({operation}, 424: {said}); it is set aside, so try it again later, or "
        "save the file anew",
    ),
    ("ModelTimeoutException", ""): (
        BadInput,
        "{what}the model took too long each time ({operation}, 408: {said}); it is set aside, so try it again later, "
        "or make it smaller",
    ),
    **{(code, ""): THROTTLED for code in ("ThrottlingException", "Throttling", "TooManyRequestsException", "SlowDown")},
    ("ServiceQuotaExceededException", ""): QUOTA,
    ("LimitExceededException", ""): QUOTA,
    **{(code, ""): EXPIRED for code in ("ExpiredTokenException", "ExpiredToken", "TokenRefreshRequired")},
    ("UnrecognizedClientException", "expired"): EXPIRED,
    ("UnrecognizedClientException", ""): UNKNOWN_KEY,
    ("InvalidClientTokenId", ""): UNKNOWN_KEY,
    ("InvalidAccessKeyId", ""): UNKNOWN_KEY,
    ("InvalidToken", ""): UNKNOWN_KEY,
    ("RequestTimeTooSkewed", ""): CLOCK,
    ("RequestExpired", ""): CLOCK,
    ("InvalidSignatureException", "expired|skew|time|not yet current"): CLOCK,
    ("InvalidSignatureException", ""): SIGNATURE,
    ("SignatureDoesNotMatch", ""): SIGNATURE,
    ("IncompleteSignatureException", ""): SIGNATURE,
    ("MissingAuthenticationTokenException", ""): UNKNOWN_KEY,
    ("AccessDeniedException", "resource-based policy"): (
        BadSettings,
        "a policy of the bucket itself denies {operation} ({said}); change that policy, for no policy of this role or "
        "user can allow it",
    ),
    **{(code, "kms"): KMS for code in ("AccessDeniedException", "AccessDenied")},
    **{(code, ""): DENIED for code in ("AccessDeniedException", "AccessDenied", "AllAccessDisabled", "403")},
    **{
        (f"Kms{name}Exception", ""): KMS
        for name in ("Disabled", "InvalidKeyUsage", "InvalidState", "NotFound", "AccessDenied")
    },
    **{(f"KMS.{name}Exception", ""): KMS for name in ("Disabled", "NotFound", "InvalidState", "KMSInvalidState")},
    ("NoSuchBucket", ""): NO_BUCKET,
    ("NoSuchKey", ""): (NotHere, "{what}the object is not in its bucket ({operation}: {said})"),
    ("BucketAlreadyExists", ""): TAKEN,
    ("PermanentRedirect", ""): ELSEWHERE,
    ("AuthorizationHeaderMalformed", ""): ELSEWHERE,
    ("IllegalLocationConstraintException", ""): ELSEWHERE,
    ("NotFoundException", ""): (NotHere, "AWS has nothing of that name ({operation}: {said})"),
    ("ResourceNotFoundException", ""): (NotHere, "AWS has nothing of that name ({operation}: {said})"),
    ("ConflictException", ""): (
        Mismatch,
        "AWS has something else under that name, or it is being changed ({operation}: {said})",
    ),
    ("UnknownOperationException", ""): (
        BadSettings,
        "the address that was called knows no {operation}; is the region one that has the service, and is an endpoint "
        "set that belongs to another?",
    ),
}

# boto3's own errors, by class, the most special first.
NETWORK = "look at the network, the region, and AWS_ENDPOINT_URL or endpoint_url, if one is set"
LOCAL: Mapping[str, Sentence] = {
    "NoCredentialsError": (
        BadSettings,
        "there are no AWS credentials for {operation}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a "
        "profile, or run aws configure",
    ),
    "PartialCredentialsError": (
        BadSettings,
        "the AWS credentials are incomplete ({said}); set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    "ProfileNotFound": (BadSettings, "there is no such AWS profile ({said}); aws configure list-profiles shows them"),
    "NoRegionError": (
        BadSettings,
        'no AWS region is set for {operation}; set region = "us-east-1" in the options, or AWS_REGION',
    ),
    "InvalidRegionError": (BadSettings, "that is no AWS region ({said}); write one such as us-east-1"),
    **dict.fromkeys(
        ("SSOError", "TokenRetrievalError", "LoginError", "NoAuthTokenError", "RefreshWithMFAUnsupportedError"),
        (BadSettings, f"the AWS sign-in has run out ({{operation}}: {{said}}); {RENEW}"),
    ),
    **dict.fromkeys(
        ("CredentialRetrievalError", "MetadataRetrievalError", "UnknownCredentialError"),
        (BadSettings, "AWS credentials cannot be fetched ({operation}: {said}); look at the profile's settings"),
    ),
    "ParamValidationError": (BadInput, "{what}boto3 refuses it ({operation}: {said})"),
    "UnknownServiceError": (
        BadSettings,
        "the installed boto3 is too old ({said}); run: pip install 'snapshelf[aws]'",
    ),
    "SSLError": (
        Outside,
        "the connection to AWS is not trusted ({said}); behind a proxy that opens connections, set AWS_CA_BUNDLE",
    ),
    "ProxyConnectionError": (Outside, "the proxy cannot be reached ({said}); look at HTTPS_PROXY"),
    "EndpointConnectionError": (Outside, f"AWS cannot be reached ({{said}}); {NETWORK}"),
    "ConnectTimeoutError": (Outside, f"AWS cannot be reached ({{said}}); {NETWORK}"),
    "ReadTimeoutError": (Outside, "AWS gave no answer to {operation} in time ({said}); run it again"),
    "HTTPClientError": (Outside, f"the connection to AWS broke during {{operation}} ({{said}}); {NETWORK}"),
    "ConnectionError": (Outside, f"the connection to AWS broke during {{operation}} ({{said}}); {NETWORK}"),
    "ValueError": (BadSettings, "{operation} cannot be made: {said}; an endpoint is written http://host:port"),
    "BotoCoreError": (Outside, "boto3 failed at {operation}: {said}"),
}

STATUSES: Mapping[int, Sentence] = {
    4: (Outside, "AWS refuses {operation} ({code}: {said})"),
    5: DOWN,
}
