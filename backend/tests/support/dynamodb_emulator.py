"""A DynamoDB that runs from the first time it is asked for until the tests end."""

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from deploy.emulator import emulator

from tests.support.stores import fresh
from uconnect.adapters.dynamodb.table import client, create_table

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


@cache
def dynamodb() -> "DynamoDBClient":
    stack = ExitStack()
    atexit.register(stack.close)
    address = stack.enter_context(emulator(Path(stack.enter_context(TemporaryDirectory()))))
    made = client(endpoint_url=address, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    stack.callback(made.close)
    return made


def table() -> str:
    """The name of a new one."""
    name = f"uconnect-{fresh()}"
    create_table(dynamodb(), name)
    return name
