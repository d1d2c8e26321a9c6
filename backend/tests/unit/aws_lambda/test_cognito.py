"""Who came with a token that the gateway has believed: an access token of one of our sites, and no other."""

import json
from collections.abc import Callable, Iterator
from http.server import HTTPServer
from typing import Any, cast

import pytest
from botocore.stub import Stubber

from tests.support.loopback_http import QuietHandler, running
from uconnect.adapters.tokens.cognito import Pool, is_signed_in, principal, profile
from uconnect.application.ports import Principal, Profile
from uconnect.application.service import ApplicationService, complete
from uconnect.domain.enums import Kind
from uconnect.domain.usecases.registration import Registration
from uconnect.entrypoints.aws_lambda.authentication import ClaimsAuthentication, UniversityProvider
from uconnect.entrypoints.aws_lambda.dependencies import client_of

SITES = {"u1": Kind.USER, "s1": Kind.SCHOOL, "w1": Kind.WORKER}
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_x"
ACCESS = {"iss": ISSUER, "sub": "ann", "client_id": "s1", "token_use": "access", "auth_time": "1700000000"}
OF_OTHERS = {"iss": "https://login.uni.example", "sub": "ann", "client_id": "s1"}  # RFC 9068 knows no token_use


@pytest.mark.parametrize(("claims", "at"), [(ACCESS, 1_700_000_000), (OF_OTHERS, 0)])
def test_who_came_is_read_of_an_access_token(claims: dict[str, str], at: int) -> None:
    assert principal(claims, SITES) == Principal(claims["iss"], "ann", Kind.SCHOOL, at)


@pytest.mark.parametrize(
    "change",
    [
        {"token_use": "id"},
        {"nonce": "n"},
        {"client_id": "another"},
        {"client_id": ""},
        {"sub": ""},
    ],
    ids=str,
)
def test_an_id_token_or_another_sites_is_no_token_of_ours(change: dict[str, str]) -> None:
    assert principal(ACCESS | change, SITES) is None


@pytest.mark.parametrize(
    ("username", "provider", "federated"),
    [
        ("Uni_ann@uni.example", "Uni", True),
        ("Uni_", "Uni", True),
        ("Unity_ann", "Uni", False),
        ("2d9e1c52-0f0e-4f57-93f5-5d0c8f5f0b11", "Uni", False),
        ("Uni_ann", "", False),
        ("", "Uni", False),
    ],
)
def test_who_comes_by_the_university_has_a_username_that_begins_with_its_name(
    username: str, provider: str, federated: bool
) -> None:
    found = principal(ACCESS | {"username": username}, SITES, provider=provider)
    assert found is not None
    assert found.federated is federated


def test_an_id_token_names_no_client_but_in_its_audience() -> None:
    claims = {"iss": ISSUER, "sub": "ann", "aud": "s1", "token_use": "id"}
    assert principal(claims, SITES) is None
    assert principal({name: it for name, it in claims.items() if name != "token_use"}, SITES) is None


