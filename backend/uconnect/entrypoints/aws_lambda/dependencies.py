"""Builds the parts of each function from the template's settings: once a process, and only those it needs."""

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from uconnect.adapters.clock import new_context
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import PATIENT_TRIES, TRIES, client

if TYPE_CHECKING:
    from uconnect.adapters.mail.ses import Ses
    from uconnect.adapters.realtime.api_gateway import Gateway
    from uconnect.adapters.tokens.cognito import Pool
    from uconnect.application.service import ApplicationService
    from uconnect.entrypoints.aws_lambda.authentication import ClaimsAuthentication
    from uconnect.entrypoints.aws_lambda.job_queue import JobQueue
    from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger

OTHERS_PATIENCE: dict[str, Any] = {"connect_timeout": 1, "read_timeout": 5, "max_pool_connections": 16}


@cache
def store(*, patient: bool = False) -> DynamoStore:
    """A `patient` one tries longer, where nobody waits for an answer."""
    tries = PATIENT_TRIES if patient else TRIES
    return DynamoStore(_dynamodb(), os.environ["TABLE"], new_context, tries=tries)


@cache
def gateway() -> "Gateway":
    from uconnect.adapters.realtime.api_gateway import Gateway  # noqa: PLC0415 - the authorizer posts to no socket

    return Gateway(_dynamodb(), os.environ["TABLE"], posts)


def posts() -> Any:
    """The client that posts to sockets. It is made when there is something to post: most calls have nothing."""
    return client_of("apigatewaymanagementapi", endpoint_url=_env("SOCKETS"))


def authentication(service: "ApplicationService") -> "ClaimsAuthentication":
    from uconnect.domain.enums import Kind  # noqa: PLC0415 - for HTTP alone
    from uconnect.entrypoints.aws_lambda.authentication import (  # noqa: PLC0415 - (the same)
        ClaimsAuthentication,
        UniversityProvider,
    )

    sites, invited_only = {_env(kind.name): kind for kind in Kind}, _env("SCHOOLS") == "invited"
    provider = UniversityProvider(_env("IDP"), _env("IDP_TRUSTED") == "all")
    return ClaimsAuthentication(service, sites, _env("USERINFO"), provider, schools_invited_only=invited_only)


@cache
def job_trigger() -> "JobTrigger":
    from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger  # noqa: PLC0415 - for HTTP alone

    return JobTrigger(partial(client_of, "lambda"), _env("JOB_FUNCTION"))


@cache
def job_queue() -> "JobQueue":
    from uconnect.entrypoints.aws_lambda.job_queue import JobQueue  # noqa: PLC0415 - for jobs alone

    return JobQueue(partial(client_of, "sqs"), _env("JOB_QUEUE"), lambda: new_context().now)


@cache
def pool() -> "Pool":
    from uconnect.adapters.tokens.cognito import Pool  # noqa: PLC0415 - for jobs alone

    return Pool(partial(client_of, "cognito-idp"), _env("POOL"), _env("ISSUER"))


@cache
def mail() -> "Ses":
    from uconnect.adapters.mail.ses import Ses  # noqa: PLC0415 - for jobs alone
    from uconnect.domain.enums import Kind  # noqa: PLC0415 - (the same)

    sites = {kind: _site(kind.value) for kind in Kind}
    return Ses(partial(client_of, "sesv2"), _env("MAIL_FROM"), sites, _sign_up("school"), url())


def sends_mail() -> bool:
    return bool(_env("MAIL_FROM"))


def kept_days() -> tuple[int, int]:
    """After how many days silent threads end, and ended ones are deleted; 0 is never."""
    return int(_env("END_THREADS_AFTER")), int(_env("DELETE_THREADS_AFTER"))


def origins() -> frozenset[str]:
    """The origins of our pages."""
    return frozenset(_env("SITES").split())


def metrics_of() -> str:
    """The namespace of this stack's metrics."""
    return _env("METRICS")


def front_secret() -> str:
    """The secret that CloudFront sends in a header; empty where CloudFront is not in front."""
    return _env("FRONT_SECRET")


def url() -> str:
    return _env("URL")


def _sign_up(kind: str) -> str:
    """The identity provider's sign-up page for a site. It sends the browser on to the site."""
    from urllib.parse import urlencode  # noqa: PLC0415 - (the same)

    asked = {
        "client_id": _env(kind.upper()),
        "response_type": "code",
        "scope": "openid email profile",
        "redirect_uri": _site(kind),
    }
    return f"{_env('SIGN_UP')}?{urlencode(asked)}" if _env("SIGN_UP") else _site(kind)


def _site(kind: str) -> str:
    user, school, worker = _env("SITES").split()
    return f"{ {'user': user, 'school': school, 'worker': worker}[kind] }/{kind}/"


def _env(name: str) -> str:
    return os.environ[name]


@cache
def _dynamodb() -> Any:
    return client(_session(), validates=False)


@cache
def client_of(service: str, **settings: Any) -> Any:
    """The client of an AWS service. It tries three times and gives up in seconds."""
    from botocore.config import Config  # noqa: PLC0415 - the table's client has loaded it; here it costs nothing

    patience = Config(
        retries={"mode": "standard", "total_max_attempts": 3}, parameter_validation=False, **OTHERS_PATIENCE
    )
    return _session().create_client(service, config=patience, **settings)


@cache
def _session() -> Any:
    """One session for all clients: the SDK's data that they share is read once."""
    from botocore.session import get_session  # noqa: PLC0415 - (the same)

    return get_session()
