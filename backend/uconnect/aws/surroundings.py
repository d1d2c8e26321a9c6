"""What the template tells each function, made into the parts it asks for: once a process, and none it does not need."""

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from uconnect.stores.clock import moment
from uconnect.stores.dynamodb import DynamoStore
from uconnect.stores.dynamodb_table import client

if TYPE_CHECKING:
    from uconnect.aws.door import Door
    from uconnect.aws.nudge import Nudge
    from uconnect.deliveries.gateway import Gateway
    from uconnect.identities.cognito import Pool
    from uconnect.mails.ses import Ses

OTHERS_PATIENCE: dict[str, Any] = {"connect_timeout": 1, "read_timeout": 5, "max_pool_connections": 16}


@cache
def store() -> DynamoStore:
    return DynamoStore(_dynamodb(), os.environ["TABLE"], moment)


@cache
def gateway() -> "Gateway":
    from uconnect.deliveries.gateway import Gateway  # noqa: PLC0415 - who opens sockets posts to none

    return Gateway(_dynamodb(), os.environ["TABLE"], posts)


def posts() -> Any:
    """What posts to sockets: made when there is something to post, for most calls have nothing."""
    return client_of("apigatewaymanagementapi", endpoint_url=_told("SOCKETS"))


@cache
def door() -> "Door":
    from uconnect.aws.door import Door  # noqa: PLC0415 - for HTTP alone
    from uconnect.core.terms import Kind  # noqa: PLC0415 - (the same)

    sites = {_told(kind.name): kind for kind in Kind}
    return Door(
        store(), sites, _told("USERINFO"), gateway().deliver, schools_invited_only=_told("SCHOOLS") == "invited"
    )


@cache
def nudge() -> "Nudge":
    from uconnect.aws.nudge import Nudge  # noqa: PLC0415 - for HTTP alone

    return Nudge(partial(client_of, "lambda"), _told("TODOS"))


@cache
def pool() -> "Pool":
    from uconnect.identities.cognito import Pool  # noqa: PLC0415 - for todos alone

    return Pool(partial(client_of, "cognito-idp"), _told("POOL"), _told("ISSUER"))


@cache
def post() -> "Ses":
    from uconnect.mails.ses import Ses  # noqa: PLC0415 - for todos alone

    return Ses(partial(client_of, "sesv2"), _told("MAIL_FROM"), _site("worker"), _sign_up("school"))


def origins() -> frozenset[str]:
    """Where our pages come from."""
    return frozenset(_told("SITES").split())


def url() -> str:
    return _told("URL")


def _sign_up(kind: str) -> str:
    """The issuer's page where a site's account is made, from which it sends the browser on to the site."""
    from urllib.parse import urlencode  # noqa: PLC0415 - (the same)

    asked = {
        "client_id": _told(kind.upper()),
        "response_type": "code",
        "scope": "openid email profile",
        "redirect_uri": _site(kind),
    }
    return f"{_told('SIGN_UP')}?{urlencode(asked)}" if _told("SIGN_UP") else _site(kind)


def _site(kind: str) -> str:
    user, school, worker = _told("SITES").split()
    return f"{ {'user': user, 'school': school, 'worker': worker}[kind] }/{kind}/"


def _told(name: str) -> str:
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
