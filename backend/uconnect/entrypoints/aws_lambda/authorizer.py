"""Decides who may open a socket: a page of ours, with a ticket that nobody has used. Reading a ticket uses it up."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from uconnect.application.ports import Unavailable
from uconnect.domain import protocol
from uconnect.domain.context import Plan
from uconnect.domain.usecases import tickets
from uconnect.entrypoints.aws_lambda import dependencies
from uconnect.entrypoints.aws_lambda.entry_point import entry_point

STORE = dependencies.store()
ORIGINS = dependencies.origins()
log = logging.getLogger("uconnect")


@entry_point
def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """The policy for one handshake, whose it is, and until when (REQUEST authorizer of a WebSocket API).

    The gateway itself refuses a handshake without a ticket. A foreign page must not use a signed-in browser: its
    ticket is not even looked up.
    """
    headers = {name.lower(): value for name, value in event["headers"].items()}
    party = _party(event["queryStringParameters"]["ticket"]) if headers.get("origin") in ORIGINS else None
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if party else "Deny",
        "Resource": event["methodArn"],
    }
    return {
        "principalId": "party",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"party": party or "", "until": str(int(time.time()) + protocol.SOCKET_SECONDS)},
    }


def _party(ticket: str) -> str | None:
    """The holder's party, None if the ticket opens nothing. No other party is told of a ticket."""
    try:
        outcome = STORE.run(partial(tickets.redeem, ticket=ticket))
    except Unavailable as error:
        log.error("a ticket could not be read: %s", type(error.__cause__ or error).__name__)
        return None
    return outcome.answer.party if isinstance(outcome, Plan) and outcome.answer else None
