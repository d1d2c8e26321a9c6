"""Builds the dependencies of a function from its environment: each once a process, and only when it is asked for."""

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from uconnect.adapters.clock import new_context
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import client

if TYPE_CHECKING:
    from uconnect.adapters.mail.ses import Ses
    from uconnect.adapters.realtime.api_gateway import Gateway
    from uconnect.adapters.tokens.cognito import Pool
    from uconnect.entrypoints.aws_lambda.authentication import Authentication
    from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger

OTHERS_PATIENCE: dict[str, Any] = {"connect_timeout": 1, "read_timeout": 5, "max_pool_connections": 16}


@cache
def store() -> DynamoStore:
    return DynamoStore(_dynamodb(), os.environ["TABLE"], new_context)


@cache
def gateway() -> "Gateway":
    from uconnect.adapters.realtime.api_gateway import Gateway  # noqa: PLC0415 - who opens sockets posts to none

    return Gateway(_dynamodb(), os.environ["TABLE"], posts)


def posts() -> Any:
    """What posts to sockets: made when there is something to post, for most calls have nothing."""
    return client_of("apigatewaymanagementapi", endpoint_url=_env("SOCKETS"))


@cache
def authentication() -> "Authentication":
    from uconnect.domain.enums import Kind  # noqa: PLC0415 - (the same)
    from uconnect.entrypoints.aws_lambda.authentication import Authentication  # noqa: PLC0415 - for HTTP alone

    sites = {_env(kind.name): kind for kind in Kind}
    return Authentication(
        store(), sites, _env("USERINFO"), gateway().deliver, schools_invited_only=_env("SCHOOLS") == "invited"
    )


@cache
def job_trigger() -> "JobTrigger":
    from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger  # noqa: PLC0415 - for HTTP alone

    return JobTrigger(partial(client_of, "lambda"), _env("TODOS"))


@cache
def pool() -> "Pool":
    from uconnect.adapters.tokens.cognito import Pool  # noqa: PLC0415 - for jobs alone

    return Pool(partial(client_of, "cognito-idp"), _env("POOL"), _env("ISSUER"))


@cache
def mail() -> "Ses":
    from uconnect.adapters.mail.ses import Ses  # noqa: PLC0415 - for jobs alone

    return Ses(partial(client_of, "sesv2"), _env("MAIL_FROM"), _site("worker"), _sign_up("school"))


def origins() -> frozenset[str]:
    """Where our pages come from."""
    return frozenset(_env("SITES").split())


def url() -> str:
    return _env("URL")


def _sign_up(kind: str) -> str:
    """The issuer's page where a site's account is made, from which it sends the browser on to the site."""
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
    return client(_session())


@cache
def client_of(service: str, **settings: Any) -> Any:
    """A client that gives up in seconds, having tried three times what may help. One for each, and made when asked."""
    from botocore.config import Config  # noqa: PLC0415 - the table's client has loaded it; here it costs nothing

    patience = Config(retries={"mode": "standard", "total_max_attempts": 3}, **OTHERS_PATIENCE)
    return _session().create_client(service, config=patience, **settings)


@cache
def _session() -> Any:
    """One for all clients: what they share of the SDK's data is read once."""
    from botocore.session import get_session  # noqa: PLC0415 - (the same)

    return get_session()
