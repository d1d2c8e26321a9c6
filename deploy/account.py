"""The session that asks AWS: the usual credentials, and the region of AWS_REGION, AWS_DEFAULT_REGION or the profile."""

import os
from typing import Any

import boto3
from botocore.exceptions import ProfileNotFound

from deploy import errors
from deploy.stack import Failed


def session() -> Any:
    """A session that has a region. Raises Failed.

    The SDK for Python reads AWS_DEFAULT_REGION alone, where the other SDKs and their documentation say AWS_REGION.
    """
    try:
        made = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    except ProfileNotFound as error:
        raise Failed(errors.sentence(error)) from None
    if not made.region_name:
        raise Failed(errors.NO_REGION)
    return made
