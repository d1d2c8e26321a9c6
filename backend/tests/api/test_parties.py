"""Who one is: what the site made of an address on its first call, for ever; and the directory of schools."""

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, address, invite
from tests.support.email_spellings import wide
from uconnect.domain.enums import Kind


def of_kind(parties: PartyFactory, kind: Kind) -> Caller:
    return parties.worker(parties.school()) if kind is Kind.WORKER else parties.enter(kind)


@pytest.mark.parametrize("kind", Kind)
def test_each_is_shown_who_it_is(kind: Kind, parties: PartyFactory) -> None:
    caller = of_kind(parties, kind)
    me = caller.me
    assert (me["kind"], me["email"]) == (kind.value, caller.party.email)
    assert (me["open"], me["most"]) == (0, 0 if kind is Kind.WORKER else 5), "a worker raises none"


@pytest.mark.parametrize("kind", Kind)
def test_who_signs_in_again_is_the_same_party(kind: Kind, parties: PartyFactory) -> None:
    caller = of_kind(parties, kind)
    assert parties.enter(kind, caller.party.email).id == caller.id


@pytest.mark.parametrize(("is_", "comes_to"), [(one, other) for one in Kind for other in Kind if one is not other])
def test_on_another_site_an_address_is_told_which_site_is_its_own(
    is_: Kind, comes_to: Kind, parties: PartyFactory
) -> None:
    caller = of_kind(parties, is_)
    astray = parties.before_sign_in(comes_to, caller.party.email)
    assert astray.refused("GET /api/me") == f"site_is_{is_.value}"
    assert astray.refused("POST /api/tickets") == f"site_is_{is_.value}"
    assert caller.me["kind"] == is_.value


def test_nobody_is_a_worker_without_an_invitation(parties: PartyFactory) -> None:
    answer = parties.before_sign_in(Kind.WORKER).call("GET /api/me")
    assert answer.json()["code"] == "not_invited"
    assert answer.json()["sentence"].endswith("Ask your school to invite you as a worker.")


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_an_invitation_makes_nobody_a_worker_who_comes_to_another_site(kind: Kind, parties: PartyFactory) -> None:
    email = parties.invited(parties.school())
    assert parties.enter(kind, email).me["kind"] == kind.value
    assert parties.before_sign_in(Kind.WORKER, email).refused("GET /api/me") == f"site_is_{kind.value}"


def test_an_address_is_one_party_however_it_is_written(parties: PartyFactory) -> None:
    email = address()
    assert parties.enter(Kind.USER, email).id == parties.enter(Kind.USER, email.upper()).id


def test_an_address_in_a_second_spelling_makes_no_second_party(parties: PartyFactory) -> None:
    typed = f"{fresh().lower()}@bücher.example"
    posted = typed.replace("bücher", "xn--bcher-kva")  # a browser's e-mail field
    user = parties.enter(Kind.USER, typed)
    assert user.me["email"] == typed
    assert parties.before_sign_in(Kind.SCHOOL, posted).refused("GET /api/me") == "site_is_user"


def test_who_is_invited_in_one_spelling_comes_in_another(parties: PartyFactory) -> None:
    typed = f"{fresh().lower()}@bücher.example"
    school = parties.school()
    invite(school, typed.replace("bücher", wide("BÜCHER")))
    assert parties.enter(Kind.WORKER, typed.replace("bücher", "xn--bcher-kva")).me["email"] == typed


# --- the directory


def names(parties: PartyFactory, caller: Caller, most: int) -> list[str]:
    """The whole directory, page by page."""
    found: list[str] = []
    query: dict[str, str | int] = {"most": most}
    while True:
        answer = caller.call("GET /api/schools", params=query).json()
        assert len(answer["schools"]) <= most
        found += [school["name"] for school in answer["schools"]]
        if answer["next"] is None:
            return found
        query["after"] = answer["next"]


def test_the_directory_lists_every_school_once_by_name(parties: PartyFactory) -> None:
    called = ["Ärzte & co.", "a school of one", "Zoo / Botany?", "A school of one", "Łódź #1", "学院"]
    for name in called:
        parties.school(name)
    found = names(parties, parties.user(), 7)
    assert sorted(called) == sorted(name for name in found if name in called)
    assert found == sorted(found, key=str.lower)


def test_a_school_does_not_find_itself_in_the_directory(parties: PartyFactory) -> None:
    school, other = parties.school(), parties.school()
    found = names(parties, school, 50)
    assert school.me["name"] not in found
    assert other.me["name"] in found


def test_a_school_shows_its_name_and_no_address(parties: PartyFactory) -> None:
    school = parties.school("~ the last school")
    parties.worker(school)
    answer = parties.user().ask("GET /api/schools")
    assert answer["schools"], "there are schools"
    assert school.party.email not in str(answer)
    assert all("email" not in card and "workers" not in card for card in answer["schools"])
