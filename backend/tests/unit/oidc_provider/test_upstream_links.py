"""Accounts that exist and people of another provider: who is linked to what, and what never is taken over."""

import re
from typing import Any

import httpx
import pytest

from tests.support.upstream_provider import SampleIdentity, UpstreamProvider
from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, USER, WORKER, Browser, World, landed
from tests.unit.oidc_provider.test_upstream_sign_in import is_refused
from tests.unit.oidc_provider.upstream_kit import CAMPUS, GRACE, Campus, left_for, press, upstream_of
from uconnect.domain.enums import Kind
from uconnect.oidc_provider import accounts, forget
from uconnect.oidc_provider.upstream_arrivals import Arrivals
from uconnect.oidc_provider.upstream_settings import Rule, SignInMethods

ADA = SampleIdentity("ada-there", {"email": EMAIL, "email_verified": True, "name": "Ada"})


@pytest.fixture
def campus(world: World) -> Campus:
    return Campus(world)


def subject_of(browser: Browser, answer: httpx.Response) -> str:
    """The account that the site is told of."""
    token = browser.exchange(landed(answer)["code"]).json()["access_token"]
    return str(browser.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}).json()["sub"])


def links(world: World) -> list[Any]:
    return world.database.read(
        lambda c: c.execute("SELECT upstream_subject, subject FROM issuer_link ORDER BY 1").fetchall()
    )


def test_an_account_is_linked_at_once_where_the_provider_is_believed(
    campus: Campus, browser: Browser, world: World
) -> None:
    campus.set(believed_domains=("example.org",))
    assert subject_of(browser, campus.arrive(browser, person=ADA)) == world.subject
    assert links(world) == [("ada-there", world.subject)]
    assert subject_of(browser, campus.arrive(browser, person=ADA)) == world.subject
    assert connection_letters(world) == 1


def test_elsewhere_its_owner_proves_it_once_with_the_password(campus: Campus, browser: Browser, world: World) -> None:
    campus.set(believed_domains=("uni.example",))
    page = browser.follow(campus.arrive(browser, person=ADA))
    assert "Is this account yours?" in page.text
    assert links(world) == []
    wrong = browser.fill(page, password="not the password")
    assert "The password is wrong" in wrong.text
    assert connection_letters(world) == 0
    assert subject_of(browser, browser.fill(wrong, password=PASSWORD)) == world.subject
    assert connection_letters(world) == 1
    assert subject_of(browser, campus.arrive(world.browser(), person=ADA)) == world.subject


def test_or_with_a_code_by_e_mail(campus: Campus, browser: Browser, world: World) -> None:
    campus.set(passwords=False)
    page = browser.follow(browser.fill(browser.follow(campus.arrive(browser, person=ADA))))
    assert links(world) == []
    assert subject_of(browser, browser.fill(page, code=world.code(EMAIL))) == world.subject


def test_a_code_in_another_browser_links_nothing(campus: Campus, browser: Browser, world: World) -> None:
    browser.fill(browser.follow(campus.arrive(browser, person=ADA)), code="1")
    thief = world.browser()
    assert "has expired" in thief.get(f"/oauth/code?client_id={USER.id}").text
    thief.get(f"/oauth/link-account?client_id={USER.id}")
    assert links(world) == []


def test_a_password_of_another_account_links_nothing(campus: Campus, browser: Browser, world: World) -> None:
    """The page asks for the password of the account with the provider's address, whatever else is typed."""
    world.wait(world.create("mallory@example.org", "another correct horse"))
    page = browser.follow(campus.arrive(browser, person=ADA))
    answer = browser.fill(page, email="mallory@example.org", password="another correct horse")
    assert answer.status_code == 400
    assert links(world) == []


def test_an_address_that_a_new_person_has_there_opens_nothing(campus: Campus, browser: Browser, world: World) -> None:
    """A recycled address: the account stays that of the person it was linked to."""
    campus.set(believed_domains=("example.org",))
    campus.arrive(browser, person=ADA)
    heir = SampleIdentity("heir-there", ADA.claims)
    is_refused(campus.arrive(world.browser(), person=heir), "somebody else signs in to it", 409)
    assert links(world) == [("ada-there", world.subject)]


