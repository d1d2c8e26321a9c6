"""A school reads its own acts, in pages, and nobody else's; a worker or a user reads none."""

from typing import Any

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, address


def _acts(school: Caller, query: str = "") -> list[tuple[str, str]]:
    return [(it["act"], it["worker"]) for it in school.ask(f"GET /api/acts{query}")["acts"]]


def test_a_school_reads_what_it_did_and_nobody_else_does(parties: PartyFactory) -> None:
    school, other, user = parties.school(), parties.school(), parties.user()
    worker = parties.worker(school)
    school.ask("POST /api/workers", {"key": fresh(), "email": address(), "name": "Nora"})
    nora = school.ask("GET /api/workers")["workers"][-1]["id"]
    school.ask("PUT /api/policy", {"policy": "by_hand"})
    school.ask(f"DELETE /api/workers/{nora}")
    found = _acts(school)
    assert found[:3] == [("remove a worker", ""), ("change what happens to new threads", ""), ("invite a worker", "")]
    assert found[3][0] == "invite a worker"
    assert found[3][1] == school.ask("GET /api/workers")["workers"][0]["name"]
    assert found[-1] == ("join", "")
    assert [act for act, _ in _acts(other)] == ["join"]
    for blind in (worker, user):
        assert blind.refused("GET /api/acts") == "not_found"


def test_pages_have_each_act_once_and_count_nothing_of_others(parties: PartyFactory) -> None:
    school, other = parties.school(), parties.school()
    for policy in ("automatic", "by_hand"):
        for each in (other, school):
            each.ask("PUT /api/policy", {"policy": policy})
    pages: list[dict[str, Any]] = [school.ask("GET /api/acts?most=1")]
    while pages[-1]["next"] is not None:
        pages.append(school.ask(f"GET /api/acts?most=1&before={pages[-1]['next']}"))
    assert [it["next"] for it in pages] == [3, 2, None]
    assert [it["acts"][0]["act"] for it in pages] == [*["change what happens to new threads"] * 2, "join"]
    assert all(not it["acts"][0]["by_operator"] and it["acts"][0]["at"] > 10**12 for it in pages)
    for wrong in ("?before=-1", "?most=0", "?most=51", "?school=x"):
        assert school.refused(f"GET /api/acts{wrong}") == "malformed"
