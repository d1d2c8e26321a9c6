"""An operator suspends an account of a running server from another process: what was open ends within seconds, and of
those who sign in or refresh at that moment nobody stays in."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.home import browser
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.server_home import PASSWORD, ServerHome, server_home
from tests.resilience.test_revoked_faults import CLOSED_BY, last_words
from tests.support.polling import poll
from tests.support.provider_pages import form
from uconnect.domain.enums import Kind

RIVALS = 4
A_PAUSE = 0.05  # seconds between two refreshes: a slow machine has not endlessly many tokens to look at then
CLIENT = "uconnect-user"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerHome]:
    with server_home(tmp_path_factory.mktemp("suspended")) as home:
        yield home


@pytest.fixture
def parties(home: ServerHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties


def operator(home: ServerHome, *words: str) -> str:
    """What an operator's command says, which runs in a process of its own."""
    command = [sys.executable, "-m", "uconnect.entrypoints.cli", *words]
    data = {"DATA": str(home._server.data), "SITES": str(home._server.data)}
    done = subprocess.run(command, env=os.environ | data, capture_output=True, text=True, check=True)
    return done.stdout


def refresh(home: ServerHome, token: str) -> dict[str, Any]:
    fields = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": token}
    with browser(home.url) as http:
        answer: dict[str, Any] = http.post("/oauth/token", data=fields).json()
    return answer


def sessions(home: ServerHome, email: str) -> int:
    sql = "SELECT count(*) FROM issuer_session JOIN issuer_account USING (subject) WHERE email = ?"
    return int(home._server.write(lambda c: c.execute(sql, (email,)).fetchone()[0]))


def test_an_open_socket_ends_and_nothing_held_from_before_works(home: ServerHome, parties: PartyFactory) -> None:
    topic = parties.thread()
    user, email = topic.raiser, topic.raiser.party.email
    _, cookie = home._server.sign_in(Kind.USER, email, "")
    tokens = home.tokens(Kind.USER, cookie)
    mine, theirs, ticket = user.open(), topic.school.open(), user.ticket()
    assert f"{email} is suspended and signed out." in operator(home, "user", "suspend", email)
    done = time.monotonic()
    assert last_words(mine, done + CLOSED_BY) == [{"t": "bye", "code": "rotate"}]
    assert user.call("GET /api/me").status_code == 401
    assert user.denied(f"?ticket={ticket}") == 403
    assert refresh(home, tokens["refresh_token"])["error"] == "invalid_grant"
    assert home.tokens(Kind.USER, cookie).get("access_token") is None, "its cookie opens nothing"
    assert theirs.heard() == [], "the other party is told nothing"
    topic.school.ask(f"POST /api/threads/{topic.theirs}/messages", {"key": "k" * 22, "text": "Are you there?"})
    assert f"{email} can sign in again." in operator(home, "user", "resume", email)
    back = parties.before_sign_in(Kind.USER, email)
    assert [it["text"] for it in back.log(topic.raisers_id)][-1] == "Are you there?", "all is there that was"


@pytest.mark.parametrize("attempt", range(3))
def test_of_those_who_refresh_or_sign_in_at_that_moment_nobody_stays_in(
    home: ServerHome, parties: PartyFactory, attempt: int
) -> None:
    email = f"rival{attempt}@example.org"
    home.party_by_pages(Kind.USER, email, "Rival")
    held = [home.tokens(Kind.USER, home._server.sign_in(Kind.USER, email, "")[1]) for _ in range(RIVALS)]
    over = threading.Event()
    got: list[dict[str, Any]] = []

    def refreshes(token: str) -> None:
        while token and not over.wait(A_PAUSE):
            answer = refresh(home, token)
            got.append(answer)
            token = answer.get("refresh_token", "")

    def signs_in() -> None:
        with browser(home.url) as http:
            while not over.is_set():
                page = http.get(f"/oauth/sign-in?client_id={CLIENT}")
                action, hidden = form(page.text)
                http.post(action, data=hidden | {"email": email, "password": PASSWORD}, headers={"origin": home.url})

    threads = [threading.Thread(target=refreshes, args=(it["refresh_token"],)) for it in held]
    threads.append(threading.Thread(target=signs_in))
    for each in threads:
        each.start()
    try:
        poll(lambda: len(got), lambda count: count >= RIVALS, what="they refresh")
        operator(home, "user", "suspend", email)
        assert sessions(home, email) == 0
        time.sleep(0.5)  # they go on trying
        assert sessions(home, email) == 0
    finally:
        over.set()
        for each in threads:
            each.join()
    assert sessions(home, email) == 0
    assert any("access_token" in it for it in got), "they did refresh before"
    with browser(home.url) as http:
        for answer in (it for it in got if "access_token" in it):
            header = {"authorization": f"Bearer {answer['access_token']}"}
            assert http.get("/api/me", headers=header).status_code == 401