def test_an_address_that_changes_there_is_said_once_and_stays_here(
    campus: Campus, browser: Browser, world: World
) -> None:
    campus.join(browser)
    married = SampleIdentity(GRACE.subject, GRACE.claims | {"email": "murray@uni.example"})
    told = campus.arrive(browser, person=married)
    assert told.status_code == 200
    assert "murray@uni.example" in told.text
    assert "uconnect still sends e-mails to" in told.text
    onward = re.search(r'<a href="([^"]*authorize[^"]*)">', told.text)
    assert onward
    assert "code" in landed(browser.get(onward[1].replace("&amp;", "&")))
    assert "code" in landed(campus.arrive(browser, person=married)), "it is said once"
    found = world.database.read(lambda c: c.execute("SELECT email FROM issuer_account").fetchall())
    assert ("grace@uni.example",) in found
    assert ("murray@uni.example",) not in found


def test_who_takes_an_address_of_another_linked_person_keeps_their_own_account(
    campus: Campus, browser: Browser, world: World
) -> None:
    campus.set(believed_domains=("example.org",))
    campus.arrive(browser, person=ADA)
    campus.join(world.browser())
    swapped = SampleIdentity(GRACE.subject, GRACE.claims | {"email": EMAIL})
    another = world.browser()
    told = campus.arrive(another, person=swapped)
    assert "uconnect still sends e-mails to" in told.text
    assert dict(links(world))["ada-there"] == world.subject


def test_an_account_may_have_two_providers(campus: Campus, browser: Browser, world: World) -> None:
    library = UpstreamProvider(world.clock, issuer="http://127.0.0.1:9002")
    other = upstream_of(library, id="library", name="Library", believed_domains=("example.org",))
    campus.set(believed_domains=("example.org",))
    campus.use(SignInMethods(upstreams=(campus.upstream, other)), campus.provider, library)
    campus.arrive(browser, person=ADA)
    answer = press(browser, browser.ask("begin"), "library")
    back = browser.get(library.answer(left_for(answer), SampleIdentity("a-member", ADA.claims)))
    assert subject_of(browser, back) == world.subject
    assert len(links(world)) == 2


def connection_letters(world: World, email: str = EMAIL) -> int:
    """How often an account's owner was told that it is connected."""
    return [it.subject for it in world.mail(email)].count("A sign-in provider was connected")


def account_page(browser: Browser) -> httpx.Response:
    return browser.get(f"/oauth/account?client_id={USER.id}")


def test_on_the_account_page_one_connects_and_disconnects(campus: Campus, browser: Browser, world: World) -> None:
    browser.sign_in()
    page = account_page(browser)
    assert "Connect</button>" in page.text
    sent = {"provider": CAMPUS, "purpose": "link"}
    left = browser.post(f"/oauth/begin?client_id={USER.id}", sent)
    assert "prompt=login" in left_for(left), "somebody else may be signed in there on this computer"
    done = browser.follow(browser.get(campus.provider.answer(left_for(left), GRACE)))
    assert "It is connected. From now on you can also sign in this way." in done.text
    assert links(world) == [("grace-there", world.subject)], "whatever the address is there"
    assert connection_letters(world) == 1
    another = world.browser()
    assert subject_of(another, campus.arrive(another)) == world.subject
    done = browser.follow(browser.post(f"/oauth/account?client_id={USER.id}", {"unlink": campus.provider.issuer}))
    assert "You can no longer sign in this way." in done.text
    assert links(world) == []
    assert account_page(another).status_code == 303, "what came by it has ended"


def test_nobody_disconnects_the_only_way_in(campus: Campus, browser: Browser, world: World) -> None:
    campus.set(passwords=False)
    campus.join(browser)
    assert "Disconnect" not in account_page(browser).text
    answer = browser.post(f"/oauth/account?client_id={USER.id}", {"unlink": campus.provider.issuer})
    assert "the only way in which you can sign in" in browser.follow(answer).text
    assert len(links(world)) == 1


def test_a_person_who_has_an_account_is_not_connected_to_a_second(
    campus: Campus, browser: Browser, world: World
) -> None:
    campus.join(world.browser())
    browser.sign_in()
    left = browser.post(f"/oauth/begin?client_id={USER.id}", {"provider": CAMPUS, "purpose": "link"})
    answer = browser.get(campus.provider.answer(left_for(left), GRACE))
    assert answer.status_code == 409
    assert "is not connected to your account" in answer.text


