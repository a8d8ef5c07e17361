"""Calls of the service: paced, tried again, several at a time, errors as sentences.

The vectors of PutVectors and QueryVectors are written by `encode` and put in the place of the body that boto3 made of a
stand-in (event ``before-call``, before the request is signed): boto3 would look at every coordinate twice and write it
with twice the bytes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from snapshelf.aws import errors, session
from snapshelf.pace import Bucket, Retry
from snapshelf.stores.s3vectors import encode
from snapshelf.stores.s3vectors.encode import Packed
from snapshelf.stores.s3vectors.options import Wanted

A, B = TypeVar("A"), TypeVar("B")
STAND_IN = {"float32": [0.0]}
