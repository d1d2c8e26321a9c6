"""Decides who may open a socket: a page of ours, with an unused ticket. Reading the ticket uses it up."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from uconnect.domain.context import Delivery, Plan
from uconnect.domain.usecases import tickets
from uconnect.entrypoints.aws_lambda import dependencies, service

STORE = dependencies.store()
ORIGINS = dependencies.origins()


def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """The policy for one handshake, and whose it is (REQUEST authorizer of a WebSocket API).

    Who has no ticket never comes here. A foreign page must not ride on a signed-in browser: its ticket is not even
    looked at.
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
        "context": {"party": party or ""},
    }


def _party(ticket: str) -> str | None:
    outcome, _ = service.run(STORE, partial(tickets.redeem, ticket=ticket), _nobody)
    return outcome.answer.party if isinstance(outcome, Plan) and outcome.answer else None


def _nobody(_: tuple[Delivery, ...]) -> None:
    """What becomes of a ticket concerns nobody else."""