def test_what_needs_a_recent_sign_in_asks_the_provider_again(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    world.clock.at += 3600
    again = browser.follow(browser.get(f"/oauth/email?client_id={USER.id}"))
    assert "Confirm it&#39;s you" in again.text
    left = browser.get(campus.provider.answer(campus.leave(browser, page=again), GRACE))
    asked = campus.provider.authorize_requests[-1]
    assert (asked["prompt"], asked["max_age"]) == ("login", "900"), "0 is an error at some providers"
    assert "Change your e-mail address" in browser.follow(left).text


def test_a_provider_that_did_not_ask_again_confirms_nothing(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    world.clock.at += 3600
    again = browser.follow(browser.get(f"/oauth/email?client_id={USER.id}"))
    for age in (3600, 300, None):
        campus.provider.auth_age = age
        answer = browser.get(campus.provider.answer(campus.leave(browser, page=again), GRACE))
        is_refused(answer, "did not ask you to sign in again", 403)


def test_somebody_else_at_the_provider_confirms_nothing(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(world.browser(), person=SampleIdentity("other", GRACE.claims | {"email": "other@uni.example"}))
    campus.join(browser)
    world.clock.at += 3600
    again = browser.follow(browser.get(f"/oauth/email?client_id={USER.id}"))
    answer = browser.get(
        campus.provider.answer(campus.leave(browser, page=again), SampleIdentity("other", GRACE.claims))
    )
    is_refused(answer, "as another person", 403)


def test_a_sign_in_lasts_as_long_as_the_operator_says_and_then_nothing_is_refreshed(
    campus: Campus, browser: Browser, world: World
) -> None:
    campus.set(hours=2)
    tokens = browser.exchange(landed(campus.join(browser))["code"]).json()
    world.clock.at += 2 * 3600 - 1
    tokens = browser.refresh(tokens["refresh_token"]).json()
    world.clock.at += 1
    assert browser.refresh(tokens["refresh_token"]).status_code == 400


# --- who may be what --------------------------------------------------------------------------------------------------

RULES = (
    Rule("affiliation", "student", frozenset([Kind.USER])),
    Rule("groups", "/desk/", frozenset([Kind.WORKER, Kind.SCHOOL]), contains=True),
)


@pytest.mark.parametrize(
    ("claims", "kinds"),
    [
        ({}, set()),
        ({"affiliation": "student"}, {USER}),
        ({"affiliation": ["alum", "student"]}, {USER}),
        ({"affiliation": "students"}, set()),
        ({"affiliation": {"student": True}}, set()),
        ({"affiliation": 7, "groups": [None, 7, ["x"]]}, set()),
        ({"groups": ["/uni/desk/law"]}, {SCHOOL}),
        ({"affiliation": "student", "groups": "/uni/desk/law"}, {USER, SCHOOL}),
    ],
)
def test_a_person_needs_a_rule_that_matches(
    campus: Campus, world: World, claims: dict[str, Any], kinds: set[Any]
) -> None:
    campus.set(rules=RULES)
    for site in (USER, SCHOOL):
        answer = campus.arrive(world.browser(), site, SampleIdentity("x", GRACE.claims | claims))
        assert (answer.status_code == 303) == (site in kinds), answer.text
        assert answer.status_code in {303, 403}


def test_the_rules_are_read_at_each_sign_in(campus: Campus, browser: Browser, world: World) -> None:
    campus.set(rules=RULES)
    student = SampleIdentity(GRACE.subject, GRACE.claims | {"affiliation": "student"})
    campus.join(browser, person=student)
    is_refused(campus.arrive(world.browser(), person=GRACE), "may not ask questions here", 403)


def invite(world: World, email: str, place: str = "the-place") -> str:
    return world.database.write(lambda c: world.issuer.invitation(c, email, WORKER.id, "Grace", "Law", place))


def test_a_worker_who_is_invited_joins_with_the_provider(campus: Campus, browser: Browser, world: World) -> None:
    link = invite(world, "grace@uni.example")
    page = browser.follow(campus.arrive(browser, WORKER, page=browser.open_link(link, WORKER)))
    assert 'value="Grace"' in page.text, "the name that the school gave"
    assert browser.fill(page, name="Grace").headers["location"].startswith(f"{WORKER.home}?iss=")
    found = world.database.read(lambda c: c.execute("SELECT accepted FROM issuer_account WHERE email LIKE 'g%'"))
    assert found.fetchone() == ("the-place",)
    assert "no longer valid" in browser.open_link(link, WORKER).text, "it is good once"


def test_an_invitation_is_for_the_address_it_was_sent_to(campus: Campus, browser: Browser, world: World) -> None:
    link = invite(world, "somebody@uni.example")
    answer = campus.arrive(browser, WORKER, page=browser.open_link(link, WORKER))
    is_refused(answer, "Sign in there with the address that was invited", 403)


# --- without passwords, and the end of accounts -----------------------------------------------------------------------


@pytest.mark.parametrize("page", ["sign-up", "forgot", "new-password", "letter", "join", "password"])
def test_without_passwords_the_pages_about_them_say_so(campus: Campus, browser: Browser, page: str) -> None:
    campus.set(passwords=False)
    shown = browser.ask(page)
    assert "No one has a password here" in shown.text
    assert 'type="password"' not in shown.text
    sent = browser.post(f"/oauth/{page}?client_id={USER.id}", {"email": EMAIL, "password": PASSWORD, "name": "x"})
    assert sent.status_code == 403
    assert browser.world.mail(EMAIL) == []


def test_without_passwords_a_password_opens_nothing(campus: Campus, browser: Browser, world: World) -> None:
    campus.set(passwords=False)
    page = browser.authorize()
    assert 'type="password"' not in page.text
    sent = browser.post("/oauth/sign-in?client_id=uconnect-user", {"email": EMAIL, "password": PASSWORD})
    is_refused(sent, "You cannot sign in with a password here", 403)
    link = invite(world, EMAIL)
    token = link.partition("invitation=")[2]
    sent = browser.post(f"/oauth/invitation?client_id={WORKER.id}", {"token": token, "password": PASSWORD})
    is_refused(sent, "You cannot sign in with a password here", 403)


def test_what_is_not_set_any_longer_keeps_nobody_in(campus: Campus, browser: Browser, world: World) -> None:
    by_password = browser.tokens()
    other = world.browser()
    by_provider = other.exchange(landed(campus.join(other))["code"]).json()
    campus.set(passwords=False)
    assert browser.refresh(by_password["refresh_token"]).status_code == 400
    by_provider = other.refresh(by_provider["refresh_token"]).json()
    world.methods = SignInMethods()
    world.start()
    assert other.refresh(by_provider["refresh_token"]).status_code == 400


@pytest.mark.parametrize("begun", ["sign-up", "forgot"])
def test_without_passwords_a_code_from_before_opens_nothing(
    campus: Campus, browser: Browser, world: World, begun: str
) -> None:
    email = "new@example.org" if begun == "sign-up" else EMAIL
    page = browser.follow(browser.fill(browser.ask(begun), email=email, name="N", password="seven lamps over harbour"))
    code, letters = world.code(email), len(world.mail(email))
    campus.set(passwords=False)
    for fields in ({"code": code}, {"again": "1"}):
        is_refused(browser.fill(page, **fields), "This took too long or is already done", 400)
    assert not [it for it in browser.http.cookies if "session" in it]
    assert len(world.mail(email)) == letters
    assert world.database.read(lambda c: accounts.of_email(c, "new@example.org")) is None


def test_an_account_that_ends_while_its_owner_comes_is_not_linked(
    campus: Campus, browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link to nobody would keep the person out for good: neither a new account nor the operator could replace it."""
    campus.set(believed_domains=("example.org",))
    signing_in = Arrivals.sign_in

    async def late(self: Arrivals, *about: Any) -> Any:
        world.database.write(lambda c: forget(c, world.subject))
        return await signing_in(self, *about)

    with monkeypatch.context() as patch:
        patch.setattr(Arrivals, "sign_in", late)
        is_refused(campus.arrive(browser, person=ADA), "This sign-in has expired", 400)
    assert links(world) == []
    assert "code" in landed(campus.join(browser, person=ADA))


def test_an_account_without_a_password_has_none_that_is_right(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    for password in ("", " ", "!"):
        answer = world.browser().submit(world.browser().authorize(), "grace@uni.example", password)
        is_refused(answer, "The e-mail address or the password is wrong", 400)


def test_an_account_that_ends_takes_its_links_along(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    ((_, subject),) = links(world)
    world.ended.extend(it for (it,) in world.database.read(lambda c: c.execute("SELECT sid FROM issuer_session")))
    world.database.write(lambda c: forget(c, subject))
    assert links(world) == []
    assert campus.arrive(world.browser()).status_code == 303, "and may begin anew"


def test_a_page_that_somebody_left_open_makes_no_second_account(campus: Campus, browser: Browser, world: World) -> None:
    first, second = browser.follow(campus.arrive(browser)), world.browser()
    campus.join(second)
    answer = browser.fill(first, name="Grace")
    assert answer.status_code == 400
    assert len(links(world)) == 1
