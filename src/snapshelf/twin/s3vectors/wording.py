"""What S3 Vectors says when it refuses; the texts are those recorded from the service where there is a recording."""

from __future__ import annotations

from snapshelf.twin.wire import Refusal

BUCKET = "The specified vector bucket could not be found"
INDEX = "The specified index could not be found"
POLICY = "The specified vector bucket policy could not be found"
BUCKET_TAKEN = "A vector bucket with the specified name already exists"
INDEX_TAKEN = "An index with the specified name already exists"
NOT_EMPTY = "The specified vector bucket is not empty"
WHICH_INDEX = "Must specify either indexArn or both vectorBucketName and indexName"
WHICH_BUCKET = "Must specify either vectorBucketName or vectorBucketArn but not both"
BUCKET_NAME = "Invalid vector bucket name"
INDEX_NAME = "Invalid index name"
TOKEN = "Invalid nextToken"
FILTER = "Invalid filter"
FILTER_KEY = "Invalid use of non-filterable metadata in filter"
QUERY_VECTOR = "Query vector contains invalid values or is invalid for this index"
QUERY_CLASSIC = "queryMode cannot be CLASSIC when indexMode is ENHANCED"
BUCKET_CLASSIC = "defaultIndexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode"
INDEX_CLASSIC = "indexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode"


def invalid(message: str, path: str = "") -> Refusal:
    """A ValidationException, with the field that it is about where there is one."""
    return Refusal(400, "ValidationException", message, [(path, message)] if path else ())


def not_found(message: str) -> Refusal:
    """A NotFoundException."""
    return Refusal(404, "NotFoundException", message)


def conflict(message: str) -> Refusal:
    """A ConflictException."""
    return Refusal(409, "ConflictException", message)


def over_quota(message: str) -> Refusal:
    """A ServiceQuotaExceededException, whose status is 402."""
    return Refusal(402, "ServiceQuotaExceededException", message)