class Issuer(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _UserInfo)
        self.says: tuple[int, Any] = (200, {})

    @property
    def userinfo(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/userinfo"


class _UserInfo(QuietHandler):
    server: Issuer

    def do_GET(self) -> None:  # noqa: N802 - the name of http.server
        status, said = self.server.says if self.headers["Authorization"] == "Bearer t" else (401, {})
        self.answer_with(status, json.dumps(said).encode())


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running(Issuer()) as issuer:
        yield issuer


@pytest.mark.parametrize("verified", [True, "true"])
def test_the_issuer_says_whose_a_token_is(verified: object, issuer: Issuer) -> None:
    issuer.says = 200, {"email": "ann@uni.example", "email_verified": verified, "name": "Ann"}
    assert profile(issuer.userinfo, "Bearer t") == Profile("ann@uni.example", "Ann")


def test_who_has_no_name_is_called_after_their_address(issuer: Issuer) -> None:
    issuer.says = 200, {"email": "ann@uni.example", "email_verified": True}
    no_service = cast(ApplicationService, None)
    authentication = ClaimsAuthentication(no_service, SITES, issuer.userinfo, schools_invited_only=False)
    who = Principal(ISSUER, "ann", Kind.USER, 0, authorization="Bearer t")
    registration = complete(authentication.identify(who))
    assert isinstance(registration, Registration)
    assert (registration.email, registration.name) == ("ann@uni.example", "ann")


@pytest.mark.parametrize("verified", [False, "false", None, 0, "yes"])
def test_an_address_that_nobody_proved_is_nobodys(verified: object, issuer: Issuer) -> None:
    issuer.says = 200, {"email": "ann@uni.example", "email_verified": verified}
    assert profile(issuer.userinfo, "Bearer t") is None


def test_an_address_is_proved_if_the_operator_trusts_whoever_names_it(issuer: Issuer) -> None:
    issuer.says = 200, {"email": "ann@uni.example", "email_verified": "false"}
    assert profile(issuer.userinfo, "Bearer t", trusted=True) == Profile("ann@uni.example", "")
    issuer.says = 200, {"email_verified": "true"}
    assert profile(issuer.userinfo, "Bearer t", trusted=True) is None


@pytest.mark.parametrize(
    ("username", "trusted", "known"),
    [("Uni_ann", True, True), ("uni_ann", True, True), ("Uni_ann", False, False), ("ann", True, False)],
)
def test_only_the_universitys_own_people_are_trusted(username: str, trusted: bool, known: bool, issuer: Issuer) -> None:
    """Whoever signed up with the pool has to prove the address to the pool. Cognito may write a username small."""
    issuer.says = 200, {"email": "ann@uni.example"}
    provider = UniversityProvider("Uni", trusted)
    no_service = cast(ApplicationService, None)
    authentication = ClaimsAuthentication(no_service, SITES, issuer.userinfo, provider, schools_invited_only=False)
    who = authentication.principal(ACCESS | {"username": username}, "Bearer t")
    assert who is not None
    found = complete(authentication.identify(who))
    assert isinstance(found, Registration) is known
    assert not known or (isinstance(found, Registration) and found.joins)


def test_an_account_that_the_issuer_forgot_is_nobodys(issuer: Issuer) -> None:
    assert profile(issuer.userinfo, "Bearer another") is None


def test_an_issuer_that_is_down_says_nothing_of_anybody(issuer: Issuer) -> None:
    issuer.says = 500, {}
    with pytest.raises(OSError, match="500"):
        profile(issuer.userinfo, "Bearer t")


def test_whether_a_sign_in_goes_on_is_asked_of_the_issuer(issuer: Issuer) -> None:
    assert is_signed_in(issuer.userinfo, "Bearer t")
    assert not is_signed_in(issuer.userinfo, "Bearer of a sign-in that has ended")
    issuer.says = 500, {}
    with pytest.raises(OSError, match="500"):
        is_signed_in(issuer.userinfo, "Bearer t")


@pytest.fixture
def pool() -> Iterator[tuple[Pool, Stubber]]:
    made: Any = client_of("cognito-idp", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(made) as stubber:
        yield Pool(lambda: made, "us-east-1_x", ISSUER), stubber
        stubber.assert_no_pending_responses()
    made.close()


POOL_ID = {"UserPoolId": "us-east-1_x"}
CALLS: dict[str, Callable[[Pool], None]] = {
    "admin_delete_user": lambda pool: pool.forget(ISSUER, "ann"),
    "admin_user_global_sign_out": lambda pool: pool.end_sign_ins(ISSUER, "ann"),
}


def find(stubber: Stubber, *usernames: str) -> None:
    """The pool is asked what it calls the login."""
    asked = POOL_ID | {"Filter": 'sub = "ann"', "Limit": 1}
    stubber.add_response("list_users", {"Users": [{"Username": it} for it in usernames]}, asked)


@pytest.mark.parametrize("username", ["ann", "Uni_ann@uni.example"], ids=["of the pool", "of another provider"])
@pytest.mark.parametrize("call", CALLS)
def test_a_login_is_deleted_or_signed_out_by_the_name_that_the_pool_has_for_it(
    call: str, username: str, pool: tuple[Pool, Stubber]
) -> None:
    held, stubber = pool
    find(stubber, username)
    stubber.add_response(call, {}, POOL_ID | {"Username": username})
    CALLS[call](held)


@pytest.mark.parametrize("call", CALLS)
def test_a_login_that_is_gone_already_is_gone(call: str, pool: tuple[Pool, Stubber]) -> None:
    held, stubber = pool
    find(stubber)
    CALLS[call](held)
    find(stubber, "ann")
    stubber.add_client_error(call, "UserNotFoundException")
    CALLS[call](held)


def test_the_login_of_another_issuer_is_not_ours_to_delete_or_to_sign_out(pool: tuple[Pool, Stubber]) -> None:
    pool[0].forget("https://login.uni.example", "ann")
    pool[0].end_sign_ins("https://login.uni.example", "ann")
